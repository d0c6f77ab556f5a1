"""A visit that finds no kit is sent one by express: the same is told whichever lacks; it is for its patient alone."""

import json
from datetime import timedelta
from typing import Any

import pytest

from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.excursions import DecideQuarantine, release_quarantine
from irt.dispensing.lot_holds import hold_lot
from irt.dispensing.receiving import CorrectReceipt, ReceiveShipment, correct_receipt, receive_shipment
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.gate.perform import Done
from irt.gate.tables import Outbox
from irt.participants.screen import Screened
from irt.participants.tables import Participant
from irt.supply.lots import DecideLot
from irt.supply.shipments import RequestShipment, request_shipment
from irt.supply.tables import Assignment, Express, Kit, Quarantine, Shelf, Shipment
from tests.cast import World
from tests.dispensing.mishapped import PHARMACIST, second
from tests.dispensing.test_assign import SECOND, on_the_day_of
from tests.stocked import (
    dosed,
    on_shelf,
    randomized,
    running_trial,
    send_off,
    stock_site,
    take_away,
    type_due,
    types_of,
)


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", depot=96)


def ask(world: World, one: Screened, by: str = PHARMACIST) -> Any:
    return world.do(assign, Assign(participant=one.id, visit=second(world)), by=by)


def without(world: World, site: str, kind: str) -> None:
    """Nothing of one type is left on a shelf."""
    take_away(world, on_shelf(world, site)[kind])


def at_the_visit(world: World) -> Screened:
    one, _ = randomized(world)
    on_the_day_of(world, one, SECOND)
    return one


def other_than(world: World, kind: str) -> str:
    return next(arm.kit_type for arm in world.study.arms if arm.kit_type != kind)


def arrives(world: World, found: str = "intact") -> str:
    """The express box is sent and received two days later; answers its kit."""
    sent = world.row(Express)
    send_off(world, sent.shipment)
    world.clock.advance(timedelta(days=2))
    order = ReceiveShipment(shipment=sent.shipment, kits={sent.kit: found}, temperature="in_range")
    world.do(receive_shipment, order, by=PHARMACIST)
    return str(sent.kit)


def test_whichever_type_is_lacking_the_same_is_told(trial: World) -> None:
    people = [randomized(trial)[0], randomized(trial, "EXAMPLE-000002", "02")[0]]
    without(trial, "01", type_due(trial, people[0].id))
    without(trial, "02", other_than(trial, type_due(trial, people[1].id)))
    dosed(trial, people[1])
    on_the_day_of(trial, people[0], SECOND)
    said = []
    for one, site in zip(people, ("01", "02"), strict=True):
        given = ask(trial, one, f"pharmacist_{site}")
        body = json.loads(trial.last_audit().body)
        said.append((given.kit, given.again, [change[0] for change in body["changes"]]))
        assert given.shipment == trial.row(Shipment, site=site, kind="express").number
        assert not [arm.kit_type for arm in trial.study.arms if arm.kit_type in trial.last_audit().body]
    assert said[0] == said[1]
    assert said[0][:2] == (None, False)
    assert {row.kind for row in trial.rows(Outbox)} >= {"shipment.requested"}


def test_asked_again_the_same_shipment_is_the_answer_and_its_kit_is_for_that_visit(trial: World) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    first, again = ask(trial, one), ask(trial, one)
    assert (again.shipment, again.again, len(trial.rows(Express))) == (first.shipment, True, 1)
    kit = arrives(trial)
    assert types_of(trial)[kit] == type_due(trial, one.id)
    assert trial.row(Kit, number=kit).state == "assigned"
    assert ask(trial, one).kit == kit
    trial.do(hand_over, HandOver(participant=one.id, visit=second(trial), kit=kit), by=PHARMACIST)
    assert trial.row(Assignment, kit=kit).state == "handed_over"


def test_the_express_kit_is_nobody_elses(trial: World) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    ask(trial, one)
    kit = arrives(trial)
    assert kit not in [number for kits in on_shelf(trial, "01").values() for number in kits]
    assert trial.row(Kit, number=kit).participant == one.id


def test_where_a_box_came_first_the_express_kit_is_given_to_nobody(trial: World) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    ask(trial, one)
    stock_site(trial, "01", 8)
    given = ask(trial, one).kit
    kit = arrives(trial)
    assert given not in (None, kit)
    assert trial.row(Kit, number=kit).state == "not_dispensed"
    assert trial.rows(Assignment, kit=kit) == []
    assert ask(trial, one).kit == given


def test_one_that_arrives_damaged_is_sent_again(trial: World) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    first = ask(trial, one).shipment
    kit = arrives(trial, "damaged")
    assert trial.row(Kit, number=kit).state == "damaged"
    again = ask(trial, one)
    assert (again.kit, again.again) == (None, False)
    assert again.shipment not in (None, first)


def test_its_receipt_opens_no_site_that_the_night_closed_for_the_visits_to_come(trial: World) -> None:
    one, two = randomized(trial)[0], randomized(trial, "EXAMPLE-000002")[0]
    dosed(trial, two)
    on_the_day_of(trial, one, SECOND)
    kind = type_due(trial, one.id)
    without(trial, "01", kind)
    ask(trial, one)
    floor = trial.study.supply.floor
    back = [kit.number for kit in trial.rows(Kit, site="01", state="quarantined")]
    take_away(trial, back[:floor], state="available")
    for kits in on_shelf(trial, "01").values():
        take_away(trial, kits[floor:])
    trial.do(review_shelves, ReviewShelves(), by="operator")
    assert trial.row(Shelf, site="01").randomization == "closed"
    arrives(trial)
    assert trial.row(Shelf, site="01").randomization == "closed"


def test_one_that_was_missing_and_is_found_is_given_to_nobody(trial: World) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    ask(trial, one)
    kit = arrives(trial, "missing")
    box = trial.row(Express).shipment
    again = CorrectReceipt(shipment=box, kit=kit, found="intact", reason="it lay beneath the ice")
    trial.do(correct_receipt, again, by=PHARMACIST)
    assert trial.row(Kit, number=kit).state == "quarantined"
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="it was kept cold")
    trial.do(release_quarantine, order, by="quality")
    assert trial.row(Kit, number=kit).state == "not_dispensed"
    assert trial.refusal(correct_receipt, again, by=PHARMACIST).code == "kit_moved_on"


def test_one_that_came_too_late_is_not_corrected_to_what_it_is(trial: World) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    ask(trial, one)
    stock_site(trial, "01", 8)
    ask(trial, one)
    kit = arrives(trial)
    order = CorrectReceipt(shipment=trial.row(Express).shipment, kit=kit, found="missing", reason="not there")
    assert trial.refusal(correct_receipt, order, by=PHARMACIST).code == "receipt_not_correctable"


@pytest.mark.parametrize("lacking", ["own", "other"])
def test_a_depot_that_cannot_serve_every_arm_sends_nothing_and_the_supply_side_is_told(
    trial: World, lacking: str
) -> None:
    one = at_the_visit(trial)
    own = type_due(trial, one.id)
    kind = own if lacking == "own" else other_than(trial, own)
    without(trial, "01", kind)
    take_away(trial, [kit.number for kit in trial.rows(Kit, state="at_depot") if types_of(trial)[kit.number] == kind])
    given = ask(trial, one)
    assert (given.kit, given.again, given.shipment) == (None, False, None)
    assert trial.rows(Express) == []
    assert trial.rows(Outbox, kind="supply.short")[0].audience == ["supply_manager", "trial_manager"]


@pytest.mark.parametrize("by", ["depot", "trial_manager", "a hold"])
def test_who_waits_for_one_that_is_cancelled_is_told_and_asks_again(trial: World, by: str) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    first = ask(trial, one).shipment
    box = trial.row(Shipment, number=first)
    other = trial.do(request_shipment, RequestShipment(site="01", kits=8), by="trial_manager")
    trial.do(cancel_shipment, CancelShipment(shipment=other, reason="too large"), by="trial_manager")
    assert trial.rows(Outbox, kind="shipment.express_cancelled") == [], "nobody waits for that one"
    if by == "a hold":
        lot = trial.row(Kit, number=trial.row(Express).kit).lot
        trial.do(hold_lot, DecideLot(lot=lot, reason="particles"), by="quality")
        assert trial.last_audit().participant is None
    else:
        trial.do(cancel_shipment, CancelShipment(shipment=box.id, reason="the cold chain is broken"), by=by)
    assert trial.row(Shipment, id=box.id).state == "cancelled"
    (told,) = trial.rows(Outbox, kind="shipment.express_cancelled")
    assert (told.site, told.participant, told.audience) == ("01", one.id, ["coordinator", "pharmacist"])
    number = trial.row(Participant, id=one.id).screening_number
    assert told.facts == {"number": number, "box": first}
    if by != "a hold":
        again = ask(trial, one)
        assert (again.kit, again.again, again.shipment == first) == (None, False, False)


def test_repeated_by_its_request_id_it_is_one_shipment(trial: World) -> None:
    one = at_the_visit(trial)
    without(trial, "01", type_due(trial, one.id))
    order = Assign(participant=one.id, visit=second(trial))
    done: list[Done] = [trial.perform(assign, order, by=PHARMACIST, request_id="once") for _ in range(2)]
    assert done[0].answer == done[1].answer
    assert len(trial.rows(Express)) == 1
