"""What changes a participant's treatment: a hold, a stop, leaving the trial; and counts that are explained later."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from irt.dispensing.attendance import RecordVisit, record_visit
from irt.dispensing.returns import ResolveDiscrepancy, resolve_discrepancy
from irt.dispensing.tables import Discrepancy
from irt.dispensing.treatment import (
    HoldTreatment,
    ResumeTreatment,
    StopTreatment,
    hold_treatment,
    resume_treatment,
    stop_treatment,
)
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.participants.visits import windows
from irt.simulation import mistakes, treatment

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled, Life

DAY = timedelta(days=1)
BRINGS_BACK = 0.75
EXPLANATIONS = (
    "counted again: a vial was in the cool bag",
    "a used vial was thrown away at home",
    "the participant does not know; nothing else was found",
)


def plan(life: Life, one: Enrolled) -> None:
    """What will befall the participant, counted from the first dose."""
    assert one.first_dose is not None
    if one.habits.hold_on is not None:
        life.at(one.first_dose + one.habits.hold_on * DAY, one.site, partial(held, life, one))
    if one.habits.stop_on is not None:
        life.at(one.first_dose + one.habits.stop_on * DAY, one.site, partial(stopped, life, one))


def _treated(one: Enrolled) -> bool:
    return not one.left and one.stopped_on is None


def held(life: Life, one: Enrolled) -> None:
    """The investigator holds treatment for some days."""
    if not _treated(one) or one.held:
        return
    today = life.today(one)
    treatment.lived(life, one, today)
    treatment.diary(life, one)
    reason = life.nature.pick(life.study.treatment.hold_reasons[:-1]).id
    order = HoldTreatment(participant=one.id, from_on=today, hold_reason=reason)
    if life.desk.attempt(life.cast.at(one.site, "investigator"), hold_treatment, order) is not None:
        one.pauses.append((today, None))
        life.at(today + one.habits.hold_days * DAY, one.site, partial(resume_if_held, life, one))


def resume_if_held(life: Life, one: Enrolled) -> None:
    """Treatment goes on: today doses are due again."""
    if not one.held or not _treated(one):
        return
    today, (since, _) = life.today(one), one.pauses[-1]
    resumed_on = max(today, since + DAY)
    treatment.lived(life, one, today)
    order = ResumeTreatment(participant=one.id, resumed_on=resumed_on)
    life.desk.do(life.cast.at(one.site, "investigator"), resume_treatment, order)
    one.pauses[-1] = (since, resumed_on)


def stopped(life: Life, one: Enrolled, reason: str | None = None) -> None:
    """Treatment stops for good; the participant comes once more, and goes on being followed."""
    if not _treated(one) or one.first_dose is None:
        return
    today = life.today(one)
    treatment.lived(life, one, today)
    treatment.diary(life, one)
    reason = reason or life.nature.pick(life.study.treatment.stop_reasons[:-1]).id
    order = StopTreatment(participant=one.id, last_day=max(one.first_dose, today - DAY), stop_reason=reason)
    if life.desk.attempt(life.cast.at(one.site, "investigator"), stop_treatment, order) is None:
        return
    after_stop(life, one, order.last_day)


def after_stop(life: Life, one: Enrolled, last_day: date) -> None:
    """What follows when treatment has stopped: the participant comes once more, and the contact after it moves."""
    assert one.first_dose is not None, "whoever is stopped here was treated"
    today = life.today(one)
    one.stopped_on = last_day
    if one.held:
        one.pauses[-1] = (one.pauses[-1][0], max(last_day + DAY, one.pauses[-1][0]))
    life.at(today + life.nature.number(0, 5) * DAY, one.site, partial(comes_early, life, one))
    planned = windows(life.study, one.first_dose, last_dose_on=one.last_dose, stopped=True)
    for contact in planned:
        if contact.moved and contact.visit in life.wanted_visits:
            life.at(contact.due, one.site, partial(treatment.comes, life, one, contact))


def comes_early(life: Life, one: Enrolled) -> None:
    """The early-termination visit: whatever is at home comes back."""
    visit = life.study.early_termination
    if one.left or visit is None:
        return
    treatment.lived(life, one, life.today(one))
    treatment.diary(life, one)
    order = RecordVisit(
        participant=one.id, visit=visit.id, visited_on=life.today(one), reason="treatment was stopped"
    )  # fmt: skip
    done = life.desk.attempt(life.cast.at(one.site, "coordinator"), record_visit, order)
    if done is not None and life.rounds is not None:
        life.rounds.visited(one, f"{visit.id}.1")
    treatment.bring_back(life, one, forget=False)


def leave(life: Life, one: Enrolled, reason: str = "the participant wishes to stop") -> None:
    """The participant withdraws, or has died; mostly the box at home is brought back."""
    if one.left:
        return
    treatment.lived(life, one, life.today(one))
    treatment.diary(life, one)
    order = Withdraw(participant=one.id, reason=reason)
    life.desk.do(life.cast.at(one.site, "coordinator"), withdraw, order)
    one.left = one.withdrawn = True
    if one.home and life.nature.happens(BRINGS_BACK):
        treatment.bring_back(life, one, forget=False)
    mistakes.after_withdrawal(life, one)


def put_right(life: Life, one: Enrolled) -> None:
    """Somebody at the site says why counts of this participant differ."""
    pharmacist = life.cast.at(one.site, "pharmacist")
    with life.desk.service.database.reading(pharmacist) as session:
        waiting = session.scalars(
            select(Discrepancy).filter_by(participant=one.id, state="open").order_by(Discrepancy.opened_at)
        )
        open_ones = [{"discrepancy": row.id, "expected": row.expected, "found": row.found} for row in waiting]
    for shown in open_ones:
        order = ResolveDiscrepancy.model_validate({**shown, "reason": life.nature.pick(EXPLANATIONS)})
        life.desk.attempt(pharmacist, resolve_discrepancy, order)


def on_hold(pauses: list[tuple[date, date | None]], day: date) -> bool:
    """Whether treatment was held on a day."""
    return any(since <= day and (until is None or day < until) for since, until in pauses)
