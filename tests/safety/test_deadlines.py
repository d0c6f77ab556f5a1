"""Deadlines worked out by hand, and clocks that are spoiled in one place each: some case notices every one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from irt.safety import clocks
from tests.safety.deadline_cases import CASES, SAFETY, disagreements


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_clocks_agree_with_what_was_worked_out(case: dict[str, Any]) -> None:
    assert disagreements(case) == []


def test_there_are_enough_cases_each_with_its_source() -> None:
    assert len(CASES) >= 36
    assert max(Counter(case["id"] for case in CASES).values()) == 1
    assert all(case["source"] and case["rule"] and "expected" in case for case in CASES)


def spoiled(**other: Any) -> Any:
    return SimpleNamespace(**{**vars(clocks), **other})


def in_utc(versions: Any, opinions: Any, _zone: str) -> Any:
    return clocks.candidates(versions, opinions, "UTC")


def day_of_the_opinion(versions: Any, opinions: Any, zone: str) -> Any:
    found = clocks.candidates(versions, opinions, zone)
    return [replace(one, day_zero=clocks.local_day(one.arose_at, zone)) for one in found]


def only_the_sponsor(versions: Any, opinions: Any, zone: str) -> Any:
    quiet = [SimpleNamespace(**{**vars(one), "causality_drug": clocks.EXCLUDED}) for one in versions]
    return clocks.candidates(quiet, opinions, zone)


def only_the_investigator(versions: Any, opinions: Any, zone: str) -> Any:
    quiet = [SimpleNamespace(**{**vars(one), "causality_drug": clocks.EXCLUDED}) for one in opinions]
    return clocks.candidates(versions, quiet, zone)


def unlikely_excludes(versions: Any, opinions: Any, zone: str) -> Any:
    def quiet(rows: Any) -> Any:
        said = {"unlikely": clocks.EXCLUDED}
        return [
            SimpleNamespace(**{**vars(one), "causality_drug": said.get(one.causality_drug, one.causality_drug)})
            for one in rows
        ]

    return clocks.candidates(quiet(versions), quiet(opinions), zone)


def as_it_is_now(versions: Any, opinions: Any, zone: str) -> Any:
    """What was taken back is forgotten."""
    last = max(versions, key=lambda one: one.version)
    return clocks.candidates(versions, opinions, zone) if clocks.is_serious(last) else []


def the_first_version(versions: Any, opinions: Any, zone: str) -> Any:
    first = clocks.local_day(versions[0].recorded_at, zone)
    return [replace(one, version=1, day_zero=first) for one in clocks.candidates(versions, opinions, zone)]


def working_days(urgency: str, day_zero: Any, safety: Any) -> Any:
    def moved(clock: Any) -> Any:
        late = clock.due + timedelta(days=2) if (clock.due + timedelta(hours=8)).weekday() >= 5 else clock.due
        return replace(clock, due=late)

    return tuple(map(moved, clocks.desk_clocks(urgency, day_zero, safety)))


def by_hours(urgency: str, day_zero: Any, safety: Any) -> Any:
    first, *others = clocks.desk_clocks(urgency, day_zero, safety)
    days = safety.other_report_days if urgency == "other" else safety.fatal_report_days
    return (replace(first, due=first.began + timedelta(days=days + 1) - clocks.TICK), *others)


def next_day_at_that_time(aware_at: Any, safety: Any) -> Any:
    clock = clocks.report_clock(aware_at, safety)
    from zoneinfo import ZoneInfo

    here = aware_at.astimezone(ZoneInfo("Europe/Berlin")) + timedelta(days=1)
    return replace(clock, due=here)


SPOILED: dict[str, tuple[str, Callable[..., Any]]] = {
    "days of UTC": ("candidates", in_utc),
    "day zero is the day of the opinion": ("candidates", day_of_the_opinion),
    "the investigator is not heard": ("candidates", only_the_sponsor),
    "the sponsor is not heard": ("candidates", only_the_investigator),
    "unlikely excludes": ("candidates", unlikely_excludes),
    "what is taken back stops a clock": ("candidates", as_it_is_now),
    "an upgrade counts from the first version": ("candidates", the_first_version),
    "a weekend moves the last day": ("desk_clocks", working_days),
    "a day has 24 hours": ("desk_clocks", by_hours),
    "the report is due at the same time of the next day": ("report_clock", next_day_at_that_time),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_clock_is_noticed(what: str) -> None:
    name, function = SPOILED[what]
    module = spoiled(**{name: function})
    assert [case["id"] for case in CASES if disagreements(case, module)]


def test_half_of_the_time() -> None:
    clock = clocks.report_clock(clocks.datetime(2026, 3, 2, 1, tzinfo=clocks.ZoneInfo("UTC")), SAFETY)
    half = clock.began + timedelta(hours=12)
    assert clock.half == half
    assert [clock.stage(half - clocks.TICK), clock.stage(half), clock.stage(clock.due)] == [None, "half", "half"]
    assert clock.stage(clock.due + clocks.TICK) == "over"
