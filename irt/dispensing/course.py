"""The course of one participant's treatment: what was due on which day and what became of it. Pure, over rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

from irt.clock import local_day
from irt.dispensing.adherence import GIVEN
from irt.dispensing.calendar import Scheduled, adherence, next_doses, schedule
from irt.dispensing.tables import Dose, Hold, TreatmentStop
from irt.gate.act import Act
from irt.randomization.tables import Randomization
from irt.study import Study

Status = Literal["taken", "partial", "missed", "held", "unrecorded"]
Departure = Literal["dose_after_stop", "dose_while_held", "dose_not_due"]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueDose:
    """A dose of the schedule that was due: when, what became of it, and the line of the diary that says so."""

    number: int
    due_on: date
    status: Status
    record: Any  # the Dose row of the highest revision; None without one


@dataclass(frozen=True, slots=True)
class Tally:
    """Doses that were due, each counted once, by what became of them."""

    taken: int
    partial: int
    missed: int
    held: int
    unrecorded: int

    @property
    def due(self) -> int:
        """All of them: the sum of the others."""
        return self.taken + self.partial + self.missed + self.held + self.unrecorded


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which treatment is held: from the first of them to the day before `resumed_on`; None: still held."""

    from_on: date
    resumed_on: date | None

    def covers(self, day: date) -> bool:
        """Whether treatment is held on a day."""
        return self.from_on <= day and (self.resumed_on is None or day < self.resumed_on)


@dataclass(frozen=True)
class Course:
    """One participant's treatment up to and including the day `until`."""

    until: date
    first_dose_on: date | None
    randomized_on: date | None
    begun: bool  # whether doses are due: since the first dose, or since it is clear that there was none in time
    stopped_on: date | None  # the last day on which a dose was due, where treatment was stopped
    ends_on: date | None  # the last day on which a dose is due: of the stop, or the day before leaving; None: neither
    given_until: date | None  # the last day of which a dose may be written: of the stop, or of leaving; None: neither
    planned: tuple[Scheduled, ...]  # the whole schedule, from the first dose or else from randomization
    pauses: tuple[Pause, ...]
    due: tuple[DueDose, ...]
    extra: tuple[Any, ...]  # doses given that were not due: the Dose rows that count, in order of their days

    @property
    def tally(self) -> Tally:
        """The doses due, counted by what became of them."""
        found = [one.status for one in self.due]
        return Tally(*(found.count(one) for one in ("taken", "partial", "missed", "held", "unrecorded")))

    @property
    def unrecorded(self) -> list[DueDose]:
        """Doses that were due and of which nobody has said what became."""
        return [one for one in self.due if one.status == "unrecorded"]

    @property
    def given(self) -> list[Any]:
        """Every dose that was injected, scheduled or not, in order of days."""
        recorded = [one.record for one in self.due if one.status in GIVEN]
        return sorted([*recorded, *self.extra], key=lambda row: (row.taken_on, row.kind, row.number))

    @property
    def missed_runs(self) -> list[list[DueDose]]:
        """Missed doses that follow one another, run by run; a dose taken, held or not recorded ends a run."""
        runs: list[list[DueDose]] = [[]]
        for one in self.due:
            if one.status == "missed":
                runs[-1].append(one)
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    @property
    def missed_in_a_row(self) -> int:
        """The length of the longest run of missed doses; 0 without one."""
        return max(map(len, self.missed_runs), default=0)

    def held_on(self, day: date) -> bool:
        """Whether treatment is held on a day."""
        return any(pause.covers(day) for pause in self.pauses)

    def departure(self, day: date, *, scheduled: bool) -> Departure | None:
        """How a dose given on a day departs from what was due then; None where it does not."""
        if self.given_until is not None and day > self.given_until:
            return "dose_after_stop"
        if self.held_on(day):
            return "dose_while_held"
        return None if scheduled else "dose_not_due"

    @property
    def held_since(self) -> date | None:
        """Since when treatment is held, where nobody has resumed it; None otherwise."""
        return next((pause.from_on for pause in self.pauses if pause.resumed_on is None), None)

    def coming(self, count: int) -> list[Scheduled]:
        """The next doses after `until`, at most `count`: none after the end, none on days that are held."""
        ends_on = self.ends_on or date.max
        still = [one for one in self.planned if one.due_on <= ends_on and not self.held_on(one.due_on)]
        return next_doses(still, self.until, count)

    def diary_adherence(self, from_on: date | None = None, to_on: date | None = None) -> Fraction | None:
        """The share of due doses, less held ones, that were given by the diary; None when none was due.

        Over the doses due, and the extra ones given, from one day to another, both included. Partial and extra doses
        count as given; above 1 it is a query, never clipped.
        """
        first, last = from_on or date.min, to_on or date.max
        due = [one.status for one in self.due if first <= one.due_on <= last and one.status != "held"]
        given = sum(status in GIVEN for status in due) + sum(first <= row.taken_on <= last for row in self.extra)
        return adherence(given, len(due))


def latest_doses(rows: Iterable[Any]) -> dict[tuple[str, int], Any]:
    """The line of the diary that counts for each dose, by kind and number: that of the highest revision."""
    found: dict[tuple[str, int], Any] = {}
    for row in sorted(rows, key=lambda row: int(row.revision)):
        found[row.kind, row.number] = row
    return found


def course(
    study: Study,
    *,
    participant: Any,
    randomized_on: date | None,
    doses: Iterable[Any],
    holds: Iterable[Any],
    stop: Any | None,
    until: date,
) -> Course:
    """The course of a participant from their rows, all revisions of doses included, as it was on the day `until`.

    What was taken, stopped or left later is not yet; a hold or its end is known from its day, or from the day on which
    somebody wrote it. The calendar begins with the first dose, for the never-dosed with the day of randomization:
    nothing is due to them until the time for a first dose has passed, or they stopped or left without one. A dose
    counts as due when its day has come by `until` and by the end of treatment, or when it was given by `until`.
    """
    written = {dose: row for dose, row in latest_doses(doses).items() if row.outcome != "void"}
    latest = {dose: row for dose, row in written.items() if row.taken_on is None or row.taken_on <= until}
    recorded = {number: row for (kind, number), row in latest.items() if kind == "scheduled"}
    extra = [row for (kind, _), row in latest.items() if kind == "extra" and row.outcome in GIVEN]
    stopped_on, left_on = _by(stop.last_day if stop is not None else None, until), _by(participant.ended_on, until)
    ends_on = min((one for one in (stopped_on, left_on and left_on - DAY) if one is not None), default=None)
    pauses = _pauses(holds, until, study.site(participant.site).time_zone)
    first_dose_on = _by(participant.first_dose_on, until)
    anchor = first_dose_on or randomized_on
    in_time = anchor is not None and until <= anchor + study.dosing.first_dose_within_days * DAY
    begun = anchor is not None and (first_dose_on is not None or ends_on is not None or not in_time)
    given = {number: row.taken_on for number, row in recorded.items() if row.taken_on is not None}
    planned = tuple(schedule(study.dosing, anchor, given)) if anchor else ()
    last = min(until, ends_on or until)
    due = tuple(
        DueDose(one.number, one.due_on, _status(one, recorded.get(one.number), pauses), recorded.get(one.number))
        for one in planned
        if begun and (one.due_on <= last or one.number in given)
    )
    return Course(
        until=until,
        first_dose_on=first_dose_on,
        randomized_on=randomized_on,
        begun=begun,
        stopped_on=stopped_on,
        ends_on=ends_on,
        given_until=min((one for one in (stopped_on, left_on) if one is not None), default=None),
        planned=planned,
        pauses=pauses,
        due=due,
        extra=tuple(sorted(extra, key=lambda row: (row.taken_on, row.number))),
    )


def _by(day: date | None, until: date) -> date | None:
    """A day that has come by then; None for one that has not."""
    return day if day is not None and day <= until else None


def _pauses(holds: Iterable[Any], until: date, zone: str) -> tuple[Pause, ...]:
    """The holds that were known on a day, each with its end where that was known."""

    def known(day: date, written: datetime) -> bool:
        return min(day, local_day(written, zone)) <= until

    found = [
        Pause(row.from_on, row.resumed_on if row.resumed_on and known(row.resumed_on, row.resumed_at) else None)
        for row in holds
        if known(row.from_on, row.held_at)
    ]
    return tuple(sorted(found, key=lambda pause: pause.from_on))


def _status(one: Scheduled, record: Any, pauses: Sequence[Pause]) -> Status:
    if record is not None and record.outcome in GIVEN:
        given: Status = record.outcome
        return given
    if any(pause.covers(one.due_on) for pause in pauses):
        return "held"
    return "missed" if record is not None and record.outcome == "missed" else "unrecorded"


def course_of(act: Act, participant: Any, until: date, *, without: tuple[str, int] | None = None) -> Course:
    """The course of a participant whose row was found: four statements. `without`: as if that dose had no line."""
    done = act.seek(Randomization, participant=participant.id)
    zone = act.study.site(participant.site).time_zone
    return course(
        act.study,
        participant=participant,
        randomized_on=local_day(done.randomized_at, zone) if done else None,
        doses=[row for row in act.rows(Dose, participant=participant.id) if (row.kind, row.number) != without],
        holds=act.rows(Hold, participant=participant.id),
        stop=act.seek(TreatmentStop, participant=participant.id),
        until=until,
    )
