"""Every error raised on purpose.

LinliError
├── Misconfigured        a setting is missing or wrong; names it and the way out
├── Unreadable           a sealed value that no key at hand opens; names column and key
├── Forged               a request that does not come from WeChat, or a link we did not sign
├── Malformed            a request from WeChat that cannot be read
├── Refusal              a resident's or staff member's wish that cannot be granted; its text is for people
└── WeChatRefused        WeChat's API said no; each kind below asks for another action
    ├── Temporary        busy or unreachable: try again later
    │   ├── Unanswered   the request went out and nothing came back: it may have been done
    │   ├── Unreached    no connection came about: it was surely not done
    │   └── TooFrequent  too many calls at once: wait a minute
    ├── TokenRefused     the access token is wrong or stale
    ├── RecipientGone    this person cannot be reached any more: stop
    │   ├── WrongOpenid  there is no such person in this account
    │   ├── NotFollowing they left: note it
    │   └── ConsentUsed  their consent to one subscription notice is used up
    ├── WindowClosed     outside the 48 hours, or their messages are used up
    ├── QuotaSpent       the account's daily cap is reached: go on after 00:00 in Beijing
    ├── MonthSpent       a cap of the calendar month is reached: go on next month
    ├── AlreadySent      a mass message with this clientmsgid is out: done
    ├── ContentRefused   the message itself is at fault: alert its author
    │   └── TooLarge     a picture is larger than what is kept
    └── AccountLimited   the account's settings are at fault: alert its operator
        ├── AddressNotListed  this server's address is not on the account's list
        └── ChannelDisabled   the feature is not granted, or banned: stop using it
"""

from collections.abc import Iterator
from contextlib import contextmanager


def is_missing(error: LookupError) -> bool:
    """Tell whether an error says that there is no such thing: a LookupError does; a KeyError or IndexError is a fault of the code."""
    return type(error) is LookupError


class LinliError(Exception):
    """Base of all errors raised on purpose."""


class Misconfigured(LinliError):
    """A setting is missing or wrong; the text names it, its fault and the way out."""


class Unreadable(LinliError):
    """A sealed value cannot be opened; the text names its column and key, and the row where that is known.

    `place` is table.column, `key` the id of the key it was sealed under, empty where it is not sealed at all.
    """

    def __init__(self, place: str, key: str, why: str, row: object = None) -> None:
        super().__init__(place, key, why)
        self.place, self.key, self.why, self.row = place, key, why, row

    def __str__(self) -> str:
        where = self.place if self.row is None else f"{self.place}, row {self.row}"
        return f"{where}: {f'sealed under key {self.key}: ' if self.key else ''}{self.why}"


class StorageLost(LinliError):
    """What would be written now nobody could ever read: the file of the database is gone."""


class Forged(LinliError):
    """The request or link carries no valid signature. The text never repeats what was sent."""


class Malformed(LinliError):
    """The body is signed correctly but cannot be read as a WeChat message."""


class Refusal(LinliError):
    """A wish that cannot be granted; the text is polite Chinese with a way out, to be shown as it is.

    `english` says the same to an operator at a command line; `field` is the field of a form that it is about, empty for none of them.
    """

    def __init__(self, text: str, *, english: str = "", field: str = "") -> None:
        super().__init__(text)
        self.english = english or text
        self.field = field


@contextmanager
def asked_in(field: str) -> Iterator[None]:
    """Let what is refused inside be about a field, where it does not say that it is about another."""
    try:
        yield
    except Refusal as refusal:
        refusal.field = refusal.field or field
        raise


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


class Unanswered(Temporary):
    """The request went out and no answer came back: what it asked for may have been done or not."""


class Unreached(Temporary):
    """No connection came about: WeChat has not seen the call."""


class TooFrequent(Temporary):
    """Too many calls within a moment; wait for `seconds`."""

    seconds = 60


class TokenRefused(WeChatRefused):
    """The access token was refused twice in a row."""


class RecipientGone(WeChatRefused):
    """This person does not want or cannot get messages: blacklisted by us, or they switched them off."""


class WrongOpenid(RecipientGone):
    """The account knows nobody by this openid; perhaps it is another account's."""


class NotFollowing(RecipientGone):
    """They do not follow any more."""


class ConsentUsed(RecipientGone):
    """They did not agree to this subscription notice, or what they agreed to was sent already."""


class WindowClosed(WeChatRefused):
    """The resident has not written for 48 hours, or all messages of the window are used up."""


class QuotaSpent(WeChatRefused):
    """The account's daily cap is reached; it opens again at 00:00 in Beijing."""


class MonthSpent(WeChatRefused):
    """A cap of the calendar month is reached: mass messages to everybody, or clearings of the daily quota."""


class AlreadySent(WeChatRefused):
    """A mass message with the same clientmsgid went out within 24 hours; `msgid` is WeChat's number for it."""

    def __init__(self, errcode: int | None, errmsg: str, msgid: str = "") -> None:
        super().__init__(errcode, errmsg)
        self.msgid = msgid


class ContentRefused(WeChatRefused):
    """The message itself is at fault: a template's id or one of its values."""


class TooLarge(ContentRefused):
    """A picture is larger than what is kept."""


class AccountLimited(WeChatRefused):
    """The account's settings are at fault, such as its appid or secret; no repeat will help."""


class AddressNotListed(AccountLimited):
    """WeChat does not take calls from this server; `address` is where it saw the call come from."""

    def __init__(self, errcode: int | None, errmsg: str, address: str = "") -> None:
        super().__init__(errcode, errmsg)
        self.address = address


class ChannelDisabled(AccountLimited):
    """The account was not granted this feature, or lost it."""
