"""A trial that runs, all through the acts: its list sealed, kits imported, shipped and received, its sites active."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from irt.conduct.sites import SiteOrder, activate_site, sign_delegation
from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.first_dose import FirstDose, record_first_dose
from irt.dispensing.receiving import ReceiveShipment, receive_shipment
from irt.entropy import below
from irt.gate.rows import table_of
from irt.participants.screen import Screened
from irt.participants.visits import local_day
from irt.randomization.eligibility import Confirm, confirm
from irt.randomization.opening import OpenStudy, open_study
from irt.randomization.prepare import PrepareList, prepare_list
from irt.randomization.randomize import Randomized, RandomizeOrder, randomize
from irt.safety.practice import practise
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.lots import DecideLot, release_lot
from irt.supply.numbers import make_kit_numbers, scramble_types
from irt.supply.readiness import LaySites, lay_sites, make_ready
from irt.supply.shipments import (
    PackShipment,
    RequestShipment,
    SendShipment,
    pack_shipment,
    request_shipment,
    send_shipment,
)  # fmt: skip
from irt.supply.tables import Assignment, Kit, Lot, Movement
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import Draw, SealedKit, SealedSlot
from tests.cast import World, world
from tests.remembered import remembered
from tests.setting import answers, approve, practice, recorded

HEADING = ["kit_number", "kit_type", "lot", "expiry", "vials"]
Row = list[Any]


def manifest_rows(world: World, kits: int, *, lots: int | None = None) -> list[Row]:
    """A packager's manifest: numbers, types and lots in random order, in date for 900 days.

    A lot comes in one manifest, and a box is of one lot: two lots only where many kits are made, unless told.
    """
    take = world.entropy.take
    types = scramble_types({arm.kit_type: kits // len(world.study.arms) for arm in world.study.arms}, take)
    batch, lots = len(world.rows(Lot)), lots or (2 if kits >= 200 else 1)
    expiry = (world.clock.now().date() + timedelta(days=900)).isoformat()
    return [
        [number, kind, f"L{batch + below(world.entropy, lots)}", expiry, world.study.kit.vials]
        for number, kind in zip(make_kit_numbers(kits, take), types, strict=True)
    ]


def csv_of(rows: list[Row], heading: list[str] = HEADING) -> bytes:
    """The rows as a file."""
    file = io.StringIO()
    csv.writer(file).writerows([heading, *rows])
    return file.getvalue().encode()


def bring_in_kits(world: World, kits: int) -> str:
    """Import a new manifest, its lots released by quality; answers its id."""
    order = ImportKits.from_file("kits.csv", csv_of(manifest_rows(world, kits)))
    manifest = str(world.do(import_kits, order, by="supply_manager").manifest)
    release_lots(world)
    return manifest


def release_lots(world: World) -> None:
    """Quality releases every lot that came in."""
    for lot in world.rows(Lot, state="received"):
        world.do(release_lot, DecideLot(lot=lot.code, reason="certificate of analysis reviewed"), by="quality")


def packed(world: World, shipment: str) -> list[str]:
    """The numbers of the kits in a box."""
    return [line.kit for line in world.rows(Movement, shipment=shipment, after="packed")]


def on_the_way(world: World, site: str, kits: int) -> str:
    """A box that has left the depot; answers the shipment."""
    shipment: str = world.do(request_shipment, RequestShipment(site=site, kits=kits), by="trial_manager")
    send_off(world, shipment)
    return shipment


def send_off(world: World, shipment: str) -> None:
    """The depot packs a box and sends it."""
    world.do(pack_shipment, PackShipment(shipment=shipment, kits=tuple(packed(world, shipment))), by="depot")
    world.do(send_shipment, SendShipment(shipment=shipment), by="depot")


def stock_site(world: World, site: str, kits: int) -> None:
    """A box arrives at a site, every kit intact."""
    shipment = on_the_way(world, site, kits)
    found = dict.fromkeys(packed(world, shipment), "intact")
    order = ReceiveShipment(shipment=shipment, kits=found, temperature="in_range")
    world.do(receive_shipment, order, by=f"pharmacist_{site}")


def running_trial(database_url: str, *sites: str, kits: int = 16, depot: int = 48, **study: Any) -> World:
    """The study is open on its own sealed list, and each of `sites` is active with `kits` kits on its shelf.

    `study` changes keys of study.toml before anything happens.
    """
    made = world(database_url)

    def play(here: World) -> None:
        begin_running(here, sites, kits, depot)

    if study:
        made = made.under(**study)
        play(made)
        return made
    return remembered(made, ("running", sites, kits, depot), play)


def begin_running(made: World, sites: tuple[str, ...], kits: int = 16, depot: int = 48) -> None:
    """The same, played in a world in which nobody has done anything."""
    made.do(prepare_list, PrepareList(block_sizes=(2, 4), slots=made.study.cap), by="unblinded_statistician")
    made.do(lay_sites, LaySites(), by="operator")
    bring_in_kits(made, depot)
    begin_at_sites(made, sites, lambda site: stock_site(made, site, kits))


def begin_at_sites(made: World, sites: tuple[str, ...], stock: Callable[[str], None]) -> None:
    """The list is sealed: the study opens, and each site with what `stock` puts on its shelf."""
    made.do(open_study, OpenStudy(), by="trial_manager")
    for site in sites:
        approve(made, site, "ethics", "contract")
        made.do(sign_delegation, SiteOrder(site=site), by=f"investigator_{site}")
        made.do(practise, practice(site), by=f"investigator_{site}")
        stock(site)
        made.do(make_ready, SiteOrder(site=site), by="trial_manager")
        made.do(activate_site, SiteOrder(site=site), by="trial_manager")


def eligible(world: World, document: str = "EXAMPLE-000001", site: str = "01") -> Screened:
    """A participant whose eligibility an investigator has confirmed."""
    one = recorded(world, f"coordinator_{site}", site=site, identity_document=document)
    world.do(confirm, Confirm(participant=one.id, answers=answers(world)), by=f"investigator_{site}")
    return one


def randomized(world: World, document: str = "EXAMPLE-000001", site: str = "01") -> tuple[Screened, Randomized]:
    """A participant who was just randomized, and what their coordinator was told."""
    one = eligible(world, document, site)
    answer = world.do(randomize, RandomizeOrder(participant=one.id), by=f"coordinator_{site}")
    assert isinstance(answer, Randomized)
    return one, answer


def dosed(world: World, one: Screened) -> None:
    """The first kit is handed over and its first dose injected, today: the calendar begins."""
    given = world.row(Assignment, participant=one.id, visit=world.study.dispensing_visits[0].id)
    order = HandOver(participant=one.id, visit=given.visit, kit=given.kit)
    world.do(hand_over, order, by=f"pharmacist_{given.site}")
    today = local_day(world.clock.now(), world.study.site(given.site).time_zone)
    first = FirstDose(
        participant=one.id, kit=given.kit, taken_on=today, taken_at="00:30", place="clinic",
        injection_site=world.study.treatment.injection_sites[0].id,
    )  # fmt: skip
    world.do(record_first_dose, first, by=f"coordinator_{given.site}")


# What follows opens seals, as nobody in service may: the tests hold the vault's key.


def types_of(world: World) -> dict[str, str]:
    """Every kit's type."""
    return {row.kit: disclose(_rows.type_of(world.vault, row)) for row in world.rows(SealedKit)}


def type_due(world: World, participant: str) -> str:
    """The kit type of the arm that was drawn for a participant."""
    slot = world.row(SealedSlot, id=world.row(Draw, participant=participant).slot)
    arm = disclose(_rows.arm_of(world.vault, slot))
    return next(one.kit_type for one in world.study.arms if one.id == arm)


def on_shelf(world: World, site: str) -> dict[str, list[str]]:
    """The kits on a site's shelf by type."""
    types, found = types_of(world), {arm.kit_type: [] for arm in world.study.arms}
    for kit in world.rows(Kit, site=site, state="available"):
        found[types[kit.number]].append(kit.number)
    return found


def take_away(world: World, numbers: list[str], **values: Any) -> None:
    """Change kits by hand, as if they had been put aside; by default into quarantine."""
    kit = table_of(Kit)
    with world.database.writing() as connection:
        changed = values or {"state": "quarantined"}
        connection.execute(update(kit).where(kit.c.number.in_(numbers)).values(**changed))
