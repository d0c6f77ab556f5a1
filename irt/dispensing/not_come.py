"""Boxes that do not come: told of once, and given up when another could have been ordered since."""

from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.cancelling import tell_not_given
from irt.gate.act import Act
from irt.supply import ledger
from irt.supply.overdue import UNDER_WAY, overdue, to_give_up
from irt.supply.tables import Express, Shipment

WATCHING = frozenset({Role.DEPOT, Role.TRIAL_MANAGER})


def look_for_boxes(act: Act) -> None:
    """Tell of every box that is overdue, once, and give up those that are too long: the night sends the site others.

    One that comes after all is received as any. Of an express one its visit may ask for another.
    """
    plan = act.study.supply
    found = [row for state in UNDER_WAY for row in act.rows(Shipment, state=state) if overdue(plan, row, act.now)]
    for box in sorted(found, key=lambda row: (row.site, row.number)):
        gone = box.given_up_at is None and to_give_up(plan, box, act.now)
        if gone or box.overdue_at is None:
            ledger.lock_shelf(act, box.site)
            _mark(act, box, gone=gone)


def _mark(act: Act, known: Row[Any], *, gone: bool) -> None:
    (box,) = act.rows(Shipment, lock=True, id=known.id)
    if box.state not in UNDER_WAY or box.sent_at != known.sent_at:
        return  # it came, left or was cancelled meanwhile
    if box.overdue_at is None:
        act.change(Shipment, box, overdue_at=act.now)
        audience = WATCHING if box.sent_at is None else WATCHING | {Role.PHARMACIST}
        act.send("shipment.overdue", audience=audience, site=box.site, shipment=box.id, box=box.number)
    if gone:
        act.change(Shipment, box, given_up_at=act.now)
        for express in act.rows(Express, shipment=box.id):
            tell_not_given(act, express)
