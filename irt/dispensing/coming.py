"""Who comes on a day, which box waits for them, which kits they bring back: pure, from rows that were read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from irt.participants.visits import Window

Expected = Literal["planned", "in_window", "late"]
Box = Literal["set_aside", "elsewhere", "to_ask", "none"]


@dataclass(frozen=True)
class Back:
    """A kit that comes back, and how many of its vials should be unused; None where nothing tells."""

    kit: str
    vials: int
    unused: int | None


@dataclass(frozen=True)
class Coming:
    """One visit of one participant that a day may bring."""

    participant: str
    number: str
    visit: str
    planned_on: date
    latest: date
    expected: Expected
    box: Box
    kit: str
    back: tuple[Back, ...]


def expected_on(window: Window, day: date) -> Expected:
    """How likely a visit that is due is to take place on a day: on its planned day, within its window, or late."""
    if day == window.due:
        return "planned"
    return "in_window" if window.earliest <= day <= window.latest else "late"


def in_order(found: Iterable[Coming]) -> list[Coming]:
    """Those planned for the day first, then those in their window by planned day, then the late ones."""
    rank = {"planned": 0, "in_window": 1, "late": 2}
    return sorted(found, key=lambda one: (rank[one.expected], one.planned_on, one.number))


def unused_expected(kit: Any, since: date, until: date, given: Iterable[Any], unwritten: Iterable[date]) -> int:
    """How many vials of a kit in use from a day on should be unused on the day `until`, before that day's dose.

    Of the doses given by the diary, those of this kit; and one vial for each of the days `unwritten`: days on which a
    dose was or will be due, and of which the diary says nothing yet.
    """
    used: int = sum(one.kit == kit.number for one in given)
    due = sum(since <= day < until for day in unwritten)
    return max(0, int(kit.vials) - used - due)
