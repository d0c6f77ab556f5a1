"""What people get wrong now and then: each is refused, and the refusal is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irt.conduct.sites import PauseSite, pause_site, resume_site
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.entropy import new_id
from irt.gate.refusals import Refused
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.screen import Screen, screen
from irt.randomization.eligibility import Answer, Confirm, confirm
from irt.randomization.randomize import RandomizeOrder, randomize

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled, Life

SOMETIMES, SELDOM = 0.08, 0.03


def before_baseline(life: Life, one: Enrolled) -> None:
    """Randomized too soon; screened twice; a value that cannot be."""
    coordinator = life.cast.at(one.site, "coordinator")
    if life.nature.happens(SOMETIMES):
        life.desk.attempt(coordinator, randomize, RandomizeOrder(participant=one.id))
    if life.nature.happens(SOMETIMES):
        again = Screen(
            site=one.site,
            sex=one.person.sex,
            birth_year=one.person.birth_year,
            identity_document=one.person.document,
            consent_version=life.study.consent_version,
            consent_on=life.desk.clock.now().date(),
        )
        life.desk.attempt(coordinator, screen, again)
    if life.nature.happens(SELDOM):
        wrong = dict(one.person.baseline)
        wrong[life.study.baseline[0].id] = "100000000"
        life.desk.attempt(coordinator, record_baseline, RecordBaseline(participant=one.id, values=wrong))


def before_eligibility(life: Life, one: Enrolled) -> None:
    """A coordinator confirms; a question is left out; somebody of another site looks for the participant."""
    answers: dict[str, Answer] = {criterion.id: "no" for criterion in life.study.criteria}
    if life.nature.happens(SOMETIMES):
        life.desk.attempt(life.cast.at(one.site, "coordinator"), confirm, Confirm(participant=one.id, answers=answers))
    if life.nature.happens(SOMETIMES):
        answers.pop(next(iter(answers)))
        unanswered = Confirm(participant=one.id, answers=answers)
        life.desk.attempt(life.cast.at(one.site, "investigator"), confirm, unanswered)
    if life.nature.happens(SOMETIMES):
        other = life.nature.pick([site.code for site in life.study.sites if site.code != one.site])
        order = RandomizeOrder(participant=one.id)
        life.desk.attempt(life.cast.at(other, "coordinator"), randomize, order)


def after_randomizing(life: Life, one: Enrolled) -> None:
    """The button pressed once more: with a signature used before, and with a new one (the first answer)."""
    coordinator = life.cast.at(one.site, "coordinator")
    order = RandomizeOrder(participant=one.id)
    if life.nature.happens(SELDOM):
        life.desk.do(coordinator, randomize, order)
    if life.nature.happens(SELDOM):
        signature = life.desk.service.credentials.sign(coordinator, life.desk.password, randomize, order)
        for _ in range(2):
            request = new_id(life.desk.service.entropy)
            try:
                life.desk.service.gate.perform(
                    randomize, order, by=coordinator, request_id=request, signature=signature
                )
            except Refused as refusal:
                life.desk.refused[refusal.code] += 1


def before_visit(life: Life, one: Enrolled, visit: str) -> None:
    """The kit of a visit that is not due is asked for."""
    if life.nature.happens(SELDOM):
        last = life.study.dispensing_visits[-1].id
        if last not in one.given and last != visit:
            life.desk.attempt(life.cast.at(one.site, "pharmacist"), assign, Assign(participant=one.id, visit=last))


def before_hand_over(life: Life, one: Enrolled, visit: str) -> None:
    """Another box is scanned; somebody without the task tries."""
    others = [kit for other in life.participants for kit in other.given.values() if kit != one.given[visit]]
    if others and life.nature.happens(SOMETIMES):
        wrong = HandOver(participant=one.id, visit=visit, kit=life.nature.pick(others))
        life.desk.attempt(life.cast.at(one.site, "pharmacist"), hand_over, wrong)


def after_withdrawal(life: Life, one: Enrolled) -> None:
    """A kit is asked for somebody who has left."""
    left = [visit.id for visit in life.study.dispensing_visits if visit.id not in one.given]
    if left:
        life.desk.attempt(life.cast.at(one.site, "pharmacist"), assign, Assign(participant=one.id, visit=left[0]))


def of_the_day(life: Life) -> None:
    """Once in a while a site pauses randomization for a day, and somebody tries all the same."""
    if not life.nature.happens(SELDOM):
        return
    site = life.nature.pick(life.study.sites).code
    waiting = [one for one in life.participants if one.site == site and one.randomized_on is None]
    investigator = life.cast.at(site, "investigator")
    pause = PauseSite(site=site, what="randomization", reason="the refrigerator is being serviced")
    life.desk.do(investigator, pause_site, pause)
    for one in waiting[-1:]:
        life.desk.attempt(life.cast.at(site, "coordinator"), randomize, RandomizeOrder(participant=one.id))
    life.desk.do(investigator, resume_site, PauseSite(site=site, what="randomization", reason="service is done"))
