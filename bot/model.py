"""The nouns all parts share, as tables.

Times are aware; the database keeps UTC and gives Asia/Shanghai back. Public ids are random, so that nobody can
guess a neighbour's.
"""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Column, DateTime, Dialect, Enum, Index, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from bot.defaults import factory

#: Days, weeks and opening hours are those of the community, whatever the server's clock says.
SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = ZoneInfo("UTC")

#: Crockford's base 32: no I, L, O, U, so that an id can be read out over the phone.
PUBLIC_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@factory
def public_id() -> str:
    """Return a random id of 10 characters (50 bits) that people may see."""
    return "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(10))


class Moment(TypeDecorator[datetime]):
    """An aware datetime: UTC in the database, Asia/Shanghai in Python. Refuses naive ones."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """PostgreSQL keeps the zone itself; SQLite gets UTC without one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database kept into a datetime of Asia/Shanghai."""
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(SHANGHAI)


#: Characters of words that are never pushed out by later ones.
FIRST = 200


def shortened(words: str, longest: int) -> str:
    """Return words of at most `longest` characters: the beginning tells what the matter is, the end what came last."""
    return words if len(words) <= longest else f"{words[:FIRST]}…{words[-(longest - FIRST - 1) :]}"


def joined(before: str, said: str, longest: int) -> str:
    """Return words with what was said next, one message a line, at most `longest` characters; what is said twice stands once."""
    lines = dict.fromkeys(line for line in f"{before}\n{said}".splitlines() if line.strip())
    return shortened("\n".join(lines), longest)


def moment(*, index: bool = False) -> Any:
    """Return a column for a datetime that must be there."""
    return Field(sa_type=Moment, index=index, nullable=False)


def maybe_moment(*, index: bool = False) -> Any:
    """Return a column for a datetime that may be missing."""
    return Field(default=None, sa_type=Moment, index=index, nullable=True)


def json_column(default: Any = None) -> Any:
    """Return a JSON column; `default` is a factory such as `dict` or `list`, or nothing for NULL.

    A changed value must be assigned anew: changes inside it are not seen.
    """
    if default is None:
        return Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    return Field(default_factory=factory(default), sa_column=Column(JSON, nullable=False))


def index_where_known(table: str, column: str) -> Index:
    """Return an index of a foreign key that most rows leave empty, for `__table_args__`: those cost nothing.

    Without one, deleting a row that may be pointed to reads the whole table.
    """
    known = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=known, postgresql_where=known)


def word(kind: type[StrEnum], default: StrEnum) -> Any:
    """Return a column for one of an enum's values, kept as the plain word and checked by the database."""
    return Field(default=default, sa_column=Column(_words(kind), nullable=False))


def _words(kind: type[StrEnum]) -> Enum:
    return Enum(
        kind, values_callable=lambda members: [m.value for m in members], native_enum=False, create_constraint=True, length=16,
        name=f"{kind.__name__.lower()}_known",
    )  # fmt: skip
