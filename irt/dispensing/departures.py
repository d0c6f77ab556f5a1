"""Doses that depart from the protocol: each is noted once, whichever act records the dose."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from irt.conduct import deviations
from irt.conduct.deviations import Kind
from irt.dispensing.course import course_of
from irt.gate.act import Act


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
        subject=f"{participant.id}/{kind}/{number}",
        happened_on=on,
        facts={"dose": kind, "number": number, "kit": kit},
        told=told,
    )


def note_first_dose(act: Act, participant: Row[Any], on: date, kit: str | None, told: str) -> None:
    """Note how a first dose whose day was changed departs: too long after randomization, too close to the next."""
    course = course_of(act, participant, on)
    within = timedelta(days=act.study.dosing.first_dose_within_days)
    if course.randomized_on is not None and on > course.randomized_on + within:
        note_dose(act, "first_dose_late", participant, ("scheduled", 1), on, kit, told)
    least = min(act.study.dosing.least_gap, 2)
    later = course_of(act, participant, on + timedelta(days=2)).given[1:]
    if any((row.taken_on - on).days < least for row in later):
        note_dose(act, "doses_too_close", participant, ("scheduled", 1), on, kit, told)
