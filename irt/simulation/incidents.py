"""What goes wrong with kits, once each: a site's refrigerator, a box too warm, a box that is lost, a lot on hold.

Each is told by whoever notices it, and decided by quality some days later: one decision for all kits of an entry. The
lost box is looked for when it is overdue, and received with every kit missing when it was given up.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from irt.clock import local_time
from irt.dispensing.excursions import (
    DecideQuarantine,
    ReportExcursion,
    reject_quarantine,
    release_quarantine,
    report_excursion,
)
from irt.dispensing.lot_holds import hold_lot, resume_lot
from irt.supply.lots import DecideLot
from irt.supply.tables import Kit, Quarantine

if TYPE_CHECKING:
    from irt.simulation.life import Life

REFRIGERATOR_ON, BOX_FROM, LOST_FROM, LOT_ON = (timedelta(days=days) for days in (90, 120, 150, 200))  # of the trial
DECIDED_AFTER, LOT_HELD_FOR = timedelta(days=2), timedelta(days=4)


def morning(life: Life, day: date) -> None:
    """On their days the refrigerator fails at the site with the most kits, and a lot is put on hold; the lost box is
    given up."""
    if life.lost_box is not None and day > life.lost_box[2] + _looked_for(life):
        _missing(life)
    if day == life.first_day + REFRIGERATOR_ON and (kits := _on_shelves(life, "site")):
        site = max(sorted(kits), key=lambda one: kits[one])
        life.at(day, site, partial(_refrigerator, life, site))
    if day == life.first_day + LOT_ON and (kits := _on_shelves(life, "lot")):
        lot = max(sorted(kits), key=lambda one: kits[one])
        quality = life.cast.one("quality")
        life.desk.do(quality, hold_lot, DecideLot(lot=lot, reason="a stability result is awaited"))
        life.at(day + LOT_HELD_FOR, life.study.sites[0].code, partial(_resume, life, lot))


def box_too_warm(life: Life) -> bool:
    """Whether the box that arrives today is the one whose logger shows an excursion."""
    if not life.incidents or life.warm_box or life.supply.today() < life.first_day + BOX_FROM:
        return False
    life.warm_box = True
    return True


def box_lost(life: Life, site: str, shipment: str) -> bool:
    """Whether the box that should arrive today is the one that the courier has lost."""
    if not life.incidents or life.lost_box is not None or life.supply.today() < life.first_day + LOST_FROM:
        return False
    life.lost_box = site, shipment, life.supply.today()
    return True


def decide_on_box(life: Life, site: str, shipment: str) -> None:
    """Quality rejects the kits of a box that was too warm, all of them."""
    life.at(life.supply.today() + DECIDED_AFTER, site, partial(_decide_on, life, shipment))


def _refrigerator(life: Life, site: str) -> None:
    zone = life.study.site(site).time_zone
    order = ReportExcursion(
        site=site, noticed_on=life.supply.today(), noticed_at=local_time(life.desk.clock.now(), zone),
        highest=Decimal("9.6"), minutes=140, told="the door of the refrigerator stood ajar over night",
    )  # fmt: skip
    entry: str = life.desk.do(life.cast.at(site, "pharmacist"), report_excursion, order).answer
    decision = DecideQuarantine(quarantine=entry, reason="within the stability data of the maker")
    release = partial(life.desk.do, life.cast.one("quality"), release_quarantine, decision)
    life.at(life.supply.today() + DECIDED_AFTER, site, release)


def _looked_for(life: Life) -> timedelta:
    """For how long a box is looked for: by then the night counts on it no more."""
    return timedelta(days=life.study.supply.overdue_days + life.study.supply.review_days + 1)


def _missing(life: Life) -> None:
    """The courier gives up: the pharmacist receives what never came."""
    assert life.lost_box is not None
    site, shipment, _ = life.lost_box
    life.lost_box = site, shipment, date.max - _looked_for(life)  # it is accounted for
    life.supply.receive(site, shipment, [], missing=True)


def _decide_on(life: Life, shipment: str) -> None:
    quality = life.cast.one("quality")
    with life.desk.service.database.reading(quality) as session:
        entry = session.scalars(select(Quarantine).filter_by(shipment=shipment)).one().id
    decision = DecideQuarantine(quarantine=entry, reason="outside the stability data of the maker")
    life.desk.do(quality, reject_quarantine, decision)


def _resume(life: Life, lot: str) -> None:
    life.desk.do(life.cast.one("quality"), resume_lot, DecideLot(lot=lot, reason="the result is within its limits"))


def _on_shelves(life: Life, by: str) -> Counter[str]:
    """How many kits stand on shelves, by site or by lot."""
    with life.desk.service.database.reading(life.cast.one("quality")) as session:
        return Counter(getattr(kit, by) for kit in session.scalars(select(Kit).filter_by(state="available")))
