"""When jobs are due: pure, and the same whether the clock is the machine's or a simulated one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from irt.gate.job_runs import Due

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AROUND = 2  # days on either side: no zone is further from UTC, and some have skipped a whole day


class Rule(Protocol):
    """The times at which a job is due."""

    @property
    def grace(self) -> timedelta:
        """How long after its time a run may still be under way before somebody should look."""
        ...

    def latest(self, now: datetime) -> datetime:
        """The last due time up to `now`."""
        ...

    def after(self, instant: datetime) -> datetime:
        """The first due time after `instant`."""
        ...


@dataclass(frozen=True)
class Daily:
    """Once on each calendar day, at one time by the clocks of a zone.

    A time that the clocks skip in spring counts as if they had not been put forward yet; of a time that they show twice
    in autumn the first counts. So each day has one due time, and no day has two.
    """

    at: time
    zone: str
    grace: timedelta = timedelta(hours=1)

    def latest(self, now: datetime) -> datetime:
        """The last due time up to `now`."""
        return max(one for one in self._around(now) if one <= now)

    def after(self, instant: datetime) -> datetime:
        """The first due time after `instant`."""
        return min(one for one in self._around(instant) if one > instant)

    def _around(self, instant: datetime) -> list[datetime]:
        today = instant.astimezone(ZoneInfo(self.zone)).date()
        return [self._on(today + timedelta(days=days)) for days in range(-AROUND, AROUND + 1)]

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Every:
    """Every so many minutes, counted from the epoch: two processes agree without talking."""

    minutes: int

    @property
    def grace(self) -> timedelta:
        """Three times missed, and never less than a quarter of an hour."""
        return timedelta(minutes=max(15, 3 * self.minutes))

    def latest(self, now: datetime) -> datetime:
        """The last due time up to `now`."""
        return now - (now - EPOCH) % timedelta(minutes=self.minutes)

    def after(self, instant: datetime) -> datetime:
        """The first due time after `instant`."""
        return self.latest(instant) + timedelta(minutes=self.minutes)


class Timed(Protocol):
    """A job as far as its times go."""

    @property
    def name(self) -> str:
        """The job's name."""
        ...

    @property
    def rule(self) -> Rule:
        """When it is due."""
        ...


def due(jobs: Iterable[Timed], last: Mapping[str, datetime], now: datetime, begun: Iterable[Due] = ()) -> list[Due]:
    """What is to run at `now`, by time and then in the order of `jobs`.

    `last` says up to which due time each job has run; one that is missing there never ran. `begun` were taken in hand
    and not ended: they are due until they are. Of several times that passed meanwhile only the last is due: every job
    does at once whatever has come up, so that a hundred nights of a machine that was off are caught up by one run.
    """
    order = {job.name: place for place, job in enumerate(jobs)}
    found = {one for one in begun if one.job in order}
    for job in jobs:
        latest = job.rule.latest(now)
        if job.name not in last or last[job.name] < latest:
            found.add(Due(latest, job.name))
    return sorted(found, key=lambda one: (one.at, order[one.job]))


def between(rule: Rule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every due time after one instant and up to another."""
    at = rule.after(after)
    while at <= until:
        yield at
        at = rule.after(at)
