"""Where talks stand, what was said, and who waits for a person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, bindparam, func, update
from sqlalchemy import text as sql_text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, synonym
from sqlmodel import Field, Session, SQLModel, col, select

from bot.model import index_where_known, maybe_moment, moment, public_id
from bot.sealed import is_unreadable, maybe_sealed_map, sealed
from bot.store import events, scope
from bot.store.database import announce
from bot.store.followers import Follower
from bot.store.lookup import Lookup
from bot.store.prepared import Prepared, Row, writing
from bot.store.scope import Scoped

_WAITS, _ASIDE, _HELD = (sql_text(f"{name} IS NOT NULL") for name in ("waiting_since", "snoozed_until", "assigned_id"))


class Conversation(Scoped, table=True):
    """Where the talk with one openid stands. As a row of a list it goes by its public id: an openid stands in no form."""

    __mapper_args__: ClassVar[dict[str, Any]] = {"properties": {"id": synonym("public_id")}}

    __table_args__ = (
        Index("conversation_latest", "community_id", "updated_at"),
        Index("conversation_waits", "community_id", "waiting_since", sqlite_where=_WAITS, postgresql_where=_WAITS),
        index_where_known("conversation", "staff_id"),
        Index("conversation_assigned", "community_id", "assigned_id", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("conversation_aside", "community_id", "snoozed_until", sqlite_where=_ASIDE, postgresql_where=_ASIDE),
    )

    openid: str = Field(primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    standing: dict[str, Any] | None = maybe_sealed_map("conversation.standing")  # see bot/dialogue/standing.py
    updated_at: datetime = moment()
    topic: str = sealed("conversation.topic")  # what the resident wants a person for
    waiting_since: datetime | None = maybe_moment()  # set: a person is asked for
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # set: this person has taken over
    assigned_id: int | None = Field(default=None, foreign_key="staff.id")  # set: this person sees to it, whoever has the word
    snoozed_until: datetime | None = maybe_moment()  # set: it was laid aside until then, or until the resident speaks
    snoozed_after: int = 0  # the newest line when it was laid aside
    is_large: bool = False  # they asked for big letters and few words, and have not taken it back


class Line(Scoped, table=True):
    """One thing said in a conversation, by the resident, the bot or a staff member."""

    __table_args__ = (
        Index("line_openid", "openid", "id"),
        index_where_known("line", "photo_id"),
        index_where_known("line", "delivery_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    openid: str
    at: datetime = moment()
    speaker: str  # resident, bot or staff
    text: str = sealed("line.text")
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    photo_id: int | None = Field(default=None, foreign_key="photo.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")  # what carries it, where staff said it


#: Who said it (resident or bot), the text, and the photo's id if it was one.
Said = tuple[str, str, int | None]


@dataclass(kw_only=True, slots=True)
class Kept:
    """What is kept of a talk, in the hands of one turn; the fields are those of a Conversation."""

    openid: str
    public_id: str
    community_id: int
    standing: dict[str, Any] | None
    updated_at: datetime
    topic: str
    waiting_since: datetime | None
    staff_id: int | None
    assigned_id: int | None = None
    is_large: bool = False


#: What a turn may change.
_CHANGES = ("standing", "updated_at", "topic", "waiting_since", "staff_id", "assigned_id", "is_large")
_FIELDS = ("openid", "public_id", "community_id", *_CHANGES)

_CONVERSATION = SQLModel.metadata.tables["conversation"]
_LINE = SQLModel.metadata.tables["line"]
_FIND = Prepared(
    select(*(_CONVERSATION.c[name] for name in _FIELDS)).where(_CONVERSATION.c.openid == bindparam("sought")).with_for_update()
)
_FOLLOWER = SQLModel.metadata.tables[str(Follower.__tablename__)]
_KNOWN_IN = Prepared(select(_FOLLOWER.c.community_id).where(_FOLLOWER.c.openid == bindparam("sought")))
_KEEP = Prepared(update(_CONVERSATION).where(_CONVERSATION.c.openid == bindparam("sought")), *_CHANGES)
_LARGE = Lookup(select(Conversation.is_large).where(Conversation.openid == bindparam("sought")))
_SAY = writing(_LINE)


def open_with(session: Session, openid: str, community_id: int, now: datetime) -> Kept:
    """Return where the talk with an openid stands, begun if need be; until the end of the transaction it is ours alone.

    A new one belongs to the community that the follower is known in, else to `community_id`. What is changed in it is written
    back by `keep`.
    """
    found = _FIND.first(session, sought=openid)
    if found is not None:
        return _kept(found)
    known = _KNOWN_IN.first(session, sought=openid)
    try:
        with session.begin_nested():
            session.add(Conversation(openid=openid, community_id=known[0] if known else community_id, updated_at=now))
    except IntegrityError:  # another replica has just begun it, unless something else is wrong
        if _FIND.first(session, sought=openid) is None:
            raise
    return open_with(session, openid, community_id, now)


def community_of(session: Session, openid: str) -> int | None:
    """Return the community that a talk belongs to, None while there is none."""
    found = _FIND.first(session, sought=openid)
    return None if found is None else _kept(found).community_id


def _kept(row: Row) -> Kept:
    """Return a row as a turn has it; whoever's talk cannot be read begins a new one."""
    values = dict(zip(_FIELDS, row, strict=True))
    for name, fresh in (("standing", None), ("topic", "")):
        if is_unreadable(values[name]):
            values[name] = fresh
    return Kept(**values)


def keep(session: Session, kept: Kept) -> None:
    """Write back what `open_with` gave."""
    _KEEP.run(session, sought=kept.openid, **{name: getattr(kept, name) for name in _CHANGES})


def say(session: Session, openid: str, speaker: str, text: str, now: datetime, *, staff_id: int | None = None,
        photo_id: int | None = None, delivery_id: int | None = None) -> None:  # fmt: skip
    """Write down one thing said."""
    session.flush()  # what was said before stands before it
    _SAY.run(
        session, community_id=scope.of(session), openid=openid, at=now, speaker=speaker, text=text, staff_id=staff_id, photo_id=photo_id,
        delivery_id=delivery_id,
    )  # fmt: skip
    announce(session, events.ANNOUNCED)


def is_large(session: Session, openid: str) -> bool:
    """Tell whether somebody asked for big letters and few words."""
    return bool(_LARGE.first(session, sought=openid))


def look(session: Session, openid: str) -> Kept | None:
    """Return where the talk with an openid stands, for reading only; None while there is none."""
    found = session.get(Conversation, openid)
    return None if found is None else Kept(**{name: getattr(found, name) for name in _FIELDS})


def write_down(session: Session, openid: str, said: Sequence[Said], now: datetime) -> None:
    """Write down all that was said in a turn."""
    for speaker, text, photo_id in said:
        _SAY.run(
            session,
            community_id=scope.of(session),
            openid=openid,
            at=now,
            speaker=speaker,
            text=text,
            staff_id=None,
            photo_id=photo_id,
            delivery_id=None,
        )


def lines(session: Session, openid: str, limit: int = 100) -> Sequence[Line]:
    """Return the last things said, oldest first."""
    newest = select(Line).where(Line.openid == openid).order_by(col(Line.id).desc()).limit(limit)
    return list(reversed(session.exec(newest).all()))


def lines_among(session: Session, openids: Collection[str], limit: int) -> dict[str, list[Line]]:
    """Return the last things said in each of several talks, oldest first, asked for at once."""
    other = aliased(Line)
    last = select(other.id).where(other.openid == Conversation.openid).order_by(col(other.id).desc()).offset(limit - 1).limit(1)
    since = func.coalesce(last.correlate(Conversation).scalar_subquery(), 0)  # told once a talk: an index leads there
    query = select(Line).join(Conversation, col(Line.openid) == col(Conversation.openid))
    rows = session.exec(query.where(col(Conversation.openid).in_(openids), col(Line.id) >= since).order_by(col(Line.id))).all()
    found: dict[str, list[Line]] = {openid: [] for openid in openids}
    for row in rows:
        found[row.openid].append(row)
    return found


def newest(session: Session, openid: str) -> int:
    """Return the id of the last thing said, 0 where nothing was."""
    return session.exec(select(Line.id).where(Line.openid == openid).order_by(col(Line.id).desc()).limit(1)).first() or 0


def answered_since(session: Session, openid: str, line_id: int, staff_id: int) -> int | None:
    """Return who else of the staff has spoken after a line, None where nobody did."""
    others = (Line.openid == openid, col(Line.id) > line_id, Line.speaker == "staff", Line.staff_id != staff_id)
    return session.exec(select(Line.staff_id).where(*others).order_by(col(Line.id).desc()).limit(1)).first()


def waiting(session: Session, limit: int = 200) -> Sequence[Conversation]:
    """Return the conversations that ask for a person, the longest waiting first, then those taken over."""
    return session.exec(
        select(Conversation)
        .where(col(Conversation.waiting_since).is_not(None))
        .order_by(col(Conversation.staff_id).is_not(None), col(Conversation.waiting_since))
        .limit(limit)
    ).all()


def ask_for_person(conversation: Conversation | Kept, topic: str, now: datetime) -> None:
    """Put a conversation into the queue; who waits already keeps the place."""
    conversation.topic = topic
    conversation.waiting_since = conversation.waiting_since or now


def locked(session: Session, openid: str) -> Conversation | None:
    """Return a talk, ours alone until the end of the transaction."""
    return session.get(Conversation, openid, with_for_update=True, populate_existing=True)


def leave_open(session: Session, openid: str) -> None:
    """Ask nothing more of what was asked of an account while it was somebody's: what is remembered and an alarm stay."""
    kept = session.get(Conversation, openid)
    if kept is not None and kept.standing:
        asked = ("form", "shelved", "menu", "offer")  # as bot/dialogue/standing.py packs them
        kept.standing = {name: value for name, value in kept.standing.items() if name not in asked}
        session.add(kept)


def hold(session: Session, openid: str) -> None:
    """Wait until no other transaction works on a talk, and keep it for this one; nothing of it is read."""
    session.execute(select(col(Conversation.openid)).where(col(Conversation.openid) == openid).with_for_update())


def take_over(conversation: Conversation, staff_id: int, now: datetime) -> None:
    """Let a staff member have the word; the bot keeps silent until it is handed back."""
    conversation.staff_id = conversation.assigned_id = staff_id
    conversation.waiting_since = conversation.waiting_since or now
    conversation.updated_at = now


def hand_back(conversation: Conversation | Kept) -> None:
    """Give the word back to the bot; nobody sees to it any more."""
    conversation.staff_id = conversation.assigned_id = None
    conversation.waiting_since = None
    conversation.topic = ""


def is_taken(conversation: Conversation | Kept) -> bool:
    """Tell whether a staff member has the word."""
    return conversation.staff_id is not None


def left_alone(session: Session, since: datetime, limit: int = 50) -> Sequence[Conversation]:
    """Return the talks whose staff member has said nothing since then, locked so that of several replicas one gives them back.

    Counted from the take-over, which each of their words renews: that is `updated_at`, which turns leave alone meanwhile.
    """
    silent = select(Conversation).where(
        col(Conversation.waiting_since).is_not(None),
        col(Conversation.staff_id).is_not(None),
        col(Conversation.updated_at) <= since,
    )
    return session.exec(silent.order_by(col(Conversation.updated_at)).limit(limit).with_for_update(skip_locked=True)).all()


def count_lines(session: Session, openid: str) -> int:
    """Return how many lines of a talk are kept."""
    return session.exec(select(func.count()).select_from(Line).where(Line.openid == openid)).one()
