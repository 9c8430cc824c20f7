"""Columns that are sealed: the database keeps them encrypted, under the keys it was opened with (bot/keyring.py).

What is looked for has a keyed hash beside it. What cannot be opened takes no page with it: it says so, and the log says where.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import eq, ne
from typing import Any

import structlog
from sqlalchemy import Column, Connection, Dialect, String, Table, event
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.operators import is_, is_not
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from bot.defaults import factory
from bot.errors import Misconfigured, Unreadable
from bot.keyring import Keyring

log = structlog.get_logger(__name__)

#: What stands on a page in place of a value that cannot be opened.
UNREADABLE = "无法读取"


class Unread:
    """A value that could not be opened, as pages show it; it is never written back over what it stands for."""

    fault: Unreadable


class _UnreadText(Unread, str):
    pass


class _UnreadNumber(Unread, int):
    pass


class _UnreadList(Unread, list[Any]):
    pass


class _UnreadMap(Unread, dict[str, Any]):
    pass


def is_unreadable(value: object) -> bool:
    """Tell whether a value could not be opened: a number then means nothing, and a text says 无法读取."""
    return isinstance(value, Unread)


class Content(StrEnum):
    """What a sealed column holds."""

    TEXT = "text"
    NUMBER = "number"
    LIST = "list"
    MAP = "map"


_WRITTEN: Mapping[Content, Callable[[Any], str]] = {Content.TEXT: str, Content.NUMBER: str}
_READ: Mapping[Content, Callable[[str], Any]] = {Content.TEXT: str, Content.NUMBER: int}
_INSTEAD: Mapping[Content, Callable[[], Any]] = {
    Content.TEXT: lambda: _UnreadText(UNREADABLE), Content.NUMBER: _UnreadNumber,
    Content.LIST: lambda: _UnreadList([UNREADABLE]), Content.MAP: lambda: _UnreadMap(text=UNREADABLE),
}  # fmt: skip


def keyring_of(dialect: Dialect) -> Keyring:
    """Return the keys that a database was opened with (bot/store/database.py)."""
    found = getattr(dialect, "keyring", None)
    if not isinstance(found, Keyring):
        raise Misconfigured("this database was opened without keys: what is personal can be neither written nor read")
    return found


class Sealed(TypeDecorator[Any]):
    """Text, a number or JSON that the database keeps sealed. `place` is table.column: a value moved elsewhere opens no more.

    The row is not part of the seal, for a new row has no id yet when its values are bound: whoever may write to the database can
    put one person's value into another's row of the same column. Nothing and the empty text stay as they are, which tells that
    there is nothing. What cannot be opened comes back as `Unread`, so that one damaged value takes no page with it.
    """

    impl = String
    cache_ok = True

    def __init__(self, place: str, content: Content = Content.TEXT) -> None:
        super().__init__()
        self.place, self.content = place, content

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Seal a value; raises Unreadable for one that could not be opened: it would be lost."""
        if value is None:
            return None
        if value == "":
            return ""
        if isinstance(value, Unread):
            raise value.fault
        return keyring_of(dialect).seal(_WRITTEN.get(self.content, _json)(value), self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Open a value."""
        if not value:
            return value
        try:
            return _READ.get(self.content, json.loads)(keyring_of(dialect).open(value, self.place))
        except Unreadable as error:
            instead = _INSTEAD[self.content]()
            instead.fault = error
            return instead

    class comparator_factory(TypeDecorator.Comparator[Any]):
        """Lets nobody compare or sort what is different each time it is sealed; whether there is anything may be asked."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Refuse all but IS NULL and = ''; SQLAlchemy itself asks whether two columns are the same one."""
            if op in (is_, is_not) or (op in (eq, ne) and all(isinstance(one, Column) or one == "" for one in other)):
                return super().operate(op, *other, **kwargs)
            raise TypeError(f"{self.type} {self.expr} is sealed: compare its keyed hash (digest_of), or do it in Python")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


#: Digits at the end of a phone number by which it is looked for.
PHONE_END = 4


class Search(StrEnum):
    """As what a sealed value is looked for; the same text has another hash for each."""

    PHONE = "phone"
    PHONE_END = "phone end"
    PLATE = "plate"
    WORDS = "words"

    def of(self, text: str) -> str:
        """Return what is hashed of a text: the same however people write it, empty where there is nothing to look for."""
        if self is Search.WORDS:
            return text.strip()
        if self is Search.PLATE:
            return re.sub(r"[\s·•.\-]", "", unicodedata.normalize("NFKC", text)).upper()
        digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
        digits = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
        return digits[-PHONE_END:] if self is Search.PHONE_END else digits


class Digest(TypeDecorator[str]):
    """The keyed hash of the column `of` in the same row, by which that is found; written by itself (bot/store/sealing.py)."""

    impl = String
    cache_ok = True

    def __init__(self, of: str, search: Search) -> None:
        super().__init__()
        self.of, self.search = of, search

    def made(self, value: str, keyring: Keyring) -> str:
        """Return what stands in the column for a value; empty where there is nothing to look for."""
        said = self.search.of(value)
        return keyring.digest(said, self.search) if said else ""


def sealed(place: str) -> Any:
    """Return a column for text that is sealed, empty unless given."""
    return Field(default="", sa_column=Column(Sealed(place), nullable=False))


def maybe_sealed(place: str) -> Any:
    """Return a column for text that is sealed, or missing."""
    return Field(default=None, sa_column=Column(Sealed(place), nullable=True))


def sealed_number(place: str) -> Any:
    """Return a column for a whole number that is sealed."""
    return Field(sa_column=Column(Sealed(place, Content.NUMBER), nullable=False))


def sealed_list(place: str) -> Any:
    """Return a column for a JSON list that is sealed; a changed one must be assigned anew."""
    return Field(default_factory=factory(list), sa_column=Column(Sealed(place, Content.LIST), nullable=False))


def sealed_map(place: str) -> Any:
    """Return a column for a JSON object that is sealed; a changed one must be assigned anew."""
    return Field(default_factory=factory(dict), sa_column=Column(Sealed(place, Content.MAP), nullable=False))


def maybe_sealed_map(place: str) -> Any:
    """Return a column for a JSON object that is sealed, or missing."""
    return Field(default=None, sa_column=Column(Sealed(place, Content.MAP), nullable=True))


def digest_of(column: str, search: Search) -> Any:
    """Return an indexed column for the keyed hash of the sealed `column`; empty where that is."""
    return Field(default="", sa_column=Column(Digest(column, search), nullable=False, index=True))


def with_hashes(table: Table, row: Mapping[str, Any], keyring: Keyring) -> dict[str, Any]:
    """Return values for a table with the keyed hashes of those that have one, for whoever writes rows without their objects."""
    hashed = {one.name: one.type for one in table.c if isinstance(one.type, Digest) and row.get(one.type.of) is not None}
    return {**row, **{name: digest.made(row[digest.of], keyring) for name, digest in hashed.items()}}


@event.listens_for(Mapper, "mapper_configured")
def _watch(mapper: Mapper[Any], kind: type[Any]) -> None:
    """Let the rows of a table tell where a value could not be opened, and have their hashes written with them."""
    columns = {mapper.get_property_by_column(column).key: column.type for column in mapper.local_table.columns}
    hashed = {name: one for name, one in columns.items() if isinstance(one, Digest)}
    if hashed:

        def write_hashes(_mapper: object, connection: Connection, row: Any) -> None:
            for name, digest in hashed.items():
                value = row.__dict__.get(digest.of)
                if value is not None and not is_unreadable(value):
                    setattr(row, name, digest.made(value, keyring_of(connection.dialect)))

        event.listen(kind, "before_insert", write_hashes)
        event.listen(kind, "before_update", write_hashes)
    names = [name for name, one in columns.items() if isinstance(one, Sealed)]
    if names:

        def tell(row: Any, *_: object) -> None:
            for name in names:
                value = row.__dict__.get(name)
                if isinstance(value, Unread):
                    fault, key = value.fault, mapper.primary_key_from_instance(row)[0]
                    table, column = fault.place.split(".")
                    log.error("a sealed value cannot be opened", table=table, column=column, row=key, key=fault.key)
                    fault.row = key

        event.listen(kind, "load", tell)
        event.listen(kind, "refresh", tell)
