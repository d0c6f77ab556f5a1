"""Cadences are configuration: each as a whole study file, its calendar as drawn, and what can be wrong in it."""

from pathlib import Path
from typing import Any

import pytest

from irt.study import Dosing, check_study, load_study
from tests.dispensing.day_by_day import CADENCES, Cadence
from tests.study.written import values, write

# For each cadence of 24 weeks: doses, last day, the most in the 34 days that a kit may have to last, late_by_days.
WHOLE: dict[str, tuple[int, int, int, int]] = {
    "every other day": (84, 167, 17, 1),
    "daily": (168, 168, 34, 0),
    "weekly": (24, 162, 5, 6),
    "every third day": (56, 166, 12, 2),
    "2 weeks on, 2 off": (84, 154, 20, 0),
    "3 weeks on, 1 off": (126, 161, 27, 0),
    "every other day, 3 weeks on, 1 off": (66, 161, 14, 1),
    "every third day, 8 days on, 5 off": (39, 163, 9, 2),
}


def _values(cadence: Cadence, **dosing: Any) -> dict[str, Any]:
    doses, _, most, late = WHOLE[cadence.name]
    changed = values()
    changed["dosing"] |= {"interval_days": cadence.interval_days, "doses": doses, "late_by_days": late}
    if cadence.on_days is not None:
        changed["dosing"] |= {"on_days": cadence.on_days, "off_days": cadence.off_days}
    changed["dosing"] |= dosing
    changed["kit"]["vials"] = most + changed["kit"]["spare_vials"]
    return changed


@pytest.fixture(params=CADENCES, ids=lambda cadence: cadence.name)
def cadence(request: pytest.FixtureRequest) -> Cadence:
    """Each cadence."""
    found: Cadence = request.param
    return found


def _drawn_days(cadence: Cadence, days: int) -> list[int]:
    return [day for day in range(1, days + 1) if cadence.drawn[(day - 1) % len(cadence.drawn)] == "x"]


def test_the_calendar_is_the_drawing(cadence: Cadence, tmp_path: Path) -> None:
    dosing = load_study(write(tmp_path / "study.toml", _values(cadence))).dosing
    drawn = _drawn_days(cadence, 168)
    assert list(dosing.dose_days) == drawn
    assert (dosing.doses, dosing.last_day) == (len(drawn), drawn[-1])
    assert (dosing.doses, dosing.last_day, dosing.most_doses(34), dosing.least_gap - 1) == WHOLE[cadence.name]
    assert [dosing.doses_until(day) for day in range(-3, 200)] == [
        sum(1 for one in drawn if one <= day) for day in range(-3, 200)
    ]


def test_the_most_in_a_stretch_is_that_of_all_stretches(cadence: Cadence, tmp_path: Path) -> None:
    shipped = load_study(write(tmp_path / "study.toml", _values(cadence))).dosing
    for doses in (1, 2, 15, shipped.doses):
        dosing = shipped.model_copy(update={"doses": doses})
        drawn = _drawn_days(cadence, 168)[:doses]
        for days in range(80):
            stretches = [sum(1 for one in drawn if first <= one < first + days) for first in range(1, 170)]
            assert dosing.most_doses(days) == max(stretches), (doses, days)


@pytest.mark.parametrize("name", WHOLE)
def test_one_vial_less_and_one_day_later_are_mistakes(name: str, tmp_path: Path) -> None:
    cadence = next(one for one in CADENCES if one.name == name)
    doses, _, most, late = WHOLE[name]
    fewer = _values(cadence)
    fewer["kit"]["vials"] -= 1
    _one(tmp_path, fewer, "kit.vials", f"write at least {most + 1}")
    _one(tmp_path, _values(cadence, late_by_days=late + 1), "dosing.late_by_days", f"write at most {late}")
    _one(tmp_path, _values(cadence, doses=doses + 1), "dosing.doses", f"write at most {doses}, or more masked weeks")


@pytest.mark.parametrize(
    ("dosing", "key", "problem", "remedy"),
    [
        ({"on_days": 14}, "off_days", "is missing beside on_days 14", "add off_days, or remove on_days"),
        ({"off_days": 14}, "on_days", "is missing beside off_days 14", "add on_days, or remove off_days"),
        ({"on_days": 0, "off_days": 14}, "on_days", "found 0", "greater than or equal to 1"),
        ({"on_days": 14, "off_days": 0}, "off_days", "found 0", "greater than or equal to 1"),
        ({"on_days": 14, "off_days": "x"}, "off_days", 'found "x"', "a whole number"),
        ({"on_days": 1, "off_days": 1}, "interval_days", "2 is longer than the 1 days", "write at most 1"),
        ({"interval_days": 3, "on_days": 4, "off_days": 1}, "off_days", "2 day(s) after a dose", "write at least 2"),
        ({"interval_days": 5, "on_days": 11, "off_days": 1}, "off_days", "2 day(s) after a dose", "write at least 4"),
        ({"on_days": 14, "off_days": 14}, "doses", "84 last beyond the 24 masked weeks", "write at most 42"),
        ({"on_days": 2, "off_days": 26, "doses": 5}, "doses", "falls on day 113", "from day 141 to before day 169"),
    ],
)
def test_a_cycle_that_cannot_be(dosing: dict[str, Any], key: str, problem: str, remedy: str, tmp_path: Path) -> None:
    changed = values()
    changed["dosing"] |= dosing
    _one(tmp_path, changed, f"dosing.{key}", remedy, problem)


def test_a_least_gap_may_be_that_between_cycles(tmp_path: Path) -> None:
    """One dose in a cycle: the interval says nothing, and a dose may be late until the next cycle."""
    changed = values()
    changed["dosing"] |= {"interval_days": 1, "on_days": 1, "off_days": 20, "doses": 8, "late_by_days": 20}
    dosing: Dosing = load_study(write(tmp_path / "study.toml", changed)).dosing
    assert dosing.dose_days == (1, 22, 43, 64, 85, 106, 127, 148)
    changed["dosing"]["late_by_days"] = 21
    _one(tmp_path, changed, "dosing.late_by_days", "write at most 20")


def _one(folder: Path, changed: dict[str, Any], key: str, remedy: str, problem: str = "") -> None:
    mistakes = check_study(write(folder / "study.toml", changed))
    assert [one.key for one in mistakes] == [key], mistakes
    assert remedy in mistakes[0].remedy
    assert problem in mistakes[0].problem
