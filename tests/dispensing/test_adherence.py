"""Adherence by vials and by diary against the reference cases, as exact fractions; what is missing stays missing."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from irt.dispensing.adherence import Adherence, GivenKit, Interval, intervals, of_interval, overall

DAY_1 = date(2026, 12, 1)
CASES = json.loads((Path(__file__).parents[1] / "vectors" / "schedule.json").read_text(encoding="utf-8"))["adherence"]


@dataclass(frozen=True)
class Dose:
    """A due dose."""

    due_on: date
    status: str = "taken"


def on(day: int) -> date:
    return DAY_1 + timedelta(days=day - 1)


def every_other_day(last: int = 167, status: str = "taken") -> list[Dose]:
    return [Dose(on(day), status) for day in range(1, last + 1, 2)]


def kit(number: str, visit: str | None, given: int, back: int | None, used: int | None) -> GivenKit:
    return GivenKit(number, visit, on(given), None if back is None else on(back), used)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_reference_cases_are_met_exactly(case: dict[str, int | str]) -> None:
    assert len(CASES) == 3
    start, end = int(case["from_day"]), int(case["to_day"])
    used = int(case["dispensed"]) - int(case["returned"])
    before = [kit("1", "W0", 1, 29, 14)] if start > 1 else []
    held = [*before, kit("2", "W4" if before else "W0", start, end + 1, used)]
    interval = intervals(held, DAY_1, on(168))[-1]
    assert (interval.from_on, interval.to_on, interval.over) == (on(start), on(end), True)
    found = of_interval(interval, every_other_day())
    assert found.due == case["due"]
    assert found.vials is not None
    assert found.vials * 100 == Fraction(str(case["percent"]))


def test_a_missing_return_is_missing_and_never_whole() -> None:
    held = [kit("1", "W0", 1, None, None), kit("2", "W4", 29, 57, 12)]
    parts = [(one, of_interval(one, every_other_day())) for one in intervals(held, DAY_1, on(60))]
    first, second = (found for _, found in parts)
    assert (first.due, first.used, first.vials, first.diary, first.difference) == (14, None, None, 1, None)
    assert second.vials == Fraction(6, 7)
    whole = overall(parts)
    assert (whole.due, whole.vials, whole.diary) == (28, None, 1)


def test_a_kit_still_in_use_is_not_yet_counted_for() -> None:
    held = [kit("1", "W0", 1, 29, 13), kit("2", "W4", 29, None, None)]
    parts = [(one, of_interval(one, every_other_day())) for one in intervals(held, DAY_1, on(40))]
    assert [interval.over for interval, _ in parts] == [True, False]
    assert overall(parts) == Adherence(14, 13, 14)
    assert overall(parts).difference == Fraction(-1, 14)
    ended = [(one, of_interval(one, every_other_day())) for one in intervals(held, DAY_1, on(40), ended=True)]
    assert overall(ended).vials is None


def test_held_doses_are_not_due_and_doses_not_due_are_taken() -> None:
    doses = [Dose(one.due_on, "held" if on(9) <= one.due_on <= on(14) else "taken") for one in every_other_day()]
    interval = intervals([kit("1", "W0", 1, 29, 13)], DAY_1, on(28))[0]
    found = of_interval(interval, doses, extra=[on(2), on(40)])
    assert (found.due, found.recorded) == (11, 12)
    assert found.vials == Fraction(13, 11) > 1
    assert found.difference == Fraction(1, 11)


def test_missed_and_unrecorded_doses_are_due_and_not_taken() -> None:
    doses = [*every_other_day(19), *[Dose(on(21), "missed"), Dose(on(23), "unrecorded"), Dose(on(25), "partial")]]
    found = of_interval(intervals([kit("1", "W0", 1, 26, 12)], DAY_1, on(28))[0], doses)
    assert (found.due, found.recorded, found.vials) == (13, 11, Fraction(12, 13))


def test_a_replacement_and_a_wrong_box_share_the_days_of_the_visit() -> None:
    here = [kit("1", "W0", 1, 29, 5), kit("2", "W0", 11, 29, 8), kit("3", None, 15, 16, 1)]
    held = [*here, kit("4", "W4", 29, None, None)]
    first = intervals(held, DAY_1, on(168))[0]
    assert [one.kit for one in first.kits] == ["1", "2", "3"]
    assert (first.from_on, first.to_on) == (on(1), on(28))
    assert of_interval(first, every_other_day()).vials == 1


def test_nothing_due_is_no_share() -> None:
    nothing = Interval("W0", (kit("1", "W0", 1, 2, 0),), on(1), on(0), over=True)
    found = of_interval(nothing, every_other_day())
    assert (found.due, found.vials, found.diary, found.difference) == (0, None, None, None)
    assert overall([]) == Adherence(0, None, 0)


def test_the_first_interval_begins_with_the_first_dose() -> None:
    held = [GivenKit("1", "W0", on(-3), None, None)]
    assert intervals(held, DAY_1, on(10))[0].from_on == DAY_1
