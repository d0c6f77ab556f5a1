"""The lines of a diary as they are written, and what is wrong with them: every mistake of every line at once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StringConstraints

from irt.conduct.deviations import Kind
from irt.dispensing.adherence import GIVEN
from irt.dispensing.boxes import Box
from irt.dispensing.calendar import schedule, too_close
from irt.dispensing.course import Course
from irt.gate.act import Order
from irt.gate.fields import CalendarDay, ClockTime, Code, KitNumber, Text
from irt.study import Choice, Study

Mistake = dict[str, str]
Line = Annotated[str, BeforeValidator(str), StringConstraints(pattern=r"^([1-9][0-9]{0,3}|x[1-9][0-9]{0,2})$")]
"""A dose: its number in the schedule, or `x1`, `x2` … for one that was not due."""
IN_WORDS = "other"  # the reason that says nothing by itself


class Entry(Order):
    """What became of one dose. `why` is asked for when it departs from the protocol."""

    outcome: Literal["taken", "partial", "missed"]
    taken_on: CalendarDay | None = None  # of a scheduled dose: its due day, unless told
    taken_at: ClockTime | None = None
    kit: KitNumber | None = None
    place: Literal["clinic", "home"] | None = None
    injection_site: Code | None = None
    missed_reason: Code | None = None  # of a dose that was missed, or not given whole
    note: Text | None = None
    why: Text | None = None


@dataclass(frozen=True)
class Book:
    """What the lines are judged by: the course as recorded, today at the site, and the boxes that the lines name."""

    study: Study
    course: Course  # up to today
    recorded: frozenset[int]  # scheduled doses that have a line already
    today: date
    time: str
    boxes: Mapping[str, Box]
    asks_of_vials: bool = True  # whether a dose too many for the used vials of its kit asks why, or which was missed


@dataclass(frozen=True)
class Judged:
    """A line as it will be kept: the day of the dose and how it departs from the protocol."""

    line: str
    entry: Entry
    taken_on: date | None
    departures: tuple[Kind, ...]

    @property
    def number(self) -> int | None:
        """The number in the schedule; None for a dose that was not due."""
        return None if self.line.startswith("x") else int(self.line)


def judge(book: Book, doses: Mapping[str, Entry]) -> tuple[list[Judged], list[Mistake]]:
    """The lines in order of their days, and every mistake of every line: line, value, remedy, and what fills it.

    Lines are judged together: by the calendar that they make, and each against those before it. Of a kit that was
    counted when it came back, no more doses were taken than its used vials say, unless somebody writes why.
    """
    due = _due_days(book, doses)
    lines = sorted((_judged(book, line, entry, due.get(line)) for line, entry in doses.items()), key=_order)
    injected = [row.taken_on for row in book.course.given]
    used = Counter(row.kit for row in book.course.given)
    left = {number: box.vials - used[number] for number, box in book.boxes.items()}
    counted = {number: box.counted_used for number, box in book.boxes.items() if box.counted_used is not None}
    untold = {number: count - used[number] for number, count in counted.items()} if book.asks_of_vials else {}
    kept, mistakes = list[Judged](), list[Mistake]()
    for one in lines:
        if one.number in book.recorded:
            mistakes.append(_mistake(one, one.line, "recorded_already"))
            continue
        if one.taken_on is None:
            kept.append(one)
            mistakes += _missed(book, one, due.get(one.line))
            continue
        close: tuple[Kind, ...] = ("doses_too_close",) if too_close(book.study.dosing, one.taken_on, injected) else ()
        departures = (*one.departures, *close)
        kept.append(Judged(one.line, one.entry, one.taken_on, departures))
        mistakes += chain(_given(book, kept[-1], due.get(one.line)), _vials(one, left), _used(one, untold, counted))
        injected.append(one.taken_on)
    return kept, mistakes


def _order(one: Judged) -> tuple[date, bool, int]:
    return one.taken_on or date.min, one.number is None, int(one.line.lstrip("x"))


def _due_days(book: Book, doses: Mapping[str, Entry]) -> dict[str, date]:
    """The due day of each line that the schedule has, as the lines themselves move it."""
    first = book.course.first_dose_on
    assert first is not None, "a diary begins with the first dose"
    given = {row.number: row.taken_on for row in book.course.given if row.kind == "scheduled"}
    given |= {int(line): entry.taken_on for line, entry in doses.items() if line.isdigit() and entry.taken_on}
    return {str(one.number): one.due_on for one in schedule(book.study.dosing, first, given)}


def _judged(book: Book, line: str, entry: Entry, due: date | None) -> Judged:
    if entry.outcome not in GIVEN:
        return Judged(line, entry, None, ())
    taken_on = entry.taken_on or due
    if taken_on is None:
        return Judged(line, entry, None, ())
    departure, found = book.course.departure(taken_on, scheduled=line.isdigit()), list[Kind]()
    if departure is not None:
        found.append(departure)
    box = book.boxes.get(entry.kit or "")
    if box is not None and box.in_hand(taken_on) and taken_on > box.expiry:
        found.append("dose_of_expired_kit")
    return Judged(line, entry, taken_on, tuple(found))


def _missed(book: Book, one: Judged, due: date | None) -> Iterator[Mistake]:
    """What is wrong with a dose that was not given, or with one given on a day that nobody knows."""
    entry = one.entry
    if entry.outcome in GIVEN:
        yield _mistake(one, "", "no_such_dose" if one.number else "say_the_day", last=str(book.study.dosing.doses))
        return
    if one.number is None:
        yield _mistake(one, entry.outcome, "extra_was_given")
        return
    yield from _scheduled(book, one, due)
    if due is not None and book.course.held_on(due):
        yield _mistake(one, due.isoformat(), "held_then")
    if entry.taken_on or entry.taken_at or entry.kit or entry.place or entry.injection_site:
        yield _mistake(one, entry.kit or "", "missed_has_none")
    yield from _reason(book, one)


def _given(book: Book, one: Judged, due: date | None) -> Iterator[Mistake]:
    entry, day = one.entry, one.taken_on
    assert day is not None
    shown = day.isoformat()
    if one.number is not None:
        yield from _scheduled(book, one, due)
    if due is not None and day < due:
        yield _mistake(one, shown, "before_due", due=due.isoformat())
    if due is not None and day > due + timedelta(days=book.study.dosing.late_by_days):
        yield _mistake(one, shown, "too_late", due=due.isoformat(), days=str(book.study.dosing.late_by_days))
    if day > book.today or (day == book.today and (entry.taken_at or "") > book.time):
        yield _mistake(one, f"{shown} {entry.taken_at or ''}".strip(), "not_yet", today=book.today.isoformat())
    first = book.course.first_dose_on
    if first is not None and day < first:
        yield _mistake(one, shown, "before_first_dose", first=first.isoformat())
    box = book.boxes.get(entry.kit or "")
    if entry.kit is None:
        yield _mistake(one, "", "name_kit")
    elif box is None or not box.in_hand(day):
        yield _mistake(one, entry.kit, "kit_not_in_hand", day=shown)
    if entry.injection_site is not None and not offered(book.study.treatment.injection_sites, entry.injection_site):
        yield _mistake(one, entry.injection_site, "not_offered")
    yield from _reason(book, one)
    for departure in one.departures:
        if departure != "dose_of_expired_kit" and not entry.why:
            yield _mistake(one, shown, f"why_{departure}")


def _scheduled(book: Book, one: Judged, due: date | None) -> Iterator[Mistake]:
    """A scheduled dose exists, and was due by now; on the day of leaving one may have been given, and none missed."""
    ends = book.course.given_until if one.entry.outcome in GIVEN else book.course.ends_on
    if due is None:
        yield _mistake(one, one.line, "no_such_dose", last=str(book.study.dosing.doses))
    elif ends is not None and due > ends:
        yield _mistake(one, one.line, "due_no_more", last=ends.isoformat())
    elif due > book.today:
        yield _mistake(one, one.line, "due_later", due=due.isoformat())


def _reason(book: Book, one: Judged) -> Iterator[Mistake]:
    reason = one.entry.missed_reason
    if one.entry.outcome == "taken":
        if reason is not None:
            yield _mistake(one, reason, "taken_has_no_reason")
    elif reason is None:
        yield _mistake(one, "", "choose_reason")
    elif not offered(book.study.treatment.missed_reasons, reason):
        yield _mistake(one, reason, "not_offered")
    elif reason == IN_WORDS and not (one.entry.note or one.entry.why):
        yield _mistake(one, "", "say_in_words")


def _vials(one: Judged, left: dict[str, int]) -> Iterator[Mistake]:
    """A vial is used once."""
    kit = one.entry.kit
    if kit is not None and kit in left:
        left[kit] -= 1
        if left[kit] < 0:
            yield _mistake(one, kit, "no_vial_left")


def _used(one: Judged, untold: dict[str, int], counted: Mapping[str, int]) -> Iterator[Mistake]:
    """The vials of a kit that came back say how many doses were taken: one more is missed, or somebody says why."""
    kit = one.entry.kit
    if kit is not None and kit in untold:
        untold[kit] -= 1
        if untold[kit] < 0 and not one.entry.why:
            yield _mistake(one, kit, "vials_say_fewer", used=str(counted[kit]))


def offered(choices: tuple[Choice, ...], code: str) -> bool:
    """Whether the study offers this answer."""
    return any(one.id == code for one in choices)


def _mistake(one: Judged, value: str, remedy: str, **facts: Any) -> Mistake:
    return {"field": one.line, "value": value, "remedy": remedy} | facts
