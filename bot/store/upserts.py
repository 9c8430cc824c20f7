"""INSERT that heeds what is there already: both databases know ON CONFLICT, each by a class of its own in SQLAlchemy."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.store.prepared import Prepared, Row


def insert(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT of the session's database; `on_conflict_do_nothing` and `on_conflict_do_update` are the same in both."""
    return postgresql.insert(table) if session.connection().dialect.name == "postgresql" else sqlite.insert(table)


class Upsert:
    """One such statement, compiled once for each kind of database; all columns of the table are given."""

    def __init__(self, table: Any, heed: Callable[[Any], Any]) -> None:
        self._table, self._heed = table, heed

    @cached_property
    def _prepared(self) -> dict[str, Prepared]:
        columns = tuple(self._table.__table__.c.keys())
        kinds: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
        return {name: Prepared(self._heed(insert(self._table)), *columns) for name, insert in kinds.items()}

    def first(self, session: Session, **values: Any) -> Row | None:
        """Run it, after all that the session has yet to write; returns the first row that it gives back."""
        session.flush()
        return self._prepared[session.connection().dialect.name].first(session, **values)
