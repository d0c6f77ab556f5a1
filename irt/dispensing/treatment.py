"""Treatment held, resumed, stopped; and a participant who has come to the end of the trial."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.course import Course, course_of
from irt.dispensing.diary_lines import IN_WORDS, offered
from irt.dispensing.guests import not_back
from irt.dispensing.judging import judge_again
from irt.dispensing.planned import latest_records, today_at
from irt.dispensing.tables import Hold, TreatmentStop
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Text
from irt.participants.state import find_participant, move_participant
from irt.participants.tables import VisitRecord
from irt.study import Choice, Study

DAY = timedelta(days=1)


class HoldTreatment(Order):
    """From which day on treatment is held, and why."""

    participant: Code
    from_on: CalendarDay
    hold_reason: Code
    note: Text | None = None


class ResumeTreatment(Order):
    """The first day on which doses are due again."""

    participant: Code
    resumed_on: CalendarDay


class StopTreatment(Order):
    """The last day on which a dose was due, and why treatment ends."""

    participant: Code
    last_day: CalendarDay
    stop_reason: Code
    note: Text | None = None


class Complete(Order):
    """Who has come to the end of the trial."""

    participant: Code


@act("treatment.hold", roles=[Role.INVESTIGATOR])
def hold_treatment(act: Act, order: HoldTreatment) -> None:
    """Hold treatment from a day on, tomorrow at the latest: doses of those days are not missed.

    Refused: not_found, participant_state, treatment_stopped, day_not_possible, treatment_held, hold_overlaps,
    doses_given_since, not_offered, say_in_words.
    """
    participant, course = _on_treatment(act, order.participant)
    first = course.randomized_on
    assert first is not None, "whoever is randomized has a day of randomization"
    _require_day(act, "from_on", order.from_on, first, course.until + DAY)
    if course.held_since is not None:
        act.refuse("treatment_held", day=course.held_since.isoformat())
    for pause in course.pauses:
        if pause.resumed_on is not None and order.from_on < pause.resumed_on:
            act.refuse("hold_overlaps", from_on=pause.from_on.isoformat(), resumed_on=pause.resumed_on.isoformat())
    _require_none_given(act, course, order.from_on)
    require_offered(act, "hold_reason", order.hold_reason, act.study.treatment.hold_reasons, order.note)
    act.add(
        Hold,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        from_on=order.from_on,
        reason=order.hold_reason,
        note=order.note,
        held_by=act.actor.account,
        held_at=act.now,
    )
    judge_again(act, participant, order.note)


@act("treatment.resume", roles=[Role.INVESTIGATOR])
def resume_treatment(act: Act, order: ResumeTreatment) -> None:
    """End the hold: doses are due again from a day on, tomorrow at the latest.

    Refused: not_found, participant_state, treatment_stopped, treatment_not_held, day_not_possible.
    """
    participant, course = _on_treatment(act, order.participant)
    if course.held_since is None:
        act.refuse("treatment_not_held")
    _require_day(act, "resumed_on", order.resumed_on, course.held_since + DAY, course.until + DAY)
    _resume(act, participant.id, order.resumed_on)
    judge_again(act, participant, None)


@act("treatment.stop", roles=[Role.INVESTIGATOR])
def stop_treatment(act: Act, order: StopTreatment) -> None:
    """Stop treatment for good; the participant stays in follow-up. A hold that is open ends with it.

    Refused: not_found, participant_state, treatment_stopped, day_not_possible, doses_given_since, not_offered,
    say_in_words.
    """
    participant, course = _on_treatment(act, order.participant)
    first = course.first_dose_on or course.randomized_on
    assert first is not None, "whoever is randomized has a day of randomization"
    _require_day(act, "last_day", order.last_day, first, course.until)
    _require_none_given(act, course, order.last_day + DAY)
    require_offered(act, "stop_reason", order.stop_reason, act.study.treatment.stop_reasons, order.note)
    stop(act, participant, course, order.last_day, order.stop_reason, order.note)


def stop(act: Act, participant: Row[Any], course: Course, last_day: date, reason: str, note: str | None) -> None:
    """Write that treatment ended with a day after which no dose is recorded; a hold that is open ends with it."""
    if course.held_since is not None:
        _resume(act, participant.id, max(last_day + DAY, course.held_since))
    act.add(
        TreatmentStop,
        participant=participant.id,
        site=participant.site,
        last_day=last_day,
        reason=reason,
        note=note,
        stopped_by=act.actor.account,
        stopped_at=act.now,
    )
    judge_again(act, participant, note)


def stop_now(act: Act, participant: Row[Any], reason: str, note: str | None) -> bool:
    """Stop treatment as of now, after the last dose that is recorded; False where there was none to stop."""
    if participant.state != "randomized":
        return False
    course = course_of(act, participant, today_at(act, participant.site))
    if course.stopped_on is not None:
        return False
    first = course.first_dose_on or course.randomized_on
    assert first is not None, "whoever is randomized has a day of randomization"
    given = [row.taken_on for row in course.given]
    stop(act, participant, course, max([first, course.until - DAY, *given]), reason, note)
    return True


@act("participant.complete", roles=[Role.INVESTIGATOR, Role.COORDINATOR])
def complete(act: Act, order: Complete) -> None:
    """A participant has come to the end: the last visits are over, no kit is out at any site, treatment is not on hold.

    Refused: not_found, participant_state, participant_not_complete (all that is missing).
    """
    participant = find_participant(act, order.participant, "randomized")
    kept = latest_records(act.rows(VisitRecord, participant=participant.id))
    visits = [visit for visit in last_visits(act.study) if visit not in kept]
    held = not_back(act, participant.id)
    kits = [kit.number for kit in held if kit.site == participant.site]
    waiting = [kit.number for kit in held if kit.site != participant.site]
    holds = [row.from_on.isoformat() for row in act.rows(Hold, participant=participant.id, resumed_on=None)]
    if visits or held or holds:
        act.refuse("participant_not_complete", visits=visits, kits=kits, elsewhere=waiting, held=holds)
    move_participant(act, participant.id, "completed")


def last_visits(study: Study) -> list[str]:
    """The visits that end the trial: the last one at the clinic, and the contacts after it."""
    at_clinic = study.last_visit.day
    return [visit.id for visit in sorted(study.visits, key=lambda visit: visit.day) if visit.day >= at_clinic]


def _on_treatment(act: Act, participant: str) -> tuple[Row[Any], Course]:
    """A randomized participant whose treatment was not stopped, and their course up to today."""
    found = find_participant(act, participant, "randomized")
    course = course_of(act, found, today_at(act, found.site))
    if course.stopped_on is not None:
        act.refuse("treatment_stopped", last_day=course.stopped_on.isoformat())
    return found, course


def _require_day(act: Act, field: str, day: date, earliest: date, latest: date) -> None:
    if not earliest <= day <= latest:
        act.refuse(
            "day_not_possible",
            field=field,
            value=day.isoformat(),
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )


def _require_none_given(act: Act, course: Course, from_on: date) -> None:
    given = [row.taken_on.isoformat() for row in course.given if row.taken_on >= from_on]
    if given:
        act.refuse("doses_given_since", day=from_on.isoformat(), given=given)


def require_offered(
    act: Act, field: str, code: str, choices: tuple[Choice, ...], note: str | None, note_field: str = "note"
) -> None:
    """Refuse a reason that the study does not offer (not_offered) or that says nothing without words (say_in_words)."""
    if not offered(choices, code):
        act.refuse("not_offered", field=field, value=code)
    if code == IN_WORDS and note is None:
        act.refuse("say_in_words", field=field, note=note_field)


def _resume(act: Act, participant: str, resumed_on: date) -> None:
    hold = act.find(Hold, participant=participant, resumed_on=None)
    act.change(Hold, hold, resumed_on=resumed_on, resumed_by=act.actor.account, resumed_at=act.now)
