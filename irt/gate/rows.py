"""Prebuilt Core statements over the mapped tables, made once for each shape.

Acts write through these and not through the unit of work: its flush events lose expired values, SQL expressions and
bulk statements, and cost half the speed.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, Row, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql

from irt.db import Base, canonical, plain

Values = Mapping[str, Any]


@cache
def table_of(model: type[Base]) -> Table:
    """The table behind a mapped class."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


@cache
def key_of(model: type[Base]) -> tuple[str, ...]:
    """The names of the primary key's columns."""
    return tuple(column.name for column in table_of(model).primary_key)


@cache
def selecting(model: type[Base], names: tuple[str, ...], lock: bool, none: tuple[str, ...] = ()) -> Select[Any]:
    """Select rows whose columns `names` equal the parameters, and `none` are null, ordered by primary key."""
    table = table_of(model)
    where = [table.c[name] == bindparam(name) for name in names] + [table.c[name].is_(None) for name in none]
    statement = select(table).where(*where).order_by(*table.primary_key)
    return statement.with_for_update() if lock else statement


@cache
def inserting(model: type[Base]) -> Insert:
    """Insert one row."""
    return insert(table_of(model))


@cache
def claiming(model: type[Base]) -> Insert:
    """Insert one row unless its id is taken (PostgreSQL)."""
    claim = postgresql.insert(table_of(model)).on_conflict_do_nothing(index_elements=["id"])
    return claim.execution_options(preserve_rowcount=True)  # of an INSERT it is forgotten otherwise


@cache
def updating(model: type[Base], names: tuple[str, ...], nulls: tuple[str, ...]) -> Update:
    """Change columns `names` of one row, found by key and by the old value of each (`nulls`: was null)."""
    table = table_of(model)
    where: list[ColumnElement[bool]] = [table.c[name] == bindparam(f"key_{name}") for name in key_of(model)]
    where += [table.c[name].is_(None) if name in nulls else table.c[name] == bindparam(f"old_{name}") for name in names]
    return update(table).where(*where).values({name: bindparam(f"new_{name}") for name in names})


@cache
def advancing(model: type[Base], column: str, limit: str | None) -> Update:
    """Add one to `column` of one row, as long as it stays within the column `limit`; answers the whole row."""
    table = table_of(model)
    where: list[ColumnElement[bool]] = [table.c[name] == bindparam(f"key_{name}") for name in key_of(model)]
    if limit is not None:
        where.append(table.c[column] < table.c[limit])
    return update(table).where(*where).values({column: table.c[column] + 1}).returning(*table.c)


def key_text(model: type[Base], row: Row[Any] | Values) -> str:
    """The primary key of a row as one text."""
    values = row._mapping if isinstance(row, Row) else row
    return "/".join(str(values[name]) for name in key_of(model))


def recorded(values: Values) -> dict[str, Any]:
    """Values as they stand in the audit trail: JSON's own types, all else as canonical text."""
    return {
        name: value if value is None or isinstance(value, bool | int | str | dict | list) else _text(value)
        for name, value in values.items()
    }


def _text(value: object) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return list(value)
    return plain(value)


def row_text(row: Values, columns: Sequence[str]) -> str:
    """The canonical text of one row over `columns`: what digests of stored rows are taken of."""
    return canonical(recorded({name: row[name] for name in columns}))
