"""Adherence two ways, by vials and by diary, and their difference: pure, exact, over due doses less held ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Protocol

from irt.dispensing.calendar import adherence

GIVEN = ("taken", "partial")  # outcomes of a dose that was injected; a partial one uses its vial up
HELD = "held"
DAY = timedelta(days=1)


class Due(Protocol):
    """A dose that was due, and what became of it: taken, partial, missed, held, unrecorded."""

    @property
    def due_on(self) -> date:
        """Its day."""

    @property
    def status(self) -> str:
        """What became of it."""


@dataclass(frozen=True, slots=True)
class GivenKit:
    """A kit that a participant was given; `used` is None until its vials are counted."""

    kit: str
    visit: str | None  # None: no visit's kit, a wrong box
    given_on: date
    returned_on: date | None
    used: int | None


@dataclass(frozen=True, slots=True)
class Interval:
    """The days that the kits of one visit were for; `over` once they are no longer at home, or nothing is due."""

    visit: str
    kits: tuple[GivenKit, ...]
    from_on: date
    to_on: date
    over: bool


@dataclass(frozen=True, slots=True)
class Adherence:
    """Doses due less held ones, vials used and doses recorded as taken, of the same days.

    `used` is None while a kit of days that are over was not returned: missing, and never taken for used up.
    """

    due: int
    used: int | None
    recorded: int

    @property
    def vials(self) -> Fraction | None:
        """By used vials; those unaccounted for do not count. Above 1 it is a query, never clipped."""
        return None if self.used is None else adherence(self.used, self.due)

    @property
    def diary(self) -> Fraction | None:
        """By the diary."""
        return adherence(self.recorded, self.due)

    @property
    def difference(self) -> Fraction | None:
        """By vials less by diary."""
        return None if self.vials is None or self.diary is None else self.vials - self.diary


def intervals(kits: Iterable[GivenKit], first_dose_on: date, until: date, *, ended: bool = False) -> list[Interval]:
    """The days of each visit's kits, in order; `until` is the last day that is looked at.

    From the day on which the first of them was handed over (of the first visit: from the first dose) to the day before
    a kit of a later visit was, or before the last of them came back. Replacements share the days of their visit, and a
    wrong box those of the visit before it. `ended`: after `until` nothing is due any more.
    """
    ordered = sorted(kits, key=lambda kit: (kit.given_on, kit.visit is None, kit.kit))
    begun: dict[str, list[GivenKit]] = {}
    for kit in ordered:
        visit = kit.visit or next(reversed(begun), None)
        if visit is not None:
            begun.setdefault(visit, []).append(kit)
    starts = [first_dose_on, *(held[0].given_on for held in list(begun.values())[1:])]
    found = []
    for place, (visit, held) in enumerate(begun.items()):
        ends = [starts[place + 1] - DAY] if place + 1 < len(starts) else []
        back = [kit.returned_on for kit in held if kit.returned_on is not None]
        if len(back) == len(held):
            ends.append(max(back) - DAY)
        found.append(Interval(visit, tuple(held), starts[place], min([*ends, until]), bool(ends) or ended))
    return found


def of_interval(interval: Interval, due: Iterable[Due], extra: Iterable[date] = ()) -> Adherence:
    """The adherence of one visit's kits; `extra` are the days of doses that were taken and not due."""
    within = [one for one in due if interval.from_on <= one.due_on <= interval.to_on]
    recorded = sum(one.status in GIVEN for one in within)
    recorded += sum(interval.from_on <= day <= interval.to_on for day in extra)
    counted = [kit.used for kit in interval.kits if kit.used is not None]
    whole = interval.over and len(counted) == len(interval.kits)
    return Adherence(sum(one.status != HELD for one in within), sum(counted) if whole else None, recorded)


def overall(parts: Sequence[tuple[Interval, Adherence]]) -> Adherence:
    """The adherence over all intervals that are over; by vials it is missing while that of one of them is."""
    done = [one for interval, one in parts if interval.over]
    used = [one.used for one in done if one.used is not None]
    whole = bool(done) and len(used) == len(done)
    return Adherence(sum(one.due for one in done), sum(used) if whole else None, sum(one.recorded for one in done))
