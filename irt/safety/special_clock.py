"""The clock of a special report, from the site's knowledge to the sponsor's: the one of serious events. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from irt.study.closing import Safety


@dataclass(frozen=True)
class Told:
    """By when the sponsor was to be told, and whether they were."""

    due_at: datetime
    state: Literal["in_time", "late"]


def instant_at(day: date, clock_time: str, zone: str) -> datetime:
    """When the clocks of `zone` show this day and HH:MM, in UTC; of an hour that comes twice, the first."""
    return datetime.combine(day, time.fromisoformat(clock_time), ZoneInfo(zone)).astimezone(UTC)


def due_at(aware_at: datetime, safety: Safety) -> datetime:
    """By when what a site knows since `aware_at` is to be with the sponsor; a holiday stops no clock."""
    return aware_at.astimezone(UTC) + timedelta(hours=safety.investigator_report_hours)


def told(aware_at: datetime, recorded_at: datetime, safety: Safety) -> Told:
    """How a version of a report stands, with the sponsor when it was recorded; the last instant is in time."""
    due = due_at(aware_at, safety)
    return Told(due, "in_time" if recorded_at <= due else "late")
