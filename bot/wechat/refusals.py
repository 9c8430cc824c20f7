"""What WeChat's error numbers mean for whoever called.

Source: developers.weixin.qq.com/doc/service/guide/dev/errorcode.html (全局错误码)
"""

import re
from collections.abc import Mapping

from bot.errors import (
    AccountLimited,
    AddressNotListed,
    AlreadySent,
    ChannelDisabled,
    ConsentUsed,
    ContentRefused,
    MonthSpent,
    NotFollowing,
    QuotaSpent,
    RecipientGone,
    Temporary,
    TokenRefused,
    TooFrequent,
    WeChatRefused,
    WindowClosed,
    WrongOpenid,
)

#: Not a fault: the account has no menu.
NO_MENU = 46003

#: WeChat is busy; the call was not done and may be made again at once.
BUSY = -1

_KIND_OF: Mapping[int, type[WeChatRefused]] = {
    BUSY: Temporary, 45066: Temporary, 45011: TooFrequent,
    40001: TokenRefused, 40014: TokenRefused, 42001: TokenRefused,
    43019: RecipientGone, 48002: RecipientGone, 40003: WrongOpenid, 43004: NotFollowing, 43101: ConsentUsed,
    45015: WindowClosed, 45047: WindowClosed,
    45009: QuotaSpent, 45028: MonthSpent, 48006: MonthSpent,
    40037: ContentRefused, 47003: ContentRefused, 45002: ContentRefused,
    40013: AccountLimited, 40125: AccountLimited,
    48001: ChannelDisabled, 48004: ChannelDisabled, 50002: ChannelDisabled,
}  # fmt: skip

_LINK = re.compile(r"(https?://|www\.)\S+")

#: As in `invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist`.
_ADDRESS = re.compile(r"\bip ([0-9a-fA-F.:]+)")


def refusal(answer: Mapping[str, object], secrets: tuple[str, ...] = ()) -> WeChatRefused | None:
    """Return the error that an answer of the API means, or None if it is none.

    Its text is WeChat's, without links and without `secrets`, should WeChat repeat them.
    """
    code = _number(answer.get("errcode"))
    if not code:
        return None
    words = _harmless(str(answer.get("errmsg", "")), secrets)
    match code:
        case 45065:
            return AlreadySent(code, words, str(answer.get("msg_id") or answer.get("msgid") or ""))
        case 40164:
            found = _ADDRESS.search(words)
            return AddressNotListed(code, words, found[1] if found else "")
    return _KIND_OF.get(code, WeChatRefused)(code, words)


def _number(code: object) -> int:
    return int(code) if isinstance(code, (int, str)) and re.fullmatch(r"-?\d+", str(code)) else 0


def _harmless(words: str, secrets: tuple[str, ...]) -> str:
    for secret in filter(None, secrets):
        words = words.replace(secret, "…")
    return _LINK.sub("…", words)
