"""Access tokens as WeChat gives them out.

Sources: developers.weixin.qq.com/doc/service/api/base/ api_getstableaccesstoken.html, api_getaccesstoken.html and
developers.weixin.qq.com/doc/service/guide/h5/jssdk.html (ticket)
"""

import secrets
from datetime import datetime, timedelta

from bot.simulator.refusal import Refused

#: How long a token lives.
LIVES = timedelta(hours=2)

#: A new token is given out this long before the old one ends; both are good meanwhile.
OVERLAP = timedelta(minutes=5)

#: Between two forced renewals; one that comes earlier gets the same token again.
FORCE_EVERY = timedelta(seconds=30)


class Tokens:
    """Both kinds, which know nothing of each other: the stable one, and those that replace each other."""

    def __init__(self, appid: str, secret: str) -> None:
        self._appid, self._secret = appid, secret
        self._ends: dict[str, datetime] = {}
        self._stable = ""
        self._forced_at: datetime | None = None
        self._plain = ""
        self._tickets: dict[str, tuple[str, datetime]] = {}

    def stable(self, appid: str, secret: str, force: bool, now: datetime) -> tuple[str, int]:
        """Return the stable token and its seconds: the same one for everybody who asks."""
        self._check(appid, secret)
        rushed = self._forced_at is not None and now - self._forced_at < FORCE_EVERY
        if force and not rushed:
            self._ends[self._stable] = now  # a forced renewal kills the old one at once
            self._forced_at = now
        if self._left(self._stable, now) <= OVERLAP:
            self._stable = self._make(now)
        return self._stable, int(self._left(self._stable, now).total_seconds())

    def plain(self, appid: str, secret: str, now: datetime) -> tuple[str, int]:
        """Return a new token and its seconds; the one before lives only a little longer."""
        self._check(appid, secret)
        if self._plain:
            self._ends[self._plain] = min(self._ends[self._plain], now + OVERLAP)
        self._plain = self._make(now)
        return self._plain, int(LIVES.total_seconds())

    def check(self, token: str, now: datetime) -> None:
        """Raise Refused unless `token` is good now."""
        if not token:
            raise Refused(41001, "access_token missing")
        if token not in self._ends:
            raise Refused(40001, "invalid credential, access_token is invalid or not latest")
        if self._ends[token] <= now:
            raise Refused(42001, "access_token expired")

    def ticket(self, kind: str, now: datetime) -> tuple[str, int]:
        """Return the ticket for pages, `jsapi` or `wx_card`, and its seconds: the same one until it ends."""
        if kind not in ("jsapi", "wx_card"):
            raise Refused(40097, "invalid args")
        ticket, ends = self._tickets.get(kind, ("", now))
        if ends <= now:
            ticket, ends = secrets.token_urlsafe(64), now + LIVES
            self._tickets[kind] = ticket, ends
        return ticket, int((ends - now).total_seconds())

    def belongs(self, appid: str) -> None:
        """Raise Refused unless this is the account's appid."""
        if appid != self._appid:
            raise Refused(40013, "invalid appid")

    def _check(self, appid: str, secret: str) -> None:
        self.belongs(appid)
        if not secrets.compare_digest(secret.encode(), self._secret.encode()):
            raise Refused(40125, "invalid appsecret")

    def _left(self, token: str, now: datetime) -> timedelta:
        return self._ends.get(token, now) - now

    def _make(self, now: datetime) -> str:
        token = f"80_{secrets.token_urlsafe(96)}"
        self._ends[token] = now + LIVES
        return token
