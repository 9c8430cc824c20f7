"""A community in which there is a lot of everything: each table has rows more, made after those that it has.

Whatever a page lists, it has more of it than fits, in lists and beneath one thing: forty costs of one ticket, forty people in one flat.
A table that comes later grows by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, UniqueConstraint, inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from bot.model import public_id
from bot.store.scope import Scoped

#: Rows that are made of each table's first ones, after each of so many.
MANY, AFTER = 40, 2

#: Tables of which there is one row for a community or a person, a handful at most, or which nobody lists.
ALONE = {"visitor_gate", "notice_policy", "event_seal", "inbox", "undo_step", "duty_code", "permission_grant", "tally"}


def crowd(session: Session) -> None:
    """Make more rows of everything in the community that the session has entered."""
    for model in _models():
        samples = session.exec(select(model).order_by(inspect(model).primary_key[0].desc()).limit(AFTER)).all()
        for sample in samples:
            for number in range(1, MANY + 1):
                try:
                    with session.begin_nested():
                        session.add(_like(model, sample, number))
                except IntegrityError:  # there can be one only
                    break


def _models() -> Iterator[type[Any]]:
    """Give the tables whose rows belong to a community, those first that others point to."""
    by_table = {mapper.local_table: mapper.class_ for mapper in SQLModel._sa_registry.mappers}
    for table in SQLModel.metadata.sorted_tables:
        model = by_table.get(table)
        if model is not None and issubclass(model, Scoped) and table.name not in ALONE:
            yield model


def _like(model: type[Any], sample: Any, number: int) -> Any:
    table: Table = inspect(model).local_table
    values = {column.name: getattr(sample, column.name) for column in table.columns if column.name != "id"}
    unique = {column.name for column in table.columns if column.unique or (column.primary_key and column.name != "id")}
    unique |= {one.name for mark in table.constraints if isinstance(mark, UniqueConstraint) for one in mark.columns}
    unique |= {one.name for index in table.indexes if index.unique for one in index.columns if hasattr(one, "name")}
    for column in table.columns:
        value = values.get(column.name)
        if column.name not in unique or column.foreign_keys:
            continue
        if isinstance(value, datetime):
            values[column.name] = value - timedelta(minutes=number)
        elif isinstance(value, date):
            values[column.name] = value - timedelta(days=number)
        elif isinstance(value, str):
            values[column.name] = f"{number}{public_id()}" if column.name != "room" else f"{number}0{number}"
        elif isinstance(value, int):
            values[column.name] = value + number
    return model(**values)
