"""A second person's word before a visit is given a third kit, or any after it.

Every kit of a participant is of one arm. Whoever invented losses at will would see by their numbers kits that are
alike; from the second replacement on nobody at the site alone can have another drawn. A kit that was drawn for an
express box counts as the others do: boxes that never leave, or arrive damaged, too warm or not at all, tell as much.
"""

from collections.abc import Collection, Container
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.express import under_way
from irt.dispensing.tables import KitAllowance, Mishap
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason
from irt.participants.tables import Participant
from irt.supply import assigning
from irt.supply.overdue import is_coming
from irt.supply.tables import Assignment, Express, Shipment

ALLOWERS = frozenset({Role.TRIAL_MANAGER, Role.MEDICAL_MONITOR})
FREE = 2  # the visit's kit and one replacement


class AllowKit(Order):
    """One more kit may be drawn for a visit, and why."""

    participant: Code
    visit: Code
    reason: Reason


def waits_for_word(
    visit: str, given: Collection[Any], sent: Collection[Any], coming: Container[str], allowed: Container[int]
) -> bool:
    """Whether the next kit of a visit waits to be allowed; none does while an express box brings the visit one.

    `given`, `sent`: all assignments and express kits of its participant; `coming`: the shipments that are under way;
    `allowed`: the ordinals that were allowed for the visit.
    """
    latest = max((row for row in given if row.visit == visit), key=lambda row: int(row.ordinal), default=None)
    if latest is not None and latest.state != "void":
        return False
    if not needs_word(assigning.following(assigning.drawn(given, sent), visit), allowed):
        return False
    own = (row for row in sent if row.visit == visit and row.shipment in coming)
    return all(assigning.overtaken(row, latest) for row in own)


def needs_word(ordinal: int, allowed: Container[int]) -> bool:
    """Whether the kit of a visit with this ordinal may not be drawn yet."""
    return ordinal > FREE and ordinal not in allowed


def barred(act: Act, participant: str, visit: str) -> str | None:
    """Why no further kit may be drawn for a visit, or moved to it: to_be_allowed, or being_sent, where the last that
    needs no further word is on its way by express; None where one may."""
    if not needs_word(assigning.next_ordinal(act, participant, visit), _allowed(act, participant, visit)):
        return None
    return "being_sent" if under_way(act, participant, visit) is not None else "to_be_allowed"


def to_be_allowed(act: Act, participant: str, visit: str) -> bool:
    """Whether the next kit of a participant's visit waits to be allowed, as it stands now."""
    sent = act.rows(Express, participant=participant)
    boxes = [act.find(Shipment, lock=False, id=row.shipment) for row in sent]
    coming = {box.id for box in boxes if is_coming(box)}
    return waits_for_word(visit, act.rows(Assignment, participant=participant), sent, coming,
                          _allowed(act, participant, visit))  # fmt: skip


def _allowed(act: Act, participant: str, visit: str) -> set[int]:
    return {row.ordinal for row in act.rows(KitAllowance, participant=participant, visit=visit)}


def ask_for_word(act: Act, participant: Row[Any], visit: str | None, site: str) -> None:
    """Where the next kit of a visit waits to be allowed, those who may allow it are told."""
    if visit is not None and to_be_allowed(act, participant.id, visit):
        act.send(
            "kit.to_be_allowed", audience=ALLOWERS, site=site, participant=participant.id,
            number=participant.screening_number,
        )  # fmt: skip


@act("kit.allow", roles=ALLOWERS, sign="I know what became of the kits of this visit, and allow another")
def allow_kit(act: Act, order: AllowKit) -> str:
    """Allow one more kit for a visit whose kits are gone; answers the id of the row.

    Refused: not_found, allowance_not_wanted, same_person (who reported one of them).
    """
    participant = act.find(Participant, id=order.participant)
    if not to_be_allowed(act, participant.id, order.visit):
        act.refuse("allowance_not_wanted", visit=order.visit)
    told = act.rows(Mishap, participant=participant.id, visit=order.visit)
    if act.actor.account in {row.reported_by for row in told}:
        act.refuse("same_person")
    return act.add(
        KitAllowance,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        visit=order.visit,
        ordinal=assigning.next_ordinal(act, participant.id, order.visit),
        reason=order.reason,
        signature=act.signature,
        allowed_by=act.actor.account,
        allowed_at=act.now,
    )
