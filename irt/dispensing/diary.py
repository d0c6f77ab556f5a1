"""The diary: what became of each dose. Many days in one act, nothing if one line is wrong; corrections stand beside."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row

from irt.clock import local_time
from irt.dispensing.adherence import GIVEN
from irt.dispensing.agreement import compare_diary
from irt.dispensing.attendance import CARE
from irt.dispensing.boxes import Box, box_of
from irt.dispensing.course import Course, course_of
from irt.dispensing.departures import note_dose, note_missed
from irt.dispensing.diary_lines import Book, Entry, Judged, Line, Mistake, judge
from irt.dispensing.dose_lines import write_dose
from irt.dispensing.judging import judge_again
from irt.dispensing.planned import today_at
from irt.dispensing.tables import Dose
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.participants.state import State, find_participant

TREATED: tuple[State, ...] = ("randomized", "withdrawn", "completed")  # the diary of those who left is still filled in


class RecordDiary(Order):
    """The participant, and what became of each dose, by its line."""

    participant: Code
    doses: dict[Line, Entry]


class CorrectDose(Entry):
    """One dose as it should stand in the diary; void: an extra dose that there never was."""

    participant: Code
    dose: Line
    outcome: Literal["taken", "partial", "missed", "void"]  # type: ignore[assignment]
    reason: Reason


@act("diary.record", roles=CARE)
def record_diary(act: Act, order: RecordDiary) -> None:
    """Record what became of doses, all or none; departures from the protocol are noted as deviations.

    Refused: not_found, participant_state, first_dose_missing, diary_mistakes (every mistake of every line).
    """
    participant = find_participant(act, order.participant, *TREATED)
    before = _course(act, participant)
    recorded = frozenset(one.number for one in before.due if one.record is not None)
    kept = _judged(act, participant, before, order.doses, recorded)
    if not kept:
        act.refuse("diary_mistakes", mistakes=[{"field": "", "value": "", "remedy": "nothing_written"}])
    lines = act.rows(Dose, participant=participant.id)
    extras = max((int(row.number) for row in lines if row.kind == "extra"), default=0)
    revisions = Counter(row.number for row in lines if row.kind == "scheduled")
    for one in kept:
        extras += one.number is None
        written = revisions[one.number] if one.number else 0  # a number that another calendar had left free
        at = _Revision(one.number or extras, written + 1)
        _keep(act, participant, one, at, _told(one.entry.why, one.entry.note))
    if any(one.entry.outcome == "missed" for one in kept):
        note_missed(act, participant, course_of(act, participant, before.until))
    compare_diary(act, participant)


@act("diary.correct", roles=CARE, reason=True)
def correct_dose(act: Act, order: CorrectDose) -> None:
    """Put what became of a dose right, beside what was recorded; all rules hold again.

    Refused: not_found, participant_state, first_dose_missing, dose_not_recorded, dose_unchanged, first_dose_stays,
    diary_mistakes.
    """
    participant = find_participant(act, order.participant, *TREATED)
    kind = "extra" if order.dose.startswith("x") else "scheduled"
    number = int(order.dose.lstrip("x"))
    revisions = act.rows(Dose, participant=participant.id, kind=kind, number=number)
    before = max(revisions, key=lambda row: int(row.revision), default=None)
    if before is None or (kind == "scheduled" and before.outcome == "void"):
        act.refuse("dose_not_recorded", dose=order.dose)
    course = _course(act, participant, without=(kind, number))
    entry = _as_entry(order, before)
    if kind == "scheduled" and number == 1 and (order.outcome not in GIVEN or entry.taken_on != before.taken_on):
        act.refuse("first_dose_stays", day=before.taken_on.isoformat())
    if kind == "scheduled" and order.outcome == "void":
        act.refuse("diary_mistakes", mistakes=[{"field": order.dose, "value": "void", "remedy": "only_extra_void"}])
    if order.outcome == before.outcome and _fields(entry, entry.taken_on) == _stored(before):
        act.refuse("dose_unchanged", dose=order.dose)
    at = _Revision(number, before.revision + 1)
    if order.outcome == "void":
        write_dose(act, participant, kind, at.number, at.revision, outcome="void", note=order.reason)
    else:
        (kept,) = _judged(act, participant, course, {order.dose: entry}, frozenset(), asks_of_vials=False)
        _keep(act, participant, kept, at, _told(order.reason, entry.why, entry.note))
    judge_again(act, participant, order.reason)


class _Revision(NamedTuple):
    number: int
    revision: int


def _course(act: Act, participant: Row[Any], without: tuple[str, int] | None = None) -> Course:
    """The course up to today, as if the dose `without` were not recorded; a diary begins with the first dose."""
    found = course_of(act, participant, today_at(act, participant.site), without=without)
    if found.first_dose_on is None:
        act.refuse("first_dose_missing", participant=participant.screening_number)
    return found


def _judged(
    act: Act,
    participant: Row[Any],
    course: Course,
    doses: Mapping[str, Entry],
    recorded: frozenset[int],
    *,
    asks_of_vials: bool = True,
) -> list[Judged]:
    boxes = {number: box_of(act, number, participant) for number in sorted(_kits(doses.values()))}
    zone = act.study.site(participant.site).time_zone
    now = local_time(act.now, zone)
    book = Book(act.study, course, recorded, course.until, now, _known(boxes), asks_of_vials=asks_of_vials)
    kept, mistakes = judge(book, doses)
    if mistakes:
        _refuse_lines(act, mistakes)
    return kept


def _refuse_lines(act: Act, mistakes: list[Mistake]) -> None:
    """Refuse the diary with every mistake of every line, in the order of the lines."""
    act.refuse("diary_mistakes", mistakes=sorted(mistakes, key=lambda one: _place_of(one["field"])))


def _place_of(line: str) -> tuple[bool, int]:
    return line.startswith("x"), int(line.lstrip("x"))


def _kits(entries: Iterable[Entry]) -> set[str]:
    return {entry.kit for entry in entries if entry.kit is not None}


def _known(boxes: Mapping[str, Box | None]) -> dict[str, Box]:
    return {number: box for number, box in boxes.items() if box is not None}


def _keep(act: Act, participant: Row[Any], one: Judged, at: _Revision, note: str | None) -> None:
    """Add the line, and a deviation for each departure."""
    kind = "extra" if one.number is None else "scheduled"
    fields = _fields(one.entry, one.taken_on)
    write_dose(act, participant, kind, at.number, at.revision, outcome=one.entry.outcome, note=note, **fields)
    if one.taken_on is None:
        return
    for departure in one.departures:
        note_dose(act, departure, participant, (kind, at.number), one.taken_on, one.entry.kit, one.entry.why)


def _fields(entry: Entry, taken_on: date | None) -> dict[str, Any]:
    """The columns of a line that say what became of the dose; a dose is taken at home unless told otherwise."""
    given = taken_on is not None
    return {
        "taken_on": taken_on,
        "taken_at": entry.taken_at if given else None,
        "kit": entry.kit if given else None,
        "place": (entry.place or "home") if given else None,
        "injection_site": entry.injection_site if given else None,
        "reason": entry.missed_reason,
    }


def _stored(row: Row[Any]) -> dict[str, Any]:
    names = ("taken_on", "taken_at", "kit", "place", "injection_site", "reason")
    return {name: row._mapping[name] for name in names}


def _as_entry(order: CorrectDose, before: Row[Any]) -> Entry:
    """The corrected line; a dose that stays given keeps its day unless another is written."""
    given = order.outcome in GIVEN
    values = {name: getattr(order, name) for name in Entry.model_fields if name != "outcome"}
    values["taken_on"] = (order.taken_on or before.taken_on) if given else order.taken_on
    return Entry.model_construct(outcome=order.outcome, **values)


def _told(*texts: str | None) -> str | None:
    return " · ".join(text for text in texts if text) or None
