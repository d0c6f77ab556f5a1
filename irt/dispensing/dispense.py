"""From a visit to a kit in a participant's hand: assigned once, the box scanned, handed over once."""

from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from irt.actor import Role
from irt.conduct.open import require_open
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber
from irt.participants.tables import Participant
from irt.participants.visits import local_day, windows
from irt.randomization.tables import Randomization
from irt.supply import assigning, ledger
from irt.supply.expiry import last_possible_use
from irt.supply.tables import Assignment, Kit
from irt.vault import blind

CARE = {Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST}


class Assign(Order):
    """The kit of one visit is asked for."""

    participant: Code
    visit: Code


class HandOver(Order):
    """The box in hand, as its number was scanned."""

    participant: Code
    visit: Code
    kit: KitNumber


class Assigned(BaseModel):
    """The kit of the visit. `again`: it had been assigned before, and is the same."""

    model_config = ConfigDict(frozen=True)
    kit: str
    again: bool


@act("kit.assign", roles=CARE)
def assign(act: Act, order: Assign) -> Assigned:
    """Set a kit aside for a visit; asked again, the same kit is the answer."""
    participant = act.find(Participant, id=order.participant)
    given = assigning.latest(act, participant.id, order.visit)
    if given is not None and given.state != "void":
        if given.state == "cancelled":
            act.change(Assignment, given, state="assigned")
        return Assigned(kit=given.kit, again=True)
    if participant.state != "randomized":
        act.refuse("participant_state", state=participant.state)
    require_open(act, participant.site, "dispensing")
    if given is None:
        latest = _require_due(act, participant, order.visit)
    else:
        latest = replaced_until(act, participant.site, order.visit)
    kit = next_kit(act, participant, order.visit, latest)
    assigning.set_aside(act, participant, order.visit, kit, ordinal=given.ordinal + 1 if given else 1)
    return Assigned(kit=kit, again=False)


def next_kit(act: Act, participant: Row[Any], visit: str, until_handed_over: date, site: str | None = None) -> str:
    """The number of a kit for a visit from the locked shelf of the participant's site, or of another `site`.

    In date whenever it is handed over until that day. Refused as kit_being_sent, whichever arm cannot be served.
    """
    shelf = site or participant.site
    ledger.lock_shelf(act, shelf)
    until = last_possible_use(act.study, visit, until_handed_over)
    return blind.match(
        act, participant=participant.id, shelf=ledger.ON_SHELF, closed="kit_being_sent", site=shelf, until=until
    )


@act("kit.cancel", roles=CARE)
def cancel(act: Act, order: Assign) -> None:
    """The kit is not needed now. It stays set aside: asked for again, the same kit is the answer, whatever it holds."""
    participant = act.find(Participant, id=order.participant)
    given = assigning.latest(act, participant.id, order.visit)
    if given is None or given.state not in ("assigned", "cancelled"):
        act.refuse("visit_not_assigned", visit=order.visit)
    act.change(Assignment, given, state="cancelled")


@act("kit.hand_over", roles={Role.PHARMACIST})
def hand_over(act: Act, order: HandOver) -> None:
    """Hand the scanned box over; any other than the assigned one is refused in the same words, whatever it is."""
    participant = act.find(Participant, id=order.participant)
    hand_out(act, participant, order.visit, order.kit, here=participant.site)


def hand_out(act: Act, participant: Row[Any], visit: str, number: str, here: str) -> None:
    """Hand the scanned box over at the site `here`; it is in the books of the participant's own site from then on."""
    assignment = assigning.latest(act, participant.id, visit)
    if assignment is None or assignment.state in ("cancelled", "void"):
        act.refuse("visit_not_assigned", visit=visit)
    if assignment.kit != number:
        act.refuse("not_the_assigned_kit")
    if assignment.state == "handed_over":
        return
    if participant.state != "randomized":
        act.refuse("participant_state", state=participant.state)
    require_open(act, here, "dispensing")
    kit = act.find(Kit, number=number)
    day = local_day(act.now, act.study.site(participant.site).time_zone)
    if kit.expiry < last_possible_use(act.study, visit, day):
        act.refuse("kit_expires_too_soon", kit=number, expiry=kit.expiry.isoformat())
    ledger.move(act, kit, "dispensed", site=participant.site, participant=participant.id)
    act.change(Assignment, assignment, state="handed_over", handed_over_at=act.now, handed_over_by=act.actor.account)


def replaced_until(act: Act, site: str, visit: str) -> date:
    """Until when the replacement for a visit's kit is expected to be handed over, whenever it is asked for.

    The visit was in time, so its window asks nothing any more; it leaves as many days as the window does.
    """
    margin = timedelta(days=act.study.visit(visit).window_days)
    return local_day(act.now, act.study.site(site).time_zone) + margin


def _require_due(act: Act, participant: Row[Any], visit: str) -> date:
    """Refuse a visit that is not due today; answers the last day of its window."""
    if visit not in {one.id for one in act.study.dispensing_visits}:
        act.refuse("visit_unknown", visit=visit, known=[one.id for one in act.study.dispensing_visits])
    zone = act.study.site(participant.site).time_zone
    randomization = act.find(Randomization, participant=participant.id, lock=False)
    anchor = participant.first_dose_on or local_day(randomization.randomized_at, zone)
    window = next(one for one in windows(act.study, anchor) if one.visit == visit)
    day = local_day(act.now, zone)
    if not window.earliest <= day <= window.latest:
        act.refuse(
            "visit_not_due",
            visit=visit,
            earliest=window.earliest.isoformat(),
            latest=window.latest.isoformat(),
            today=day.isoformat(),
        )
    return window.latest
