"""Messages from WeChat and their answers, so that a repeat has no second effect and gets the same answer.

In plain mode also what each signature came with, which covers no body: it is good for that alone.

A row is written with its answer, in the turn's own transaction. Only a message that is not answered in time gets its row
before: it keeps the push, under a lease, until it is answered; a process that dies meanwhile leaves it to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, bindparam, select, text, update
from sqlmodel import Field, Session, SQLModel, col

from bot.model import maybe_moment, moment
from bot.sealed import maybe_sealed, sealed
from bot.store.prepared import Prepared, chosen_once, writing


class InboxMessage(SQLModel, table=True):
    """A message from WeChat and its answer, so that a repeat of it gets the same answer and has no second effect; or a use of a signature."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_unfinished", "lease_until", sqlite_where=text("answer IS NULL"), postgresql_where=text("answer IS NULL")),
        Index("inbox_signed", "signed", unique=True),
    )

    key: str = Field(primary_key=True)
    appid: str = ""  # of the account it came to
    openid: str = Field(index=True)
    received_at: datetime = moment(index=True)
    answer: str | None = maybe_sealed("inbox.answer")  # as bot/dialogue/answer.py packs it; None while it is not answered
    is_late: bool = False  # WeChat was told `success`: the answer goes through the outbox
    push: str = sealed("inbox.push")  # the XML, kept only until it is answered
    lease_until: datetime | None = maybe_moment()
    attempts: int = 0
    signed: str | None = None  # plain mode: hash of the signature, which covers no body


#: WeChat repeats within 15 seconds; the rest is for replicas and for people who look into a fault.
KEPT = timedelta(days=3)

#: How long an unfinished message is left to whoever is at it. Two at once do no harm: the second finds the answer.
LEASE = timedelta(seconds=10)

#: Times an unfinished message is taken up before the resident is told that it failed.
ATTEMPTS = 4

_INBOX = SQLModel.metadata.tables["inbox"]
_FIND = Prepared(select(_INBOX.c.answer, _INBOX.c.is_late).where(_INBOX.c.key == bindparam("sought")))
_SIGNED = Prepared(select(_INBOX.c.key).where(_INBOX.c.signed == bindparam("signed")))
_WRITE = writing(_INBOX)
_ANSWER = Prepared(update(_INBOX).where(_INBOX.c.key == bindparam("sought")), "answer", "push", "lease_until")

#: Written out, not bound: only so does the partial index inbox_unfinished serve it.
_UNFINISHED = text("inbox.answer IS NULL")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a message: its answer, None while there is none; late: it goes through the outbox."""

    answer: str | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A message that was taken and not answered; `push` is the XML it came with."""

    key: str
    appid: str
    push: str
    received_at: datetime
    attempts: int


def find(session: Session, key: str) -> Kept | None:
    """Return what is known of a message, None if it is new."""
    row = _FIND.first(session, sought=key)
    return None if row is None else Kept(*row)


def used_for(session: Session, signed: str) -> str | None:
    """Return what a signature that covers no body came with: a message's key, or what `use` was told; None if it is new."""
    row = _SIGNED.first(session, signed=signed)
    return None if row is None else str(row[0]).removesuffix(f"@{signed}")


def use(session: Session, signed: str, what: str, appid: str, now: datetime) -> bool:
    """Keep what a signature that covers no body came with, where no new message is stored with it; False if it was used for another.

    A row of the same table, so that one index holds all uses of a signature and a new message costs no row more. Raises
    IntegrityError when another replica was quicker.
    """
    used = used_for(session, signed)
    if used is None:
        _insert(session, key=f"{what}@{signed}", appid=appid, openid="", received_at=now, answer="", signed=signed)
    return used in (None, what)


def remember(session: Session, key: str, appid: str, openid: str, answer: str, now: datetime, signed: str | None = None) -> None:
    """Store a new message with its answer; raises IntegrityError when another replica was quicker, which undoes this turn."""
    _insert(session, key=key, appid=appid, openid=openid, received_at=now, answer=answer, signed=signed)


def record(
    session: Session,
    key: str,
    appid: str,
    openid: str,
    push: str,
    now: datetime,
    signed: str | None = None,
    *,
    leased: bool = True,
) -> None:
    """Store a message that cannot be answered in time; raises IntegrityError when it has just been answered after all.

    Where nobody is at it, it is not `leased`: it is taken up at once.
    """
    _insert(
        session,
        key=key,
        appid=appid,
        openid=openid,
        received_at=now,
        push=push,
        signed=signed,
        is_late=True,
        lease_until=now + LEASE if leased else now,
    )


def _insert(session: Session, **values: object) -> None:
    row = {"answer": None, "push": "", "is_late": False, "lease_until": None, "attempts": 0, **values}
    _WRITE.run(session, **row)


def finish(session: Session, key: str, answer: str) -> None:
    """Store the answer of a recorded message; what it said is not needed any more."""
    _ANSWER.run(session, sought=key, answer=answer, push="", lease_until=None)


def mark_late(session: Session, key: str) -> None:
    """Let the answer of a message go through the outbox, because WeChat was told `success`."""
    session.connection().execute(update(_INBOX).where(_INBOX.c.key == key).values(is_late=True))


def take_up(session: Session, now: datetime, limit: int = 20) -> Sequence[Unfinished]:
    """Take unfinished messages that nobody is at any more for LEASE, the oldest first. Replicas share the work."""
    due = select(col(InboxMessage.key)).where(_UNFINISHED, col(InboxMessage.lease_until) <= now)
    due = due.order_by(col(InboxMessage.lease_until)).limit(limit).with_for_update(skip_locked=True)
    rows = session.execute(
        update(InboxMessage)
        .where(col(InboxMessage.key).in_(chosen_once(due)))
        .values(lease_until=now + LEASE, attempts=InboxMessage.attempts + 1)
        .returning(
            col(InboxMessage.key), col(InboxMessage.appid), col(InboxMessage.push), col(InboxMessage.received_at), col(InboxMessage.attempts)
        )
        .execution_options(synchronize_session=False)
    ).all()  # fmt: skip
    return sorted((Unfinished(*row) for row in rows), key=lambda message: message.received_at)


def forget(session: Session, openid: str, blank: str) -> None:
    """Put `blank` in place of all answers to somebody; the keys stay, so that no old push has a second effect."""
    mine = (_INBOX.c.openid == openid, _INBOX.c.answer.is_not(None))
    session.connection().execute(update(_INBOX).where(*mine).values(openid="", answer=blank))
