"""Statements of the hot road: compiled once, run by the driver itself.

SQLAlchemy writes the SQL and knows how each column is kept; what it does anew at each execution is left out, for that
costs many times what SQLite needs for the answer, and a message has seven or more (docs/decisions.md has the figures).
Rows are plain tuples. Errors are SQLAlchemy's own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session

Row = tuple[Any, ...]
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None


class Prepared:
    """One statement. `columns`: those an INSERT or UPDATE sets beside what is bound or written in it."""

    def __init__(self, statement: Select[Any] | UpdateBase, *columns: str) -> None:
        self._statement = statement
        self._columns = columns

    def first(self, session: Session, **values: Any) -> Row | None:
        """Return the first row found, None if there is none."""
        connection = session.connection()
        compiled = self._for(connection.dialect)
        row = send(connection, compiled.sql, compiled.bind(values)).fetchone()
        return None if row is None else compiled.read(row)

    def rows(self, session: Session, *, is_one: bool = False, **values: Any) -> list[Row]:
        """Return the rows found; with `is_one` no more than the first."""
        connection = session.connection()
        compiled = self._for(connection.dialect)
        cursor = send(connection, compiled.sql, compiled.bind(values))
        return [compiled.read(row) for row in (cursor.fetchmany(1) if is_one else cursor.fetchall())]

    def run(self, session: Session, **values: Any) -> int:
        """Change what is to be changed; returns how many rows."""
        connection = session.connection()
        compiled = self._for(connection.dialect)
        return int(send(connection, compiled.sql, compiled.bind(values)).rowcount)

    def run_all(self, session: Session, rows: Iterable[Values]) -> int:
        """Change what is to be changed with each of these values, or write them; returns how many rows.

        A value that many of them share, the same object, is made into what the database keeps once: sealed, say.
        """
        connection = session.connection()
        compiled = self._for(connection.dialect).once_each()
        bound = [compiled.bind(values) for values in rows]
        return int(send(connection, compiled.sql, bound, many=True).rowcount) if bound else 0

    def _for(self, dialect: Dialect) -> "_Compiled":
        """Return the statement for one database: it holds that one's keys, and goes with it."""
        kept: dict[Prepared, _Compiled] = dialect.__dict__.setdefault("prepared", {})
        found = kept.get(self)
        if found is None:
            found = kept[self] = _compile(self._statement, self._columns, dialect)
        return found


def writing(table: Table) -> Prepared:
    """Return the statement that writes one row of a table; all columns are given but an `id`, which the database counts."""
    return Prepared(insert(table), *(name for name in table.c.keys() if name != "id"))


def send(connection: Connection, sql: str, values: Any = (), *, many: bool = False) -> Any:
    """Run one statement of the driver's own, with `many` once for each of the values; returns its cursor. Raises what SQLAlchemy would."""
    try:
        cursor = connection.connection.cursor()
        (cursor.executemany if many else cursor.execute)(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translate(connection, sql, error) from error
    return cursor


def _translate(connection: Connection, sql: str, error: Any) -> Any:
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`inputs`: names of what is bound, in order; `fixed`: what the statement itself says of some."""

    sql: str
    inputs: Sequence[tuple[str, _Convert]]
    fixed: Values
    is_by_place: bool  # else by name
    outputs: Sequence[_Convert]

    def bind(self, values: Values) -> Any:
        """Return the values as the driver takes them."""
        known = {**self.fixed, **values}
        if self.is_by_place:
            return [convert(known[name]) if convert else known[name] for name, convert in self.inputs]
        return {name: convert(known[name]) if convert else known[name] for name, convert in self.inputs}

    def once_each(self) -> "_Compiled":
        """Return the same with a memory for what it converts, which lasts as long as the values do."""
        return replace(self, inputs=[(name, _remembering(convert) if convert else None) for name, convert in self.inputs])

    def read(self, row: Sequence[Any]) -> Row:
        """Return a row of the driver as Python values."""
        return tuple(convert(value) if convert else value for convert, value in zip(self.outputs, row, strict=True))


def _remembering(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    kept: dict[int, tuple[Any, Any]] = {}

    def converted(value: Any) -> Any:
        found = kept.get(id(value))
        if found is None or found[0] is not value:
            found = kept[id(value)] = (value, convert(value))
        return found[1]

    return converted


def _compile(statement: Select[Any] | UpdateBase, columns: Sequence[str], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    if any(parameter.expanding for parameter in compiled.binds.values()):
        raise TypeError(
            f"a list of any length cannot be compiled once; ask for all and choose, or use an ordinary SELECT: {compiled}"
        )
    names = (compiled.positiontup or []) if compiled.positional else list(compiled.bind_names.values())
    bound = {name: compiled.binds[name] for name in names}
    return _Compiled(
        sql=str(compiled),
        inputs=[(name, bound[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names],
        fixed={name: one.value for name, one in bound.items() if one.value is not None and not one.required},
        is_by_place=compiled.positional,
        outputs=[column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.exported_columns],
    )


def chosen_once(due: Select[Any]) -> Select[Any]:
    """Return what an UPDATE is to ask `column IN (…)` of where `due` has a limit and locks rows.

    As a mere subquery PostgreSQL may ask it anew for each row, skipping those it has just locked: LIMIT 20 took all there were.
    Source: postgresql.org/docs/current/queries-with.html, "Common Table Expression Materialization"
    """
    chosen = due.cte("chosen").prefix_with("MATERIALIZED")
    return select(*chosen.c)
