"""The boxes of the simulated trial: made, imported, shipped when a site runs low, received some days later.

Whoever orders looks at totals only; what a box holds is decided in the vault.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from irt.entropy import choice
from irt.gate.rows import table_of
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.numbers import make_kit_numbers, scramble_types
from irt.supply.shipments import (
    ReceiveShipment,
    RequestShipment,
    SendShipment,
    contents_of,
    receive_shipment,
    request_shipment,
    send_shipment,
)
from irt.supply.tables import Kit

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
        entropy = self.desk.service.entropy
        parts = sum(arm.ratio for arm in self.study.arms)
        types = scramble_types({arm.kit_type: kits * arm.ratio // parts for arm in self.study.arms}, entropy.take)
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(["kit_number", "kit_type", "lot", "expiry", "vials"])
        for number, kind in zip(make_kit_numbers(len(types), entropy.take), types, strict=True):
            lot = choice(entropy, range(LOTS))
            expiry = start + timedelta(days=900 + 180 * lot)
            writer.writerow([number, kind, f"L{lot + 1}", expiry.isoformat(), self.study.kit.vials])
        return file.getvalue().encode()

    def import_manifest(self, kits: int) -> None:
        """The supply manager takes the manifest in."""
        content = self.manifest(kits, self.desk.clock.now().date())
        order = ImportKits.from_file("manifest.csv", content)
        self.desk.do(self.cast.one("supply_manager"), import_kits, order)

    def ship(self, site: str, kits: int) -> str:
        """Request and send a box."""
        manager, depot = self.cast.one("trial_manager"), self.cast.one("depot")
        shipment: str = self.desk.do(manager, request_shipment, RequestShipment(site=site, kits=kits)).answer
        self.desk.do(depot, send_shipment, SendShipment(shipment=shipment))
        self._coming[site] += kits
        return shipment

    def receive(self, site: str, shipment: str, damaged: list[str]) -> None:
        """The pharmacist receives a box, kit by kit."""
        with self.desk.service.database.reading(self.cast.at(site, "pharmacist")) as session:
            kits = contents_of(session, shipment)
        state = {kit: "damaged" if kit in damaged else "intact" for kit in kits}
        order = ReceiveShipment(shipment=shipment, kits=state)
        self.desk.do(self.cast.at(site, "pharmacist"), receive_shipment, order)
        self._coming[site] -= len(kits)

    def morning(self, life: Life, day: date) -> None:
        """Order for every site that runs low, by totals; boxes arrive some days later."""
        stock = self._totals()
        demand = Counter(one.site for one in life.participants if one.randomized_on and not one.withdrawn)
        for site in self.study.sites:
            low = LOW + demand[site.code]
            if stock[site.code] + self._coming[site.code] < low:
                shipment = self.ship(site.code, NEXT_BOX + demand[site.code] // 2)
                arrival = day + timedelta(days=TRANSIT_DAYS)
                life.at(arrival, site.code, partial(self._arrives, life, site.code, shipment))

    def _arrives(self, life: Life, site: str, shipment: str) -> None:
        with self.desk.service.database.reading(self.cast.at(site, "pharmacist")) as session:
            kits = contents_of(session, shipment)
        self.receive(site, shipment, [kit for kit in kits if life.nature.happens(DAMAGED)])

    def _totals(self) -> Counter[str]:
        kit = table_of(Kit)
        totals = select(kit.c.site, func.count()).where(kit.c.state == "available").group_by(kit.c.site)
        with self.desk.service.database.read.connect() as connection:
            return Counter({site: number for site, number in connection.execute(totals)})


