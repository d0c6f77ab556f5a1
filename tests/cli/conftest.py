"""A folder where a trial is run from the command line, as an operator does, with the study file of the repository."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from irt.actor import Role
from irt.app import build
from irt.cli import main
from irt.clock import SimulatedClock
from irt.randomization.opening import OpenStudy, open_study
from irt.settings import read_settings
from irt.simulation.cast import Cast, begin, bring_in
from irt.simulation.desk import Desk
from irt.wiring import Service
from tests.cast import prove_once_everywhere
from tests.databases import Database

ROOT = Path(__file__).parents[2]
PASSWORD = "seven grey herons wade"
FIRST = ("--administrator", "first", "--name", "First Administrator", "--email", "first@hospital.example")


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str


@dataclass
class Office:
    """The operator's folder: the environment names database, keys and study file."""

    folder: Path
    database: Database
    monkeypatch: pytest.MonkeyPatch
    capture: Callable[[], Any]
    cast: Cast = field(default_factory=Cast)

    def run(self, line: str, *more: str) -> Ran:
        """Run `irt` with these words, as a shell would."""
        self.capture()
        self.monkeypatch.setattr(sys, "argv", ["irt", *shlex.split(line), *more])
        with pytest.raises(SystemExit) as ended:
            main()
        told = self.capture()
        code = ended.value.code
        if isinstance(code, str):  # what Python itself does with it at the end of a process
            return Ran(1, told.out, told.err + code)
        return Ran(int(code or 0), told.out, told.err)

    def refused(self, line: str, *more: str) -> str:
        """What a command says that fails: on standard error, exit status 1, no traceback, nothing changed."""
        before = self.kept()
        ran = self.run(line, *more)
        assert ran.code == 1, ran
        assert ran.err.strip()
        assert "Traceback" not in ran.err
        assert self.kept() == before, "something changed"
        return ran.err

    def refused_once(self, line: str, *more: str) -> str:
        """As `refused`, of an act: what it says has no place but the screen, and the refusal is in the trail."""
        refusals = self.count("refusal")
        said = self.refused(line, *more)
        assert self.count("refusal") == refusals + 1
        return said

    def done(self, line: str, *more: str) -> str:
        """What a command prints that succeeds."""
        ran = self.run(line, *more)
        assert ran.code == 0, ran
        return ran.out

    def write(self, name: str, content: str) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def service(self) -> Service:
        """The service as a command wires it."""
        return build(read_settings())

    def people(self, *roles: Role) -> "Office":
        """People in the trial: an administrator, quality, and these roles; their login is the role's name."""
        desk = self.desk()
        begin(desk, self.cast)
        for role in (Role.QUALITY, *roles):
            bring_in(desk, self.cast, role, None)
        self.monkeypatch.setenv("IRT_PASSWORD", PASSWORD)
        return self

    def desk(self) -> Desk:
        """A hand that acts through the gate."""
        return Desk(self.service(), SimulatedClock(datetime(2026, 1, 5, tzinfo=UTC)), PASSWORD)

    def open_study(self) -> None:
        """The trial manager opens the study; the list is sealed by now."""
        self.desk().do(self.cast.one("trial_manager"), open_study, OpenStudy())

    def engine(self) -> Engine:
        """The owner's hand on the database, past the service."""
        url = make_url(self.database.owner_url)
        return create_engine(url.set(drivername="postgresql+psycopg") if self.database.dialect != "sqlite" else url)

    def kept(self) -> tuple[object, ...]:
        """How many acts there are, and every file of the folder that a command may make."""
        files = sorted(path for path in self.folder.rglob("*") if ".sqlite" not in path.name)
        return self.count("act"), *((path, path.read_bytes()) for path in files if path.is_file())

    def count(self, kind: str) -> int:
        """How many entries of this kind the audit trail has."""
        engine = self.engine()
        with engine.connect() as connection:
            query = text("SELECT count(*) FROM audit WHERE kind = :kind")
            found = int(connection.execute(query, {"kind": kind}).scalar_one())
        engine.dispose()
        return found


@pytest.fixture
def office(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    """A migrated database, and nothing in it yet."""
    prove_once_everywhere(monkeypatch)
    for name in [name for name in os.environ if name.startswith("IRT_") or name == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IRT_DATABASE_URL", database.url)
    if database.owner_url != database.url:
        monkeypatch.setenv("IRT_DATABASE_OWNER_URL", database.owner_url)
    monkeypatch.setenv("IRT_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("IRT_STUDY", str(ROOT / "config" / "study.toml"))
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, database, monkeypatch, capsys.readouterr)


@pytest.fixture
def laid(office: Office) -> Office:
    """After `irt init`."""
    office.done("init")
    return office
