"""A box before it leaves: packed as it was asked for, sent, or cancelled."""

from datetime import timedelta

import pytest

from irt.conduct.sites import CloseSite, close_site
from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.supply.lots import DecideLot
from irt.supply.shipments import (
    PackShipment,
    RequestShipment,
    SendShipment,
    pack_shipment,
    request_shipment,
    send_shipment,
)  # fmt: skip
from irt.supply.tables import Kit, Movement, Shipment
from tests.cast import World
from tests.stocked import packed, running_trial, send_off


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url)


def asked_for(trial: World, kits: int = 8) -> str:
    return str(trial.do(request_shipment, RequestShipment(site="01", kits=kits), by="trial_manager"))


def test_a_box_is_packed_with_what_was_asked_for_and_then_sent(trial: World) -> None:
    box = asked_for(trial)
    trial.do(pack_shipment, PackShipment(shipment=box, kits=tuple(reversed(packed(trial, box)))), by="depot")
    assert (trial.row(Shipment).state, trial.row(Shipment).packed_at) == ("packed", trial.clock.now())
    order = SendShipment(shipment=box, carrier="SF 123", logger="TT-77")
    trial.do(send_shipment, order, by="depot")
    row = trial.row(Shipment)
    assert (row.state, row.carrier, row.logger) == ("in_transit", "SF 123", "TT-77")


def test_a_number_too_many_and_one_missing_are_both_named(trial: World) -> None:
    box = asked_for(trial)
    left_out, *others = packed(trial, box)
    stranger = trial.rows(Kit, state="at_depot")[0].number
    found = trial.refusal(pack_shipment, PackShipment(shipment=box, kits=(*others, stranger)), by="depot")
    assert (found.code, found.facts) == (
        "packed_kits_differ", {"missing_kits": [left_out], "not_in_box": [stranger]},
    )  # fmt: skip


def test_a_box_is_not_sent_before_it_is_packed(trial: World) -> None:
    box = asked_for(trial)
    assert trial.refusal(send_shipment, SendShipment(shipment=box), by="depot").code == "shipment_state"
    trial.do(pack_shipment, PackShipment(shipment=box, kits=tuple(packed(trial, box))), by="depot")
    again = PackShipment(shipment=box, kits=tuple(packed(trial, box)))
    assert trial.refusal(pack_shipment, again, by="depot").code == "shipment_state"


@pytest.mark.parametrize("pack_first", [False, True])
def test_a_cancelled_box_lies_at_the_depot_again(trial: World, pack_first: bool) -> None:
    before = {kit.number for kit in trial.rows(Kit, state="at_depot")}
    box = asked_for(trial)
    kits = packed(trial, box)
    if pack_first:
        trial.do(pack_shipment, PackShipment(shipment=box, kits=tuple(kits)), by="depot")
    trial.do(cancel_shipment, CancelShipment(shipment=box, reason="the site is closing"), by="depot")
    row = trial.row(Shipment)
    assert (row.state, row.cancel_reason) == ("cancelled", "the site is closing")
    assert {kit.number for kit in trial.rows(Kit, state="at_depot") if kit.site is None} == before
    assert [line.after for line in trial.rows(Movement, kit=kits[0])] == ["packed", "at_depot"]


def test_what_has_left_is_not_cancelled(trial: World) -> None:
    box = asked_for(trial)
    send_off(trial, box)
    order = CancelShipment(shipment=box, reason="too late")
    assert trial.refusal(cancel_shipment, order, by="trial_manager").code == "shipment_state"
    assert trial.refusal(cancel_shipment, order, by="pharmacist_01").code == "role_not_allowed"


def test_a_box_that_waited_too_long_is_not_sent(trial: World) -> None:
    box = asked_for(trial)
    trial.do(pack_shipment, PackShipment(shipment=box, kits=tuple(packed(trial, box))), by="depot")
    expiry = trial.rows(Kit)[0].expiry
    trial.clock.advance(timedelta(days=(expiry - trial.clock.now().date()).days - 46))
    assert trial.refusal(send_shipment, SendShipment(shipment=box), by="depot").code == "box_expires_too_soon"


def test_the_box_of_a_lot_on_hold_does_not_leave(trial: World) -> None:
    from irt.dispensing.lot_holds import hold_lot

    box = asked_for(trial)
    lot = trial.rows(Kit)[0].lot
    trial.do(hold_lot, DecideLot(lot=lot, reason="particles were seen"), by="quality")
    assert trial.row(Shipment, id=box).state == "cancelled"
    assert trial.refusal(send_shipment, SendShipment(shipment=box), by="depot").code == "shipment_state"
    assert {kit.state for kit in trial.rows(Kit, lot=lot)} == {"quarantined"}


def test_a_box_does_not_leave_for_a_site_that_was_closed_meanwhile(trial: World) -> None:
    box = asked_for(trial)
    trial.do(pack_shipment, PackShipment(shipment=box, kits=tuple(packed(trial, box))), by="depot")
    trial.do(close_site, CloseSite(site="01", reason="No ethics approval"), by="trial_manager")
    refused = trial.refusal(send_shipment, SendShipment(shipment=box), by="depot")
    assert (refused.code, refused.facts) == (
        "box_for_closed_site", {"site": "01", "number": trial.row(Shipment).number},
    )  # fmt: skip
    trial.do(cancel_shipment, CancelShipment(shipment=box, reason="the site is closed"), by="depot")
    assert {kit.state for kit in trial.rows(Kit)} == {"at_depot"}
