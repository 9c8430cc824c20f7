"""Whose rows a session sees: those of one community, said once, so that no query of a service can forget it.

Within a scope every SELECT, UPDATE and DELETE of mapped tables is narrowed to the community, every new row belongs to it, and a
row of another one is refused. Without a scope a session sees everything: that is for the core, which serves all communities in
one piece of work (sending, erasing, signing in). Services get a session only from `Work`, which enters the scope for them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import column, event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Field, Session, SQLModel

_KEY = "community"


class _Whose:
    """The column that says whose a row is, of a table or of an alias of one."""

    def __get__(self, row: object, kind: Any) -> Any:
        return getattr(kind, "community_id", column("community_id"))  # asked of the mark itself SQLAlchemy wants any column


class Marked:
    """What the criterion below is written against; SQLAlchemy finds the tables among its subclasses."""

    whose = _Whose()


class Scoped(SQLModel, Marked):
    """What every table has whose rows belong to one community. Left out when a row is made, the scope says whose it is."""

    community_id: int = Field(default=None, foreign_key="community.id", nullable=False)


class Unscoped(RuntimeError):
    """A row belongs to nobody, or to another community than the work it was made in."""


def enter(session: Session, community_id: int) -> None:
    """Let the session see the rows of one community from now on."""
    session.info[_KEY] = community_id


@contextmanager
def within(session: Session, community_id: int) -> Iterator[None]:
    """Enter a scope for a while; what was made before it, or in it, is written under its own scope."""
    session.flush()
    before = dict(session.info)
    enter(session, community_id)
    try:
        yield
        session.flush()
    finally:
        session.info.clear()
        session.info.update(before)


@contextmanager
def everywhere(session: Session) -> Iterator[None]:
    """See the rows of all communities for a while: for the core, where somebody works in several."""
    before = session.info.pop(_KEY, None)
    try:
        yield
    finally:
        if before is not None:
            session.info[_KEY] = before


def here(session: Session) -> int | None:
    """Return the community of the scope, None where there is none."""
    return session.info.get(_KEY)


def of(session: Session) -> int:
    """Return the community of the scope; raises Unscoped where there is none."""
    found = here(session)
    if found is None:
        raise Unscoped("this is written for one community; enter its scope first (bot/store/scope.py)")
    return int(found)


@lru_cache(maxsize=1024)
def _narrowed(own: int) -> Any:
    return with_loader_criteria(Marked, lambda kind: kind.whose == own, include_aliases=True)


@event.listens_for(AnySession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    own = state.session.info.get(_KEY)
    if own is not None and not state.is_insert and not state.is_column_load:
        state.statement = state.statement.options(_narrowed(own))


@event.listens_for(AnySession, "before_flush")
def _own(session: AnySession, _context: object, _instances: object) -> None:
    own = session.info.get(_KEY)
    for row in (*session.new, *session.dirty):
        if not isinstance(row, Scoped):
            continue
        if row.community_id is None:
            if own is None:
                raise Unscoped(f"a row of {type(row).__name__} belongs to no community; enter a scope or give community_id")
            row.community_id = own
        elif own is not None and row.community_id != own:
            raise Unscoped(f"a row of {type(row).__name__} belongs to another community than the work under way")
