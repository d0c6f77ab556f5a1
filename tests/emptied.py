"""A PostgreSQL database that a test is done with, made as new again: sooner than it is dropped and copied once more.

Whatever changed its shape (a table, a constraint, a trigger, a right) is found, and then it is dropped after all.
"""

import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.postgres import connect

# Each row of these holds the transaction that wrote it last: none is written but by a change of shape.
CATALOGUES = (
    "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_proc", "pg_type",
    "pg_namespace", "pg_policy", "pg_rewrite", "pg_extension", "pg_default_acl", "pg_sequence",
)  # fmt: skip
OTHERS = (
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid()"
)
MOST = 50  # times: what was deleted leaves its traces in the indexes


@dataclass(frozen=True)
class AsMade:
    """What a database copied from the template is: its shape, and the rows that stand in it from the start."""

    shape: Any
    rows: dict[str, bytes]

    @classmethod
    def of(cls, owner_url: str) -> "AsMade":
        """Look at a database that nobody has used."""
        with connect(owner_url) as owner:
            return cls(_shape(owner), {name: _copied(owner, name) for name in _filled(owner)})

    def again(self, owner_url: str) -> bool:
        """Make a used database as it was; False, and it is left as it is, where its shape is another."""
        with connect(owner_url) as owner:
            while owner.execute(OTHERS).fetchone() != (0,):
                time.sleep(0.001)  # the server's own way of waiting looks ten times a second
            if _shape(owner) != self.shape:
                return False
            filled = _filled(owner)
            owner.execute("set session_replication_role = replica")  # past guards and foreign keys
            for name in filled:
                owner.execute(_named("delete from {}", name))
            if filled:
                names = sql.SQL(", ").join(map(sql.Identifier, filled))
                owner.execute(sql.SQL("vacuum (skip_database_stats) {}").format(names))  # rows lie in order again
            for name, rows in self.rows.items():
                with owner.cursor().copy(_named("copy {} from stdin (format binary)", name)) as into:
                    into.write(rows)
            return True


def _shape(owner: psycopg.Connection[Any]) -> Any:
    written = " union all ".join(
        f"select '{one}', max(xmin::text::bigint), sum(xmin::text::bigint), count(*) from {one}" for one in CATALOGUES
    )
    here = "(select oid from pg_database where datname = current_database())"
    settings = f"select count(*) from pg_db_role_setting where setdatabase in (0, {here})"
    rights = f"select datacl::text, datconnlimit from pg_database where oid = {here}"
    return [owner.execute(one).fetchall() for one in (written, settings, rights)]


def _filled(owner: psycopg.Connection[Any]) -> list[str]:
    """The tables in which rows stand, alembic's own among them."""
    tables = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"
    names = [str(name) for (name,) in owner.execute(tables)]
    asked = " union all ".join(f"select '{one}' where exists (select 1 from \"{one}\")" for one in names)
    return [str(name) for (name,) in owner.execute(asked)]


def _copied(owner: psycopg.Connection[Any], name: str) -> bytes:
    with owner.cursor().copy(_named("copy (select * from {} order by ctid) to stdout (format binary)", name)) as rows:
        return b"".join(bytes(piece) for piece in rows)


def _named(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))
