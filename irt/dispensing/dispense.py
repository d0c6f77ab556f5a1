"""From a visit to a kit in a participant's hand: assigned once, the box scanned, handed over once."""

from datetime import date
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from irt.actor import Role
from irt.conduct.open import require_open
from irt.dispensing import express
from irt.dispensing.allowance import barred
from irt.dispensing.attendance import attend, recorded, refuse_not_due
from irt.dispensing.course import Pause
from irt.dispensing.expected import expected_until, took_place
from irt.dispensing.guests import away, follow, require_none_away
from irt.dispensing.guests import put_by as put_by_wherever
from irt.dispensing.planned import plan_of, today_at
from irt.dispensing.tables import Hold, TreatmentStop
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber, Reason
from irt.gate.state import CLEANING
from irt.participants.tables import Participant
from irt.participants.visits import span
from irt.supply import assigning, ledger
from irt.supply.expiry import last_possible_use
from irt.supply.lots import bears_later_day
from irt.supply.tables import Assignment, Kit, Lot
from irt.vault import blind

CARE = {Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST}


class Assign(Order):
    """The kit of one visit is asked for."""

    participant: Code
    visit: Code


class Cancel(Order):
    """The kit of one visit is not needed now."""

    participant: Code
    visit: Code


class PutBy(Order):
    """The kit that was set aside for a visit will never be given, and why."""

    participant: Code
    visit: Code
    reason: Reason


class HandOver(Order):
    """The box in hand, as its number was scanned; why, where the visit takes place with it early or late."""

    participant: Code
    visit: Code
    kit: KitNumber
    reason: Reason | None = None


class Assigned(BaseModel):
    """The kit of the visit. `again`: it had been assigned before, and is the same."""

    model_config = ConfigDict(frozen=True)
    kit: str
    again: bool


class Asked(BaseModel):
    """The kit of the visit; None where none can be given now, with the shipment that brings one by express, if any."""

    model_config = ConfigDict(frozen=True)
    kit: str | None
    again: bool
    shipment: str | None = None


@act("kit.assign", roles=CARE)
def assign(act: Act, order: Assign) -> Asked:
    """Set a kit aside for a visit; asked again, the same kit is the answer, also for a later visit.

    It may be asked for on every day on which the visit can be held, before its window opens too. Where the shelf cannot
    serve every arm, the depot sends a kit by express, and asked again meanwhile the same shipment is the answer: also
    where a box came first, if the visit may have no further kit without a second person's word.
    Refused: not_found, participant_state, site_inactive, site_paused, study_paused, visit_unknown, visit_recorded (it
    was skipped), treatment_stopped, treatment_held, first_dose_missing, visit_not_due, kit_to_be_allowed,
    kit_waits_elsewhere.
    """
    participant = act.find(Participant, id=order.participant)
    given = assigning.latest(act, participant.id, order.visit)
    if given is not None and given.state == "assigned":
        require_none_away(act, participant, participant.site)
    if given is not None and given.state in ("assigned", "handed_over"):
        return Asked(kit=given.kit, again=True)
    if participant.state != "randomized":
        act.refuse("participant_state", participant=participant.screening_number, state=participant.state)
    require_open(act, participant.site, "dispensing")
    if order.visit not in {one.id for one in act.study.dispensing_visits}:
        act.refuse("visit_unknown", visit=order.visit, known=[one.id for one in act.study.dispensing_visits])
    require_on_treatment(act, participant, order.visit)
    return _ask(act, participant, order.visit, _until(act, participant, order))


def _ask(act: Act, participant: Row[Any], visit: str, until_handed_over: date) -> Asked:
    """The kit from the shelf of the participant's site, or a shipment by express."""
    require_none_away(act, participant, participant.site)
    ledger.lock_shelf(act, participant.site)
    if hindrance(act, participant, visit, until_handed_over, participant.site) != "being_sent":
        given = set_aside(act, participant, visit, until_handed_over, participant.site)
        return Asked(kit=given.kit, again=given.again)
    shipment, again = express.by_express(act, participant, visit, until_handed_over)
    return Asked(kit=None, again=again, shipment=shipment)


def set_aside(act: Act, participant: Row[Any], visit: str, until_handed_over: date, site: str) -> Assigned:
    """The kit that stands set aside at `site` already, where it may be given at the visit; else one from its shelf.

    A kit set aside never goes back to the shelf: given to a second person it would tell that both are on one arm. As
    long as one waits at a third site, none is set aside here. A visit that waits for a second person's word gets none
    that stood set aside for another either: the other could have one drawn in its place, as often as one likes.
    """
    require_none_away(act, participant, site)
    ledger.lock_shelf(act, site)
    until = last_possible_use(act.study, visit, until_handed_over)
    standing = _standing(act, participant, site)
    if why := _barred(act, participant, visit, standing, until):
        _refuse_another(act, why, visit)
    left = []
    for given, kit in sorted(standing, key=lambda one: one[0].visit != visit):  # its own first
        if _may_be_given(act, kit, until):
            assigning.ask_again(act, given, visit)
            return Assigned(kit=kit.number, again=True)
        assigning.put_by(act, given)
        left.append(kit.number)
    drawn = _from_shelf(act, participant, visit, until, site)
    for number in left:
        follow(act, number, visit, "set_aside", drawn)
    return Assigned(kit=drawn, again=False)


def hindrance(act: Act, participant: Row[Any], visit: str, until_handed_over: date, site: str) -> str | None:
    """Why `set_aside` has no kit to give: to_be_allowed, or being_sent; None where it has one."""
    until = last_possible_use(act.study, visit, until_handed_over)
    standing = _standing(act, participant, site)
    if why := _barred(act, participant, visit, standing, until):
        return why
    if any(_may_be_given(act, kit, until) for _, kit in standing):
        return None
    return None if blind.serves_every_arm(act, ledger.ON_SHELF, 1, site=site, until=until) else "being_sent"


def _barred(
    act: Act, participant: Row[Any], visit: str, standing: list[tuple[Row[Any], Row[Any]]], until: date
) -> str | None:
    """Why a visit gets no further kit; None where it may, or where its own stands set aside and may be given."""
    if any(given.visit == visit and _may_be_given(act, kit, until) for given, kit in standing):
        return None
    return barred(act, participant.id, visit)


def _refuse_another(act: Act, why: str, visit: str) -> NoReturn:
    if why == "being_sent":
        act.refuse("kit_being_sent")
    act.refuse("kit_to_be_allowed", visit=visit)


def _standing(act: Act, participant: Row[Any], site: str) -> list[tuple[Row[Any], Row[Any]]]:
    """The assignments of kits that stand set aside at a site for a participant, each with its kit."""
    found = [(row, act.seek(Kit, lock=True, number=row.kit)) for row in assigning.waiting(act, participant.id)]
    return [(row, kit) for row, kit in found if kit is not None and kit.site == site]


def _may_be_given(act: Act, kit: Row[Any], until: date) -> bool:
    """Whether a kit that stands set aside is in date until then, and of a lot that is released."""
    return bool(kit.expiry >= until and act.find(Lot, code=kit.lot, lock=False).state == "released")


def _from_shelf(act: Act, participant: Row[Any], visit: str, until: date, site: str) -> str:
    """Set a kit of the locked shelf aside that is in date until then; answers its number.

    Refused as kit_being_sent, whichever arm cannot be served.
    """
    kit = blind.match(act, participant=participant.id, shelf=ledger.ON_SHELF, site=site, until=until)
    if kit is None:
        act.refuse("kit_being_sent")
    assigning.set_aside(act, participant, visit, kit, assigning.next_ordinal(act, participant.id, visit))
    return kit


@act("kit.cancel", roles=CARE)
def cancel(act: Act, order: Cancel) -> None:
    """The kit is not needed now. It stays set aside: asked for again, the same kit is the answer, whatever it holds.

    Refused: not_found, visit_not_assigned, kit_waits_elsewhere.
    """
    participant = act.find(Participant, id=order.participant)
    given = assigning.latest(act, participant.id, order.visit)
    if given is None or given.state not in ("assigned", "cancelled"):
        act.refuse("visit_not_assigned", visit=order.visit)
    require_none_away(act, participant, participant.site)
    assigning.cancel(act, given)


@act("kit.put_by", roles={Role.PHARMACIST}, during=CLEANING, reason=True)
def put_by(act: Act, order: PutBy) -> None:
    """A kit set aside is never given: its participant has left, stopped treatment, or gets no kit any more.

    It waits to be destroyed or sent back. As long as a kit may be asked for, it is this one: put by at will, and asked
    for again, kits would tell by their numbers which are alike. One that waits at another site may be put by any time:
    its participant did not collect it there, and stands here.
    Refused: not_found, visit_not_assigned, kit_still_wanted.
    """
    participant = act.find(Participant, id=order.participant)
    given = [row for row in assigning.waiting(act, participant.id) if row.visit == order.visit]
    if not given:
        act.refuse("visit_not_assigned", visit=order.visit)
    elsewhere = {kit.number for kit in away(act, participant, participant.site)}
    if not {row.kit for row in given} <= elsewhere and _may_be_asked_for(act, participant):
        act.refuse("kit_still_wanted", kit=given[0].kit)
    for row in given:
        put_by_wherever(act, participant, row)


def _may_be_asked_for(act: Act, participant: Row[Any]) -> bool:
    """Whether a participant will be given a kit yet, as far as is known."""
    if participant.state != "randomized" or act.seek(TreatmentStop, participant=participant.id):
        return False
    planned, today = plan_of(act, participant), today_at(act, participant.site)
    return any(today <= span(planned, one.id)[1] for one in act.study.dispensing_visits)


@act("kit.hand_over", roles={Role.PHARMACIST})
def hand_over(act: Act, order: HandOver) -> None:
    """Hand the scanned box over; any other than the assigned one is refused in the same words, whatever it is.

    The visit takes place with it: it is recorded today, unless it is recorded already.
    """
    participant = act.find(Participant, id=order.participant)
    hand_out(act, participant, order.visit, order.kit, here=participant.site, reason=order.reason)


def hand_out(act: Act, participant: Row[Any], visit: str, number: str, *, here: str, reason: str | None = None) -> None:
    """Hand the scanned box over at the site `here`; it is in the books of the participant's own site from then on.

    The visit takes place with it, unless it is recorded already. Of a lot that is not released nothing is handed over,
    and no box that may bear a later day than it expires on.
    """
    assignment = assigning.latest(act, participant.id, visit)
    if assignment is None or assignment.state in ("cancelled", "void"):
        act.refuse("visit_not_assigned", visit=visit)
    if assignment.kit != number:
        act.refuse("not_the_assigned_kit")
    if assignment.state == "handed_over":
        return
    require_none_away(act, participant, here)
    if participant.state != "randomized":
        act.refuse("participant_state", participant=participant.screening_number, state=participant.state)
    require_open(act, here, "dispensing")
    require_on_treatment(act, participant, visit)
    day = today_at(act, participant.site)
    if not took_place(act, participant, visit):
        attend(act, participant, visit, day, reason)
    kit = act.find(Kit, number=number)  # locked, as a hold locks it: whichever comes second knows of the first
    if act.find(Lot, code=kit.lot, lock=False).state != "released":
        act.refuse("kit_on_hold", kit=number, lot=kit.lot)
    if kit.expiry < last_possible_use(act.study, visit, day):
        act.refuse("kit_expires_too_soon", kit=number, expiry=kit.expiry.isoformat())
    if bears_later_day(act, kit):
        act.refuse("kit_to_be_relabelled", kit=number, lot=kit.lot, expiry=kit.expiry.isoformat())
    ledger.move(act, kit, "dispensed", site=participant.site, participant=participant.id)
    act.change(Assignment, assignment, state="handed_over", handed_over_at=act.now, handed_over_by=act.actor.account)


def require_on_treatment(act: Act, participant: Row[Any], visit: str) -> None:
    """Refuse a kit to whoever takes no dose now: treatment_stopped, treatment_held, first_dose_missing.

    The kit of the first dose is given before it; a later one only when the calendar has begun.
    """
    stop = act.seek(TreatmentStop, participant=participant.id)
    if stop is not None:
        act.refuse("treatment_stopped", last_day=stop.last_day.isoformat())
    held_from = held_today(act, participant)
    if held_from is not None:
        act.refuse("treatment_held", day=held_from.isoformat())
    if before_first_dose(act, participant, visit):
        act.refuse("first_dose_missing", participant=participant.screening_number)


def held_today(act: Act, participant: Row[Any]) -> date | None:
    """Since when a participant's treatment is held; None where it is not held today."""
    today = today_at(act, participant.site)
    holds = act.rows(Hold, participant=participant.id)
    return next((row.from_on for row in holds if Pause(row.from_on, row.resumed_on).covers(today)), None)


def before_first_dose(act: Act, participant: Row[Any], visit: str) -> bool:
    """Whether a visit's kit is one that nobody gets before the first dose: any but that of the first visit."""
    return participant.first_dose_on is None and visit != act.study.dispensing_visits[0].id


def _until(act: Act, participant: Row[Any], order: Assign) -> date:
    """Until which day the kit asked for today may be handed over."""
    known = recorded(act, participant.id, order.visit)
    if known is not None and known.state == "skipped":
        act.refuse("visit_recorded", visit=order.visit, day=None)
    until = expected_until(act, participant, order.visit)
    if until is None:
        refuse_not_due(act, plan_of(act, participant), order.visit, today_at(act, participant.site))
    return until
