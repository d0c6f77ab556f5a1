"""A box that does not come is told of once, and counted on no more: the clock alone decides."""

from datetime import timedelta
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.receiving import ReceiveShipment, receive_shipment
from irt.gate.tables import Outbox
from irt.jobs.outbox import page_of
from irt.migrate import newest
from irt.supply.shipments import RequestShipment, request_shipment
from irt.supply.tables import Assignment, Express, Kit, Shipment
from tests.cast import World
from tests.dispensing.mishapped import PHARMACIST, second
from tests.dispensing.test_assign import SECOND, on_the_day_of
from tests.dispensing.test_ordering import boxes, night, scarce, to_a_shipping_day
from tests.stocked import on_shelf, packed, randomized, running_trial, send_off, take_away


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", depot=96)


def nights(trial: World, days: int) -> None:
    """So many nights pass."""
    for _ in range(days):
        trial.clock.advance(timedelta(days=1))
        night(trial)


def on_its_way(trial: World) -> Any:
    """A box that the night ordered for site 01 and that left on the same day."""
    to_a_shipping_day(trial)
    scarce(trial, "01")
    night(trial)
    (box,) = boxes(trial, "01")
    send_off(trial, box.id)
    return box


def told(trial: World) -> list[Any]:
    return trial.rows(Outbox, kind="shipment.overdue")


def waits(trial: World) -> int:
    """How many days a box is waited for."""
    return trial.study.supply.lead_days + trial.study.supply.overdue_days


def arrives(trial: World, box: str, found: str = "intact") -> None:
    kits = dict.fromkeys(packed(trial, box), found)
    trial.do(receive_shipment, ReceiveShipment(shipment=box, kits=kits, temperature="in_range"), by=PHARMACIST)


def in_order(trial: World) -> None:
    """`irt verify` finds nothing but the kits that were taken away by hand."""
    found = verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest())
    assert {one.row for one in found} <= {kit.number for kit in trial.rows(Kit, state="quarantined")}


def test_a_lost_box_is_told_of_once_and_another_is_sent(trial: World) -> None:
    box = on_its_way(trial)
    nights(trial, waits(trial))
    assert told(trial) == []
    nights(trial, 1)
    (message,) = told(trial)
    assert (message.site, message.audience) == ("01", ["depot", "pharmacist", "trial_manager"])
    assert message.facts == {"shipment": box.id, "box": box.number}
    assert page_of("https://irt.example", message) == f"https://irt.example/shipments/{box.id}"
    nights(trial, trial.study.supply.review_days)
    first, other = sorted(boxes(trial, "01"), key=lambda row: row.requested_at)
    assert first.overdue_at is not None
    assert (other.state, other.overdue_at) == ("requested", None)
    assert len(told(trial)) == 1
    in_order(trial)


@pytest.mark.parametrize(("found", "state"), [("intact", "available"), ("missing", "missing")])
def test_an_overdue_one_is_received_as_any(trial: World, found: str, state: str) -> None:
    box = on_its_way(trial)
    kits = packed(trial, box.id)
    nights(trial, waits(trial) + 1)
    arrives(trial, box.id, found)
    assert {kit.state for kit in trial.rows(Kit) if kit.number in kits} == {state}
    in_order(trial)


def test_once_received_its_kits_count_as_any_of_the_shelf(trial: World) -> None:
    box = on_its_way(trial)
    nights(trial, waits(trial) + 1)
    arrives(trial, box.id)
    sent = len(boxes(trial, "01"))
    for row in boxes(trial, "01"):
        if row.state == "requested":
            trial.do(cancel_shipment, CancelShipment(shipment=row.id, reason="the first came"), by="trial_manager")
    nights(trial, 14)
    assert len(boxes(trial, "01")) == sent


def test_a_box_that_never_left_is_told_of_and_awaited_anew_when_it_does(trial: World) -> None:
    box = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    nights(trial, waits(trial) + 1)
    assert [row.audience for row in told(trial)] == [["depot", "trial_manager"]]
    assert trial.row(Shipment, id=box).overdue_at is not None
    send_off(trial, box)
    assert trial.row(Shipment, id=box).overdue_at is None
    nights(trial, waits(trial))
    assert len(told(trial)) == 1
    nights(trial, 1)
    assert len(told(trial)) == 2


def test_kits_of_an_overdue_box_that_was_cancelled_count_in_their_next_box(trial: World) -> None:
    box = trial.do(request_shipment, RequestShipment(site="01", kits=32), by="trial_manager")
    nights(trial, waits(trial) + 1)
    trial.do(cancel_shipment, CancelShipment(shipment=box, reason="nobody packed it"), by="depot")
    take_away(trial, [kit.number for kit in trial.rows(Kit, state="at_depot") if kit.number not in packed(trial, box)])
    to_a_shipping_day(trial)
    take_away(trial, [kit for kits in on_shelf(trial, "01").values() for kit in kits])
    assert night(trial).boxes == 1
    (other,) = boxes(trial, "01")
    assert set(packed(trial, other.id)) <= set(packed(trial, box))
    for _ in range(3):
        assert night(trial).short == 0, "what lies in the new box is counted"


def without_a_kit(trial: World) -> tuple[Any, Any]:
    """A participant whose visit found no kit, and the express box that left for it."""
    one, _ = randomized(trial)
    on_the_day_of(trial, one, SECOND)
    take_away(trial, [kit for kits in on_shelf(trial, "01").values() for kit in kits])
    asked(trial, one)
    sent = trial.row(Express)
    send_off(trial, sent.shipment)
    return one, sent


def asked(trial: World, one: Any) -> Any:
    return trial.do(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST)


def test_who_waits_for_an_overdue_express_box_is_sent_another(trial: World) -> None:
    one, _ = without_a_kit(trial)
    nights(trial, waits(trial))
    assert asked(trial, one).again
    assert trial.rows(Outbox, kind="mishap.told") == []
    nights(trial, 1)
    assert [row.audience for row in trial.rows(Outbox, kind="mishap.told")] == [["monitor", "trial_manager"]]
    take_away(trial, [kit for kits in on_shelf(trial, "01").values() for kit in kits])
    again = asked(trial, one)
    assert (again.kit, again.again) == (None, False)
    assert sorted(row.ordinal for row in trial.rows(Express)) == [1, 2]


@pytest.mark.parametrize("first_comes", [True, False])
def test_when_both_express_boxes_come_one_kit_is_for_the_visit(trial: World, first_comes: bool) -> None:
    one, sent = without_a_kit(trial)
    nights(trial, waits(trial) + 1)
    asked(trial, one)
    (other,) = (row for row in trial.rows(Express) if row.shipment != sent.shipment)
    send_off(trial, other.shipment)
    for row in (sent, other) if first_comes else (other, sent):
        arrives(trial, row.shipment)
    given = trial.row(Assignment, participant=one.id, visit=second(trial))
    assert given.kit == (sent if first_comes else other).kit
    assert trial.row(Kit, number=(other if first_comes else sent).kit).state == "not_dispensed"
    assert asked(trial, one).kit == given.kit
    in_order(trial)
