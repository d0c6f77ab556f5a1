"""Visits, dosing and kit: what happens when, and what is handed out for it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from irt.study.part import Code, Count, Days, Line, Many, Number, Part, Words

Cycle = Annotated[int, Field(ge=1, le=3650)]
"""Days of a part of a cycle, from 1."""


class Visit(Part):
    """A visit on a day counted from the first dose (day 1), give or take its window."""

    id: Code
    day: int = Field(ge=1, le=3650)
    window_days: Days  # no default: a forgotten key would leave participants one day to come for their kit
    name: Words
    dispense: bool = False
    returns: bool = False
    contact: bool = False
    instruments: Many[Code] = ()


class UnscheduledVisit(Part):
    """A visit that has no day: it takes place when its reason does, and is due `within_days` of it.

    The one with `within_days` is the visit of those who stop treatment early; others are due at no time.
    """

    id: Code
    name: Words
    reason: Words
    within_days: Days | None = None
    returns: bool = False
    instruments: Many[Code] = ()


class Dosing(Part):
    """The calendar of doses: one every `interval_days` from study day 1, the day of the first.

    With `on_days` and `off_days` it goes in cycles of so many days on treatment, then so many off; doses fall every
    `interval_days` from the first day of a cycle, within its days on.
    """

    dose: Number = Field(gt=0)
    unit: Line
    route: Words
    interval_days: Count
    on_days: Cycle | None = None
    off_days: Cycle | None = None
    doses: Count
    masked_weeks: int = Field(ge=1, le=521)  # no longer than a visit's day may be
    first_dose_within_days: Days
    late_dose: Literal["keep_grid", "shift_grid"]
    late_by_days: Days
    adequate_adherence: Number = Field(gt=0, le=1)

    @property
    def treatment_days(self) -> int:
        """The last day of the treatment period; no dose is due after it."""
        return self.masked_weeks * 7

    @property
    def dose_days(self) -> tuple[int, ...]:
        """The study days of all doses; there is no day 0."""
        return tuple(map(self.day_of, range(1, self.doses + 1)))

    @property
    def last_day(self) -> int:
        """The day of the last dose."""
        return self.day_of(self.doses)

    @property
    def least_gap(self) -> int:
        """The fewest days from one dose to the next."""
        between_cycles = self._cycle_days - (self._in_a_cycle - 1) * self.interval_days
        return between_cycles if self._in_a_cycle == 1 else min(self.interval_days, between_cycles)

    def day_of(self, number: int) -> int:
        """The study day of the dose with this number, from 1."""
        cycles, place = divmod(number - 1, self._in_a_cycle)
        return 1 + cycles * self._cycle_days + place * self.interval_days

    def room_until(self, day: int) -> int:
        """How many doses fall on days 1 to `day`, were there as many as one likes; none before day 1."""
        cycles, rest = divmod(max(day, 0), self._cycle_days)
        return cycles * self._in_a_cycle + min(self._in_a_cycle, -(-rest // self.interval_days))

    def doses_until(self, day: int) -> int:
        """How many of the doses fall on days 1 to `day`."""
        return min(self.doses, self.room_until(day))

    def most_doses(self, days: int) -> int:
        """The most doses that fall into any stretch of so many days."""
        starts = range(1, min(self._in_a_cycle, self.doses) + 1)  # later cycles hold no more than the first
        return max(max(0, self.doses_until(self.day_of(one) + days - 1) - one + 1) for one in starts)

    @property
    def _in_a_cycle(self) -> int:
        return -(-(self.on_days or self.interval_days) // self.interval_days)

    @property
    def _cycle_days(self) -> int:
        """Without days off a cycle is one interval."""
        return (self.on_days or self.interval_days) + (self.off_days or 0)


class Choice(Part):
    """One of the answers that a form offers."""

    id: Code
    name: Words


class StopReason(Choice):
    """Why treatment stops for good, what that is to the estimand, and whether an early-termination visit follows."""

    intercurrent: Literal["adverse_event", "lack_of_efficacy", "other"]
    early_termination: bool = True


class InterferingMedication(Choice):
    """Medication that changes what an outcome means, and what it is to the estimand unless it is decided otherwise."""

    intercurrent: Literal["rescue", "other"]


class Treatment(Part):
    """What the diary, a hold and a stop offer, and how many missed doses running are a deviation."""

    missed_in_a_row: Count
    injection_sites: Many[Choice]
    missed_reasons: Many[Choice]
    hold_reasons: Many[Choice]
    stop_reasons: Many[StopReason]


class Ancillary(Part):
    """A thing handed out beside the kit."""

    id: Code
    name: Words
    per_kit: Count


class Kit(Part):
    """The one carton that every arm gets, alike from outside."""

    label: Words
    vials: Count
    interval_days: Count
    spare_vials: Days
    storage_minimum_celsius: Number
    storage_maximum_celsius: Number
    do_not_dispense_days: Days
    do_not_ship_days: Days
    ancillaries: Many[Ancillary] = ()


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Supply(Part):
    """How sites are kept in stock: on which days boxes go, and how many kits of each type are wanted beyond known need.

    `minimum_maximum`: fixed numbers. `predictive`: the numbers come from what recruitment is expected to take, with
    the probability `service_level`.
    """

    policy: Literal["minimum_maximum", "predictive"]
    minimum: Days
    maximum: Count
    service_level: Number
    floor: Count
    smallest_box: Count
    lead_days: Days
    overdue_days: Days
    shipping_days: Many[Weekday]
    depot_time_zone: Line
    recruitment_weeks: Count

    def ships_on(self, day: date) -> bool:
        """Whether boxes leave the depot on a day."""
        return WEEKDAYS[day.weekday()] in self.shipping_days

    @property
    def review_days(self) -> int:
        """The most days from one shipping day to the next."""
        places = sorted(WEEKDAYS.index(one) for one in self.shipping_days)
        return max((later - place) % 7 or 7 for place, later in zip(places, places[1:] + places[:1], strict=True))
