"""A writer that stalls with every lock in its hand keeps no doctor from a treatment for long enough to end a worker."""

import runpy
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc, select

from irt.conduct.tables import Site
from irt.gate.perform import ATTEMPTS
from irt.gate.rows import table_of
from irt.gate.tables import AuditHead, StudyState
from irt.participants.screen import Screened
from irt.participants.tables import Participant
from irt.safety.emergency_tables import CodeBreak
from tests.cast import World
from tests.databases import Database
from tests.dispensing.mishapped import at_second_visit
from tests.safety.broken import INVESTIGATOR, broken
from tests.stocked import running_trial

ALL = (StudyState, Site, Participant, AuditHead)
GUNICORN = Path(__file__).parents[2] / "config" / "gunicorn.conf.py"
HOLDS = """
import sys, time
from irt.db import connect
with connect(sys.argv[1]).writing():
    print("holds", flush=True)
    time.sleep(3600)
"""


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


@pytest.fixture
def one(trial: World) -> Screened:
    (found,) = at_second_visit(trial, 1)
    trial.actor(INVESTIGATOR)
    return found


@contextmanager
def locked(trial: World, *models: Any) -> Iterator[Any]:
    """A writer on PostgreSQL that holds every row of these tables and does nothing more."""
    with trial.database.write.connect() as other:
        for model in models:
            other.execute(select(table_of(model)).with_for_update())
        yield other
        with pytest.raises(exc.DBAPIError):  # the database let it go meanwhile
            other.exec_driver_sql("SELECT 1")
        other.invalidate()


def limit(trial: World, name: str) -> int:
    """A limit of the database for writers, in seconds."""
    with trial.database.write.connect() as connection:
        return int(connection.exec_driver_sql(f"SHOW {name}").scalar_one().removesuffix("s"))


@pytest.mark.long(12)
def test_a_code_is_broken_beside_a_writer_that_stalls(database: Database, trial: World, one: Screened) -> None:
    stop: dict[str, Any] = {"treatment": "stop", "stop_reason": "adverse_event"}
    if database.dialect == "postgresql":
        with locked(trial, *ALL):
            broken(trial, one, **stop)
        waits, lives = limit(trial, "lock_timeout"), limit(trial, "idle_in_transaction_session_timeout")
        worker = runpy.run_path(str(GUNICORN))["timeout"]
        assert lives < ATTEMPTS * waits < worker, "and at the worst it is said before the worker is ended"
    else:  # one writer at a time: gunicorn ends the one that stalls, and the next has its turn
        with subprocess.Popen([sys.executable, "-c", HOLDS, database.url], stdout=subprocess.PIPE) as stalled:
            assert stalled.stdout is not None
            stalled.stdout.readline()
            with ThreadPoolExecutor(1) as pool:
                done = pool.submit(broken, trial, one, **stop)
                time.sleep(0.2)
                assert not done.done()
                stalled.kill()
                done.result()
    assert trial.row(CodeBreak).treatment == "stopped"
