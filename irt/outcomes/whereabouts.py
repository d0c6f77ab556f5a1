"""At which visit a form belongs, whether its time has begun, and how its day stands to the window."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.dispensing.attendance import refuse_not_due
from irt.dispensing.planned import latest_records, plan_of, require_possible_day, today_at
from irt.gate.act import Act
from irt.participants.state import find_participant
from irt.participants.tables import VisitRecord
from irt.participants.visits import Timing, Window, span, timing
from irt.study import Study, UnscheduledVisit, Visit


def visit_of(study: Study, label: str) -> Visit | UnscheduledVisit | None:
    """The visit of study.toml behind `W12` or, with its ordinal, `UV.1`; None when it is none."""
    scheduled = {one.id: one for one in study.visits}
    if label in scheduled:
        return scheduled[label]
    base, dot, ordinal = label.rpartition(".")
    loose = {one.id: one for one in study.unscheduled_visits}
    return loose.get(base) if dot and ordinal.isdecimal() else None


def asks_by_itself(study: Study, label: str) -> bool:
    """Whether all instruments of a visit are expected: of one for an event, only what somebody chose to record."""
    visit = visit_of(study, label)
    return not isinstance(visit, UnscheduledVisit) or visit.within_days is not None


def first_visit(study: Study) -> str:
    """The visit of the first dose: what is recorded there is the baseline."""
    return study.first_visit.id


def find_place(act: Act, participant: str, visit: str, on: date | None) -> Row[Any]:
    """The locked participant whose form of a visit is written, of a day `on` (None: of no day).

    Refused: not_found, participant_state (a screen failure), visit_not_in_study, visit_not_due (its time has not
    begun), visit_not_recorded (a visit outside the plan), date_in_future, before_screening.
    """
    found = find_participant(act, participant, "screened", "randomized", "withdrawn", "completed")
    known = visit_of(act.study, visit)
    if known is None:
        act.refuse("visit_not_in_study", visit=visit, known=[one.id for one in act.study.visits])
    if isinstance(known, UnscheduledVisit):
        if visit not in latest_records(act.rows(VisitRecord, participant=found.id)):
            act.refuse("visit_not_recorded", visit=visit)
    else:
        _begun(act, found, visit)
    if on is not None:
        require_possible_day(act, found, "assessed_on", on)
    return found


def _begun(act: Act, participant: Row[Any], visit: str) -> None:
    if visit == first_visit(act.study):
        return  # from screening on
    if participant.state == "screened":
        act.refuse("participant_state", participant=participant.screening_number, state="screened",
                   needed=["randomized"])  # fmt: skip
    today, planned = today_at(act, participant.site), plan_of(act, participant)
    if today < span(planned, visit)[0]:
        refuse_not_due(act, planned, visit, today)


def form_timing(study: Study, planned: Sequence[Window], visit: str, on: date) -> Timing:
    """How the day of a form stands to its visit's window: only what is `in_window` is a value to the score.

    What is recorded at the first visit counts from screening to the day of the first dose; visits outside the plan
    have no window.
    """
    windows = {one.visit: one for one in planned}
    if visit not in windows:
        return "in_window"
    if visit == first_visit(study):
        return "in_window" if on <= windows[visit].latest else "late"
    return timing(planned, visit, on)


def study_day(study: Study, planned: Sequence[Window], day: date) -> int:
    """The study day of a calendar day; day 1 is the first dose, or randomization of the never-dosed."""
    first = study.visit(first_visit(study))
    due = next(one.due for one in planned if one.visit == first.id)
    return (day - due).days + first.day
