"""Where data may stay behind: a database of either kind, its files and its dump."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.databases import SERVICE_ROLE
from tests.postgres import PostgresServer, connect

TALKATIVE = ("log_statement = 'all'", "log_duration = 'on'", "log_connections = 'on'", "log_lock_waits = 'on'")


def sqlite_dump(path: Path) -> bytes:
    """The whole SQLite database as SQL, read through its WAL; binary values in hex."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return "\n".join(database.iterdump()).encode()


def postgresql_database(server: PostgresServer, name: str = "trial") -> tuple[str, str]:
    """A new database on a server that logs every statement with its parameters: for the service, for its owner."""
    with connect(server.url) as owner:
        for setting in TALKATIVE:
            owner.execute(f"alter system set {setting}")
        owner.execute("select pg_reload_conf()")
        if not owner.execute("select 1 from pg_roles where rolname = %s", [SERVICE_ROLE]).fetchone():
            owner.execute(f"create role {SERVICE_ROLE} login password '{SERVICE_ROLE}'")
        owner.execute(f"create database {name}")
    url = make_url(server.url).set(database=name)
    service = url.set(username=SERVICE_ROLE, password=SERVICE_ROLE)
    return service.render_as_string(hide_password=False), url.render_as_string(hide_password=False)


def postgresql_dumps(server: PostgresServer, database: str, folder: Path) -> list[Path]:
    """The database as pg_dump writes it: as SQL, and in its compressed format."""
    made = []
    for name, style in (("dump.sql", "plain"), ("dump.custom", "custom")):
        made.append(folder / name)
        subprocess.run(
            [server.bin / "pg_dump", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", f"--format={style}",
             "-f", made[-1], database],
            check=True, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    return made


@contextmanager
def a_database(server: PostgresServer, name: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection to a new database, as its owner."""
    with connect(server.url) as owner:
        owner.execute(f"create database {name}")
    url = make_url(server.url).set(database=name).render_as_string(hide_password=False)
    with connect(url) as connection:
        yield connection
