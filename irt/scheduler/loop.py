"""One tick: whoever leads runs what is due, in order, each due time once."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sqlalchemy import exc, select

from irt.gate.act import spec_of
from irt.gate.job_runs import Due, counts
from irt.gate.refusals import Refused, Unavailable
from irt.gate.rows import table_of
from irt.gate.tables import StudyState
from irt.jobs import runs
from irt.jobs.registry import Came, Job
from irt.jobs.times import due
from irt.scheduler.leader import Leader
from irt.wiring import Service

NO_ANSWER = (Unavailable, exc.OperationalError, exc.InterfaceError)


class NotNow(Exception):  # noqa: N818
    """Others were faster again and again; the same due time is tried at the next tick."""


class StudyAmended(NotNow):
    """The study runs under a newer study file than this process: it is to be started anew, and until then runs nothing
    but what is done always; its other acts would be refused and its check would find the file changed."""


@dataclass
class Loop:
    """The loop's body over one service. `since`: nothing due up to then is run (where a simulated clock begins)."""

    service: Service
    jobs: tuple[Job, ...]
    leader: Leader
    tell: Callable[[str], None]
    since: datetime | None = None
    stop: Event = field(default_factory=Event)
    led: bool | None = None
    trouble: str | None = None

    def tick(self) -> int:
        """Run all that is due while this process leads; answers how many runs ended here."""
        if not self.leads():
            return 0
        count = 0
        try:
            waiting = self.pending()
            amended = bool(waiting) and self._study_state()[1]
            held = [one for one in waiting if amended and not _is_always(self._job(one))]
            for one in waiting:
                if self.stop.is_set() or not self.leads():
                    break
                if one not in held:
                    count += self._run(one)
            if held:
                raise StudyAmended
            self.trouble = None
        except (NotNow, *NO_ANSWER) as fault:
            if self.trouble != (trouble := type(fault).__name__):
                self.tell(f"what is due waits, and is tried again: {trouble}")
            self.trouble = trouble
        return count

    def leads(self) -> bool:
        """Whether this process leads; told whenever it changes."""
        leads = self.leader.leads()
        if leads is not self.led:
            self.led = leads
            self.tell("runs the jobs" if leads else "stands by: another scheduler runs the jobs")
        return leads

    def pending(self) -> list[Due]:
        """What is due now and has not ended, in order."""
        last, begun = self._read()
        return due(self.jobs, last, self.service.clock.now(), begun)

    def next_at(self) -> datetime:
        """The first time at which anything is due, whether it has come or not; now while the database is away."""
        try:
            last, begun = self._read()
        except NO_ANSWER:
            return self.service.clock.now()
        now = self.service.clock.now()
        coming = [job.rule.after(last.get(job.name, now)) for job in self.jobs]
        return min([*coming, *(one.at for one in begun)])

    def _read(self) -> tuple[dict[str, datetime], list[Due]]:
        with self.service.database.read.connect() as connection:
            last = runs.ended(connection, self.jobs)
            begun = runs.begun(runs.newest(connection, self.jobs))
        if self.since is not None:
            last = {job.name: max(last.get(job.name, self.since), self.since) for job in self.jobs}
        return last, begun

    def _study_state(self) -> tuple[str, bool]:
        """The state, and whether the study file is another than this process read."""
        study = table_of(StudyState)
        with self.service.database.read.connect() as connection:
            row = connection.execute(select(study.c.state, study.c.file_sha256)).one()
        return str(row.state), row.file_sha256 not in (None, self.service.study.sha256)

    def _job(self, one: Due) -> Job:
        return next(job for job in self.jobs if job.name == one.job)

    def _run(self, one: Due) -> bool:
        job = self._job(one)
        began = time.monotonic()
        came = self._act(job, one, began) if job.function else self._work(job, one, began)
        if came is None:
            return False
        facts = ", ".join(f"{name} {value}" for name, value in came[1].items())
        self.tell(f"{one.at:%Y-%m-%d %H:%M} UTC {one.job}: {came[0]}{f' ({facts})' if facts else ''}")
        return True

    def _act(self, job: Job, one: Due, began: float) -> Came | None:
        """An act writes its row itself; what did not come to an act is noted beside. None: it had run already."""
        came = _kept_from(job, self._study_state()[0]) or self._performed(job, one)
        if came is None or came[0] == "done":
            return came
        return came if self._book.note(one, came, time.monotonic() - began) else None

    def _performed(self, job: Job, one: Due) -> Came | None:
        assert job.function is not None
        assert job.order is not None
        by = self.service.credentials.operator()
        try:
            done = self.service.gate.perform(job.function, job.order, by=by, request_id=one.id, due=one)
        except Refused as refusal:
            if refusal.code == "busy":
                raise NotNow from refusal
            if refusal.code == "study_state":  # frozen by somebody since it was looked at
                return "skipped", dict(refusal.facts)
            return "refused", {"code": refusal.code}
        except NO_ANSWER:
            raise
        except Exception as fault:  # a broken invariant: rolled back; its message could hold anything
            return "failed", {"fault": type(fault).__name__}
        return None if done.repeated else ("done", _counts(job, done.answer))

    def _work(self, job: Job, one: Due, began: float) -> Came | None:
        assert job.work is not None
        taken = self._book.take(one)
        if taken is None:
            return None
        try:
            came = job.work(self.service, one)
        except NO_ANSWER:
            raise
        except Exception as fault:
            came = "failed", {"fault": type(fault).__name__}
        return came if self._book.end(one, taken, came, time.monotonic() - began) else None

    @property
    def _book(self) -> runs.Book:
        return runs.Book(self.service.housekeeping, self.service.clock)


def _is_always(job: Job) -> bool:
    return job.function is not None and spec_of(job.function).always


def _kept_from(job: Job, state: str) -> Came | None:
    assert job.function is not None
    during = spec_of(job.function).during
    return None if during is None or state in during else ("skipped", {"state": state})


def _counts(job: Job, answer: object) -> Mapping[str, int]:
    assert job.function is not None
    return counts(spec_of(job.function).answer.dump_python(answer, mode="json"))
