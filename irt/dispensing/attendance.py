"""Visits as they took place: recorded once each, early or late with a reason, skipped with one, and missed."""

from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import Row

from irt.actor import Role
from irt.conduct import deviations
from irt.conduct.tables import Deviation
from irt.dispensing.planned import latest_records, plan_of, today_at
from irt.dispensing.tables import TreatmentStop
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Reason
from irt.participants.state import find_participant
from irt.participants.tables import Participant, VisitRecord
from irt.participants.visits import Window, local_day, span, timing, visit_state
from irt.study import UnscheduledVisit
from irt.supply import assigning

CARE = {Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST}


class RecordVisit(Order):
    """A visit that took place: an id of study.toml, the day, and why where that is asked for."""

    participant: Code
    visit: Code
    visited_on: CalendarDay
    reason: Reason | None = None


class SkipVisit(Order):
    """A planned visit that does not take place, and why."""

    participant: Code
    visit: Code
    reason: Reason


class SweepVisits(Order):
    """Visits that were missed are to be noted; asked for once a day."""


@act("visit.record", roles=CARE)
def record_visit(act: Act, order: RecordVisit) -> None:
    """Record that a visit took place; early, late and unscheduled with a reason, each but those once.

    Refused: not_found, participant_state, visit_not_in_study, date_in_future, visit_recorded, visit_reason_needed,
    visit_not_due; and of visits without a day: unscheduled_reason_needed, early_termination_not_due,
    visit_before_stop, visit_before_screening.
    """
    loose = {one.id: one for one in act.study.unscheduled_visits}
    if order.visit in loose:
        _record_loose(act, order, loose[order.visit])
        return
    _require_planned(act, order.visit)
    participant = find_participant(act, order.participant, "randomized")
    attend(act, participant, order.visit, order.visited_on, order.reason)


@act("visit.skip", roles=[Role.INVESTIGATOR, Role.COORDINATOR])
def skip_visit(act: Act, order: SkipVisit) -> None:
    """Record that a planned visit does not take place; a kit set aside for it is not asked for any more.

    Refused: not_found, participant_state, visit_not_in_study, visit_recorded, visit_not_due (its time has not begun).
    """
    _require_planned(act, order.visit)
    participant = find_participant(act, order.participant, "randomized")
    _require_unrecorded(act, participant, order.visit)
    planned, today = plan_of(act, participant), today_at(act, participant.site)
    if today < span(planned, order.visit)[0]:
        refuse_not_due(act, planned, order.visit, today)
    _add(act, participant, order.visit, "skipped", None, order.reason)
    given = assigning.latest(act, participant.id, order.visit)
    if given is not None and given.state == "assigned":
        assigning.cancel(act, given)
    _lift(act, "visit_missed", participant, order.visit, order.reason)
    _note(act, "visit_skipped", participant, _window(planned, order.visit), today, order.reason)


@act("visits.sweep", roles={Role.OPERATOR}, everywhere=True)
def sweep_visits(act: Act, _order: SweepVisits) -> int:
    """Note each visit that was missed, once: the next one's time has begun and nothing is recorded. Answers how many.

    Whoever has withdrawn or completed misses nothing. Visits after a stop are looked for as planned: follow-up goes on.
    """
    known = {row.subject for row in deviations.standing_of(act, "visit_missed")}
    noted = 0
    for person in act.rows(Participant, state="randomized"):
        kept = latest_records(act.rows(VisitRecord, participant=person.id))
        planned, today = plan_of(act, person), today_at(act, person.site)
        for window in planned:
            missed = visit_state(planned, window.visit, today, window.visit in kept) == "missed"
            if missed and _subject(person, window.visit) not in known:
                _note(act, "visit_missed", person, window, window.latest, None)
                noted += 1
    return noted


def attend(act: Act, participant: Row[Any], visit: str, on: date, reason: str | None = None) -> None:
    """Record for a locked participant that a planned visit took place on a day at the site.

    Refused: date_in_future, visit_recorded, visit_not_due, visit_reason_needed.
    """
    _require_past(act, participant, on)
    _require_unrecorded(act, participant, visit)
    _, told = hold_in_time(act, participant, visit, on, reason)
    _lift(act, "visit_missed", participant, visit, told)  # noted by the night, before it was told
    _add(act, participant, visit, "done", on, told)


def hold_in_time(
    act: Act, participant: Row[Any], visit: str, on: date, reason: str | None
) -> tuple[Window, str | None]:
    """A visit's window, and why the visit is held out of it on this day; None where it is not.

    The one place in which a visit held early or late asks why and is noted: by its record or the hand-over of its kit,
    not by the kit's being asked for. Refused: visit_not_due, visit_reason_needed.
    """
    planned = plan_of(act, participant)
    when, window = timing(planned, visit, on), _window(planned, visit)
    if when == "outside":
        refuse_not_due(act, planned, visit, on)
    if when == "in_window":
        return window, None
    if reason is None:
        act.refuse("visit_reason_needed", **_times(window), day=on.isoformat())
    _note(act, "visit_out_of_window", participant, window, on, reason, timing=when)
    return window, reason


def judge_visits_again(act: Act, participant: Row[Any], why: str | None) -> None:
    """Judge every visit that took place, or was missed, by the windows as they are now: who is out of them is noted,
    and what was noted of others no longer stands."""
    planned, today = plan_of(act, participant), participant.ended_on or today_at(act, participant.site)
    kept = latest_records(act.rows(VisitRecord, participant=participant.id))
    for window in [*planned, *filter(None, [_end_window(act, participant)])]:
        record = kept.get(window.visit) or kept.get(f"{window.visit}.1")
        day = record.visited_on if record is not None else None
        when = _when(window, day) if day is not None else None
        if day is not None and when is not None:
            _note(act, "visit_out_of_window", participant, window, day, why, timing=when)
        else:
            _lift(act, "visit_out_of_window", participant, window.visit, why)
    for window in planned:
        for known in act.rows(Deviation, kind="visit_missed", subject=_subject(participant, window.visit)):
            if visit_state(planned, window.visit, today, window.visit in kept) == "missed":
                _note(act, "visit_missed", participant, window, window.latest, why)
            else:
                deviations.lift(act, known, why)


def _when(window: Window, day: date) -> str | None:
    """Whether a day is before or after a window; None within it."""
    if day < window.earliest:
        return "early"
    return "late" if day > window.latest else None


def _lift(act: Act, kind: deviations.Kind, participant: Row[Any], visit: str, why: str | None) -> None:
    for known in act.rows(Deviation, kind=kind, subject=_subject(participant, visit)):
        deviations.lift(act, known, why)


def recorded(act: Act, participant: str, visit: str) -> Row[Any] | None:
    """What is recorded of a visit, in its latest revision; None while nothing is."""
    found: Row[Any] | None = latest_records(act.rows(VisitRecord, participant=participant, visit=visit)).get(visit)
    return found


def take_back(act: Act, participant: Row[Any], visit: str, at: datetime, told: str) -> None:
    """A visit that was recorded at this instant, with a hand-over that never was, is not recorded any more.

    It may be recorded by itself, or with the box. A day that was put beside the first since stays: somebody knew it.
    """
    known = recorded(act, participant.id, visit)
    if known is not None and known.state == "done" and known.recorded_at == at:
        _add(act, participant, visit, "void", None, told)
        judge_visits_again(act, participant, told)


def revise(act: Act, participant: Row[Any], before: Row[Any], on: date, reason: str) -> None:
    """Put another day beside the recorded one of a visit, as a change request asks for it.

    Its window judges it anew: see `judge_visits_again`.
    Refused: date_in_future, visit_not_due (a planned visit), visit_before_screening (another).
    """
    _require_past(act, participant, on)
    if before.visit in {one.id for one in act.study.visits}:
        planned = plan_of(act, participant)
        if timing(planned, before.visit, on) == "outside":
            refuse_not_due(act, planned, before.visit, on)
    else:
        _require_screened(act, participant, on)
    _add(act, participant, before.visit, "done", on, reason)


def _record_loose(act: Act, order: RecordVisit, visit: UnscheduledVisit) -> None:
    """A visit that has no day of its own gets the next ordinal."""
    ends_treatment = act.study.early_termination is not None and visit.id == act.study.early_termination.id
    allowed: Any = ("randomized", "withdrawn") if ends_treatment else ("screened", "randomized", "withdrawn")
    participant = find_participant(act, order.participant, *allowed)
    _require_past(act, participant, order.visited_on)
    _require_screened(act, participant, order.visited_on)
    known = latest_records(
        row for row in act.rows(VisitRecord, participant=participant.id) if row.visit.startswith(f"{visit.id}.")
    )
    same = [row for row in known.values() if ends_treatment or row.visited_on == order.visited_on]
    if same:
        act.refuse("visit_recorded", visit=same[0].visit, day=same[0].visited_on.isoformat())
    if order.reason is None:
        act.refuse("unscheduled_reason_needed", visit=visit.id)
    if ends_treatment:
        _end_in_time(act, participant, order)
    _add(act, participant, f"{visit.id}.{len(known) + 1}", "done", order.visited_on, order.reason)


def _end_window(act: Act, participant: Row[Any]) -> Window | None:
    """When the early-termination visit is due: so many days from the stop, or from withdrawal where nobody stopped."""
    visit, stop = act.study.early_termination, act.seek(TreatmentStop, participant=participant.id)
    asking = {one.id for one in act.study.treatment.stop_reasons if one.early_termination}
    ended_on = participant.ended_on if stop is None else stop.last_day
    if visit is None or ended_on is None or (stop is not None and stop.reason not in asking):
        return None
    assert visit.within_days is not None, "the visit of those who stop is the one that is due within some days"
    return Window(visit.id, ended_on, ended_on, ended_on + timedelta(days=visit.within_days))


def _end_in_time(act: Act, participant: Row[Any], order: RecordVisit) -> None:
    """The early-termination visit is recorded from its day on; later than allowed it is noted."""
    window = _end_window(act, participant)
    if window is None:
        act.refuse("early_termination_not_due", participant=participant.screening_number)
    if order.visited_on < window.due:
        act.refuse("visit_before_stop", value=order.visited_on.isoformat(), stopped_on=window.due.isoformat())
    if order.visited_on > window.latest:
        _note(act, "visit_out_of_window", participant, window, order.visited_on, order.reason, timing="late")


def _require_planned(act: Act, visit: str) -> None:
    known = [one.id for one in act.study.visits]
    if visit not in known:
        act.refuse("visit_not_in_study", visit=visit, known=known + [one.id for one in act.study.unscheduled_visits])


def _require_past(act: Act, participant: Row[Any], on: date) -> None:
    today = today_at(act, participant.site)
    if on > today:
        act.refuse("date_in_future", field="visited_on", value=on.isoformat(), today=today.isoformat())


def _require_screened(act: Act, participant: Row[Any], on: date) -> None:
    screened_on = local_day(participant.screened_at, act.study.site(participant.site).time_zone)
    if on < screened_on:
        act.refuse("visit_before_screening", value=on.isoformat(), screened_on=screened_on.isoformat())


def _require_unrecorded(act: Act, participant: Row[Any], visit: str) -> None:
    known = recorded(act, participant.id, visit)
    if known is not None:
        act.refuse("visit_recorded", visit=visit, day=known.visited_on.isoformat() if known.visited_on else None)


def refuse_not_due(act: Act, planned: list[Window], visit: str, day: date) -> NoReturn:
    """Refuse as visit_not_due: names the visit's window, the days on which it can be held, and the day that is not."""
    first, last = span(planned, visit)
    act.refuse(
        "visit_not_due",
        **_times(_window(planned, visit)),
        first=first.isoformat(),
        last=last.isoformat(),
        day=day.isoformat(),
    )


def _window(planned: list[Window], visit: str) -> Window:
    return next(one for one in planned if one.visit == visit)


def _times(window: Window) -> dict[str, str]:
    return {"visit": window.visit, "earliest": window.earliest.isoformat(), "latest": window.latest.isoformat()}


def _subject(participant: Row[Any], visit: str) -> str:
    return f"{participant.id}/{visit}"


def _note(
    act: Act,
    kind: deviations.Kind,
    participant: Row[Any],
    window: Window,
    on: date,
    told: str | None,
    **more: str,
) -> None:
    deviations.note(
        act,
        kind,
        site=participant.site,
        participant=participant.id,
        subject=_subject(participant, window.visit),
        happened_on=on,
        facts={**_times(window), "day": on.isoformat(), **more},
        told=told,
    )


def _add(act: Act, participant: Row[Any], visit: str, state: str, on: date | None, reason: str | None) -> None:
    earlier = act.rows(VisitRecord, participant=participant.id, visit=visit)
    act.add(
        VisitRecord,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        visit=visit,
        revision=1 + len(earlier),
        state=state,
        visited_on=on,
        reason=reason,
        recorded_at=act.now,
        recorded_by=act.actor.account,
    )
