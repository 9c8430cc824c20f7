"""What is new since a page was read: kinds of events, and in which talks something was said; of all communities, told apart."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.store.conversations import Conversation, Line
from bot.store.events import Event

#: Kind of what was said; the talk's public id follows: line.K3M9….
LINE = "line"

#: Ids that are looked at again: on PostgreSQL a transaction may take its ids first and be seen last.
BEHIND = 100


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far one has read: the newest event and the newest line, written 12-34."""

    event: int = 0
    line: int = 0

    def __str__(self) -> str:
        return f"{self.event}-{self.line}"

    def is_within(self, other: "Cursor") -> bool:
        """Tell whether `other` is as far in both."""
        return self.event <= other.event and self.line <= other.line

    def is_behind(self, other: "Cursor", most: int) -> bool:
        """Tell whether more than `most` lie between this and `other`."""
        return other.event - self.event > most or other.line - self.line > most


@dataclass(frozen=True, kw_only=True)
class News:
    """What was found, by id, and how far that goes."""

    until: Cursor
    events: dict[int, tuple[int, str]]  # community, and the kind without what stands after the dot
    lines: dict[int, tuple[int, str]]  # community, and the talk: line.K3M9…

    def kinds(self, community_id: int) -> frozenset[str]:
        """Return what happened in a community, each kind once."""
        found = (*self.events.values(), *self.lines.values())
        return frozenset(kind for where, kind in found if where == community_id)


#: Asked with every page of the console, so as it stands: made as an object and compiled it took as long as a page's own rows.
_NEWEST = 'SELECT (SELECT max(id) FROM "event"), (SELECT max(id) FROM "line")'


def newest(session: Session) -> Cursor:
    """Return how far one can read now."""
    event, line = session.connection().exec_driver_sql(_NEWEST).one()
    return Cursor(event=event or 0, line=line or 0)


def since(session: Session, cursor: Cursor) -> News:
    """Return what is new after `cursor`."""
    happened = session.exec(select(Event.id, Event.community_id, Event.kind).where(col(Event.id) > cursor.event)).all()
    said = session.exec(
        select(Line.id, Conversation.community_id, Conversation.public_id)
        .join(Conversation, col(Conversation.openid) == col(Line.openid))
        .where(col(Line.id) > cursor.line)
    ).all()
    events = {key or 0: (where, kind.partition(".")[0]) for key, where, kind in happened}
    lines = {key or 0: (where, f"{LINE}.{talk}") for key, where, talk in said}
    until = Cursor(event=max(events, default=cursor.event), line=max(lines, default=cursor.line))
    return News(until=until, events=events, lines=lines)
