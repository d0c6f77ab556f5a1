"""The rows of runs: which are the newest, who has one in hand, and how each job stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from irt.clock import Clock
from irt.gate.housekeeping import Housekeeping
from irt.gate.job_runs import Due, whole
from irt.gate.rows import table_of
from irt.gate.statements import rows_of
from irt.gate.tables import JobRun
from irt.jobs.registry import Came
from irt.jobs.times import Timed

_run = table_of(JobRun)
_of_job = select(_run).where(_run.c.job == bindparam("job")).order_by(_run.c.due_at.desc()).limit(1)
NEWEST = _of_job
LAST_ENDED = _of_job.where(_run.c.outcome.is_not(None))
BY_ID = select(_run).where(_run.c.id == bindparam("id"))
BAD = ("found", "refused", "failed")


def newest(connection: Connection, jobs: Iterable[Timed]) -> dict[str, Any]:
    """The newest row of each job that has one, ended or not."""
    return _first_of_each(connection, NEWEST, jobs)


def ended(connection: Connection, jobs: Iterable[Timed]) -> dict[str, datetime]:
    """Up to which due time each job has run; none for a job that never did."""
    return {name: row.due_at for name, row in _first_of_each(connection, LAST_ENDED, jobs).items()}


def begun(rows: Mapping[str, Any]) -> list[Due]:
    """What was taken in hand and has not ended, from each job's newest row: no later time begins before it ends."""
    return [Due(row.due_at, row.job) for row in rows.values() if row.outcome is None]


def _first_of_each(connection: Connection, statement: Any, jobs: Iterable[Timed]) -> dict[str, Any]:
    found = {job.name: rows_of(connection, statement, {"job": job.name}) for job in jobs}
    return {name: rows[0] for name, rows in found.items() if rows}


@dataclass(frozen=True)
class Book:
    """Writes the rows of what is no act, or came to none; those of acts are written in the act's own transaction.

    Nothing here waits for a lease to run out: whoever leads takes over what an earlier leader left, and of two who both
    believe that they lead the one that took it last ends it.
    """

    housekeeping: Housekeeping
    clock: Clock

    def take(self, due: Due) -> int | None:
        """Take a due time in hand: the how-manieth time, to be given back with its end; None when it has ended."""
        now = self.clock.now()
        first = self._row(due, None, {}, None, None)
        if self.housekeeping.add_missing(JobRun, **first):
            return 1
        with self.housekeeping.database.read.connect() as connection:
            (row,) = rows_of(connection, BY_ID, {"id": due.id})
        seen = {"outcome": None, "taken": row.taken}
        again = self.housekeeping.change(JobRun, seen, id=due.id, taken=row.taken + 1, started_at=now)
        return row.taken + 1 if again else None

    def end(self, due: Due, taken: int, came: Came, seconds: float) -> bool:
        """Write what came of it; False when somebody else has it in hand by now."""
        outcome, facts = came
        return self.housekeeping.change(
            JobRun, {"outcome": None, "taken": taken}, id=due.id, outcome=outcome, facts=dict(facts),
            finished_at=self.clock.now(), seconds=whole(seconds),
        )  # fmt: skip

    def note(self, due: Due, came: Came, seconds: float) -> bool:
        """Write what came of an act that was not done; False when its due time has a row already."""
        outcome, facts = came
        row = self._row(due, outcome, dict(facts), self.clock.now(), whole(seconds))
        return self.housekeeping.add_missing(JobRun, **row)

    def _row(
        self, due: Due, outcome: str | None, facts: Mapping[str, Any], finished_at: datetime | None, seconds: int | None
    ) -> dict[str, Any]:
        return {
            "id": due.id, "job": due.job, "due_at": due.at, "outcome": outcome, "facts": facts,
            "started_at": self.clock.now(), "finished_at": finished_at, "seconds": seconds, "taken": 1,
        }  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a job stands: its newest run, when it is next to run, whether that time has passed too long ago."""

    job: str
    last: Any | None
    next_at: datetime
    overdue: bool

    @property
    def bad(self) -> bool:
        """Whether the last run came to something that somebody should look at."""
        return self.last is not None and self.last.outcome in BAD


def standings(jobs: Iterable[Timed], rows: Mapping[str, Any], now: datetime) -> list[Standing]:
    """How each job stands at `now`, from the newest row of each."""
    return [_standing(job, rows.get(job.name), now) for job in jobs]


def _standing(job: Timed, last: Any | None, now: datetime) -> Standing:
    if last is None:
        waits = job.rule.latest(now)
    elif last.outcome is None:
        waits = last.due_at
    else:
        waits = job.rule.after(last.due_at)
    return Standing(job.name, last, waits, waits + job.rule.grace < now)
