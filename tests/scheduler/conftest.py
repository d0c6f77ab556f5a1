"""A running trial under a scheduler's loop, and loops that stand for other processes on the same database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from irt.gate.tables import AuditEntry, JobRun
from irt.jobs.registry import Job, jobs_of
from irt.jobs.times import Daily
from irt.scheduler.loop import Loop
from tests.cast import World, world
from tests.treated import treated

NIGHT = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 01:00 in Shanghai, after the world's first day
DAY = timedelta(days=1)


@dataclass
class Always:
    """A lead that everybody has: two who believe that they lead must do no harm."""

    leading: bool = True

    def leads(self) -> bool:
        return self.leading

    def resign(self) -> None:
        self.leading = False


def looped(on: World, *jobs: Job, leader: Any = None) -> Loop:
    """The loop of one process; without jobs those that the deployment has at night."""
    settings = on.service.settings.model_copy(update={"rehearse_nightly": False})  # seconds each, and tried by itself
    known = jobs or tuple(job for job in jobs_of(settings, on.study) if isinstance(job.rule, Daily))
    lines: list[str] = []
    return Loop(on.service, known, leader or Always(), lines.append)


def told(loop: Loop) -> list[str]:
    """What the loop said."""
    lines: list[str] = loop.tell.__self__  # type: ignore[attr-defined]
    return lines


def runs(on: World, **equal: Any) -> list[Any]:
    """The rows of runs, by due time."""
    return sorted(on.rows(JobRun, **equal), key=lambda row: (row.due_at, row.id))


def entries(on: World, act: str, kind: str = "act") -> list[Any]:
    """The entries of the audit trail of one act."""
    return on.rows(AuditEntry, act=act, kind=kind)


@pytest.fixture
def trial(database_url: str) -> World:
    """A running trial with somebody under treatment, on the evening of its first day."""
    made = treated(database_url).world
    made.clock.move_to(NIGHT - timedelta(hours=1))
    return made


@pytest.fixture
def another(trial: World, database_url: str) -> Iterator[Callable[[], World]]:
    """Other processes on the trial's database, each with a clock that stands where the trial's does."""
    made: list[World] = []

    def process() -> World:
        one = replace(world(database_url, seed=bytes([len(made) + 1]) * 32), actors={})
        one.clock.move_to(trial.clock.now())
        made.append(one)
        return one

    yield process
    for one in made:
        one.database.write.dispose()
        one.database.read.dispose()
