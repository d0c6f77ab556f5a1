"""Tamperings by the database's owner, the guards by-passed: each is done, looked at, and undone.

Works on any database of the trial: hand in a copy, for its check constraints are dropped for good.
"""

import random
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, UniqueConstraint, create_engine, text
from sqlalchemy.engine import make_url

import irt.tables
from irt.assurance.findings import Finding
from irt.assurance.stored import key_of
from irt.db import Base

Row = dict[str, Any]
FAR = 100_000  # from any number that is taken
VERSION = Table("alembic_version", MetaData(), Column("version_num", String, primary_key=True))


@dataclass(frozen=True)
class Tampering:
    """What was done to which row; a finding names `table` and one of `rows`."""

    kind: str
    table: str
    rows: tuple[str, ...]
    detail: str = ""

    def named(self, findings: Iterable[Finding]) -> bool:
        """Whether a finding names the table and the row, and says what was expected."""
        return any(one.table == self.table and one.expected and self._is(one.row) for one in findings)

    def _is(self, row: str) -> bool:
        if row in self.rows:
            return True
        if self.kind != "row deleted" or not row.startswith("between "):
            return False
        before, after = row.removeprefix("between ").split(" and ")  # of a bulk's deleted row: its neighbours
        key = self.rows[0]
        return (before == "the first" or before < key) and (after == "the last" or key < after)


@dataclass
class Owner:
    """The owner of the tables, whom no guard stops."""

    url: str
    chance: random.Random
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        url = make_url(self.url)
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        self.engine = create_engine(url)

    @contextmanager
    def bypassing(self, table: Table) -> Iterator[Connection]:
        """A transaction past a table's triggers, foreign keys and checks; every guard is back at its end."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET synchronous_commit = off"))
                connection.execute(text("SET session_replication_role = replica"))
                yield connection
                connection.execute(text("SET session_replication_role = origin"))
                connection.commit()
                return
            for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON", "synchronous=OFF"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            triggers = list(connection.exec_driver_sql(query, (table.name,)))
            for name, _ in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for _, statement in triggers:
                connection.exec_driver_sql(statement)
            connection.commit()

    def drop_checks(self) -> None:
        """Let any value into any column (PostgreSQL; SQLite has a switch for it)."""
        if self.engine.dialect.name != "postgresql":
            return
        checks = "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
        with self.engine.begin() as connection:
            for name, table in list(connection.execute(text(checks))):
                connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))

    def rows(self, table: Table) -> list[Row]:
        """All rows as the driver gives them, in key order."""
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(f"SELECT {columns} FROM {table.name}")
            rows = [dict(zip(found.keys(), row, strict=True)) for row in found]
        return sorted(rows, key=lambda row: [row[column.name] for column in table.primary_key])

    def replace(self, table: Table, old: Sequence[Row], new: Sequence[Row]) -> None:
        """Take `old` rows out and put `new` ones in."""
        keys = " AND ".join(f'"{column.name}" = :{column.name}' for column in table.primary_key)
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(f":{column.name}" for column in table.columns)
        with self.bypassing(table) as connection:
            for row in old:
                gone = {column.name: row[column.name] for column in table.primary_key}
                assert connection.execute(text(f"DELETE FROM {table.name} WHERE {keys}"), gone).rowcount == 1
            for row in new:
                connection.execute(text(f"INSERT INTO {table.name} ({names}) VALUES ({values})"), row)

    @contextmanager
    def replaced(self, table: Table, old: Sequence[Row], new: Sequence[Row]) -> Iterator[None]:
        """As `replace`, undone at the end."""
        self.replace(table, old, new)
        yield
        self.replace(table, new, old)

    def other(self, column: Column[Any], value: Any) -> Any:
        """A value of the same kind that is not `value`."""
        if value is None:
            return {int: 7, bool: True, bytes: b"x"}.get(column.type.python_type, "2026-03-02T01:00:00.000000Z"[:10])
        if isinstance(value, bool) or column.type.python_type is bool:
            return type(value)(not value)
        if isinstance(value, int):
            return value + (FAR if column.name in unique(column.table) else self.chance.choice([1, 2, 1000]))
        if column.name in unique(column.table) and isinstance(value, str):
            return fresh(column, value)
        place = self.chance.randrange(len(value)) if value else 0
        if isinstance(value, bytes):
            return value[:place] + bytes([value[place] ^ 1 << self.chance.randrange(8)]) + value[place + 1 :]
        before = value[place : place + 1]
        alphabet = string.digits if before.isdigit() else string.ascii_lowercase
        return value[:place] + self.chance.choice([c for c in alphabet if c != before]) + value[place + 1 :]

    def new_row(self, table: Table, row: Row) -> Row:
        """A row like `row` that no unique constraint refuses."""
        made = dict(row)
        for name in unique(table):
            value = row[name]
            made[name] = value + FAR if isinstance(value, int) else fresh(table.c[name], value) if value else value
        return made


def fresh(column: Column[Any], value: str) -> str:
    """A text that no row has yet, as long as its column takes: a day stays as long as a day."""
    length = getattr(getattr(column.type, "impl", column.type), "length", None)
    return f"x{value}" if length is None or len(value) < length else f"x{value[1:]}"


def unique(table: Table) -> set[str]:
    """The columns that no two rows may share, alone or together."""
    names = {column.name for column in table.primary_key}
    names |= {c.name for one in table.constraints if isinstance(one, UniqueConstraint) for c in one.columns}
    return names | {column.name for index in table.indexes if index.unique for column in index.columns}


def filled(owner: Owner) -> list[Table]:
    """The tables that hold a row to tamper with; whoever counts must know how many there are."""
    return [table for table in (Base.metadata.tables[name] for name in irt.tables.ALL) if owner.rows(table)]


def cells(owner: Owner, *, every: bool) -> Iterator[Tampering]:
    """One random cell of every table, or of every column of every table."""
    for table in [*filled(owner), VERSION]:
        rows = owner.rows(table)
        columns = list(table.columns) if every else [owner.chance.choice(list(table.columns))]
        for column in columns:
            row = owner.chance.choice(rows)
            changed = {**row, column.name: owner.other(column, row[column.name])}
            with owner.replaced(table, [row], [changed]):
                named = [key_of(table, row), key_of(table, changed)]
                if table is VERSION:
                    named = [row["version_num"]]
                yield Tampering("cell changed", table.name, tuple(named), column.name)


def deleted(owner: Owner) -> Iterator[Tampering]:
    """One random row of every table; housekeeping rows may go (a session is no record of the trial)."""
    for table in filled(owner):
        if table.info["kept_by"] != "housekeeping":
            row = owner.chance.choice(owner.rows(table))
            with owner.replaced(table, [row], []):
                yield Tampering("row deleted", table.name, (key_of(table, row),))


def inserted(owner: Owner) -> Iterator[Tampering]:
    """One row into every table, like one that is there."""
    for table in filled(owner):
        row = owner.new_row(table, owner.chance.choice(owner.rows(table)))
        with owner.replaced(table, [], [row]):
            yield Tampering("row inserted", table.name, (key_of(table, row),))


def exchanged(owner: Owner) -> Iterator[Tampering]:
    """The slots of two draws: the slots alone, and slot, position and stratum together, so that both still fit."""
    table = Base.metadata.tables["draw"]
    for columns in (["slot"], ["slot", "position", "stratum"]):
        one, other = owner.chance.sample(owner.rows(table), 2)
        new = [{**one, **{name: other[name] for name in columns}}, {**other, **{name: one[name] for name in columns}}]
        with owner.replaced(table, [one, other], new):
            yield Tampering("slots exchanged", "draw", (one["participant"],), "+".join(columns))
            yield Tampering("slots exchanged", "draw", (other["participant"],), "+".join(columns))


def cut(owner: Owner) -> Iterator[Tampering]:
    """The last audit row deleted; and again, with the head set back to the entry before it."""
    audit, heads = Base.metadata.tables["audit"], Base.metadata.tables["audit_head"]
    *_, before, last = owner.rows(audit)
    with owner.replaced(audit, [last], []):
        yield Tampering("last audit row deleted", "audit", (str(last["seq"]),))
        head = {"id": 1, **{name: before[name] for name in ("seq", "hash", "recorded_at")}}
        with owner.replaced(heads, owner.rows(heads), [head]):
            assert last["request"], "the last entry is an act"
            yield Tampering("last audit row deleted", "request", (last["request"],), "head set back")


def unguarded(owner: Owner) -> Iterator[Tampering]:
    """A guard dropped; a guard that does nothing."""
    name, table = "guard_draw_update", "draw"
    sqlite = owner.engine.dialect.name == "sqlite"
    on = "" if sqlite else f" ON {table}"
    finding = "SELECT sql FROM sqlite_master WHERE name = :name" if sqlite else (
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = :name")  # fmt: skip
    with owner.engine.begin() as connection:
        statement = connection.execute(text(finding), {"name": name}).scalar_one()
        connection.execute(text(f"DROP TRIGGER {name}{on}"))
    yield Tampering("guard dropped", "trigger", (name,))
    lame = statement.replace("UPDATE ON", "UPDATE OF participant ON")
    with owner.engine.begin() as connection:
        connection.execute(text(lame))
    yield Tampering("guard weakened", "trigger", (name,))
    with owner.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER {name}{on}"))
        connection.execute(text(statement))


def tamperings(owner: Owner, *, every_column: bool = False) -> Iterator[Tampering]:
    """Each tampering in turn, in place while it is yielded and undone when the next is asked for."""
    owner.drop_checks()
    yield from cells(owner, every=every_column)
    for kind in (deleted, inserted, exchanged, cut, unguarded):
        yield from kind(owner)


def missed(
    owner_url: str, verify: Callable[[], list[Finding]], *, seed: int = 1, every_column: bool = False
) -> tuple[dict[str, int], list[str]]:
    """How many of each kind were tried, and those that `verify` did not name; the untouched database is ok before
    and after."""
    owner = Owner(owner_url, random.Random(seed))
    tried: dict[str, int] = {}
    unseen = [f"before: {one}" for one in verify()]
    for one in tamperings(owner, every_column=every_column):
        tried[one.kind] = tried.get(one.kind, 0) + 1
        findings = verify()
        if not one.named(findings):
            unseen.append(f"{one}: {findings[:3]}")
    unseen += [f"after: {one}" for one in verify()]
    owner.engine.dispose()
    return tried, unseen
