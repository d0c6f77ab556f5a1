"""The calendar file: read back with the library, an all-day entry for each dose and each visit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from irt.paper.both import Both
from irt.paper.reminders import Reminder, calendar_ics
from tests.paper.reading import MADE

NAME = Both("Doses and visits", "用药与访视")
REMINDERS = [
    *(
        Reminder(
            f"dose-{k}",
            date(2026, 3, 2) + timedelta(days=2 * (k - 1)),
            Both(f"Dose {k} of 84", f"第 {k} 次用药，共 84 次"),
        )
        for k in range(1, 85)
    ),
    Reminder(
        "visit-W4",
        date(2026, 3, 30),
        Both("Visit: week 4", "访视：第4周"),
        Both("Bring; all, vials", "请带上\n所有药瓶"),
    ),
]


def issued(**more: object) -> bytes:
    return calendar_ics(NAME, REMINDERS, owner="02-0007.il2-dm", made_at=MADE, **more)  # type: ignore[arg-type]


def test_every_day_comes_back() -> None:
    whole = Calendar.from_ical(issued())
    assert (str(whole["version"]), str(whole["method"])) == ("2.0", "PUBLISH")
    assert whole["prodid"]
    events = whole.walk("VEVENT")
    assert len(events) == len(REMINDERS) == 85
    for event, reminder in zip(events, REMINDERS, strict=True):
        assert event.decoded("dtstart") == reminder.day
        assert event.decoded("dtend") == reminder.day + timedelta(days=1)
        assert str(event["summary"]) == f"{reminder.summary.zh} {reminder.summary.en}"
        assert str(event["uid"]) == f"{reminder.key}@02-0007.il2-dm"
        assert event.decoded("dtstamp") == MADE
        assert not event.walk("VALARM")
        assert not event.errors
    assert str(events[-1]["description"]) == "请带上\n所有药瓶\nBring; all, vials"


def test_an_entry_keeps_its_identifier_when_it_moves() -> None:
    moved = [Reminder(r.key, r.day + timedelta(days=1), r.summary) for r in REMINDERS]
    later = calendar_ics(NAME, moved, owner="02-0007.il2-dm", made_at=MADE + timedelta(days=9), sequence=1)
    first, second = (Calendar.from_ical(raw).walk("VEVENT") for raw in (issued(), later))
    assert [str(event["uid"]) for event in first] == [str(event["uid"]) for event in second]
    assert len({str(event["uid"]) for event in first}) == 85
    assert {int(event["sequence"]) for event in second} == {1}


def test_an_entry_that_falls_away_is_cancelled_and_rings_no_more() -> None:
    gone = [replace(REMINDERS[0], cancelled=True), *REMINDERS[1:]]
    raw = calendar_ics(NAME, gone, owner="02-0007.il2-dm", made_at=MADE, alarm_hour=8, sequence=3)
    first, *others = Calendar.from_ical(raw).walk("VEVENT")
    assert (str(first["uid"]), str(first["status"]), first.walk("VALARM")) == (
        "dose-1@02-0007.il2-dm", "CANCELLED", [],
    )  # fmt: skip
    assert {str(event["status"]) for event in others} == {"CONFIRMED"}
    assert all(event.walk("VALARM") for event in others)


def test_an_alarm_rings_at_its_hour() -> None:
    for event in Calendar.from_ical(issued(alarm_hour=8)).walk("VEVENT"):
        (alarm,) = event.walk("VALARM")
        assert alarm.decoded("trigger") == timedelta(hours=8)
        assert str(alarm["action"]) == "DISPLAY"


def test_lines_are_as_the_standard_wants_them_and_bytes_repeat() -> None:
    raw = issued(alarm_hour=8)
    assert raw == issued(alarm_hour=8)
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75


def test_what_cannot_be_a_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        calendar_ics(NAME, [REMINDERS[0], REMINDERS[0]], owner="x", made_at=MADE)
    with pytest.raises(ValueError, match="offset"):
        calendar_ics(NAME, REMINDERS, owner="x", made_at=MADE.replace(tzinfo=None))
    with pytest.raises(ValueError, match="hour"):
        issued(alarm_hour=24)
