"""Doses that depart from the protocol: each noted once, whichever act records it, and judged anew with its calendar."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from irt.conduct import deviations
from irt.conduct.deviations import Kind
from irt.conduct.tables import Deviation
from irt.dispensing.calendar import too_close
from irt.dispensing.course import Course
from irt.gate.act import Act
from irt.supply.tables import Kit

OF_A_DOSE: tuple[Kind, ...] = (
    "first_dose_late", "doses_too_close", "dose_not_due", "dose_while_held", "dose_after_stop", "dose_of_expired_kit",
)  # fmt: skip


def note_dose(
    act: Act, departure: Kind, participant: Row[Any], dose: tuple[str, int], on: date, kit: str | None, told: str | None
) -> None:
    """Note that a dose, by its kind and number, departs from the protocol; `told` is why."""
    kind, number = dose
    deviations.note(
        act,
        departure,
        site=participant.site,
        participant=participant.id,
        subject=_subject(participant, dose),
        happened_on=on,
        facts={"dose": kind, "number": number, "kit": kit},
        told=told,
    )


def judge_doses_again(act: Act, participant: Row[Any], course: Course, why: str | None) -> None:
    """Judge every recorded dose by the calendar as it is now: new departures are noted, others no longer stand."""
    known = {kind: act.rows(Deviation, kind=kind, participant=participant.id) for kind in OF_A_DOSE}
    close = {row.subject for row in deviations.standing_of(act, "doses_too_close", participant.id)}
    found = set[tuple[Kind, str]]()
    for row in course.given:
        dose = (row.kind, row.number)
        for kind in _departures(act, participant, course, row, close):
            note_dose(act, kind, participant, dose, row.taken_on, row.kit, why)
            found.add((kind, _subject(participant, dose)))
    for kind, rows in known.items():
        for row in rows:
            if (kind, row.subject) not in found:
                deviations.lift(act, row, why)
    _judge_runs_again(act, participant, course, why)


def note_missed(act: Act, participant: Row[Any], course: Course, told: str | None = None) -> None:
    """Note each run of missed doses that has become too long: once, however it grows."""
    standing = deviations.standing_of(act, "doses_missed", participant.id)
    noted = {_first_of(row) for row in standing}
    for run in course.missed_runs:
        numbers = {one.number for one in run}
        if len(run) >= act.study.treatment.missed_in_a_row and not noted & numbers:
            _note_run(act, participant, run, run[0].number, told)


def _judge_runs_again(act: Act, participant: Row[Any], course: Course, why: str | None) -> None:
    """A run that was noted is noted as it is now, or no longer stands; then those that are new are."""
    runs = [run for run in course.missed_runs if len(run) >= act.study.treatment.missed_in_a_row]
    for row in deviations.standing_of(act, "doses_missed", participant.id):
        run = next((run for run in runs if _first_of(row) in {one.number for one in run}), None)
        if run is None:
            deviations.lift(act, row, why)
        else:
            _note_run(act, participant, run, _first_of(row), why)
    note_missed(act, participant, course, why)


def _note_run(act: Act, participant: Row[Any], run: list[Any], number: int, told: str | None) -> None:
    first, last = run[0], run[-1]
    deviations.note(
        act,
        "doses_missed",
        site=participant.site,
        participant=participant.id,
        subject=f"{participant.id}/{number}",
        happened_on=last.due_on,
        facts={"first": first.due_on.isoformat(), "last": last.due_on.isoformat(), "number": len(run)},
        told=told,
    )


def _first_of(run: Row[Any]) -> int:
    """The dose by which a noted run is known."""
    return int(run.subject.rpartition("/")[2])


def _departures(act: Act, participant: Row[Any], course: Course, row: Any, close: set[str]) -> Iterator[Kind]:
    """How a dose that was given departs from the protocol, by the calendar as it is now."""
    dosing, day = act.study.dosing, row.taken_on
    first = (row.kind, row.number) == ("scheduled", 1)
    within = timedelta(days=dosing.first_dose_within_days)
    if first and course.randomized_on is not None and day > course.randomized_on + within:
        yield "first_dose_late"
    departure = course.departure(day, scheduled=row.kind == "scheduled")
    if departure is not None:
        yield departure
    beside = [other for other in course.given if other.id != row.id and too_close(dosing, day, [other.taken_on])]
    mine = _subject(participant, (row.kind, row.number))
    others = {_subject(participant, (other.kind, other.number)) for other in beside}
    if beside and (mine in close or not others & close):  # of two that are too close one is noted
        close.add(mine)
        yield "doses_too_close"
    kit = act.seek(Kit, number=row.kit)
    if kit is not None and day > kit.expiry:
        yield "dose_of_expired_kit"


def _subject(participant: Row[Any], dose: tuple[str, int]) -> str:
    return f"{participant.id}/{dose[0]}/{dose[1]}"
