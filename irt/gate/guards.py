"""Guards in the database itself: append-only tables refuse change, counters only count, nothing is ever deleted.

Laid after every migration on both databases. On PostgreSQL the service role owns nothing and is granted no DELETE,
no TRUNCATE, and no UPDATE on append-only tables. On SQLite the file's owner can drop a trigger: there it is evidence,
not prevention, and `irt verify` compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Table, UniqueConstraint, text

from irt.db import Base

REFUSAL = "irt guard"


@dataclass(frozen=True)
class Guard:
    """One trigger: its name, its table, and the statement that lays it."""

    name: str
    table: str
    statement: str


def expected(dialect: str) -> list[Guard]:
    """Every guard that the mapped tables ask for on `dialect` (sqlite or postgresql)."""
    make = _sqlite if dialect == "sqlite" else _postgresql
    return [guard for table in Base.metadata.sorted_tables for guard in make(table)]


def lay(connection: Connection, service_role: str | None = None) -> None:
    """Lay every guard anew, and on PostgreSQL grant the service role what it needs and no more."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text(_REFUSE_FUNCTION))
        connection.execute(text(_COUNT_FUNCTION))
    for guard in expected(dialect):
        on = "" if dialect == "sqlite" else f" ON {guard.table}"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {guard.name}{on}"))
        connection.execute(text(guard.statement))
    if dialect == "postgresql" and service_role:
        _grant(connection, service_role)


def found(connection: Connection) -> dict[str, str]:
    """The triggers that are there: name → definition, as the database tells it."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        query = (
            "SELECT t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text || ' ' || md5(p.prosrc)"
            " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal ORDER BY 1"
        )
    return {row[0]: row[1] for row in connection.execute(text(query))}


def _append_only(table: Table) -> bool:
    return bool(table.info.get("append_only"))


def _sqlite(table: Table) -> Iterator[Guard]:
    def guard(event: str, when: str, why: str) -> Guard:
        name = f"guard_{table.name}_{event.lower()}"
        body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {table.name} {why}'); END"
        return Guard(name, table.name, f"CREATE TRIGGER {name} BEFORE {event} ON {table.name} {when} {body}")

    yield guard("DELETE", "", "keeps every row")
    # INSERT OR REPLACE deletes the old row without firing its delete trigger
    others = [[column.name for column in c.columns] for c in table.constraints if isinstance(c, UniqueConstraint)]
    others += [[column.name for column in i.columns] for i in table.indexes if i.unique and not i.dialect_kwargs]
    # sorted: constraints are a set, and the same guard must read the same in every process
    keys = [[column.name for column in table.primary_key], *sorted(others)]
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table.name} WHERE " + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")"
        for key in keys
    )
    yield guard("INSERT", f"WHEN {taken}", "UNIQUE constraint failed")
    if _append_only(table):
        yield guard("UPDATE", "", "is append-only")
    elif column := table.info.get("counter"):
        yield guard("UPDATE", f"WHEN NEW.{column} NOT IN (OLD.{column}, OLD.{column} + 1)", "counts by one")


def _postgresql(table: Table) -> Iterator[Guard]:
    def guard(suffix: str, timing: str, function: str) -> Guard:
        name = f"guard_{table.name}_{suffix}"
        return Guard(name, table.name, f"CREATE TRIGGER {name} BEFORE {timing} EXECUTE FUNCTION {function}")

    yield guard("delete", f"DELETE ON {table.name} FOR EACH ROW", "irt_refuse()")
    yield guard("truncate", f"TRUNCATE ON {table.name} FOR EACH STATEMENT", "irt_refuse()")
    if _append_only(table):
        yield guard("update", f"UPDATE ON {table.name} FOR EACH ROW", "irt_refuse()")
    elif column := table.info.get("counter"):
        yield guard("update", f"UPDATE ON {table.name} FOR EACH ROW", f"irt_count('{column}')")


_REFUSE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION irt_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{REFUSAL}: % refuses %', TG_TABLE_NAME, TG_OP;
END $$"""

_COUNT_FUNCTION = f"""
CREATE OR REPLACE FUNCTION irt_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) ->> TG_ARGV[0])::bigint - (to_jsonb(OLD) ->> TG_ARGV[0])::bigint NOT IN (0, 1) THEN
    RAISE EXCEPTION '{REFUSAL}: % counts by one', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$"""

FUNCTIONS = {"irt_refuse": _REFUSE_FUNCTION, "irt_count": _COUNT_FUNCTION}  # name → what lays it


def _grant(connection: Connection, role: str) -> None:
    for table in Base.metadata.sorted_tables:
        rights = "SELECT, INSERT" if _append_only(table) else "SELECT, INSERT, UPDATE"
        connection.execute(text(f"REVOKE ALL ON {table.name} FROM {role}"))
        connection.execute(text(f"GRANT {rights} ON {table.name} TO {role}"))
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
