"""The first dose, which begins the calendar: study day 1."""

from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Row

from irt.clock import local_time
from irt.dispensing.attendance import CARE
from irt.dispensing.boxes import box_of
from irt.dispensing.course import Course, course_of
from irt.dispensing.departures import note_dose
from irt.dispensing.diary_lines import offered
from irt.dispensing.dose_lines import write_dose
from irt.dispensing.judging import judge_again
from irt.dispensing.planned import today_at
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, ClockTime, Code, KitNumber, Reason
from irt.participants.state import find_participant
from irt.participants.tables import Participant

FIRST = ("scheduled", 1)


class FirstDose(Order):
    """The first injection as it was given; `reason` says why it was late."""

    participant: Code
    kit: KitNumber
    taken_on: CalendarDay
    taken_at: ClockTime
    place: Literal["clinic", "home"]
    injection_site: Code
    reason: Reason | None = None


@act("dose.first", roles=CARE)
def record_first_dose(act: Act, order: FirstDose) -> None:
    """Record the first dose, once: doses and visits are counted from its day.

    Later after randomization than study.toml allows, it asks for a reason and is noted as a deviation.
    Refused: not_found, participant_state, first_dose_recorded, date_in_future, day_not_possible, treatment_stopped,
    treatment_held, kit_not_in_hand, not_offered, first_dose_late.
    """
    participant = find_participant(act, order.participant, "randomized", "withdrawn")
    zone = act.study.site(participant.site).time_zone
    today = today_at(act, participant.site)
    course = course_of(act, participant, today)
    if course.randomized_on is None:
        act.refuse("not_randomized", participant=participant.screening_number)
    if course.first_dose_on is not None:
        act.refuse("first_dose_recorded", day=course.first_dose_on.isoformat())
    if order.taken_on > today or (order.taken_on == today and order.taken_at > local_time(act.now, zone)):
        value = f"{order.taken_on.isoformat()} {order.taken_at}"
        act.refuse("date_in_future", field="taken_on", value=value, today=today.isoformat())
    _require_treatment(act, order, course, participant)
    if not offered(act.study.treatment.injection_sites, order.injection_site):
        act.refuse("not_offered", field="injection_site", value=order.injection_site)
    box = box_of(act, order.kit, participant)
    if box is None or not box.in_hand(order.taken_on):
        act.refuse("kit_not_in_hand", kit=order.kit, day=order.taken_on.isoformat())
    latest = course.randomized_on + timedelta(days=act.study.dosing.first_dose_within_days)
    if order.taken_on > latest and order.reason is None:
        act.refuse("first_dose_late", value=order.taken_on.isoformat(), latest=latest.isoformat())
    _add(act, order, participant)
    if order.taken_on > latest:
        note_dose(act, "first_dose_late", participant, FIRST, order.taken_on, order.kit, order.reason)
    if order.taken_on > box.expiry:
        note_dose(act, "dose_of_expired_kit", participant, FIRST, order.taken_on, order.kit, order.reason)
    judge_again(act, act.find(Participant, id=participant.id), order.reason)


def _require_treatment(act: Act, order: FirstDose, course: Course, participant: Row[Any]) -> None:
    """On that day the participant was randomized, in the trial, not stopped and not on hold."""
    first, last = course.randomized_on, participant.ended_on or course.until
    assert first is not None
    if not first <= order.taken_on <= last:
        act.refuse(
            "day_not_possible",
            field="taken_on",
            value=order.taken_on.isoformat(),
            earliest=first.isoformat(),
            latest=last.isoformat(),
        )
    if course.stopped_on is not None and order.taken_on > course.stopped_on:
        act.refuse("treatment_stopped", last_day=course.stopped_on.isoformat())
    if course.held_on(order.taken_on):
        act.refuse("treatment_held", day=order.taken_on.isoformat())


def _add(act: Act, order: FirstDose, participant: Row[Any]) -> None:
    write_dose(
        act,
        participant,
        *FIRST,
        revision=1,
        outcome="taken",
        taken_on=order.taken_on,
        taken_at=order.taken_at,
        kit=order.kit,
        place=order.place,
        injection_site=order.injection_site,
        note=order.reason,
    )
    act.change(Participant, participant, first_dose_on=order.taken_on)
