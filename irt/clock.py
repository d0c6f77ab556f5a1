"""The clock that the gate is handed: the system's, or a simulated one; and the day that an instant is at a site."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the business time of an act, in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands still until it is moved; it never runs backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The simulated instant in UTC."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Advance to `instant`; an earlier one is a mistake of the caller."""
        assert instant >= self._now, f"a simulated clock cannot go back from {self._now} to {instant}"
        self._now = instant.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        """Advance by `step`."""
        self.move_to(self._now + step)


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of `instant` where the clocks show `zone` (an IANA name such as Asia/Shanghai).

    Consents, visits and windows are days at the site: at 01:00 in Beijing it is still yesterday in UTC.
    """
    return instant.astimezone(ZoneInfo(zone)).date()


def local_instant(instant: datetime, zone: str) -> datetime:
    """The same instant as the clocks of `zone` show it, with their offset."""
    return instant.astimezone(ZoneInfo(zone))


def instant_of(day: date, time: str, zone: str) -> datetime:
    """The instant, in UTC, at which the clocks of `zone` show this day and time (HH:MM)."""
    return datetime.combine(day, clock_time.fromisoformat(time), ZoneInfo(zone)).astimezone(UTC)


def local_time(instant: datetime, zone: str) -> str:
    """The time of the day of `instant` where the clocks show `zone`, as HH:MM."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M")
