"""Fresh migrated databases for the tests: copies of a template that each run migrates once per kind of database."""

import fcntl
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.postgres import connect

DIALECTS = ("sqlite", "postgresql")
SERVICE_ROLE = "irt_service"


@dataclass(frozen=True)
class Database:
    """One migrated database: `url` is what the service is given, `owner_url` what migrations are given."""

    dialect: str
    url: str
    owner_url: str


MADE: dict[str, Database] = {}  # by the address that the service is given: each fresh database of this process


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file lock at `path`; the test processes share what is made under it."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fresh_sqlite(shared: Path, folder: Path) -> Database:
    """A copy, in `folder`, of the SQLite file that is migrated once per run in `shared`."""
    template = shared / "template.sqlite"
    with locked(shared / "sqlite.lock"):
        if not template.exists():
            from irt.migrate import upgrade

            making = shared / "making.sqlite"
            upgrade(f"sqlite:///{making}")
            with sqlite3.connect(making) as db:
                db.execute("pragma wal_checkpoint(truncate)")
            db.close()
            making.rename(template)
    shutil.copyfile(template, folder / "irt.sqlite")
    url = f"sqlite:///{folder / 'irt.sqlite'}"
    MADE[url] = Database("sqlite", url, url)
    return MADE[url]


@contextmanager
def fresh_postgresql(shared: Path, server_url: str) -> Iterator[Database]:
    """A database of its own, copied from the one that is migrated once per run, and dropped afterwards."""
    owner, server = make_url(server_url), _server(server_url)
    template = _template(shared, server, owner)
    name = f"irt_test_{secrets.token_hex(6)}"
    server.execute(
        sql.SQL("create database {} template {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )
    try:
        made = Database("postgresql", _service(owner, name), _named(owner, name))
        MADE[made.url] = made
        yield made
    finally:
        MADE.pop(_service(owner, name), None)
        server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@cache
def _server(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """The one connection of this process through which databases are made and dropped."""
    return connect(url)


def drop_template(shared: Path, server_url: str) -> None:
    """Remove this run's template from a server that outlives the run."""
    with connect(server_url) as server:
        server.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(_template_name(shared)))
        )


def _template_name(shared: Path) -> str:
    return "irt_template_" + shared.name.replace("-", "_")


def _template(shared: Path, server: psycopg.Connection[tuple[Any, ...]], owner: URL) -> str:
    name, done = _template_name(shared), shared / "postgresql.migrated"
    with locked(shared / "postgresql.lock"):
        if not done.exists():
            from irt.migrate import upgrade

            if not server.execute("select 1 from pg_roles where rolname = %s", [SERVICE_ROLE]).fetchone():
                server.execute(f"create role {SERVICE_ROLE} login password '{SERVICE_ROLE}'")
            server.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
            server.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
            upgrade(_named(owner, name), _service(owner, name))
            done.touch()
    return name


def _named(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


def _service(server: URL, name: str) -> str:
    return _named(server.set(username=SERVICE_ROLE, password=SERVICE_ROLE), name)
