"""Boxes that do not come: told of once, and from then on not counted on."""

from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.cancelling import tell_not_given
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.overdue import UNDER_WAY, is_coming, overdue
from irt.supply.tables import Express, Shipment

WATCHING = frozenset({Role.DEPOT, Role.TRIAL_MANAGER})


def look_for_boxes(act: Act) -> None:
    """Tell of every box that is overdue, once, and count on it no more: the same night sends the site others.

    One that comes after all is received as any. Of an express one its visit may ask for another.
    """
    plan = act.study.supply
    found = [row for state in UNDER_WAY for row in act.rows(Shipment, state=state) if overdue(plan, row, act.now)]
    for box in sorted(filter(is_coming, found), key=lambda row: (row.site, row.number)):
        ledger.lock_shelf(act, box.site)
        _mark(act, box)


def _mark(act: Act, known: Row[Any]) -> None:
    (box,) = act.rows(Shipment, lock=True, id=known.id)
    if not is_coming(box) or box.sent_at != known.sent_at:
        return  # it came, left or was cancelled meanwhile
    act.change(Shipment, box, overdue_at=act.now)
    audience = WATCHING if box.sent_at is None else WATCHING | {Role.PHARMACIST}
    act.send("shipment.overdue", audience=audience, site=box.site, shipment=box.id, box=box.number)
    for express in act.rows(Express, shipment=box.id):
        tell_not_given(act, express)
