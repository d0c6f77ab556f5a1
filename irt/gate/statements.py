"""Core statements compiled once and run on the driver's own cursor.

An act is some twenty-five short statements, and building and unpacking each anew costs more than the database takes
to answer it. Here a statement keeps its SQL, the order of its parameters, and what turns values into what the driver
takes and back. Rows are SQLAlchemy's own; faults come as SQLAlchemy's, without parameters.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Insert, Row, exc
from sqlalchemy.engine import result_tuple
from sqlalchemy.sql.base import Executable

Processor = Callable[[Any], Any] | None


class Statement:
    """One statement, compiled for one kind of database."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        kind: Any = type(dialect)
        positional = kind(paramstyle="qmark" if dialect.name == "sqlite" else "format")
        columns = [column.name for column in statement.table.columns] if isinstance(statement, Insert) else None
        compiled: Any = statement.compile(dialect=positional, column_keys=columns)  # type: ignore[attr-defined]
        # A list for IN is written out by SQLAlchemy at each execution, which this is not: write `or_` instead.
        assert not compiled.post_compile_params, f"IN with a list of values cannot be compiled once: {compiled}"
        self.sql = str(compiled)
        self._fault: type[Exception] = dialect.dbapi.Error  # type: ignore[union-attr]
        binds = [compiled.binds[name] for name in compiled.positiontup]
        self._constants = {bind.key: bind.value for bind in binds if not bind.required}
        self._binds: list[tuple[str, Processor]] = [(bind.key, _bind(bind.type, dialect)) for bind in binds]
        found = list(getattr(statement, "exported_columns", ()))
        self._row = result_tuple([column.name for column in found])
        results = [(place, _result(column, dialect)) for place, column in enumerate(found)]
        self._results = [(place, process) for place, process in results if process is not None]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The driver's cursor, after the statement was executed with `values`."""
        given = {**self._constants, **values} if self._constants else values
        parameters = [given[name] if process is None else process(given[name]) for name, process in self._binds]
        cursor = _cursor(connection)
        try:
            cursor.execute(self.sql, parameters)
        except self._fault as fault:
            raise _wrapped(connection, cursor, self.sql, fault) from fault
        return cursor

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Row[Any]]:
        """All rows that the statement answers."""
        found = self.run(connection, values).fetchall()
        if not self._results:
            return [self._row(row) for row in found]
        return [self._row(self._processed(row)) for row in found]

    def changed(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows the statement inserted or changed."""
        count: int = self.run(connection, values).rowcount
        return count

    def _processed(self, row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for place, process in self._results:
            values[place] = process(values[place])
        return values


MOST_KEPT = 2048  # should somebody build a statement within an act
_kept: dict[tuple[Executable, type[Dialect]], Statement] = {}


def _compiled(statement: Executable, dialect: Dialect) -> Statement:
    """The statement for this kind of database: every engine of a process shares it."""
    key = statement, type(dialect)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = Statement(statement, dialect)
    return found


def rows_of(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> list[Row[Any]]:
    """All rows of a prebuilt statement that answers rows."""
    return _compiled(statement, connection.dialect).rows(connection, values)


def changed_by(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> int:
    """Run a prebuilt statement that answers no rows; how many it inserted or changed."""
    return _compiled(statement, connection.dialect).changed(connection, values)


def _cursor(connection: Connection) -> Any:
    """The one cursor of a driver's connection: every result is fetched whole before the next statement."""
    pooled = connection.connection
    cursor = pooled.info.get("cursor")
    if cursor is None:
        cursor = pooled.info["cursor"] = pooled.cursor()
    return cursor


def _bind(type_: Any, dialect: Dialect) -> Processor:
    return type_.dialect_impl(dialect).bind_processor(dialect)  # type: ignore[no-any-return]


def _result(column: Column[Any], dialect: Dialect) -> Processor:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


def _wrapped(connection: Connection, cursor: Any, sql: str, fault: Exception) -> BaseException:
    """The driver's fault as SQLAlchemy names it; a lost connection leaves the pool."""
    dialect: Any = connection.dialect
    lost = dialect.is_disconnect(fault, cursor.connection, cursor)
    if lost:
        connection.invalidate(fault)
    return exc.DBAPIError.instance(
        sql, {}, fault, dialect.dbapi.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
