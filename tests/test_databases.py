"""The tests' own footing: their server survives a crash and dies with them; their databases are fresh and separate."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

from tests.databases import SERVICE_ROLE, Database, fresh_postgresql
from tests.emptied import AsMade
from tests.postgres import PostgresServer, anyone_reaches, binaries, connect, copied, sweep


def test_a_committed_row_survives_a_crash_of_the_server(own_server: PostgresServer) -> None:
    with connect(own_server.url) as db:
        assert db.execute("show fsync").fetchone() == ("on",)
        assert db.execute("show data_checksums").fetchone() == ("on",)
        db.execute("create table draws (position int)")
        db.execute("insert into draws values (1)")
    own_server.crash()
    with pytest.raises(psycopg.OperationalError):
        connect(own_server.url)
    own_server.start()
    with connect(own_server.url) as db:
        assert db.execute("select position from draws").fetchall() == [(1,)]


def test_the_server_ends_and_is_swept_up_when_its_starter_is_killed() -> None:
    code = (
        "import time; from tests.postgres import PostgresServer\n"
        "s = PostgresServer(); print(s.process.pid, s.home, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    assert starter.stdout is not None
    pid, home = starter.stdout.readline().split()
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes())
    assert Path(home).exists()
    sweep()
    assert not Path(home).exists()


def test_a_folder_closed_to_others_is_noticed(tmp_path: Path) -> None:
    inner = tmp_path / "private" / "bin"
    inner.mkdir(parents=True)
    (tmp_path / "private").chmod(0o700)
    assert not anyone_reaches(inner)


def test_a_copy_of_the_binaries_needs_nothing_from_the_wheel(tmp_path: Path) -> None:
    moved = copied(binaries(), tmp_path)
    for program in ("initdb", "postgres", "pg_dump"):
        linked = subprocess.run(["ldd", moved / program], capture_output=True, text=True, check=True).stdout
        assert "not found" not in linked
        assert str(binaries().parents[2]) not in linked


def test_each_test_gets_a_migrated_database(database: Database) -> None:
    engine = create_engine(database.url)
    assert inspect(engine).has_table("alembic_version")
    engine.dispose()


def test_the_service_role_owns_nothing(database: Database) -> None:
    if database.dialect == "sqlite":
        assert database.url == database.owner_url
        return
    with connect(database.url) as db:
        assert db.execute("select current_user").fetchone() == (SERVICE_ROLE,)
        owned = db.execute("select relname from pg_class where relowner = current_user::regrole").fetchall()
        assert owned == []


SHAPES = {
    "a column": "alter table account add column more int",
    "a check": "alter table account add constraint more check (true)",
    "no trigger": "alter table account disable trigger user",
    "a right": f"grant truncate on account to {SERVICE_ROLE}",
    "a function": "create function more() returns int language sql as 'select 1'",
    "another function": "create or replace function more() returns int language sql as 'select 2'",
    "a setting": f"alter role {SERVICE_ROLE} in database {{}} set statement_timeout = 1",
}


def test_a_database_that_is_given_back_is_as_new(shared_run: tuple[Path, str]) -> None:
    """Rows that a test left, those that it took, and the sessions that it forgot are gone; a shape is never kept."""
    with fresh_postgresql(*shared_run) as made:
        as_made = AsMade.of(made.owner_url)
        with connect(made.owner_url) as owner:
            before = rows_of(owner)
            owner.execute("set session_replication_role = replica")
            owner.execute("delete from alembic_version")
        forgotten = connect(made.url)
        forgotten.execute("insert into making values ('x', 'running', 0, 1, '', '2026', '2026', '')")
        assert rows_of(forgotten) != before
        assert as_made.again(made.owner_url)
        with pytest.raises(psycopg.OperationalError):
            forgotten.execute("select 1")
        with connect(made.owner_url) as owner:
            assert rows_of(owner) == before


@pytest.mark.parametrize("shape", SHAPES)
def test_a_database_of_another_shape_is_not_given_back(shared_run: tuple[Path, str], shape: str) -> None:
    with fresh_postgresql(*shared_run) as made:
        as_made = AsMade.of(made.owner_url)
        with connect(made.owner_url) as owner:
            owner.execute(SHAPES[shape].format(make_url(made.url).database))  # type: ignore[arg-type]
        assert not as_made.again(made.owner_url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(made.owner_url)


def rows_of(owner: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    named = "select tablename from pg_tables where schemaname = 'public'"
    names = [name for (name,) in owner.execute(named)]
    return {name: owner.execute(f'select * from "{name}"').fetchall() for name in names}  # type: ignore[call-overload]
