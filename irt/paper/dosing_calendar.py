"""The participant's dosing calendar: on which days to inject, with room to write down what was done.

Both languages stand on every page. It knows days and numbers of doses; what is in the vials it has never heard of.
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from irt.paper.both import Both
from irt.paper.letters import width, wrap
from irt.paper.sheet import MARGIN, Sheet, baseline, leading

WEEKDAYS = ("一 Mon", "二 Tue", "三 Wed", "四 Thu", "五 Fri", "六 Sat", "日 Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CELL = 26.5  # a day's width, in millimetres
ROW = 19.8  # a week's height: day, dose, time, place, visit; two months of six weeks fill a page
STRIP = 3.6
BODY = 9.0


@dataclass(frozen=True)
class DoseDay:
    """The dose of this number is due on this day."""

    number: int
    day: date


@dataclass(frozen=True)
class VisitDay:
    """A visit, the day planned for it, and the first and last day on which it may be."""

    name: Both
    day: date
    first: date
    last: date


@dataclass(frozen=True)
class DosingCalendar:
    """What the calendar says. `telephone` is a printed line; empty leaves a line to write on."""

    title: Both
    participant: str
    site: Both
    telephone: str
    doses: tuple[DoseDay, ...]
    visits: tuple[VisitDay, ...]
    storage: Both
    missed: Both
    notes: tuple[Both, ...] = ()


def calendar_pdf(plan: DosingCalendar, *, footer: str, made_at: datetime) -> bytes:
    """The calendar as PDF on A4: what to know, the visits, then the months from the first dose to the last.

    24 weeks need at most 4 pages. Days are days at the site. Every dose's day has a box to tick, and room for time and
    place of the injection; a visit stands white on black on its day, its window is grey: no colour is needed.
    """
    sheet = Sheet(plan.title.line, made_at)
    sheet.page()
    y = _masthead(sheet, plan)
    for name, text in _advice(plan):
        y = _said(sheet, y, name, text)
    if plan.visits:
        y = _visits(sheet, y + 1, plan.visits)
    for year, month in _months([dose.day for dose in plan.doses]):
        weeks = _weeks(year, month, plan)
        if y + 15 + len(weeks) * ROW > sheet.height - MARGIN:
            sheet.page()
            y = _running_head(sheet, plan)
        y = _month(sheet, y, year, month, weeks, plan)
    sheet.foot(footer, "第 {page} 页，共 {pages} 页 · Page {page} of {pages}")
    return sheet.bytes()


def _months(days: Sequence[date]) -> Iterator[tuple[int, int]]:
    if days:
        first, last = min(days), max(days)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            yield number // 12, number % 12 + 1


def _weeks(year: int, month: int, plan: DosingCalendar) -> list[list[date | None]]:
    """The month's weeks from Monday, without those before its first dose or visit and those after its last."""
    weeks = [
        [date(year, month, number) if number else None for number in week]
        for week in calendar.monthcalendar(year, month)
    ]
    used = [any(day and (_dose(day, plan) or _open(day, plan.visits)) for day in week) for week in weeks]
    return weeks[used.index(True) : len(used) - used[::-1].index(True)] if any(used) else []


def _dose(day: date, plan: DosingCalendar) -> int | None:
    return next((dose.number for dose in plan.doses if dose.day == day), None)


def _open(day: date, visits: Sequence[VisitDay]) -> bool:
    return any(visit.first <= day <= visit.last for visit in visits)


def _masthead(sheet: Sheet, plan: DosingCalendar) -> float:
    room = sheet.width - 2 * MARGIN
    y = sheet.paragraph(MARGIN, MARGIN - 2, room, plan.title.zh, 15, bold=True)
    y = sheet.paragraph(MARGIN, y, room, plan.title.en, 11, bold=True) + 2
    facts = (
        (Both("Participant", "受试者编号"), plan.participant),
        (Both("Site", "研究中心"), f"{plan.site.zh} {plan.site.en}"),
        (Both("Telephone", "联系电话"), plan.telephone),
    )
    for label, value in facts:
        sheet.write(MARGIN, y + baseline(BODY), label.line, BODY, grey=0.3)
        if value:
            y = sheet.paragraph(MARGIN + 42, y, room - 42, value, 10, bold=True) + 0.5
        else:
            sheet.line(MARGIN + 42, y + baseline(10) + 1, MARGIN + 120, y + baseline(10) + 1)
            y += leading(10) + 2
    return y + 2


def _advice(plan: DosingCalendar) -> Iterator[tuple[Both, Both]]:
    yield Both("Storage", "保存"), plan.storage
    yield Both("A missed dose", "漏用"), plan.missed
    for note in plan.notes:
        yield Both("Note", "注意"), note


def _said(sheet: Sheet, y: float, name: Both, text: Both) -> float:
    """One piece of advice beside its name, on the next page where it would run over the edge."""
    room = sheet.width - 2 * MARGIN - 30
    lines = len(wrap(text.zh, room, BODY)) + len(wrap(text.en, room, BODY))
    if y + lines * leading(BODY) + 1.5 > sheet.height - MARGIN:
        sheet.page()
        y = MARGIN
    sheet.paragraph(MARGIN, y, 28, name.zh, BODY, bold=True)
    sheet.paragraph(MARGIN, y + leading(BODY), 28, name.en, BODY - 1)
    end = sheet.paragraph(MARGIN + 30, y, room, text.zh, BODY)
    return sheet.paragraph(MARGIN + 30, end, room, text.en, BODY) + 1.5


def _visits(sheet: Sheet, y: float, visits: Sequence[VisitDay]) -> float:
    columns = (
        (MARGIN + 1, "访视 Visit"),
        (MARGIN + 75, "计划日期 Planned day"),
        (MARGIN + 118, "可来访的日期 You may come"),
    )
    high = 5.2
    sheet.box(MARGIN, y, sheet.width - 2 * MARGIN, high, weight=0, fill=0.88)
    for x, label in columns:
        sheet.write(x, y + 3.7, label, 8.5)
    y += high
    for visit in visits:
        if y + high > sheet.height - MARGIN:
            sheet.page()
            y = MARGIN
        window = "" if visit.first == visit.last else f"{_day(visit.first)} – {_day(visit.last)}"
        said = (visit.name.line, _day(visit.day), window)
        for (x, _), text in zip(columns, said, strict=True):
            sheet.write(x, y + 3.7, text, _fitting(text, 72, 8.5))
        y += high
        sheet.line(MARGIN, y, sheet.width - MARGIN, y, weight=0.15, grey=0.5)
    return y + 4


def _day(day: date) -> str:
    return f"{day.isoformat()} {WEEKDAYS[day.weekday()]}"


def _fitting(text: str, room: float, size: float) -> float:
    """The size at which a line fits, at most the one asked for."""
    return min(size, size * room / max(width(text, size), 0.1))


def _running_head(sheet: Sheet, plan: DosingCalendar) -> float:
    size = 8.5
    sheet.write(MARGIN, MARGIN - 1, plan.title.line, _fitting(plan.title.line, 125, size), grey=0.3)
    sheet.write(sheet.width - MARGIN, MARGIN - 1, f"受试者 Participant {plan.participant}", size, align="right")
    return MARGIN + 3


def _month(
    sheet: Sheet, y: float, year: int, month: int, weeks: list[list[date | None]], plan: DosingCalendar
) -> float:
    left = (sheet.width - 7 * CELL) / 2
    sheet.write(left, y + 5, f"{year} 年 {month} 月", 13, bold=True)
    sheet.write(left + 34, y + 5, f"{MONTHS[month - 1]} {year}", 11)
    _legend(sheet, left + 7 * CELL, y + 5)
    y += 7
    for column, name in enumerate(WEEKDAYS):
        sheet.box(left + column * CELL, y, CELL, 4.6, weight=0.15, fill=0.88)
        sheet.write(left + (column + 0.5) * CELL, y + 3.4, name, 8, align="centre")
    y += 4.6
    for week in weeks:
        for column, day in enumerate(week):
            if day:
                _cell(sheet, left + column * CELL, y, day, _dose(day, plan), plan.visits)
        y += ROW
    return y + 4


def _legend(sheet: Sheet, right: float, y: float) -> None:
    """What the marks of a day mean, ending at `right`."""
    for text, fill in (("可来访 Visit window", 0.82), ("访视 Visit", 0.0)):
        right -= width(text, 7.5)
        sheet.write(right, y, text, 7.5)
        sheet.box(right - 5.5, y - 2.6, 4.5, 3.2, weight=0.15, fill=fill)
        right -= 9
    text = "用药后打勾 Tick when injected"
    right -= width(text, 7.5)
    sheet.write(right, y, text, 7.5)
    sheet.box(right - 4.5, y - 2.8, 3.4, 3.4, weight=0.35)


def _cell(sheet: Sheet, x: float, y: float, day: date, dose: int | None, visits: Sequence[VisitDay]) -> None:
    sheet.box(x, y, CELL, ROW, weight=0.15)
    sheet.write(x + 1.2, y + 4, str(day.day), 9.5, bold=dose is not None, grey=0.0 if dose else 0.35)
    if dose is not None:
        sheet.box(x + CELL - 4.8, y + 1.1, 3.7, 3.7, weight=0.35)
        sheet.write(x + 1.2, y + 7.4, f"第 {dose} 次 Dose {dose}", 7)
        for label, at in (("时间 Time", 11.2), ("部位 Site", 15.1)):
            sheet.write(x + 1.2, y + at, label, 6.5)
            sheet.line(x + 12.2, y + at + 0.4, x + CELL - 1.2, y + at + 0.4, weight=0.12, grey=0.4)
    here = [visit for visit in visits if visit.day == day]
    if here:
        text = " / ".join(visit.name.line for visit in here)
        sheet.box(x, y + ROW - STRIP, CELL, STRIP, weight=0.15, fill=0.0)
        size = _fitting(text, CELL - 1.5, 7.5)
        sheet.write(x + CELL / 2, y + ROW - 1, text, size, align="centre", grey=1.0)
    elif _open(day, visits):
        sheet.box(x, y + ROW - STRIP, CELL, STRIP, weight=0.15, fill=0.82)
