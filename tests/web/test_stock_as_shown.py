"""What the supply manager, who knows types, sees of the depot's stock: no box of a lot by itself, on no page."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from irt.dispensing.at_depot import ReportAtDepot, report_at_depot
from irt.dispensing.dispense import Assign, assign
from irt.supply.shipments import RequestShipment, request_shipment
from irt.supply.tables import Express, Kit
from tests.cast import World
from tests.dispensing.mishapped import second
from tests.dispensing.test_assign import SECOND, on_the_day_of
from tests.stocked import bring_in_kits, on_shelf, packed, randomized, running_trial, take_away, types_of
from tests.web.conftest import Visitor

MANAGER = "supply_manager"
Visit = Callable[[str], Visitor]
Piles = dict[tuple[str, str], int]  # lot, type → kits


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=8, depot=48)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.partition("<main")[2]))


def piles(visitor: Visitor) -> Piles:
    row = r"<tr><td>(\w+)</td><td[^>]*>[^<]*</td><td[^>]*>(\w+)</td><td[^>]*>[^<]*</td><td[^>]*>(\d+)</td></tr>"
    return {(lot, kind): int(count) for kind, lot, count in re.findall(row, visitor.get("/depot/types").text)}


def totals(visitor: Visitor) -> dict[str, int]:
    rows = re.findall(r"<tr><td>(L\d+)</td>(.*?)</tr>", visitor.get("/supply").text)
    return {lot: int(re.findall(r">(\d+)<", rest)[-1]) for lot, rest in rows}


def at_depot(world: World) -> Piles:
    types = types_of(world)
    return Counter((kit.lot, types[kit.number]) for kit in world.rows(Kit, state="at_depot"))


def of_lot(known: Piles, lot: str) -> Piles:
    return {key: count for key, count in known.items() if key[0] == lot}


def box(world: World, site: str, kits: int = 8) -> str:
    """A box is asked for; answers its lot."""
    shipment = world.do(request_shipment, RequestShipment(site=site, kits=kits), by="trial_manager")
    (lot,) = {world.row(Kit, number=number).lot for number in packed(world, shipment)}
    return str(lot)


def a_week_later(world: World, visitor: Visitor) -> Piles:
    world.clock.advance(timedelta(days=7))
    visitor.sign_in(MANAGER)
    return piles(visitor)


def to_the_next_lot(world: World) -> Piles:
    """A second lot comes in, and boxes go to three sites in turn until one is of it; answers what came in of it."""
    world.clock.advance(timedelta(days=1))
    bring_in_kits(world, 48)
    came_in = of_lot(at_depot(world), "L1")
    for turn in range(9):
        if box(world, ("01", "02", "03")[turn % 3]) == "L1":
            return came_in
    raise AssertionError("the first lot fills every box")


def test_the_first_box_of_a_lot_is_not_shown_with_the_last_ones_of_another(trial: World, visit: Visit) -> None:
    came_in, visitor = to_the_next_lot(trial), visit(MANAGER)
    shown, there = a_week_later(trial, visitor), at_depot(trial)
    assert of_lot(shown, "L0") == of_lot(there, "L0"), "four boxes of it and more have left"
    assert of_lot(shown, "L1") == came_in != of_lot(there, "L1")
    for site in ("02", "03", "01", "02"):
        assert box(trial, site) == "L1"
    shown = a_week_later(trial, visitor)
    assert shown == {key: count for key, count in at_depot(trial).items() if count}


def test_a_kit_by_express_is_not_shown_by_its_lot(trial: World, visit: Visit) -> None:
    one, _ = randomized(trial)
    on_the_day_of(trial, one, SECOND)
    visitor = visit(MANAGER)
    to_the_next_lot(trial)
    before = a_week_later(trial, visitor)
    types, rest = types_of(trial), [kit.number for kit in trial.rows(Kit, state="at_depot", lot="L0")]
    kept = {next(kit for kit in rest if types[kit] == kind) for kind in set(types.values())}
    take_away(trial, [kit for kit in rest if kit not in kept])  # too few of the first lot for a box
    for site in ("01", "02", "03", "01"):
        assert box(trial, site) == "L1"
    take_away(trial, [kit for kits in on_shelf(trial, "01").values() for kit in kits])
    trial.do(assign, Assign(participant=one.id, visit=second(trial)), by="pharmacist_01")
    assert trial.row(Kit, number=trial.row(Express).kit).lot == "L0"
    shown = a_week_later(trial, visitor)
    assert of_lot(shown, "L0") == of_lot(before, "L0")
    assert of_lot(shown, "L1") == of_lot(at_depot(trial), "L1")


def test_a_kit_lost_at_the_depot_does_not_show_its_type(trial: World, visit: Visit) -> None:
    visitor = visit(MANAGER)
    bring_in_kits(trial, 48)
    for site in ("03", "01"):
        box(trial, site)
    before = a_week_later(trial, visitor)
    assert before == at_depot(trial)
    kit = trial.rows(Kit, state="at_depot", lot="L1")[0].number
    trial.do(report_at_depot, ReportAtDepot(kit=kit, what="lost", reason="not in the refrigerator"), by="depot")
    assert a_week_later(trial, visitor) == before


def test_totals_are_those_of_the_same_moments(trial: World, visit: Visit) -> None:
    visitor = visit(MANAGER)

    def live() -> list[dict[str, int]]:
        return [totals(visit(name)) for name in ("depot", "trial_manager", "auditor")]

    bring_in_kits(trial, 48)
    before = totals(visitor)
    assert before == {"L0": 48, "L1": 48}, "as they came in"
    box(trial, "01", 9)
    assert totals(visitor) == before
    assert live() == [{"L0": 48 - 16 - 9, "L1": 48}] * 3
    box(trial, "02")
    box(trial, "03")
    a_week_later(trial, visitor)
    assert totals(visitor) == live()[0] == {"L0": 48 - 16 - 9 - 16, "L1": 48}
    assert totals(visitor) == Counter(key[0] for key, count in piles(visitor).items() for _ in range(count))


def test_no_page_of_the_supply_manager_tells_of_a_box_but_that_there_is_one(
    trial: World, app: Flask, visit: Visit
) -> None:
    visitor = visit(MANAGER)
    paths = sorted(
        rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())
    )

    def pages() -> dict[str, str]:
        answers = {path: visitor.get(path) for path in paths if "sign" not in path}
        return {path: text(one.text) for path, one in answers.items() if one.status_code == 200}

    before = pages()
    assert {"/", "/supply", "/depot/types", "/shipments", "/lots", "/labels"} <= set(before)
    box(trial, "03", 11)
    after = pages()
    assert {path for path in before if before[path] != after[path]} == {"/shipments"}
    assert "11" not in Counter(after["/shipments"].split()) - Counter(before["/shipments"].split())
