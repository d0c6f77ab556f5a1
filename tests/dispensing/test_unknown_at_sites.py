"""A kit that was never sent is unknown at every site: its number tells nobody there where it lies."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.dispensing.at_depot import ReportAtDepot, report_at_depot
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.lot_holds import hold_lot, reject_lot
from irt.dispensing.sweep import SweepKits, sweep_kits
from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.refusals import Refused
from irt.supply.lots import DecideLot
from irt.supply.shipments import RequestShipment, request_shipment
from irt.supply.tables import Kit
from tests.cast import World
from tests.dispensing.mishapped import PHARMACIST, ask, at_second_visit, gone, second, wrong
from tests.stocked import packed, running_trial, send_off

NOWHERE = "9999999"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def _at_depot(world: World) -> str:
    return str(world.rows(Kit, state="at_depot")[0].number)


def _boxed(world: World) -> str:
    box = world.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    return packed(world, box)[0]


def _decided(world: World) -> DecideLot:
    return DecideLot(lot=world.rows(Kit, state="at_depot")[0].lot, reason="particles were seen")


def _held(world: World) -> str:
    kit = _at_depot(world)
    world.do(hold_lot, _decided(world), by="quality")
    return kit


def _rejected(world: World) -> str:
    order = _decided(world)
    kit = _held(world)
    world.do(reject_lot, order, by="quality")
    return kit


def _expired(world: World) -> str:
    kit = _at_depot(world)
    world.clock.advance(timedelta(days=901))
    world.do(sweep_kits, SweepKits(), by="operator")
    return kit


def _lost(world: World) -> str:
    kit = _at_depot(world)
    world.do(report_at_depot, ReportAtDepot(kit=kit, what="lost", reason="not on its shelf"), by="depot")
    return kit


STATES: dict[str, Callable[[World], str]] = {
    "at_depot": _at_depot, "packed": _boxed, "quarantined": _held, "damaged": _rejected, "expired": _expired,
    "lost": _lost,
}  # fmt: skip


def said(refused: Refused, kit: str) -> tuple[str, dict[str, object]]:
    """What a refusal says, but for the number that was asked about."""
    return refused.code, {name: value for name, value in refused.facts.items() if value != kit}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_it_is_not_lost_or_damaged_at_a_site(trial: World, state: str, what: str) -> None:
    kit = STATES[state](trial)
    assert trial.row(Kit, number=kit).state == state
    for by in (PHARMACIST, "coordinator_02"):
        found = said(trial.refusal(lost_or_damaged, gone(trial, kit, what=what), by=by), kit)
        assert found == said(trial.refusal(lost_or_damaged, gone(trial, NOWHERE, what=what), by=by), NOWHERE)
        assert found[0] == "not_found"
    assert trial.row(Kit, number=kit).state == state


@pytest.mark.parametrize("state", ["at_depot", "packed", "quarantined", "lost"])
def test_it_is_in_nobodys_hands(trial: World, state: str) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    kit = STATES[state](trial)
    found = said(trial.refusal(wrong_kit, wrong(trial, one, kit, visit=second(trial)), by=PHARMACIST), kit)
    assert found == said(trial.refusal(wrong_kit, wrong(trial, one, NOWHERE), by=PHARMACIST), NOWHERE)
    assert found[0] == "not_found"


def test_what_has_left_is_known_to_its_site_and_to_no_other(trial: World) -> None:
    box = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    kit = packed(trial, box)[0]
    send_off(trial, box)
    assert trial.refusal(lost_or_damaged, gone(trial, kit), by=PHARMACIST).code == "kit_not_at_hand"
    assert trial.refusal(lost_or_damaged, gone(trial, kit), by="pharmacist_02").code == "not_found"
