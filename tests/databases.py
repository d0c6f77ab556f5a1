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

from tests.emptied import MOST, AsMade
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
    """A database like the one that is migrated once per run: a new copy, or one that a test before has given back."""
    owner, server = make_url(server_url), _server(server_url)
    spare = _SPARE.setdefault(server_url, [])
    name, used = spare.pop() if spare else (_copy_of(_template(shared, server, owner), server), 0)
    made = Database("postgresql", _service(owner, name), _named(owner, name))
    as_made = _as_made(server_url, made.owner_url)
    MADE[made.url] = made
    try:
        yield made
    finally:
        MADE.pop(made.url, None)
        if used < MOST and as_made.again(made.owner_url):
            spare.append((name, used + 1))
        else:
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


_SPARE: dict[str, list[tuple[str, int]]] = {}  # by server: databases as made, and how often each was used


def _copy_of(template: str, server: psycopg.Connection[tuple[Any, ...]]) -> str:
    name = f"irt_test_{secrets.token_hex(6)}"
    copied = "create database {} template {} strategy file_copy"
    server.execute(sql.SQL(copied).format(sql.Identifier(name), sql.Identifier(template)))
    return name


_AS_MADE: dict[str, AsMade] = {}


def _as_made(server_url: str, first: str) -> AsMade:
    """What the copies of a server's template are, as the first of them shows."""
    if server_url not in _AS_MADE:
        _AS_MADE[server_url] = AsMade.of(first)
    return _AS_MADE[server_url]


@cache
def _server(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """The one connection of this process through which databases are made and dropped."""
    return connect(url)


def drop_spare(server_url: str) -> None:
    """Drop what tests of this process have given back, on a server that outlives the run."""
    for name, _ in _SPARE.pop(server_url, []):
        _server(server_url).execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


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
