"""What WeChat took and what it got, counted: with it a test proves that nothing was lost and nothing came twice."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeVar

#: Rows kept of each kind; the oldest are forgotten first.
KEPT = 200_000

#: Which way a message went to a resident.
Kind = Literal["chat", "template", "mass", "subscribe"]

#: `reply` has a text, `success` is that word, `nothing` an empty body; `banner` is what residents see when the bot fails.
Outcome = Literal["reply", "success", "nothing", "banner"]

K = TypeVar("K")
V = TypeVar("V")


@dataclass(kw_only=True)
class Sent:
    """One message to one resident. More than one original means that they got it more than once."""

    openid: str
    kind: Kind
    client_msg_id: str
    digest: str
    originals: int = 0
    repeats: int = 0  # dropped because of their client_msg_id


@dataclass(frozen=True, kw_only=True)
class Answered:
    """How the bot answered a push, after how many deliveries."""

    outcome: Outcome
    text: str
    deliveries: int


class Ledger:
    """Lives in memory."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._sent: OrderedDict[tuple[str, str, str], Sent] = OrderedDict()
        self._answered: OrderedDict[int, Answered] = OrderedDict()

    def take(self, openid: str, kind: Kind, client_msg_id: str, words: str, *, repeat: bool = False) -> None:
        """Count a message that was taken, or dropped as a repeat. Those without an id are told apart by their words."""
        digest = digest_of(words)
        key = (openid, kind, client_msg_id or digest)
        row = self._sent.get(key) or Sent(openid=openid, kind=kind, client_msg_id=client_msg_id, digest=digest)
        _keep(self._sent, key, row, self._kept)
        if repeat:
            row.repeats += 1
        else:
            row.originals += 1

    def answer(self, msgid: int, answered: Answered) -> None:
        """Keep how the push with this MsgId was answered."""
        _keep(self._answered, msgid, answered, self._kept)

    def sent(self, openid: str = "") -> list[Sent]:
        """Return all messages, or those to one resident, oldest first."""
        return [row for row in self._sent.values() if not openid or row.openid == openid]

    def answered(self) -> dict[int, Answered]:
        """Return how each push was answered, by MsgId."""
        return dict(self._answered)


def digest_of(words: str) -> str:
    """Return what stands for a text in the ledger, which so grows no longer than it must."""
    return sha256(words.encode("utf-8", "replace")).hexdigest()[:16]


def _keep(rows: OrderedDict[K, V], key: K, row: V, most: int) -> None:
    rows[key] = row
    if len(rows) > most:
        rows.popitem(last=False)
