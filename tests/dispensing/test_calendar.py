"""The calendar of doses: the reference's cases, thousands of random ones walked day by day, and its edges."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from irt.dispensing import calendar
from irt.dispensing.calendar import (
    Scheduled,
    adherence,
    next_doses,
    numbers_anew,
    schedule,
    too_close,
)
from irt.participants import visits
from irt.participants.visits import Window, windows
from irt.study import Dosing, Study
from tests.dispensing.day_by_day import CADENCES
from tests.dispensing.schedule_cases import CASES, STUDY, ZONES, Subject, run

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "schedule.json").read_text())
DOSING = STUDY.dosing
SHIFTING = DOSING.model_copy(update={"late_dose": "shift_grid"})
FIRST = date(2027, 3, 1)


def planned_on(number: int, first: date = FIRST) -> date:
    """The date of a dose, as planned from the day of the first."""
    return first + timedelta(days=DOSING.day_of(number) - 1)


def due_between(first: int, last: int) -> int:
    """The doses of a stretch of study days, both ends included."""
    return max(0, DOSING.doses_until(last) - DOSING.doses_until(first - 1))


def _named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


@_named(VECTORS["dates"])
def test_the_dates_of_doses_and_visits(case: dict[str, Any]) -> None:
    first = date.fromisoformat(case["first_dose"])
    for number, on in case["doses"].items():
        assert planned_on(int(number), first) == date.fromisoformat(on)
        assert DOSING.day_of(int(number)) == 2 * int(number) - 1
    planned = {one.visit: one.due for one in windows(STUDY, first)}
    assert len(case["visits"]) == 3
    assert {name: planned[name].isoformat() for name in case["visits"]} == case["visits"]
    doses = schedule(DOSING, first)
    assert len(doses) == case["n_doses"] == 84
    assert [one.due_on for one in doses] == [planned_on(number, first) for number in range(1, 85)]


@_named(VECTORS["due"])
def test_the_doses_due(case: dict[str, Any]) -> None:
    assert due_between(case["from_day"], case["to_day"]) == case["doses"]
    assert (case["to_day"] + 1) // 2 - case["from_day"] // 2 == case["doses"]


@_named(VECTORS["adherence"])
def test_adherence_is_an_exact_share_and_never_clipped(case: dict[str, Any]) -> None:
    due, taken = due_between(case["from_day"], case["to_day"]), case["dispensed"] - case["returned"]
    assert (due, taken) == (case["due"], case["taken"])
    assert adherence(taken, due) == Fraction(case["percent"]) / 100


def test_adherence_to_nothing_is_none() -> None:
    assert adherence(0, 0) is None
    assert adherence(1, 0) is None
    assert adherence(0, 3) == 0


def test_the_week_12_visit_is_a_dose_day_and_week_24_is_not() -> None:
    days = {one.id: one.day for one in STUDY.visits}
    assert DOSING.day_of(43) == days["W12"]
    assert due_between(days["W24"], days["W24"]) == 0
    assert due_between(-30, 400) == 84


def test_nothing_is_due_before_day_1_nor_in_a_stretch_that_ends_before_it_begins() -> None:
    assert due_between(10, 3) == 0
    assert due_between(-5, 0) == 0


@pytest.mark.parametrize(
    ("interval", "gaps", "close"),
    [(1, (0, 1), [True, False]), (2, (0, 1, 2), [True, True, False]), (7, (1, 2), [True, False])],
)
def test_two_doses_on_one_day_or_on_consecutive_days_are_too_close(
    interval: int, gaps: tuple[int, ...], close: list[bool]
) -> None:
    """Unless the cadence itself has doses on consecutive days."""
    dosing = DOSING.model_copy(update={"interval_days": interval})
    for sign in (-1, 1):
        assert [too_close(dosing, FIRST, [FIRST + timedelta(days=sign * gap)]) for gap in gaps] == close
    assert not too_close(dosing, FIRST, [])


def test_doses_are_numbered_anew_by_a_calendar_that_begins_on_another_day() -> None:
    grid = {number: planned_on(number) for number in range(1, 6)}
    assert numbers_anew(DOSING, FIRST, grid) == {number: number for number in grid}
    earlier = numbers_anew(DOSING, FIRST - timedelta(days=1), grid | {1: FIRST - timedelta(days=1)})
    assert earlier == {number: number for number in grid}, "each a day late"
    before = numbers_anew(DOSING, FIRST - timedelta(days=2), grid | {1: FIRST - timedelta(days=2)})
    assert before == {1: 1, 2: 3, 3: 4, 4: 5, 5: 6}
    later = numbers_anew(DOSING, FIRST + timedelta(days=1), grid | {1: FIRST + timedelta(days=1)})
    assert later == {1: 1, 2: None, 3: 2, 4: 3, 5: 4}, "the day after the first is no dose's"


def test_a_late_dose_moves_what_follows_only_in_a_shifting_grid() -> None:
    given = {3: planned_on(3) + timedelta(days=1)}
    assert schedule(DOSING, FIRST, given) == schedule(DOSING, FIRST)
    moved = schedule(SHIFTING, FIRST, given)
    assert moved[:3] == schedule(DOSING, FIRST)[:3]
    assert [one.due_on for one in moved[3:]] == [planned_on(n) + timedelta(days=1) for n in range(4, 85)]


def test_delays_add_up_and_doses_after_the_treatment_period_drop_off() -> None:
    due = {one.number: one.due_on for one in schedule(SHIFTING, FIRST)}
    late = {number: due[number] + timedelta(days=delay) for number, delay in ((2, 1), (10, 1 + 1), (20, 2))}
    planned = schedule(SHIFTING, FIRST, late)  # 1 day, 1 more, and dose 20 exactly on its moved day
    assert planned[19] == Scheduled(20, due[20] + timedelta(days=2))
    assert planned[-1] == Scheduled(83, FIRST + timedelta(days=166))
    early = {number: due[number] - timedelta(days=1) for number in (2, 3)}
    assert schedule(SHIFTING, FIRST, early) == schedule(SHIFTING, FIRST)
    # The last dose stays within the period when it moves by one day, to day 168, and not when by two.
    assert schedule(SHIFTING, FIRST, {2: due[2] + timedelta(days=1)})[-1] == Scheduled(84, FIRST + timedelta(days=167))


def test_the_next_doses() -> None:
    planned = schedule(DOSING, FIRST)
    assert [one.number for one in next_doses(planned, FIRST - timedelta(days=1), 3)] == [1, 2, 3]
    assert [one.number for one in next_doses(planned, FIRST, 3)] == [2, 3, 4]
    assert [one.number for one in next_doses(planned, FIRST + timedelta(days=163), 3)] == [83, 84]
    assert next_doses(planned, FIRST + timedelta(days=166), 3) == []


def test_thousands_of_treatments_are_as_walked_day_by_day() -> None:
    tally = run()
    print(tally)
    assert tally.total == CASES >= 2000
    assert tally.agreed == tally.total, tally.first
    for kind in ("leap", "year end", "clocks change", "keep_grid", "shift_grid", "stopped", "going on", *ZONES):
        assert tally.kinds[kind] > 200, kind
    assert all(tally.kinds[cadence.name] > 200 for cadence in CADENCES)


def _a_day_late(dosing: Dosing, first: date, given: Any) -> list[Scheduled]:
    return [
        replace(one, due_on=one.due_on + timedelta(days=one.number == dosing.doses))
        for one in schedule(dosing, first, given)
    ]


def _early_moves_too(dosing: Dosing, first: date, given: Any) -> list[Scheduled]:
    moved, found = timedelta(0), []
    for one in schedule(dosing.model_copy(update={"late_dose": "keep_grid"}), first):
        found.append(replace(one, due_on=one.due_on + moved))
        if dosing.late_dose == "shift_grid" and one.number in given:
            moved += given[one.number] - found[-1].due_on
    last = first + timedelta(days=dosing.treatment_days - 1)
    return [one for one in found if one.due_on <= last]


def _a_week_more(dosing: Dosing, first: date, given: Any) -> list[Scheduled]:
    return schedule(dosing.model_copy(update={"masked_weeks": dosing.masked_weeks + 1}), first, given)


def _without_leap_days(dosing: Dosing, first: date, given: Any) -> list[Scheduled]:
    def slipped(on: date) -> date:
        leap = on.year % 4 == 0 and on.year != 2100 and first <= date(on.year, 2, 29) <= on
        return on + timedelta(days=leap)

    return [replace(one, due_on=slipped(one.due_on)) for one in schedule(dosing, first, given)]


def _contact_stays(study: Study, anchor: date, **_: Any) -> list[Window]:
    return windows(study, anchor)


def _a_day_wider(study: Study, anchor: date, **stop: Any) -> list[Window]:
    return [replace(one, latest=one.latest + timedelta(days=1)) for one in windows(study, anchor, **stop)]


def _in_utc(instant: datetime, zone: str) -> date:
    return instant.astimezone(UTC).date()


def _in_winter_time(instant: datetime, zone: str) -> date:
    hours = {"Asia/Shanghai": 8, "Europe/Berlin": 1, "America/New_York": -5, "America/Havana": -5}
    return (instant + timedelta(hours=hours.get(zone, 10.5 if "Howe" in zone else 12))).date()


def _closed_early(planned: Any, visit: str, on: date) -> str:
    said = visits.timing(planned, visit, on)
    return "outside" if said == "late" and visits.timing(planned, visit, on + timedelta(days=1)) == "outside" else said


PLANTED: dict[str, Callable[[Subject], Subject]] = {
    "the last dose a day late": lambda right: replace(right, schedule=_a_day_late),
    "an early dose moves the grid": lambda right: replace(right, schedule=_early_moves_too),
    "a week of doses after the period": lambda right: replace(right, schedule=_a_week_more),
    "no leap day": lambda right: replace(right, schedule=_without_leap_days),
    "next doses from the day itself": lambda right: replace(
        right, next_doses=lambda planned, after, n: calendar.next_doses(planned, after - timedelta(days=1), n)
    ),
    "the last day left out": lambda right: replace(right, doses_until=lambda dosing, day: dosing.doses_until(day - 1)),
    "days in UTC": lambda right: replace(right, local_day=_in_utc),
    "days in winter time": lambda right: replace(right, local_day=_in_winter_time),
    "the contact stays": lambda right: replace(right, windows=_contact_stays),
    "windows a day wider": lambda right: replace(right, windows=_a_day_wider),
    "late ends a day early": lambda right: replace(right, timing=_closed_early),
    "missed a day late": lambda right: replace(
        right, visit_state=lambda plan, v, on, done: visits.visit_state(plan, v, on - timedelta(days=1), done)
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_walk_finds_a_planted_mistake(name: str) -> None:
    tally = run(500, subject=PLANTED[name](Subject()))
    assert tally.total == 500
    assert tally.agreed < tally.total
    assert tally.first
