"""The row by which a process proves that what it writes is kept."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

from bot.model import moment
from bot.store.upserts import insert

#: There is one row, whoever writes it.
_ONLY = 1


class Pulse(SQLModel, table=True):
    """When the database was last proven to take what is written."""

    id: int = Field(default=_ONLY, primary_key=True)
    at: datetime = moment()


def beat(session: Session, now: datetime) -> None:
    """Write that it was proven now."""
    row = insert(session, Pulse).values(id=_ONLY, at=now)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"at": row.excluded.at}))
