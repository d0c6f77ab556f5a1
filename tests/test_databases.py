"""The tests' own footing: their server survives a crash and dies with them; their databases are fresh and separate."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect

from tests.databases import SERVICE_ROLE, Database
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
