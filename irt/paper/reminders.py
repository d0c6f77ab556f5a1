"""A calendar file for the participant's own telephone: a day for each dose and each visit (RFC 5545)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from irt.paper.both import Both


@dataclass(frozen=True)
class Reminder:
    """An all-day entry. `key` names it for good within its calendar ("dose-12", "visit-W4"): the same entry, moved
    to another day, keeps its key and so replaces the older one. `cancelled`: it falls away, and takes back the older
    one wherever that was imported."""

    key: str
    day: date
    summary: Both
    description: Both | None = None
    cancelled: bool = False


def calendar_ics(
    name: Both,
    reminders: Sequence[Reminder],
    *,
    owner: str,
    made_at: datetime,
    alarm_hour: int | None = None,
    sequence: int = 0,
) -> bytes:
    """The calendar as .ics: all-day entries, each with the UID `key@owner`, in both languages.

    `owner` is what tells this participant's entries from others' (letters, digits, dots and hyphens; a number, never a
    name). `made_at` (with offset) is the DTSTAMP, `sequence` grows whenever an entry moves or falls away. With
    `alarm_hour` (0 to 23) the telephone rings at that hour of its own time. Keys are unique, else ValueError.
    """
    if made_at.tzinfo is None:
        raise ValueError("made_at needs an offset from UTC")
    if len({reminder.key for reminder in reminders}) != len(reminders):
        raise ValueError("two reminders have the same key")
    if alarm_hour is not None and not 0 <= alarm_hour <= 23:
        raise ValueError("alarm_hour is an hour from 0 to 23")
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//irt//dosing calendar//EN")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", name.line)
    for reminder in reminders:
        whole.add_component(_event(reminder, owner, made_at, alarm_hour, sequence))
    return bytes(whole.to_ical())


def _event(reminder: Reminder, owner: str, made_at: datetime, alarm_hour: int | None, sequence: int) -> Event:
    event = Event()
    event.add("uid", f"{reminder.key}@{owner}")
    event.add("dtstamp", made_at)
    event.add("sequence", sequence)
    event.add("dtstart", reminder.day)
    event.add("dtend", reminder.day + timedelta(days=1))
    event.add("summary", reminder.summary.line)
    if reminder.description:
        event.add("description", f"{reminder.description.zh}\n{reminder.description.en}")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if reminder.cancelled else "CONFIRMED")
    if alarm_hour is not None and not reminder.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", reminder.summary.line)
        alarm.add("trigger", timedelta(hours=alarm_hour))
        event.add_component(alarm)
    return event
