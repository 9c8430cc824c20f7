"""A question that nearly every message asks: an ordinary SELECT, compiled once, run by the driver, narrowed to the community of the scope.

What SQLAlchemy does anew at each execution costs ten times what the database needs for the answer (docs/decisions.md has the figures).
The rows it finds are the session's own: the same objects as those of any other SELECT, changed and written like them.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

from sqlalchemy import bindparam, inspect
from sqlalchemy.orm import Mapper, make_transient_to_detached, with_loader_criteria
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from bot.store import scope
from bot.store.prepared import Prepared

T = TypeVar("T")

#: The narrowing that any other SELECT is given (bot/store/scope.py), with the community as a value of its own.
_NARROWED = with_loader_criteria(scope.Marked, lambda kind: kind.whose == bindparam("whose_rows"), include_aliases=True)


class Lookup(Generic[T]):
    """One SELECT of mapped tables or their columns; what changes from one time to the next is a `bindparam` of it.

    An `IN` over a list that changes is none that can be compiled once: ask for all and choose, or use an ordinary SELECT.
    """

    @overload
    def __init__(self, statement: SelectOfScalar[T]) -> None: ...
    @overload
    def __init__(self, statement: Any) -> None: ...
    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._is_scalar = isinstance(statement, SelectOfScalar)

    @cached_property
    def _parts(self) -> "Sequence[_Entity | _Column]":
        described = [(one["expr"], one["entity"]) for one in self._statement.column_descriptions]
        return [_Entity(entity) if expr is entity else _Column(expr) for expr, entity in described]

    @cached_property
    def _everywhere(self) -> Prepared:
        columns = [column for part in self._parts for column in part.columns]
        return Prepared(self._statement.with_only_columns(*columns, maintain_column_froms=True))

    @cached_property
    def _here(self) -> Prepared:
        columns = [column for part in self._parts for column in part.columns]
        return Prepared(self._statement.with_only_columns(*columns, maintain_column_froms=True).options(_NARROWED))

    def first(self, session: Session, **values: Any) -> T | None:
        """Return the first row found, None if there is none."""
        return next(iter(self._ask(session, values, is_one=True)), None)

    def all(self, session: Session, **values: Any) -> list[T]:
        """Return all rows found."""
        return self._ask(session, values)

    def _ask(self, session: Session, values: dict[str, Any], *, is_one: bool = False) -> list[T]:
        if session.autoflush:
            session.flush()
        here = scope.here(session)
        if here is None:
            rows = self._everywhere.rows(session, is_one=is_one, **values)
        else:
            rows = self._here.rows(session, is_one=is_one, whose_rows=here, **values)
        return [self._made(session, row) for row in rows]

    def _made(self, session: Session, row: Sequence[Any]) -> Any:
        made, at = [], 0
        for part in self._parts:
            made.append(part.take(session, row[at : at + len(part.columns)]))
            at += len(part.columns)
        return made[0] if self._is_scalar else tuple(made)


class _Column:
    """A value that is given back as it is."""

    def __init__(self, column: Any) -> None:
        self.columns = [column]

    def take(self, _session: Session, values: Sequence[Any]) -> Any:
        return values[0]


class _Entity:
    """A row of a mapped table, made into the object that the session knows it by."""

    def __init__(self, kind: Any) -> None:
        mapper: Mapper[Any] = inspect(kind)
        self._mapper = mapper
        self._names = [attribute.key for attribute in mapper.column_attrs]
        self.columns = [getattr(kind, name) for name in self._names]
        self._keys = [self._names.index(mapper.get_property_by_column(column).key) for column in mapper.primary_key]

    def take(self, session: Session, values: Sequence[Any]) -> Any:
        key = self._mapper.identity_key_from_primary_key(tuple(values[place] for place in self._keys))
        known = session.identity_map.get(key)
        if known is not None:
            return known
        made = self._mapper.class_manager.new_instance()
        for name, value in zip(self._names, values, strict=True):
            set_committed_value(made, name, value)
        make_transient_to_detached(made)
        session.add(made)
        return made
