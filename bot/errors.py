"""Every error raised on purpose.

LinliError
├── Misconfigured        a setting is missing or wrong; names it and the way out
├── Forged               a request that does not come from WeChat, or a link we did not sign
├── Malformed            a request from WeChat that cannot be read
├── Refusal              a resident's or staff member's wish that cannot be granted; its text is for people
└── WeChatRefused        WeChat's API said no
    ├── Temporary        busy or unreachable: try again later
    ├── TokenRefused     the access token is wrong or stale
    ├── RecipientGone    this person cannot be reached any more
    ├── WindowClosed     outside the 48 hours, or their messages are used up
    ├── QuotaSpent       the account's daily cap is reached
    ├── ContentRefused   the message itself is at fault
    └── AccountLimited   the account may not use this feature
"""


class LinliError(Exception):
    """Base of all errors raised on purpose."""


class Misconfigured(LinliError):
    """A setting is missing or wrong; the text names it, its fault and the way out."""


class Forged(LinliError):
    """The request or link carries no valid signature. The text never repeats what was sent."""


class Malformed(LinliError):
    """The body is signed correctly but cannot be read as a WeChat message."""


class Refusal(LinliError):
    """A wish that cannot be granted; the text is polite Chinese with a way out, to be shown as it is."""


class WeChatRefused(LinliError):
    """WeChat's API refused a call, or could not be asked.

    `errcode` is WeChat's number, or None when there was no answer. The text holds no URL, for URLs hold tokens.
    """

    def __init__(self, errcode: int | None, errmsg: str) -> None:
        super().__init__(f"{errcode}: {errmsg}" if errcode is not None else errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


class Temporary(WeChatRefused):
    """WeChat is busy, too slow or unreachable: the same call may succeed later."""


class TokenRefused(WeChatRefused):
    """The access token was refused twice in a row."""


class RecipientGone(WeChatRefused):
    """This openid does not follow, blocked us, or does not exist."""


class WindowClosed(WeChatRefused):
    """The resident has not written for 48 hours, or all messages of the window are used up."""


class QuotaSpent(WeChatRefused):
    """The account's daily cap is reached; it opens again at 00:00 in Beijing."""


class ContentRefused(WeChatRefused):
    """The message itself is at fault: a template's id or one of its values."""


class AccountLimited(WeChatRefused):
    """The account may not use this feature, or this server's address is not on its list."""
