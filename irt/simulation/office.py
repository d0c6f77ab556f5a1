"""What is put right afterwards and looked at regularly: corrected strata, a randomization in error, access reviewed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from irt.dispensing.attendance import SweepVisits, sweep_visits
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.dispensing.sweep import SweepKits, sweep_kits
from irt.participants.baseline import CorrectBaseline, correct_baseline
from irt.people.review import ReviewAccess, access_list, review_access, seen_digest
from irt.randomization.corrections import Correction, correct_stratum, mark_in_error

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled, Life

CORRECTED, IN_ERROR = 0.04, 0.02
REVIEW_DAYS = 91


def after_randomizing(life: Life, one: Enrolled) -> None:
    """A laboratory value turns out wrong, and the stratum with it; or the participant should not have come in."""
    if life.nature.happens(CORRECTED):
        _correct(life, one)
    if life.nature.happens(IN_ERROR):
        order = Correction(participant=one.id, reason="an exclusion criterion was overlooked")
        life.desk.do(life.cast.at(one.site, "investigator"), mark_in_error, order)


def morning(life: Life, day: date) -> None:
    """Every day the shelves' status is set anew; every week what the night looks for; every quarter who has access."""
    operator = life.desk.service.credentials.operator()
    if day.weekday() == 0:  # every night in service; here the same is found some days later, and sooner lived
        life.desk.do(operator, sweep_kits, SweepKits())
        life.desk.do(operator, sweep_visits, SweepVisits())
    life.desk.do(operator, review_shelves, ReviewShelves())
    if (day - life.first_day).days % REVIEW_DAYS != 0:
        return
    service, quality = life.desk.service, life.cast.one("quality")
    with service.database.read.connect() as connection:
        listed = access_list(
            lambda statement: list(connection.execute(statement)), service.study.training_version, service.clock.now()
        )
    order = ReviewAccess(seen=seen_digest(listed), findings="everybody listed still has the task")
    life.desk.do(quality, review_access, order)


def _correct(life: Life, one: Enrolled) -> None:
    fields = {field.id: field for field in life.study.baseline}
    chosen = [fields[factor.source] for factor in life.study.strata if fields[factor.source].choices]
    if not chosen:
        return
    field = chosen[0]
    other = next(choice for choice in field.choices if choice != one.person.baseline[field.id])
    coordinator = life.cast.at(one.site, "coordinator")
    reason = "the laboratory corrected its report"
    order = CorrectBaseline(participant=one.id, values={field.id: other}, reason=reason)
    life.desk.do(coordinator, correct_baseline, order)
    life.desk.do(coordinator, correct_stratum, Correction(participant=one.id, reason=reason))
