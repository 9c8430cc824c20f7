"""People who answer in WeChat's own staff app, and who talks with them.

Sources: developers.weixin.qq.com/doc/service/api/customer/kf/ and developers.weixin.qq.com/doc/service/guide/product/kf/
"""

from datetime import datetime, timedelta

from bot.simulator.refusal import Refused

#: A conversation without an end of its own ends after this.
LASTS = timedelta(minutes=30)


class Desk:
    """Accounts with their nicknames; all of them are always there."""

    def __init__(self) -> None:
        self.accounts = {"desk@linli": "物业前台"}
        self._sessions: dict[str, tuple[str, datetime]] = {}

    def add(self, account: str, nickname: str) -> None:
        """Add an account, or give it another nickname."""
        name, _, of = account.partition("@")
        if not name or not of:
            raise Refused(65404, "invalid kf_account")
        self.accounts[account] = nickname

    def remove(self, account: str) -> None:
        """Forget an account."""
        self._check(account)
        del self.accounts[account]

    def open(self, openid: str, account: str, now: datetime) -> None:
        """Begin a conversation: the bot hears nothing of this resident until it ends."""
        self._check(account)
        if self.account_of(openid, now) not in ("", account):
            raise Refused(65414, "the session was accepted by another kf_account")
        self._sessions[openid] = account, now

    def close(self, openid: str, account: str, now: datetime) -> None:
        """End a conversation."""
        self._check(account)
        if self.account_of(openid, now) != account:
            raise Refused(65413, "no such session")
        del self._sessions[openid]

    def account_of(self, openid: str, now: datetime) -> str:
        """Return who talks with a resident, or nothing."""
        account, since = self._sessions.get(openid, ("", now))
        return account if now - since < LASTS else ""

    def since(self, openid: str) -> datetime | None:
        """Return when the resident's last conversation began."""
        return self._sessions[openid][1] if openid in self._sessions else None

    def residents_of(self, account: str, now: datetime) -> list[str]:
        """Return who talks with an account."""
        self._check(account)
        return [openid for openid in self._sessions if self.account_of(openid, now) == account]

    def _check(self, account: str) -> None:
        if account not in self.accounts:
            raise Refused(65401, "invalid kf_account")
