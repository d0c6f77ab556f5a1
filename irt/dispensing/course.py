"""The course of one participant's treatment: what was due on which day and what became of it. Pure, over rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal

from irt.clock import local_day
from irt.dispensing.calendar import Scheduled, adherence, next_doses, schedule
from irt.dispensing.tables import Dose, Hold, TreatmentStop
from irt.gate.act import Act
from irt.randomization.tables import Randomization
from irt.study import Study

Status = Literal["taken", "partial", "missed", "held", "unrecorded"]
GIVEN = ("taken", "partial")  # outcomes of a dose that was injected
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
    stopped_on: date | None  # the last day on which a dose was due, where treatment was stopped
    ends_on: date | None  # the last day on which a dose is due: of the stop, or the day before leaving; None: neither
    planned: tuple[Scheduled, ...]  # the whole schedule; empty while it has no first day
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
    """The course of a participant from their rows, all revisions of doses included.

    The calendar begins with the first dose. For the never-dosed nothing is due until the time for a first dose has
    passed; then it begins with the day of randomization. A dose counts as due when its day has come by `until` and by
    the end of treatment, or when it was given by `until`.
    """
    latest = latest_doses(doses)
    recorded = {number: row for (kind, number), row in latest.items() if kind == "scheduled"}
    extra = [row for (kind, _), row in latest.items() if kind == "extra" and row.outcome in GIVEN]
    ends_on = _end(participant, stop)
    pauses = tuple(sorted((Pause(row.from_on, row.resumed_on) for row in holds), key=lambda pause: pause.from_on))
    last = min(until, ends_on) if ends_on is not None else until
    anchor = participant.first_dose_on or _never_dosed(study, randomized_on, last)
    given = {number: row.taken_on for number, row in recorded.items() if row.taken_on is not None}
    planned = tuple(schedule(study.dosing, anchor, given)) if anchor else ()
    due = tuple(
        DueDose(one.number, one.due_on, _status(one, recorded.get(one.number), pauses), recorded.get(one.number))
        for one in planned
        if one.due_on <= last or (one.number in given and given[one.number] <= until)
    )
    return Course(
        until=until,
        first_dose_on=participant.first_dose_on,
        randomized_on=randomized_on,
        stopped_on=stop.last_day if stop is not None else None,
        ends_on=ends_on,
        planned=planned,
        pauses=pauses,
        due=due,
        extra=tuple(
            sorted((row for row in extra if row.taken_on <= until), key=lambda row: (row.taken_on, row.number))
        ),
    )


def _end(participant: Any, stop: Any | None) -> date | None:
    """The last day on which a dose is due to somebody who stopped treatment or left the trial."""
    ends = [stop.last_day] if stop is not None else []
    if participant.ended_on is not None:
        ends.append(participant.ended_on - DAY)
    return min(ends, default=None)


def _never_dosed(study: Study, randomized_on: date | None, last: date) -> date | None:
    if randomized_on is None or last <= randomized_on + study.dosing.first_dose_within_days * DAY:
        return None
    return randomized_on


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
