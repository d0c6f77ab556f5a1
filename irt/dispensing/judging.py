"""After a recorded day was changed: all that is judged by the calendar is judged again, in the same act."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.dispensing.agreement import compare_diary
from irt.dispensing.attendance import judge_visits_again
from irt.dispensing.calendar import numbers_anew
from irt.dispensing.course import Course, course_of, latest_doses
from irt.dispensing.departures import judge_doses_again
from irt.dispensing.dose_lines import write_dose
from irt.dispensing.planned import today_at
from irt.dispensing.tables import Dose
from irt.gate.act import Act

NOTHING = dict.fromkeys(("taken_on", "taken_at", "kit", "place", "injection_site", "reason"))


def judge_again(act: Act, participant: Row[Any], why: str | None) -> None:
    """Judge the visits and doses of a randomized participant by the calendar as it is now, and the diary by its vials.

    Deviations that arise are noted, those whose facts moved show both, those that no longer stand say so.
    """
    judge_visits_again(act, participant, why)
    judge_doses_again(act, participant, course_of(act, participant, today_at(act, participant.site)), why)
    compare_diary(act, participant)


def number_again(act: Act, participant: Row[Any], before: Course, why: str | None) -> None:
    """Give every recorded dose the number that it has by a calendar that begins on another day than `before`.

    A dose given that has no number any more is one that was not due; a missed one was not missed. What stood at a
    number stays as its earlier revision; a number left free waits to be recorded.
    """
    rows = act.rows(Dose, participant=participant.id)
    latest = latest_doses(rows)
    kept = {n: row for (kind, n), row in latest.items() if kind == "scheduled" and row.outcome != "void"}
    days = {n: row.taken_on or _due_on(before, n) for n, row in kept.items()}
    anew = numbers_anew(act.study.dosing, participant.first_dose_on, {n: day for n, day in days.items() if day})
    moved = {new: kept[old] for old, new in anew.items() if new is not None and new != old}
    staying = {old for old, new in anew.items() if old == new}
    for number in sorted((set(anew) - staying) | set(moved)):
        row = moved.get(number)
        values = _told(row._mapping, why) if row is not None else {**NOTHING, "outcome": "void", "note": why}
        present = latest.get(("scheduled", number))
        write_dose(act, participant, "scheduled", number, present.revision + 1 if present else 1, **values)
    extras = max((n for kind, n in latest if kind == "extra"), default=0)
    for old in sorted(old for old, new in anew.items() if new is None and kept[old].taken_on is not None):
        extras += 1
        write_dose(act, participant, "extra", extras, 1, **_told(kept[old]._mapping, why))


def _due_on(course: Course, number: int) -> date | None:
    return next((one.due_on for one in course.planned if one.number == number), None)


def _told(row: Mapping[str, Any], why: str | None) -> dict[str, Any]:
    """What became of a dose, as it stands at its new place."""
    note = " · ".join(filter(None, (why, row["note"])))
    return {name: row[name] for name in (*NOTHING, "outcome")} | {"note": note}
