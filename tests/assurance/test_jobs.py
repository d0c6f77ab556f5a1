"""Runs of jobs planted, taken away or turned by a hand that owns the database and even has the service's key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, insert, select, text, update
from sqlalchemy.engine import make_url

from irt.assurance.verify import Finding, verify
from irt.dispensing.sweep import SweepKits, sweep_kits
from irt.gate.job_runs import Due
from irt.gate.rows import table_of
from irt.gate.tables import JobRun
from irt.jobs.registry import acting
from irt.jobs.times import Every
from irt.migrate import newest
from tests.cast import World
from tests.scheduler.conftest import NIGHT, looped
from tests.stocked import running_trial

RUN = table_of(JobRun)
Tampering = Callable[["Owner"], str]


class Owner:
    """The owner's hand on the rows of runs: guards off, digests made anew with the service's own key."""

    def __init__(self, world: World, connection: Connection) -> None:
        self.world, self.connection = world, connection
        self.row: dict[str, Any] = dict(connection.execute(select(RUN)).mappings().one())

    def sealed(self, **changed: Any) -> dict[str, Any]:
        """The row with these values and the digest that fits them."""
        values = {**self.row, **changed}
        return {**values, "mac": self.world.keys.housekeeping_mac(JobRun, values)}

    def add(self, **changed: Any) -> str:
        """One more row; its key."""
        values = self.sealed(**changed)
        self.connection.execute(insert(RUN), values)
        return str(values["id"])

    def turn(self, **changed: Any) -> str:
        """The row turned into another; its key."""
        values = self.sealed(**changed)
        self.connection.execute(update(RUN).values(values))
        return str(values["id"])

    def take_away(self) -> str:
        """The row is gone; its key."""
        self.connection.execute(text("DELETE FROM job_run"))
        return str(self.row["id"])


LATER = NIGHT + timedelta(hours=1)
TAMPERINGS: dict[str, Tampering] = {
    "a row for a run that never was": lambda owner: owner.add(id=Due(LATER, "kits.sweep").id, due_at=LATER),
    "the same run twice, under another id": lambda owner: owner.add(id="twice", due_at=LATER),
    "a run whose row is gone": lambda owner: owner.take_away(),
    "a run that is said to have been refused": lambda owner: owner.turn(outcome="refused", facts={"code": "x"}),
    "a refusal that nobody recorded": lambda owner: owner.add(
        id=Due(LATER, "kits.sweep").id, due_at=LATER, outcome="refused"
    ),
    "a run moved to another time": lambda owner: owner.turn(due_at=LATER),
    "an act that never ended": lambda owner: owner.add(id=Due(LATER, "kits.sweep").id, due_at=LATER, outcome=None),
}


@pytest.fixture
def trial(database_url: str) -> World:
    """A running trial in which one job ran once."""
    made = running_trial(database_url, "01")
    made.clock.move_to(NIGHT)
    assert looped(made, acting(sweep_kits, SweepKits(), Every(60))).tick() == 1
    return made


def found_in(world: World) -> list[Finding]:
    found = verify(world.database, world.keys, world.vault, world.study, revision=newest())
    return [one for one in found if one.table != "trigger"]  # the guards were taken off


@pytest.mark.parametrize("what", TAMPERINGS)
def test_it_is_found(trial: World, owner_url: str, what: str) -> None:
    assert found_in(trial) == []
    url = make_url(owner_url)
    engine = create_engine(url if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        _guards_off(connection)
        row = TAMPERINGS[what](Owner(trial, connection))
    engine.dispose()
    assert {(one.table, one.row) for one in found_in(trial)} == {("job_run", row)}


def test_a_digest_that_does_not_fit_is_found(trial: World, owner_url: str) -> None:
    with trial.database.writing() as connection:
        connection.execute(update(RUN).values(seconds=3600))
    (found,) = found_in(trial)
    assert (found.table, found.row) == ("job_run", Due(NIGHT, "kits.sweep").id)


def _guards_off(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE job_run DISABLE TRIGGER USER"))
        return
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'job_run'"))
    for (name,) in list(names):
        connection.execute(text(f"DROP TRIGGER {name}"))
