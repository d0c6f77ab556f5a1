"""An express kit counts as one of its visit's kits from its draw on, whatever becomes of it: nobody gets round the word
of a second person by boxes that never leave, or that are told to have arrived damaged, too warm or not at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from irt.assurance.findings import Findings
from irt.assurance.ledger import Ledger
from irt.assurance.verify import verify
from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.dispense import Assign, Cancel, assign, cancel
from irt.dispensing.elsewhere import elsewhere
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.lot_holds import hold_lot
from irt.dispensing.receiving import ReceiveShipment, receive_shipment
from irt.gate.tables import Outbox
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.supply.lots import DecideLot
from irt.supply.tables import Assignment, Express, Kit, Movement, Shipment
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    allowed,
    ask,
    assignments,
    at_second_visit,
    came,
    give,
    gone,
    mishap,
    second,
    shelf,
)  # fmt: skip
from tests.stocked import bring_in_kits, on_shelf, randomized, running_trial, send_off, stock_site, take_away, type_due


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", depot=96)


def asked(world: World, one: Screened) -> Any:
    return world.do(assign, Assign(participant=one.id, visit=second(world)), by=PHARMACIST)


def bare(world: World, kind: str | None = None) -> None:
    """Nothing is left on the shelf; or nothing of one type."""
    take_away(world, on_shelf(world, "01")[kind] if kind else shelf(world))


def on_its_way(world: World) -> Express:
    """The express kit whose box is under way."""
    states = ("requested", "packed", "in_transit")
    boxes = {row.id for row in world.rows(Shipment, kind="express") if row.state in states}
    (row,) = (row for row in world.rows(Express) if row.shipment in boxes)
    return row  # type: ignore[no-any-return]


def received(world: World, found: str = "intact", temperature: str = "in_range") -> str:
    """The box is sent and received some hours later; answers its kit."""
    sent = on_its_way(world)
    send_off(world, sent.shipment)
    world.clock.advance(timedelta(hours=6))
    told = "11 °C for two hours" if temperature == "excursion" else None
    kits = {sent.kit: found}
    order = ReceiveShipment(shipment=sent.shipment, kits=kits, temperature=temperature, told=told)
    world.do(receive_shipment, order, by=PHARMACIST)
    return sent.kit


def called_off(world: World, by: str) -> None:
    order = CancelShipment(shipment=on_its_way(world).shipment, reason="not now")
    world.do(cancel_shipment, order, by=by)


def held(world: World, *, left: bool) -> None:
    """The lot of the kit is put on hold, before or after its box has left; another lot comes in."""
    lot = world.row(Kit, number=on_its_way(world).kit).lot
    if left:
        send_off(world, on_its_way(world).shipment)
    bring_in_kits(world, 48)
    world.do(hold_lot, DecideLot(lot=lot, reason="a complaint about particles"), by="quality")
    if left:
        sent = on_its_way(world)
        order = ReceiveShipment(shipment=sent.shipment, kits={sent.kit: "intact"}, temperature="in_range")
        world.do(receive_shipment, order, by=PHARMACIST)


WAYS: dict[str, Callable[[World], object]] = {
    "missing": lambda world: received(world, "missing"),
    "damaged": lambda world: received(world, "damaged"),
    "excursion": lambda world: received(world, temperature="excursion"),
    "logger not read": lambda world: received(world, temperature="not_read"),
    "cancelled by the depot": lambda world: called_off(world, "depot"),
    "cancelled by the trial manager": lambda world: called_off(world, "trial_manager"),
    "lot on hold before it left": lambda world: held(world, left=False),
    "lot on hold on its way": lambda world: held(world, left=True),
}


def told(world: World, kind: str) -> list[Any]:
    return world.rows(Outbox, kind=kind)


def named_tables(world: World) -> set[str]:
    """What verification names; kits among it, where a shelf was bared by hand."""
    return {one.table for one in verify(world.database, world.keys, world.vault, world.study, revision=newest())}


def waits(world: World, one: Screened) -> bool:
    refused = world.refusal(assign, Assign(participant=one.id, visit=second(world)), by=PHARMACIST)
    return (refused.code, refused.facts) == ("kit_to_be_allowed", {"visit": second(world)})


@pytest.mark.parametrize("way", WAYS)
def test_one_is_replaced_without_fuss_and_the_third_waits(trial: World, way: str) -> None:
    (one,) = at_second_visit(trial, 1)
    bare(trial)
    boxes = []
    for number in (1, 2):
        given = asked(trial, one)
        assert (given.kit, given.again) == (None, False)
        boxes.append(given.shipment)
        assert [row.ordinal for row in trial.rows(Express, kit=on_its_way(trial).kit)] == [number]
        WAYS[way](trial)
        assert len(told(trial, "mishap.told")) == number
        assert len(told(trial, "kit.to_be_allowed")) == number - 1
    assert len(set(boxes)) == 2
    assert waits(trial, one)
    assert waits(trial, one)
    assert len(trial.rows(Express)) == 2
    assert set(told(trial, "mishap.told")[0].audience) == {"monitor", "trial_manager"}
    allowed(trial, one, by="medical_monitor")
    assert asked(trial, one).shipment not in (None, *boxes)
    kit = received(trial)
    assert ask(trial, one) == kit
    give(trial, one, kit)
    assert assignments(trial, one) == [(3, "handed_over")]
    assert not named_tables(trial) & {"kit_allowance", "assignment", "express"}


@pytest.mark.parametrize("lacking", ["own", "other"])
def test_whichever_type_is_lacking_the_third_waits_in_the_same_words(trial: World, lacking: str) -> None:
    (one,) = at_second_visit(trial, 1)
    own = type_due(trial, one.id)
    bare(trial, own if lacking == "own" else next(arm.kit_type for arm in trial.study.arms if arm.kit_type != own))
    for _ in range(2):
        asked(trial, one)
        received(trial, "damaged")
    assert waits(trial, one)
    stock_site(trial, "01", 8)
    assert waits(trial, one), "nor is a kit of the shelf given"


def test_a_lost_kit_and_a_damaged_express_kit_are_two(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    bare(trial)
    row = mishap(trial, trial.do(lost_or_damaged, gone(trial, kit, used=0), by=PHARMACIST))
    assert (row.replacement, told(trial, "kit.to_be_allowed")) == ("being_sent", [])
    received(trial, "damaged")
    assert len(told(trial, "kit.to_be_allowed")) == 1
    assert waits(trial, one)


def test_while_the_last_that_needs_no_word_is_on_its_way_it_is_the_answer_whatever_comes_first(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    bare(trial)
    trial.do(lost_or_damaged, gone(trial, kit, used=0), by=PHARMACIST)
    sent = trial.row(Shipment, kind="express").number
    stock_site(trial, "01", 8)
    before = shelf(trial)
    given = asked(trial, one)
    assert (given.kit, given.again, given.shipment) == (None, True, sent)
    assert trial.refusal(elsewhere, came(trial, one), by="pharmacist_02").code == "kit_being_sent"
    assert shelf(trial) == before
    arrived = received(trial)
    assert assignments(trial, one) == [(1, "void"), (2, "assigned")]
    assert ask(trial, one) == arrived


def test_one_that_came_too_late_counts_too(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    bare(trial)
    asked(trial, one)
    stock_site(trial, "01", 8)
    kit = ask(trial, one)
    late = received(trial)
    assert (trial.row(Kit, number=late).state, told(trial, "mishap.told")) == ("not_dispensed", [])
    give(trial, one, kit)
    trial.do(lost_or_damaged, gone(trial, kit, used=0), by=PHARMACIST)
    assert len(told(trial, "kit.to_be_allowed")) == 1
    assert waits(trial, one)


def test_a_box_on_its_way_for_a_visit_that_has_its_kit_keeps_no_other_visit_waiting(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    bare(trial)
    first = asked(trial, one).shipment
    stock_site(trial, "01", 8)
    give(trial, one, ask(trial, one))
    bare(trial)
    trial.clock.advance(timedelta(days=12))
    after = Assign(participant=one.id, visit=trial.study.dispensing_visits[2].id)
    given = trial.do(assign, after, by=PHARMACIST)
    assert (given.kit, given.again) == (None, False)
    assert given.shipment not in (None, first)


def test_a_kit_of_another_visit_is_not_moved_to_one_that_waits(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    bare(trial)
    for _ in range(2):
        asked(trial, one)
        received(trial, "missing")
    stock_site(trial, "01", 8)
    trial.clock.advance(timedelta(days=6))
    w8 = trial.study.dispensing_visits[2].id
    kit = str(trial.do(assign, Assign(participant=one.id, visit=w8), by=PHARMACIST).kit)
    trial.do(cancel, Cancel(participant=one.id, visit=w8), by=PHARMACIST)
    assert waits(trial, one)
    assert trial.row(Assignment, kit=kit).visit == w8


def test_an_express_kit_moved_to_the_next_visit_counts_there_alone(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    bare(trial)
    asked(trial, one)
    kit = received(trial)
    trial.clock.advance(timedelta(days=6))
    w8 = trial.study.dispensing_visits[2].id
    trial.do(cancel, Cancel(participant=one.id, visit=second(trial)), by=PHARMACIST)
    assert trial.do(assign, Assign(participant=one.id, visit=w8), by=PHARMACIST).kit == kit
    trial.do(lost_or_damaged, gone(trial, kit, replace="no"), by=PHARMACIST)
    asked(trial, one)
    assert on_its_way(trial).ordinal == 1
    assert named(trial) == []


def test_kits_drawn_without_a_word_are_named(trial: World) -> None:
    one, _ = randomized(trial)
    box = {"participant": one.id, "site": "01", "visit": second(trial)}
    sent = [{**box, "shipment": f"x{n}", "ordinal": 1, "kit": f"K{n}"} for n in (1, 2, 3, 4)]  # as it was once
    assert named(trial, sent[:2]) == []
    assert named(trial, sent) == ["kit K3", "kit K4"]
    assert named(trial, [{**sent[0], "ordinal": 3}]) == ["kit K1"]
    word = [{"participant": one.id, "visit": second(trial), "ordinal": 3}]
    assert named(trial, [*sent[:2], {**sent[2], "ordinal": 3}], word) == []


def named(world: World, sent: list[Any] | None = None, words: Any = ()) -> list[str]:
    """The kits that verification names, had these been sent by express."""
    found, given = Findings(), [row._asdict() for row in world.rows(Assignment)]
    express = [row._asdict() for row in world.rows(Express)] if sent is None else sent
    Ledger(found, [row._asdict() for row in world.rows(Movement)]).compare_allowances(given, express, words)
    assert {one.table for one in found.all} <= {"kit_allowance"}
    return [one.row for one in found.all]
