"""A box on its way: chosen in the vault, sent by the depot, received kit by kit, and every step in the ledger."""

import json
import threading
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from irt.conduct.sites import CloseSite, close_site
from irt.dispensing.receiving import ReceiveShipment, receive_shipment
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.supply import shipments
from irt.supply.shipments import SMALLEST, RequestShipment, SendShipment, request_shipment, send_shipment
from irt.supply.tables import Kit, Movement, Shelf, Shipment
from tests.cast import World
from tests.stocked import on_shelf, on_the_way, packed, running_trial, send_off, stock_site, types_of


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url)


def received(world: World, shipment: str, **other: str) -> ReceiveShipment:
    return ReceiveShipment(
        shipment=shipment, kits=dict.fromkeys(packed(world, shipment), "intact") | other, temperature="in_range"
    )


def receipt_refused(world: World, order: ReceiveShipment, by: str = "pharmacist_01") -> Any:
    return world.refusal(receive_shipment, order, by=by)


def test_a_box_is_packed_sent_and_received(trial: World) -> None:
    shipment = trial.do(request_shipment, RequestShipment(site="01", kits=12), by="trial_manager")
    kits = packed(trial, shipment)
    assert len(kits) == trial.row(Shipment).kits == 12
    assert {(kit.state, kit.site) for kit in trial.rows(Kit) if kit.number in kits} == {("packed", "01")}
    send_off(trial, shipment)
    assert trial.row(Shipment).state == "in_transit"
    trial.do(receive_shipment, received(trial, shipment), by="pharmacist_01")
    assert trial.row(Shipment).state == "received"
    assert {kit.number for kit in trial.rows(Kit, site="01", state="available")} == set(kits)
    steps = [(line.line, line.before, line.after, line.shipment) for line in trial.rows(Movement, kit=kits[0])]
    assert steps == [
        (1, "at_depot", "packed", shipment),
        (2, "packed", "in_transit", shipment),
        (3, "in_transit", "available", shipment),
    ]
    assert {kit.moves for kit in trial.rows(Kit, site="01")} == {3}


def test_a_box_holds_every_type_in_numbers_that_vary(trial: World) -> None:
    types, compositions = types_of(trial), []
    for _ in range(4):
        shipment = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
        kinds = [types[kit] for kit in packed(trial, shipment)]
        compositions.append([kinds.count(arm.kit_type) for arm in trial.study.arms])
    assert min(min(one) for one in compositions) >= 8 // (2 * len(trial.study.arms))
    assert len({tuple(one) for one in compositions}) > 1


def test_nothing_of_a_box_is_told_but_its_kits(trial: World) -> None:
    on_the_way(trial, "01", 8)
    body = json.loads(trial.last_audit().body)
    assert {change[0] for change in body["changes"]} <= {"shipment", "kit", "movement", "outbox"}
    assert not [arm.kit_type for arm in trial.study.arms if arm.kit_type in trial.last_audit().body]


def test_a_receipt_opens_the_site_for_randomization(trial: World) -> None:
    assert trial.row(Shelf, site="01").randomization == "closed"
    stock_site(trial, "01", 12)
    assert trial.row(Shelf, site="01").randomization == "open"
    assert trial.row(Shelf, site="02").randomization == "closed"


def test_a_shelf_below_the_floor_of_one_type_stays_closed(trial: World) -> None:
    shipment = on_the_way(trial, "01", 12)
    types = types_of(trial)
    left = trial.study.supply.floor - 1
    scarce = [kit for kit in packed(trial, shipment) if types[kit] == trial.study.arms[0].kit_type][left:]
    order = received(trial, shipment, **dict.fromkeys(scarce, "damaged"))
    trial.do(receive_shipment, order, by="pharmacist_01")
    assert len(on_shelf(trial, "01")[trial.study.arms[0].kit_type]) == left
    assert trial.row(Shelf, site="01").randomization == "closed"


def test_damaged_and_missing_kits_do_not_reach_the_shelf(trial: World) -> None:
    shipment = on_the_way(trial, "01", 12)
    first, second = packed(trial, shipment)[:2]
    order = received(trial, shipment, **{first: "damaged", second: "missing"})
    trial.do(receive_shipment, order, by="pharmacist_01")
    assert [trial.row(Kit, number=kit).state for kit in (first, second)] == ["damaged", "missing"]
    assert len(trial.rows(Kit, site="01", state="available")) == 10


def test_every_kit_of_a_box_is_named_and_no_other(trial: World) -> None:
    shipment = on_the_way(trial, "01", 8)
    stranger = next(kit.number for kit in trial.rows(Kit, state="at_depot"))
    left_out, *named = packed(trial, shipment)
    order = ReceiveShipment(shipment=shipment, kits=dict.fromkeys([*named, stranger], "intact"), temperature="in_range")
    refused = receipt_refused(trial, order)
    assert (refused.code, refused.facts) == (
        "shipment_kits_differ", {"not_in_box": [stranger], "not_named": [left_out]},
    )  # fmt: skip


def test_a_box_is_sent_and_received_once_and_in_this_order(trial: World) -> None:
    shipment = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    assert receipt_refused(trial, received(trial, shipment)).code == "shipment_state"
    send_off(trial, shipment)
    assert trial.refusal(send_shipment, SendShipment(shipment=shipment), by="depot").code == "shipment_state"
    trial.do(receive_shipment, received(trial, shipment), by="pharmacist_01")
    assert receipt_refused(trial, received(trial, shipment)).code == "shipment_state"


def test_another_sites_pharmacist_does_not_find_the_box(trial: World) -> None:
    order = received(trial, on_the_way(trial, "01", 8))
    assert receipt_refused(trial, order, by="pharmacist_02").code == "not_found"


def test_what_cannot_be_asked_for(trial: World) -> None:
    ask = RequestShipment(site="01", kits=8)
    assert (
        trial.refusal(request_shipment, RequestShipment(site="01", kits=60), by="trial_manager").code == "depot_short"
    )
    assert (
        trial.refusal(request_shipment, RequestShipment(site="nowhere", kits=8), by="depot").code == "role_not_allowed"
    )
    gone = trial.refusal(request_shipment, RequestShipment(site="nowhere", kits=8), by="trial_manager")
    assert gone.code == "not_found"
    trial.do(close_site, CloseSite(site="01", reason="no participants"), by="trial_manager")
    assert trial.refusal(request_shipment, ask, by="trial_manager").code == "site_inactive"
    with pytest.raises(ValidationError):
        RequestShipment(site="01", kits=SMALLEST - 1)


@pytest.mark.parametrize("by", ["pharmacist_01", "coordinator_01", "depot", "sponsor"])
def test_others_request_no_box(trial: World, by: str) -> None:
    assert trial.refusal(request_shipment, RequestShipment(site="01", kits=8), by=by).code == "role_not_allowed"


def test_a_kit_that_another_box_took_meanwhile_loses_the_race_and_other_kits_are_picked(
    trial: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pick, picked = shipments.blind.pick, []

    def overtaken(act: Any, **asked: Any) -> list[str]:
        numbers = pick(act, **asked)
        picked.append(numbers)
        if len(picked) == 1:  # as a rival's box would leave it, committed after the pick had read the depot
            kit = table_of(Kit)
            act.connection.execute(update(kit).where(kit.c.number == numbers[0]).values(state="packed", site="02"))
        return numbers

    monkeypatch.setattr(shipments.blind, "pick", overtaken)
    shipment = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    assert len(picked) == 2
    assert packed(trial, shipment) == picked[1]


def test_a_site_is_not_closed_under_a_request_that_found_it_open(trial: World, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.actor("trial_manager")
    pick = shipments.blind.pick
    order = CloseSite(site="01", reason="no participants")
    closing = threading.Thread(target=lambda: trial.do(close_site, order, by="trial_manager"))

    def slowly(act: Any, **asked: Any) -> list[str]:
        closing.start()
        closing.join(1)  # it waits for this act, and would be done by now if it did not
        return pick(act, **asked)

    monkeypatch.setattr(shipments.blind, "pick", slowly)
    trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    closing.join()
    acts = [entry.act for entry in trial.rows(AuditEntry)]
    assert acts[-2:] == ["shipment.request", "site.close"]
