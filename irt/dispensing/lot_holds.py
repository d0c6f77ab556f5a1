"""A lot on hold: its kits are nobody's until quality decides, on shelves, set aside, at the depot and on their way."""

from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.conduct.tables import Site
from irt.dispensing import guests
from irt.dispensing.cancelling import call_off
from irt.dispensing.review import review_shelf
from irt.gate.act import Act, act
from irt.supply import ledger, lots, quarantining
from irt.supply.lots import ANY_TIME, TOLD, DecideLot, sites_with
from irt.supply.shipments import UNSENT, contents
from irt.supply.tables import Kit, Shipment

TAKEN = ("available", "assigned", "at_depot", "quarantined")
BROUGHT_BACK = ("returned", "reconciled")  # during the hold, by those who were told of it
EVERYWHERE = frozenset({Role.TRIAL_MANAGER, Role.QUALITY, Role.DEPOT})


@act(
    "lot.hold",
    roles={Role.QUALITY, Role.MEDICAL_MONITOR},
    during=ANY_TIME,
    sign="I put this lot on hold",
    reason=True,
    everywhere=True,
)
def hold_lot(act: Act, order: DecideLot) -> str:
    """No kit of the lot is given or shipped from now on; answers the entry that holds them.

    Kits on shelves, set aside for visits and at the depot are quarantined, boxes that have not left are cancelled, and
    what is in transit arrives into quarantine. Kits at home stay there: the sites are told. Refused: not_found,
    lot_state (anything but released).
    """
    lot = lots.in_state(act, order.lot, "released")
    _lock_shelves(act)
    lots.decide(act, lot, "held", order.reason)
    entry = quarantining.open_entry(act, "lot", order.reason, lot=lot.code)
    kits = act.rows(Kit, lock=True, lot=lot.code)
    _cancel_boxes(act, {kit.number for kit in kits if kit.state == "packed"})
    for kit in kits:
        if kit.state in TAKEN:
            guests.quarantine(act, entry, kit)
    for site in sites_with(kits):
        review_shelf(act, site)
        act.send("lot.held", audience=TOLD, site=site, lot=lot.code)
    act.send("lot.held_everywhere", audience=EVERYWHERE, lot=lot.code)
    return str(entry.number)


@act(
    "lot.resume", roles={Role.QUALITY}, during=ANY_TIME, sign="I end the hold of this lot", reason=True, everywhere=True
)
def resume_lot(act: Act, order: DecideLot) -> None:
    """The lot's kits are back where they were; those that had been set aside go to nobody. The sites are told.

    Refused: not_found, lot_state.
    """
    lot, entry = _held(act, order.lot)
    for site in sites_with(act.rows(Kit, lot=lot.code), *BROUGHT_BACK):
        act.send("lot.resumed", audience=TOLD, site=site, lot=lot.code)
    act.send("lot.resumed_everywhere", audience=EVERYWHERE, lot=lot.code)
    lots.decide(act, lot, "resumed", order.reason)
    for site in quarantining.release_kits(act, quarantining.decide(act, entry, "released", order.reason)):
        review_shelf(act, site)


@act("lot.reject", roles={Role.QUALITY}, during=ANY_TIME, sign="I reject this lot", reason=True, everywhere=True)
def reject_lot(act: Act, order: DecideLot) -> None:
    """No kit of the lot is ever given: those at sites and at the depot wait to be destroyed.

    It is on hold before, or was never released. Kits at home are to be called back: the sites are told.
    Refused: not_found, lot_state.
    """
    lot = lots.in_state(act, order.lot, "received", "held")
    for site in sites_with(act.rows(Kit, lot=lot.code), *BROUGHT_BACK):
        act.send("lot.rejected", audience=TOLD, site=site, lot=lot.code)
    act.send("lot.rejected_everywhere", audience=EVERYWHERE, lot=lot.code)
    if lot.state == "received":
        lots.decide(act, lot, "rejected", order.reason)
        for kit in act.rows(Kit, lock=True, lot=lot.code, state="at_depot"):
            ledger.move(act, kit, "damaged", site=None)
        return
    lot, entry = _held(act, order.lot)
    lots.decide(act, lot, "rejected", order.reason)
    quarantining.reject_kits(act, quarantining.decide(act, entry, "rejected", order.reason))


def _held(act: Act, code: str) -> tuple[Row[Any], Row[Any]]:
    lot = lots.in_state(act, code, "held")
    _lock_shelves(act)
    entry = quarantining.lot_entry(act, code)
    assert entry is not None, "a lot on hold has an open entry"
    return lot, entry


def _lock_shelves(act: Act) -> None:
    for site in act.rows(Site):
        ledger.lock_shelf(act, site.code)


def _cancel_boxes(act: Act, kits: set[str]) -> None:
    waiting = [row for state in UNSENT for row in act.rows(Shipment, state=state)]
    for shipment in waiting:
        if kits & set(contents(act, shipment.id)):
            call_off(act, act.find(Shipment, id=shipment.id), "lot on hold")
