"""Visits, dosing and kit: what happens when, and what is handed out for it."""

from typing import Literal

from pydantic import Field

from irt.study.part import Code, Count, Days, Line, Many, Number, Part, Words


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
    """A visit that has no day: it takes place when its reason does."""

    id: Code
    name: Words
    reason: Words
    returns: bool = False
    instruments: Many[Code] = ()


class Dosing(Part):
    """The calendar of doses: dose k is due on day 1 + (k - 1) × `interval_days`."""

    dose: Number = Field(gt=0)
    unit: Line
    route: Words
    interval_days: Count
    doses: Count
    masked_weeks: Count
    first_dose_within_days: Days
    late_dose: Literal["keep_grid", "shift_grid"]
    late_by_days: Days
    adequate_adherence: Number = Field(gt=0, le=1)

    @property
    def last_day(self) -> int:
        """The day of the last dose."""
        return 1 + (self.doses - 1) * self.interval_days


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
