"""Handing a box over: the assigned one, scanned, once; any other is refused in one and the same way."""

import json
from datetime import timedelta

import pytest

from irt.dispensing.dispense import Assign, Cancel, HandOver, assign, cancel, hand_over
from irt.dispensing.lot_holds import hold_lot, resume_lot
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.participants.screen import Screened
from irt.supply.lots import ChangeExpiry, DecideLot, Relabel, extend_lot, relabel, shorten_lot
from irt.supply.tables import Assignment, Kit, Lot, Movement
from tests.cast import World
from tests.stocked import eligible, on_shelf, randomized, running_trial, take_away, type_due

PHARMACIST = "pharmacist_01"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def order(world: World, one: Screened, kit: str) -> HandOver:
    return HandOver(participant=one.id, visit=world.study.dispensing_visits[0].id, kit=kit)


def test_the_assigned_box_is_handed_over(trial: World) -> None:
    one, told = randomized(trial)
    trial.do(hand_over, order(trial, one, told.kit), by=PHARMACIST)
    kit, assignment = trial.row(Kit, number=told.kit), trial.row(Assignment)
    assert (kit.state, kit.participant, assignment.state) == ("dispensed", one.id, "handed_over")
    assert assignment.handed_over_by == trial.actor(PHARMACIST).account
    assert [line.after for line in trial.rows(Movement, kit=told.kit)][-2:] == ["assigned", "dispensed"]


def test_any_other_box_is_refused_alike_whatever_it_holds(trial: World) -> None:
    one, told = randomized(trial)
    _, of_another = randomized(trial, "EXAMPLE-000002")
    own = type_due(trial, one.id)
    shelf, elsewhere = on_shelf(trial, "01"), on_shelf(trial, "02")
    boxes = [kits[kind][0] for kits in (shelf, elsewhere) for kind in sorted(shelf)]
    assert any(own == kind for kind in shelf)
    assert len(shelf) > 1
    said = []
    for box in [*boxes, of_another.kit, "9999999"]:
        refused = trial.refusal(hand_over, order(trial, one, box), by=PHARMACIST)
        said.append((refused.code, refused.facts, json.loads(trial.last_audit().body)["facts"]))
    assert said == [("not_the_assigned_kit", {}, {})] * len(said)
    trial.do(hand_over, order(trial, one, told.kit), by=PHARMACIST)


def test_a_box_is_handed_over_once(trial: World) -> None:
    one, told = randomized(trial)
    for request in ("first", "first", "second"):
        trial.perform(hand_over, order(trial, one, told.kit), by=PHARMACIST, request_id=request)
    assert [line.after for line in trial.rows(Movement, kit=told.kit)].count("dispensed") == 1
    assert trial.row(Kit, number=told.kit).moves == len(trial.rows(Movement, kit=told.kit))


def test_nothing_is_handed_over_before_it_is_assigned(trial: World) -> None:
    one = eligible(trial)
    kit = next(iter(on_shelf(trial, "01").values()))[0]
    assert trial.refusal(hand_over, order(trial, one, kit), by=PHARMACIST).code == "visit_not_assigned"


def test_whoever_withdrew_gets_no_box(trial: World) -> None:
    one, told = randomized(trial)
    trial.do(withdraw, Withdraw(participant=one.id, reason="wishes to stop"), by="coordinator_01")
    assert trial.refusal(hand_over, order(trial, one, told.kit), by=PHARMACIST).code == "participant_state"


def test_a_box_that_expires_before_its_last_use_stays(trial: World) -> None:
    one, told = randomized(trial)
    soon = trial.clock.now().date() + timedelta(days=trial.study.kit.do_not_dispense_days - 1)
    take_away(trial, [told.kit], expiry=soon)
    refused = trial.refusal(hand_over, order(trial, one, told.kit), by=PHARMACIST)
    assert refused.code == "kit_expires_too_soon"
    visit = trial.study.dispensing_visits[0].id  # what the sentence tells to do is done, and helps
    trial.do(cancel, Cancel(participant=one.id, visit=visit), by=PHARMACIST)
    again = trial.do(assign, Assign(participant=one.id, visit=visit), by=PHARMACIST)
    assert (again.again, again.kit == told.kit) == (False, False)
    assert trial.row(Kit, number=told.kit).state == "not_dispensed"
    trial.do(hand_over, order(trial, one, again.kit), by=PHARMACIST)


def changed(world: World, days: int, lot: str) -> str:
    """The lot's expiry is moved by so many days, in a hold where it becomes earlier; answers the decision."""
    on_hold = DecideLot(lot=lot, reason="a stability result")
    order = ChangeExpiry(
        lot=lot, expiry=world.row(Lot, code=lot).expiry + timedelta(days=days), reason=on_hold.reason
    )  # fmt: skip
    if days > 0:
        return str(world.do(extend_lot, order, by="quality"))
    world.do(hold_lot, on_hold, by="quality")
    decision = world.do(shorten_lot, order, by="quality")
    world.do(resume_lot, on_hold, by="quality")
    return str(decision)


def test_a_box_of_a_shortened_lot_is_relabelled_before_it_is_handed_over(trial: World) -> None:
    one, first = randomized(trial)
    lot = trial.row(Kit, number=first.kit).lot
    decision, visit = changed(trial, -60, lot), trial.study.dispensing_visits[0].id
    kit = str(trial.do(assign, Assign(participant=one.id, visit=visit), by=PHARMACIST).kit)
    refused = trial.refusal(hand_over, order(trial, one, kit), by=PHARMACIST)
    facts = {"kit": kit, "lot": lot, "expiry": trial.row(Lot, code=lot).expiry.isoformat()}
    assert (refused.code, refused.facts) == ("kit_to_be_relabelled", facts)
    standing = [row.number for row in trial.rows(Kit, site="01", lot=lot) if row.state in ("available", "assigned")]
    assert kit in standing
    trial.do(relabel, Relabel(decision=decision, site="01", kits=tuple(standing)), by=PHARMACIST)
    trial.do(hand_over, order(trial, one, kit), by=PHARMACIST)
    assert trial.row(Kit, number=kit).state == "dispensed"


def test_a_box_that_bears_an_earlier_day_than_it_has_is_handed_over(trial: World) -> None:
    one, told = randomized(trial)
    changed(trial, 60, trial.row(Kit, number=told.kit).lot)
    trial.do(hand_over, order(trial, one, told.kit), by=PHARMACIST)


@pytest.mark.parametrize(("days", "code"), [(59, "kit_to_be_relabelled"), (60, None)])
def test_an_extension_after_it_helps_only_up_to_the_day_that_the_box_bears(
    trial: World, days: int, code: str | None
) -> None:
    one, first = randomized(trial)
    lot = trial.row(Kit, number=first.kit).lot
    changed(trial, -60, lot)
    changed(trial, days, lot)
    visit = trial.study.dispensing_visits[0].id
    kit = str(trial.do(assign, Assign(participant=one.id, visit=visit), by=PHARMACIST).kit)
    if code is None:
        trial.do(hand_over, order(trial, one, kit), by=PHARMACIST)
    else:
        assert trial.refusal(hand_over, order(trial, one, kit), by=PHARMACIST).code == code


def test_another_site_and_other_roles_hand_nothing_over(trial: World) -> None:
    one, told = randomized(trial)
    assert trial.refusal(hand_over, order(trial, one, told.kit), by="pharmacist_02").code == "not_found"
    for by in ("coordinator_01", "investigator_01", "depot"):
        assert trial.refusal(hand_over, order(trial, one, told.kit), by=by).code == "role_not_allowed"
