"""A visit that finds no kit: the depot sends one by express, for this participant alone.

Whoever asks learns that a kit is on its way, and nothing else: not which type was lacking, for the visit is told so
whichever it is. The kit is of the participant's arm, and nobody else is ever given it. From the moment that it is drawn
it counts as one of the visit's kits, whatever becomes of it: see dispensing.allowance.
"""

from datetime import date
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.gate.act import Act
from irt.supply import assigning, ledger
from irt.supply.expiry import last_arrival_use, last_possible_use, leaves_by
from irt.supply.overdue import is_coming
from irt.supply.shipments import lots_to_ship, order_box
from irt.supply.tables import Express, Shipment
from irt.vault import blind


def under_way(act: Act, participant: str, visit: str | None = None) -> Row[Any] | None:
    """The express shipment that is on its way to a participant, for this visit or for any; None without one.

    One whose visit was given another kit meanwhile brings none to anybody, and is none; nor is one that was given up.
    """
    for row in act.rows(Express, participant=participant):
        shipment = act.find(Shipment, lock=False, id=row.shipment)
        if not is_coming(shipment) or visit not in (None, row.visit):
            continue
        if not assigning.overtaken(row, assigning.latest(act, participant, row.visit)):
            return shipment
    return None


def by_express(act: Act, participant: Row[Any], visit: str, until_handed_over: date) -> tuple[str | None, bool]:
    """The express shipment for a visit, and whether it was under way before; None where none can be sent."""
    sent = under_way(act, participant.id, visit) or under_way(act, participant.id)
    if sent is not None:
        return str(sent.number), True
    return send_for(act, participant, visit, last_possible_use(act.study, visit, until_handed_over)), False


def send_for(act: Act, participant: Row[Any], visit: str, until: date) -> str | None:
    """Order an express shipment of one kit that is in date until then; answers its number.

    None where the depot cannot serve every arm: then the supply side is told, and no kit is on its way.
    """
    until = max(until, last_arrival_use(act.study, leaves_by(act.study, act.now)))
    for lot in lots_to_ship(act, until):
        kit = blind.match(act, participant=participant.id, shelf=ledger.IN_LOT, lot=lot, until=until)
        if kit is not None:
            shipment = order_box(act, participant.site, "express", [kit])
            ordinal = assigning.next_ordinal(act, participant.id, visit)
            act.add(
                Express, shipment=shipment, participant=participant.id, site=participant.site, visit=visit,
                ordinal=ordinal, kit=kit,
            )  # fmt: skip
            return str(act.find(Shipment, lock=False, id=shipment).number)
    act.send("supply.short", audience={Role.TRIAL_MANAGER, Role.SUPPLY_MANAGER}, site=participant.site)
    return None
