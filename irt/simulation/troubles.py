"""What goes wrong with boxes: the wrong one given, one that never left, one lost or spoilt at home, another site.

Each is told through "What happened?" and put right. The simulation knows numbers only: it cannot look into a box.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.elsewhere import (
    Elsewhere,
    HandOverElsewhere,
    NotCollected,
    hand_over_elsewhere,
    not_collected,
)  # fmt: skip
from irt.dispensing.elsewhere import elsewhere as serve_elsewhere
from irt.dispensing.ending import Recover, SignNote, boxes_of, covers, recover, sign_note
from irt.dispensing.lost import LostOrDamaged, lost_or_damaged
from irt.dispensing.still_here import NotHandedOver, not_handed_over
from irt.dispensing.tables import KitReturn, Mishap
from irt.dispensing.wrong_kit import WrongKit, wrong_kit
from irt.randomization.tables import Randomization
from irt.simulation import mistakes, treatment
from irt.supply.tables import Kit, Movement

if TYPE_CHECKING:
    from irt.simulation.habits import Box
    from irt.simulation.life import Enrolled, Life

DAY = timedelta(days=1)
WRONG, STILL_HERE, GIVEN_UP, ELSEWHERE = 0.010, 0.006, 0.010, 0.004


def handed_over(life: Life, one: Enrolled, visit: str, reason: str | None = None) -> None:
    """Hand the box of a visit over, mostly the right one; `reason`: why out of the visit's window."""
    mistakes.before_hand_over(life, one, visit)
    if not _hand_over(life, one, visit, reason):
        return
    if life.nature.happens(WRONG) and (other := _another_box(life, one)):
        _wrong(life, one, visit, other)
    elif life.nature.happens(STILL_HERE):
        _still_here(life, one, visit)
    else:
        treatment.box_given(life, one, one.given[visit])
        if life.nature.happens(GIVEN_UP):
            day = life.today(one) + life.nature.number(2, 20) * DAY
            life.at(day, one.site, partial(_given_up, life, one, visit))


def _hand_over(life: Life, one: Enrolled, visit: str, reason: str | None = None) -> bool:
    order = HandOver(participant=one.id, visit=visit, kit=one.given[visit], reason=reason)
    return life.desk.attempt(life.cast.at(one.site, "pharmacist"), hand_over, order) is not None


def _another_box(life: Life, one: Enrolled) -> str | None:
    """A box that stands beside the right one: on the shelf, or set aside for somebody else."""
    with life.desk.service.database.reading(life.cast.at(one.site, "pharmacist")) as session:
        beside = select(Kit).where(Kit.site == one.site, Kit.state.in_(("available", "assigned"))).order_by(Kit.number)
        numbers = [kit.number for kit in session.scalars(beside) if kit.participant != one.id]
    return life.nature.pick(numbers) if numbers else None


def _wrong(life: Life, one: Enrolled, visit: str, other: str) -> None:
    """The label of the right box was scanned, and another given: seen at once, or when the participant is at home."""
    pharmacist = life.cast.at(one.site, "pharmacist")
    at_once = life.nature.happens(0.5)
    order = WrongKit(
        participant=one.id, visit=visit, kit=other, happened_on=life.today(one), right_box="at_site", replace="yes",
        box="recovered" if at_once else "with_participant", told="two boxes stood side by side on the counter",
    )  # fmt: skip
    mishap = life.desk.do(pharmacist, wrong_kit, order).answer
    one.had.append(other)
    if life.harm is not None:
        life.harm.wrong_box(one, other, at_home=not at_once)
    if at_once:
        _hand_over(life, one, visit)
        treatment.box_given(life, one, one.given[visit])
    else:
        treatment.box_given(life, one, other)
        life.at(
            life.today(one) + life.nature.number(1, 4) * DAY, one.site, partial(_exchanged, life, one, visit, mishap)
        )
    _sign(life, one.site, mishap)


def _exchanged(life: Life, one: Enrolled, visit: str, mishap: str) -> None:
    """The wrong box is brought back, used or not, and the right one handed over."""
    treatment.lived(life, one, life.today(one))
    treatment.diary(life, one)
    if not one.home:
        return
    box = one.home.pop()
    order = Recover(
        mishap=mishap, returned_on=life.today(one), unused=box.left, used=box.used, broken=box.broken,
        lost=box.mislaid, told="brought back by the participant",
    )  # fmt: skip
    life.desk.do(life.cast.at(one.site, "pharmacist"), recover, order)
    if not one.left and one.stopped_on is None and _hand_over(life, one, visit):
        treatment.box_given(life, one, one.given[visit])


def _still_here(life: Life, one: Enrolled, visit: str) -> None:
    """The participant left without the box, and comes for it the next day."""
    order = NotHandedOver(
        participant=one.id, visit=visit, kit=one.given[visit], happened_on=life.today(one), wanted="yes",
        told="the participant left without the box",
    )  # fmt: skip
    mishap = life.desk.do(life.cast.at(one.site, "pharmacist"), not_handed_over, order).answer
    _sign(life, one.site, mishap)
    life.at(life.today(one) + DAY, one.site, partial(_comes_for_it, life, one, visit))


def _comes_for_it(life: Life, one: Enrolled, visit: str) -> None:
    if not one.left and one.stopped_on is None and _hand_over(life, one, visit):
        treatment.box_given(life, one, one.given[visit])
        if one.first_dose is None:
            treatment.begin(life, one)


def _given_up(life: Life, one: Enrolled, visit: str) -> None:
    """A box at home is lost, or spoilt by a refrigerator that failed; another is given for the same visit."""
    box = next((box for box in one.home if box.kit == one.given[visit]), None)
    if box is None or one.left or one.stopped_on is not None or one.first_dose is None:
        return
    treatment.lived(life, one, life.today(one))
    treatment.diary(life, one)
    what: Literal["lost", "damaged"] = "lost" if life.nature.happens(0.5) else "damaged"
    mishap = _report_gone(life, one, box, what)
    one.home.remove(box)
    if what == "damaged":  # the participant comes with it for the next one
        order = Recover(
            mishap=mishap, returned_on=life.today(one), unused=0, used=box.used, broken=box.broken + box.left,
            lost=box.mislaid, told="brought back by the participant",
        )  # fmt: skip
        life.desk.do(life.cast.at(one.site, "pharmacist"), recover, order)
    kit = _row(life, one, mishap).replacement_kit
    if kit is not None:
        one.given[visit] = kit
        if _hand_over(life, one, visit):
            treatment.box_given(life, one, kit)
    _sign(life, one.site, mishap)


def _report_gone(life: Life, one: Enrolled, box: Box, what: Literal["lost", "damaged"]) -> str:
    told = "left in a taxi" if what == "lost" else "the refrigerator at home failed over a weekend"
    order = LostOrDamaged(
        kit=box.kit, what=what, happened_on=life.today(one), used=box.used if what == "lost" else None,
        replace="yes", told=told,
    )  # fmt: skip
    mishap: str = life.desk.do(life.cast.at(one.site, "pharmacist"), lost_or_damaged, order).answer
    return mishap


def elsewhere(life: Life, one: Enrolled, visit: str) -> bool:
    """Now and then the participant is served at another site, by the two numbers of the card."""
    others = [site.code for site in life.study.sites if site.code != one.site]
    if not others or not life.nature.happens(ELSEWHERE):
        return False
    there = life.nature.pick(others)
    pharmacist = life.cast.at(there, "pharmacist")
    with life.desk.service.database.reading(life.cast.at(one.site, "coordinator")) as session:
        number = session.scalars(select(Randomization).filter_by(participant=one.id)).one().number
    order = Elsewhere(
        site=there, screening_number=one.number, randomization_number=number, happened_on=life.today(one),
        told="on a family visit",
    )  # fmt: skip
    done = life.desk.attempt(pharmacist, serve_elsewhere, order)
    if done is None:
        return False
    kit = _row(life, one, done.answer, there).replacement_kit
    assert kit is not None, "a box was set aside"
    if life.desk.attempt(pharmacist, hand_over_elsewhere, HandOverElsewhere(mishap=done.answer, kit=kit)) is None:
        left = NotCollected(mishap=done.answer, kit=kit, reason="went home without it")
        life.desk.do(pharmacist, not_collected, left)
        return False
    one.given[visit] = kit
    one.seen.add(visit)
    treatment.box_given(life, one, kit)
    return True


def _row(life: Life, one: Enrolled, mishap: str, site: str | None = None) -> Mishap:
    with life.desk.service.database.reading(life.cast.at(site or one.site, "pharmacist")) as session:
        return session.scalars(select(Mishap).filter_by(id=mishap)).one()


def _sign(life: Life, site: str, mishap: str) -> None:
    """The investigator signs the note to file, mostly the same day."""
    if life.nature.happens(0.9):
        sign_note_of(life, site, mishap)


def sign_note_of(life: Life, site: str, mishap: str) -> None:
    """The investigator reads the note to file and signs it, unless nothing has changed since it was signed."""
    investigator = life.cast.at(site, "investigator")
    with life.desk.service.database.reading(investigator) as session:
        row = session.scalars(select(Mishap).filter_by(id=mishap)).one()
        lines = session.scalars(select(Movement).where(Movement.kit.in_(boxes_of(row)))).all()
        read = covers(row, lines, session.scalars(select(KitReturn).filter_by(kit=row.kit)))
    life.desk.attempt(investigator, sign_note, SignNote(mishap=mishap, covers=read))
