"""Random treatments, in the service and walked day by day: `python -m tests.dispensing.schedule_cases` counts them."""

import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from irt.clock import local_day
from irt.dispensing import calendar
from irt.participants import visits
from irt.study import Dosing, Study, Visit, load_study
from tests.cast import STUDY_FILE
from tests.dispensing.day_by_day import (
    CADENCES,
    Cadence,
    Day,
    WalkedVisit,
    as_walked,
    counted,
    walked_doses,
    walked_state,
    walked_timing,
    walked_windows,
)

CASES, SEED = 3000, 20260301
ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Auckland",
)  # fmt: skip
CLOCKS = (time(0, 0), time(0, 29, 59), time(1, 0), time(1, 59, 59), time(3, 0), time(9, 30), time(23, 59, 59))
STUDY = load_study(STUDY_FILE)


@dataclass(frozen=True)
class Subject:
    """What is tried: the service's functions, or one of them spoiled."""

    local_day: Callable[..., date] = local_day
    schedule: Callable[..., Any] = calendar.schedule
    next_doses: Callable[..., Any] = calendar.next_doses
    doses_until: Callable[..., int] = Dosing.doses_until
    windows: Callable[..., Any] = visits.windows
    timing: Callable[..., str] = visits.timing
    visit_state: Callable[..., str] = visits.visit_state


@dataclass
class Tally:
    """Cases that agree, of how many, of which kinds; the first disagreement."""

    agreed: int = 0
    total: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    first: str = ""

    def __str__(self) -> str:
        return f"schedule cases: {self.agreed} of {self.total}"


@dataclass(frozen=True)
class Case:
    """One treatment: cadence, first dose as an instant at a site, what was taken when, visits, a day to ask about."""

    cadence: Cadence
    dosing: Dosing
    study: Study
    zone: str
    day: date  # the local day of the first dose, as the wall clock showed it
    instant: datetime
    given: dict[int, date]
    stretch: tuple[int, int]
    asked: date
    stopped: bool
    last_dose_on: date | None


def walked(day: date) -> Day:
    """A date in the reference's terms."""
    return day.year, day.month, day.day


def run(count: int = CASES, seed: int = SEED, subject: Subject = Subject()) -> Tally:
    """Try so many random cases and count those in which everything agrees."""
    chance, tally = random.Random(seed), Tally()
    for number in range(count):
        case = _case(chance, tally.kinds)
        wrong = [name for name, expected, found in _compared(case, subject) if expected != found]
        tally.total += 1
        tally.agreed += not wrong
        tally.first = tally.first or (f"case {number}, {case.cadence.name}: {', '.join(wrong)}" if wrong else "")
    return tally


def _compared(case: Case, subject: Subject) -> list[tuple[str, object, object]]:
    """What is compared, what the walk finds, what the service says."""
    dosing, cadence = case.dosing, case.cadence
    first, asked = subject.local_day(case.instant, case.zone), walked(case.asked)
    shifts = dosing.late_dose == "shift_grid"
    doses = walked_doses(
        cadence, dosing.doses, dosing.masked_weeks, shifts, walked(case.day),
        {number: walked(on) for number, on in case.given.items()},
    )  # fmt: skip
    planned = subject.schedule(dosing, first, case.given)
    coming = subject.next_doses(planned, case.asked, 3)
    windows = subject.windows(case.study, first, last_dose_on=case.last_dose_on, stopped=case.stopped)
    stopped_on = walked(case.last_dose_on or case.day) if case.stopped else None
    visits = [WalkedVisit(one.id, one.day, one.window_days, one.contact) for one in case.study.visits]
    last_planned = len(_days_until(cadence, dosing.doses)) + 1
    by_walk = walked_windows(visits, walked(case.day), last_planned, stopped_on)
    fixed = [by_walk[one.id] for one in visits if not (case.stopped and one.contact and one.day > last_planned)]
    found: list[tuple[str, object, object]] = [
        ("local day", case.day, first),
        ("schedule", doses, [(one.number, walked(one.due_on)) for one in planned]),
        ("next doses", [one for one in doses if one[1] > asked][:3], [(o.number, walked(o.due_on)) for o in coming]),
        ("doses due", counted(cadence, dosing.doses, *case.stretch), _between(subject, dosing, *case.stretch)),
        ("windows", by_walk, {one.visit: as_walked(one) for one in windows}),
        ("order of windows", sorted(one.due for one in windows), [one.due for one in windows]),
    ]
    for visit in case.study.visits:
        window = by_walk[visit.id]
        expected = walked_timing(window, fixed, asked), walked_state(window, fixed, asked)
        says = (
            subject.timing(windows, visit.id, case.asked),
            subject.visit_state(windows, visit.id, case.asked, done=False),
        )
        found.append((f"timing and state of {visit.id}", expected, says))
    return found


def _between(subject: Subject, dosing: Dosing, first: int, last: int) -> int:
    """The doses of a stretch of study days, both ends included; none where it ends before it begins."""
    return max(0, subject.doses_until(dosing, last) - subject.doses_until(dosing, first - 1))


def _case(chance: random.Random, kinds: Counter[str]) -> Case:
    cadence, zone = chance.choice(CADENCES), chance.choice(ZONES)
    kind, day, instant = _first_dose(chance, zone)
    late_dose = chance.choice(("keep_grid", "shift_grid"))
    weeks = chance.randint(4, 40)
    room = counted(cadence, weeks * 7, 1, weeks * 7)
    dosing = STUDY.dosing.model_copy(
        update={
            "interval_days": cadence.interval_days, "on_days": cadence.on_days, "off_days": cadence.off_days,
            "doses": room if chance.random() < 0.5 else chance.randint(1, room),
            "masked_weeks": weeks, "late_dose": late_dose,
        }
    )  # fmt: skip
    given = _given(chance, cadence, dosing, day)
    study = STUDY.model_copy(update={"dosing": dosing, "visits": _visits(chance, weeks)})
    stopped = chance.random() < 0.4
    last_dose_on = day + timedelta(days=chance.randrange(weeks * 7)) if chance.random() < 0.8 else None
    begin = chance.randint(-5, weeks * 7)
    for one in (kind, cadence.name, late_dose, zone, "stopped" if stopped else "going on"):
        kinds[one] += 1
    return Case(
        cadence, dosing, study, zone, day, instant, given, (begin, begin + chance.randint(-2, 60)),
        day + timedelta(days=chance.randint(-20, weeks * 7 + 60)), stopped, last_dose_on,
    )  # fmt: skip


def _given(chance: random.Random, cadence: Cadence, dosing: Dosing, day: date) -> dict[int, date]:
    """Dates of doses taken: some missed, a few early, some late, and in a shifting grid later and later."""
    given, drift = {}, 0
    careless = chance.choice((0.0, 0.1, 0.4))
    for number in range(1, dosing.doses + 1):
        if chance.random() < careless / 2:
            continue
        off = chance.choice((-1, 1, 1, 2, 3)) if number > 1 and chance.random() < careless else 0
        planned = sum(1 for _ in _days_until(cadence, number))
        given[number] = day + timedelta(days=planned + drift + off)
        if dosing.late_dose == "shift_grid":
            drift += max(0, off)
    return given


@cache
def _days_until(cadence: Cadence, number: int) -> tuple[int, ...]:
    """The days before the dose with this number, read off the drawing."""
    days, seen = [], 0
    while True:
        seen += cadence.drawn[len(days) % len(cadence.drawn)] == "x"
        if seen == number:
            return tuple(days)
        days.append(len(days))


def _visits(chance: random.Random, weeks: int) -> tuple[Visit, ...]:
    """Visits in and after the treatment, no two windows touching; the last of them a contact, as often as not."""
    found: list[Visit] = []
    day, before = 1, 0
    while day <= weeks * 7 + 40:
        margin = chance.randint(0, 5) if found else 0
        contact = day > weeks * 7 and chance.random() < 0.6
        found.append(
            STUDY.visits[0].model_copy(
                update={"id": f"V{len(found)}", "day": day, "window_days": margin, "contact": contact}
            )
        )
        before = margin
        day += before + 5 + 1 + chance.randint(0, 24)
    return tuple(found)


def _first_dose(chance: random.Random, zone: str) -> tuple[str, date, datetime]:
    """The kind of day, the day as the wall shows it, and the instant in UTC."""
    while True:
        year = chance.randint(1990, 2099)
        kind = chance.choice(("any", "leap", "year end", "clocks change"))
        if kind == "leap":
            day = date(year - year % 4 if year > 1991 else 1992, 2, 28) + timedelta(days=chance.randint(0, 1))
        elif kind == "year end":
            day = date(year, 12, 30) + timedelta(days=chance.randint(0, 2))
        elif kind == "clocks change" and _changes(zone, year):
            day = chance.choice(_changes(zone, year)) + timedelta(days=chance.randint(-1, 1))
        elif kind == "any":
            day = date(year, 1, 1) + timedelta(days=chance.randint(0, 364))
        else:
            continue
        wall = datetime.combine(day, chance.choice(CLOCKS), ZoneInfo(zone)).replace(fold=chance.randint(0, 1))
        instant = wall.astimezone(UTC)
        if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return kind, day, instant  # a time that the change leaves out was on no clock


@cache
def _changes(zone: str, year: int) -> tuple[date, ...]:
    """The days of a year on which the clocks of a zone change."""
    noons = [datetime.combine(date(year, 1, 1), time(12), ZoneInfo(zone)) + timedelta(days=one) for one in range(365)]
    return tuple(after.date() for before, after in pairwise(noons) if before.utcoffset() != after.utcoffset())


if __name__ == "__main__":
    told = run()
    print(told, *([told.first] if told.first else []), sep="\n")
    sys.exit(told.agreed != told.total)
