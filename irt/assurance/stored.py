"""Rows as they are stored: no type conversion, so that a cell no type would read is found and not stumbled over."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from sqlalchemy import Boolean, Column, Connection, LargeBinary, Select, Table, select, type_coerce
from sqlalchemy.types import NullType

from irt.assurance.findings import Veiled, shown
from irt.db import Base, Database, Document, canonical

BATCH = 1000
Row = dict[str, Any]


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """One read transaction that sees one state of the whole database, however long it takes."""
    engine = database.read
    if not database.is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, connection.begin():
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
        try:
            yield connection
        finally:
            driver.text_factory = str


@cache
def _selecting(table: Table) -> Select[Any]:
    raw = [type_coerce(column, NullType()).label(column.name) for column in table.columns]
    return cast(Select[Any], select(*raw).order_by(*table.primary_key))


@cache
def _truths(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.columns if isinstance(column.type, Boolean))


def table_named(name: str) -> Table:
    """A table of the house by its name."""
    return Base.metadata.tables[name]


def rows(connection: Connection, name: str) -> Iterator[Row]:
    """Every row of a table in key order: bytes as hex, truth values as such, all else as the driver gives it."""
    table = table_named(name)
    truths, names = _truths(table), table.columns.keys()
    for row in connection.execute(_selecting(table), execution_options={"yield_per": BATCH}):
        yield {
            column: value if value is None or type(value) is str else _normal(value, column in truths)
            for column, value in zip(names, row, strict=True)
        }


def _normal(value: Any, truth: bool) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if truth and type(value) is int and value in (0, 1):
        return bool(value)
    return value


def key_of(table: Table, row: Mapping[str, Any]) -> str:
    """The primary key as one text, as the audit trail writes it."""
    return "/".join(str(row[column.name]) for column in table.primary_key)


def stored_form(column: Column[Any], audited: Any) -> Any:
    """What a value of the audit trail looks like in its column."""
    return canonical(audited) if isinstance(column.type, Document) and audited is not None else audited


def audited_form(table: Table, row: Mapping[str, Any]) -> Row:
    """A stored row with its documents read, as digests of rows are taken; text that is no document stays text."""
    return {column.name: _document(row[column.name]) if isinstance(column.type, Document) else row[column.name]
            for column in table.columns}  # fmt: skip


def _document(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text


def cell(column: Column[Any], value: Any) -> str:
    """A cell as a finding may show it: nothing of a sealed, unmasking or secret column."""
    hidden = bool(column.info) or isinstance(column.type, LargeBinary) or isinstance(value, Veiled)
    return f"{column.name} {'<sealed>' if hidden else shown(value)}"
