"""INSERT that heeds what is there already: both databases know ON CONFLICT, each by a class of its own in SQLAlchemy."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def insert(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT of the session's database; `on_conflict_do_nothing` and `on_conflict_do_update` are the same in both."""
    return postgresql.insert(table) if session.connection().dialect.name == "postgresql" else sqlite.insert(table)
