"""The boxes of the simulated trial: made, imported, ordered by the night, sent by the depot, received days later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from irt.dispensing.ordering import OrderSupplies, order_supplies
from irt.dispensing.receiving import Found, ReceiveShipment, Temperature, receive_shipment
from irt.simulation import incidents
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.supply.expiry import depot_day
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.lots import DecideLot, release_lot
from irt.supply.packing import manifest_csv, pack
from irt.supply.shipments import (
    PackShipment,
    RequestShipment,
    SendShipment,
    contents_of,
    pack_shipment,
    request_shipment,
    send_shipment,
)
from irt.supply.tables import Assignment, Kit, Lot, Shipment

if TYPE_CHECKING:
    from irt.simulation.life import Life

DAYS_TO_EXPIRY = (365, 500, 760)  # of the lots, from the day on which they are made
EXPRESS_DAYS = 2
DAMAGED = 0.004
OVERAGE, A_SITE = 1.12, 8  # kits made beyond what everybody would be given, and for each site's shelf


class Supply:
    """Keeps the sites in stock."""

    def __init__(self, desk: Desk, cast: Cast) -> None:
        self.desk, self.cast, self.study = desk, cast, desk.service.study
        self.contents: dict[str, str] = {}  # what the packager put into each kit; no person of the trial reads it
        self.first_box = max(self.study.supply.smallest_box, len(self.study.arms) * self.study.supply.maximum)

    def made_for(self, participants: int) -> int:
        """How many kits the packager makes."""
        sites = len(self.study.sites)
        return int(participants * len(self.study.dispensing_visits) * OVERAGE) + sites * (A_SITE + self.first_box)

    def manifest(self, kits: int, start: date, days_to_expiry: Sequence[int] = DAYS_TO_EXPIRY) -> bytes:
        """A packager's manifest as CSV: numbers, types and lots in random order, every lot with every type."""
        with self.desk.service.database.reading(self.cast.one("quality")) as session:
            known, before = set(session.scalars(select(Kit.number))), session.scalar(select(func.count(Lot.code))) or 0
        days = enumerate(days_to_expiry, before + 1)
        lots = {f"L{lot}": start + timedelta(days=last) for lot, last in days}
        kits += -kits % sum(self.study.ratio)
        rows = pack(self.study, kits, lots, self.desk.service.entropy, known)
        self.contents |= {row.kit_number: row.kit_type for row in rows}
        return manifest_csv(rows)

    def import_manifest(self, kits: int, days_to_expiry: Sequence[int] = DAYS_TO_EXPIRY) -> None:
        """The supply manager takes the manifest in, and quality releases its lots."""
        content = self.manifest(kits, self.desk.clock.now().date(), days_to_expiry)
        order = ImportKits.from_file("manifest.csv", content)
        self.desk.do(self.cast.one("supply_manager"), import_kits, order)
        for lot in self._lots("received"):
            decision = DecideLot(lot=lot, reason="certificate of analysis reviewed")
            self.desk.do(self.cast.one("quality"), release_lot, decision)

    def _lots(self, state: str) -> list[str]:
        with self.desk.service.database.reading(self.cast.one("quality")) as session:
            return sorted(lot.code for lot in session.scalars(select(Lot).filter_by(state=state)))

    def ship(self, site: str, kits: int) -> str:
        """Request and send a box."""
        manager = self.cast.one("trial_manager")
        shipment: str = self.desk.do(manager, request_shipment, RequestShipment(site=site, kits=kits)).answer
        self.send(shipment)
        return shipment

    def send(self, shipment: str) -> None:
        """The depot sends a box that was ordered."""
        depot = self.cast.one("depot")
        with self.desk.service.database.reading(depot) as session:
            numbers = tuple(contents_of(session, shipment, depot=True))
        self.desk.do(depot, pack_shipment, PackShipment(shipment=shipment, kits=numbers))
        self.desk.do(depot, send_shipment, SendShipment(shipment=shipment))

    def today(self) -> date:
        """The day at the depot."""
        return depot_day(self.study, self.desk.clock.now())

    def receive(
        self, site: str, shipment: str, damaged: list[str], *, too_warm: bool = False, missing: bool = False
    ) -> None:
        """The pharmacist receives a box, kit by kit, and reads its logger; of one that is lost there is none."""
        with self.desk.service.database.reading(self.cast.at(site, "pharmacist")) as session:
            kits = contents_of(session, shipment)
        arrived: Found = "missing" if missing else "intact"
        found: dict[str, Found] = {kit: "damaged" if kit in damaged else arrived for kit in kits}
        sound: Temperature = "not_read" if missing else "in_range"
        order = ReceiveShipment(
            shipment=shipment, kits=found, temperature="excursion" if too_warm else sound,
            highest=Decimal("12.4") if too_warm else None, minutes=310 if too_warm else None,
            told="the van stood in the sun" if too_warm else None,
        )  # fmt: skip
        self.desk.do(self.cast.at(site, "pharmacist"), receive_shipment, order)

    def morning(self, life: Life, day: date) -> None:
        """The night has ordered what sites need; the depot sends what was ordered, and it arrives some days later."""
        if (day - life.first_day).days == self.again_days:
            self._packed_again(life)
        self.desk.do(self.desk.service.credentials.operator(), order_supplies, OrderSupplies())
        with self.desk.service.database.reading(self.cast.one("depot")) as session:
            waiting = list(session.scalars(select(Shipment).filter_by(state="requested").order_by(Shipment.number)))
        for box in waiting:
            self.send(box.id)
            days = EXPRESS_DAYS if box.kind == "express" else self.study.supply.lead_days
            life.at(day + timedelta(days=days), box.site, partial(self._arrives, life, box.site, box.id))

    @property
    def again_days(self) -> int:
        """In a trial that takes long kits are packed anew after so many days, while the last lot can be shipped yet."""
        return DAYS_TO_EXPIRY[-1] - 2 * self.study.kit.do_not_ship_days

    def _packed_again(self, life: Life) -> None:
        """A second packaging run, for what participants may be given from now on."""
        with self.desk.service.database.reading(self.cast.one("quality")) as session:
            given = session.scalar(select(func.count()).where(Assignment.handed_over_at.is_not(None))) or 0
        wanted = life.wanted * len(self.study.dispensing_visits)
        self.import_manifest(int((wanted - given) * OVERAGE), DAYS_TO_EXPIRY[-1:])

    def _arrives(self, life: Life, site: str, shipment: str) -> None:
        with self.desk.service.database.reading(self.cast.at(site, "pharmacist")) as session:
            kits = contents_of(session, shipment)
        too_warm = len(kits) > 1 and incidents.box_too_warm(life)
        damaged = [kit for kit in kits if life.nature.happens(DAMAGED)]
        if len(kits) > 1 and not too_warm and incidents.box_lost(life, site, shipment):
            return
        self.receive(site, shipment, damaged, too_warm=too_warm)
        if too_warm:
            incidents.decide_on_box(life, site, shipment)
