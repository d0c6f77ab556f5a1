"""The boxes of the simulated trial: made, imported, shipped when a site runs low, received some days later.

Whoever orders looks at totals only; what a box holds is decided in the vault.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.lots import DecideLot, release_lot
from irt.supply.packing import manifest_csv, pack
from irt.supply.receiving import Found, ReceiveShipment, receive_shipment
from irt.supply.shipments import (
    PackShipment,
    RequestShipment,
    SendShipment,
    contents_of,
    pack_shipment,
    request_shipment,
    send_shipment,
)
from irt.supply.tables import Kit, Lot, Shelf

if TYPE_CHECKING:
    from irt.simulation.life import Life

FIRST_BOX, NEXT_BOX, LOW = 24, 24, 20
TRANSIT_DAYS = 2
DAMAGED = 0.004
LOTS = 3


class Supply:
    """Keeps the sites in stock."""

    def __init__(self, desk: Desk, cast: Cast) -> None:
        self.desk, self.cast, self.study = desk, cast, desk.service.study
        self._coming: Counter[str] = Counter()

    def manifest(self, kits: int, start: date) -> bytes:
        """A packager's manifest as CSV: numbers, types and lots in random order, every lot with every type."""
        lots = {f"L{lot + 1}": start + timedelta(days=900 + 180 * lot) for lot in range(LOTS)}
        kits += -kits % sum(self.study.ratio)
        return manifest_csv(pack(self.study, kits, lots, self.desk.service.entropy))

    def import_manifest(self, kits: int) -> None:
        """The supply manager takes the manifest in."""
        content = self.manifest(kits, self.desk.clock.now().date())
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
        manager, depot = self.cast.one("trial_manager"), self.cast.one("depot")
        shipment: str = self.desk.do(manager, request_shipment, RequestShipment(site=site, kits=kits)).answer
        with self.desk.service.database.reading(depot) as session:
            numbers = tuple(contents_of(session, shipment))
        self.desk.do(depot, pack_shipment, PackShipment(shipment=shipment, kits=numbers))
        self.desk.do(depot, send_shipment, SendShipment(shipment=shipment))
        self._coming[site] += kits
        return shipment

    def receive(self, site: str, shipment: str, damaged: list[str]) -> None:
        """The pharmacist receives a box, kit by kit."""
        with self.desk.service.database.reading(self.cast.at(site, "pharmacist")) as session:
            kits = contents_of(session, shipment)
        found: dict[str, Found] = {kit: "damaged" if kit in damaged else "intact" for kit in kits}
        order = ReceiveShipment(shipment=shipment, kits=found, temperature="in_range")
        self.desk.do(self.cast.at(site, "pharmacist"), receive_shipment, order)
        self._coming[site] -= len(kits)

    def morning(self, life: Life, day: date) -> None:
        """Order for every site that runs low, by totals; boxes arrive some days later."""
        stock, closed = self._totals(), self._closed()
        demand = Counter(one.site for one in life.participants if one.randomized_on and not one.withdrawn)
        for site in self.study.sites:
            low = LOW + demand[site.code]
            bare = site.code in closed and not self._coming[site.code]
            if bare or stock[site.code] + self._coming[site.code] < low:
                try:
                    shipment = self.ship(site.code, NEXT_BOX + demand[site.code] // 2)
                except Refused as refusal:  # the depot cannot give that many: asked again tomorrow
                    self.desk.refused[refusal.code] += 1
                    continue
                arrival = day + timedelta(days=TRANSIT_DAYS)
                life.at(arrival, site.code, partial(self._arrives, life, site.code, shipment))

    def _arrives(self, life: Life, site: str, shipment: str) -> None:
        with self.desk.service.database.reading(self.cast.at(site, "pharmacist")) as session:
            kits = contents_of(session, shipment)
        self.receive(site, shipment, [kit for kit in kits if life.nature.happens(DAMAGED)])

    def _closed(self) -> set[str]:
        """Sites that are closed for randomization: what the trial manager's page names as those that need kits."""
        with self.desk.service.database.reading(self.cast.one("trial_manager")) as session:
            return {shelf.site for shelf in session.scalars(select(Shelf).filter_by(randomization="closed"))}

    def _totals(self) -> Counter[str]:
        kit = table_of(Kit)
        totals = select(kit.c.site, func.count().label("kits")).where(kit.c.state == "available").group_by(kit.c.site)
        with self.desk.service.database.read.connect() as connection:
            return Counter({row.site: row.kits for row in connection.execute(totals)})
