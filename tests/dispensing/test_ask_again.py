"""Ask, cancel, ask: the same kit 1,000 times of 1,000, and at the next visit too; set aside once, shelved never."""

from datetime import timedelta

import pytest

from irt.dispensing.dispense import Assign, Cancel, HandOver, PutBy, assign, cancel, hand_over, put_by
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.participants.screen import Screened
from irt.supply.tables import Assignment, Kit, Movement
from tests.cast import World
from tests.dispensing.ask_again import TIMES, choices, due, same
from tests.stocked import dosed, on_shelf, randomized, running_trial, take_away, type_due, types_of

PHARMACIST = "pharmacist_01"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01")


def begun(world: World) -> Screened:
    """Somebody under treatment since today."""
    one, _ = randomized(world)
    dosed(world, one)
    return one


def asked(world: World, one: Screened, place: int) -> Assign:
    """It is the planned day of a dispensing visit, whose kit is asked for."""
    here, day = world.study.dispensing_visits[place], world.study.dispensing_visits[place].day
    before = world.study.dispensing_visits[place - 1].day
    world.clock.advance(timedelta(days=day - before))
    return Assign(participant=one.id, visit=here.id)


def of(order: Assign) -> Cancel:
    return Cancel(participant=order.participant, visit=order.visit)


def test_ask_cancel_ask_gives_the_same_kit_every_time(database_url: str) -> None:
    """Must-show 4 of the treatment."""
    world, orders = due(database_url)
    assert same(world, orders, TIMES) == TIMES
    assert choices(world) > 30


def test_a_kit_not_needed_now_waits_for_the_next_visit(trial: World) -> None:
    one = begun(trial)
    order = asked(trial, one, 1)
    kit = trial.do(assign, order, by=PHARMACIST).kit
    trial.do(cancel, of(order), by="coordinator_01")
    assert (trial.row(Assignment, kit=kit).state, trial.row(Kit, number=kit).state) == ("cancelled", "assigned")
    later = asked(trial, one, 2)
    shelf = on_shelf(trial, "01")
    again = trial.do(assign, later, by=PHARMACIST)
    assert (again.kit, again.again) == (kit, True)
    row = trial.row(Assignment, kit=kit)
    assert (row.visit, row.ordinal, row.state) == (later.visit, 1, "assigned")
    assert trial.rows(Assignment, visit=order.visit) == []
    assert on_shelf(trial, "01") == shelf
    trial.do(hand_over, HandOver(participant=one.id, visit=later.visit, kit=kit), by=PHARMACIST)
    assert [line.after for line in trial.rows(Movement, kit=kit)].count("assigned") == 1


def test_out_of_date_for_the_next_visit_it_is_never_given_and_never_shelved(trial: World) -> None:
    one = begun(trial)
    order = asked(trial, one, 1)
    kit = trial.do(assign, order, by=PHARMACIST).kit
    trial.do(cancel, of(order), by=PHARMACIST)
    later = asked(trial, one, 2)
    take_away(trial, [kit], expiry=trial.clock.now().date() + timedelta(days=20))
    other = trial.do(assign, later, by=PHARMACIST)
    assert (other.kit != kit, other.again) == (True, False)
    assert types_of(trial)[other.kit] == type_due(trial, one.id)
    assert (trial.row(Kit, number=kit).state, trial.row(Assignment, kit=kit).state) == ("not_dispensed", "void")
    assert all(kit not in kits for kits in on_shelf(trial, "01").values())


def test_there_is_one_kit_set_aside_whichever_visit_it_is_asked_for(trial: World) -> None:
    """A day between two windows is late for one visit and early for the other."""
    one = begun(trial)
    order = asked(trial, one, 1)
    trial.clock.advance(timedelta(days=trial.study.dispensing_visits[1].window_days + 2))
    kit = trial.do(assign, order, by=PHARMACIST).kit
    early = Assign(participant=one.id, visit=trial.study.dispensing_visits[2].id)
    for asking in (early, order, early):
        assert trial.do(assign, asking, by=PHARMACIST).kit == kit
    assert len(trial.rows(Assignment, participant=one.id)) == 2


def test_only_what_is_set_aside_can_be_cancelled(trial: World) -> None:
    one = begun(trial)
    first = Cancel(participant=one.id, visit=trial.study.dispensing_visits[0].id)
    assert trial.refusal(cancel, first, by=PHARMACIST).code == "visit_not_assigned"  # it was handed over
    order = asked(trial, one, 1)
    assert trial.refusal(cancel, of(order), by=PHARMACIST).code == "visit_not_assigned"
    kit = trial.do(assign, order, by=PHARMACIST).kit
    for _ in range(2):
        trial.do(cancel, of(order), by=PHARMACIST)
    box = HandOver(participant=one.id, visit=order.visit, kit=kit)
    assert trial.refusal(hand_over, box, by=PHARMACIST).code == "visit_not_assigned"
    assert trial.refusal(cancel, of(order), by="monitor").code == "role_not_allowed"


def test_a_kit_is_put_by_only_when_none_may_be_given_any_more(trial: World) -> None:
    one = begun(trial)
    order = asked(trial, one, 1)
    kit = trial.do(assign, order, by=PHARMACIST).kit
    never = PutBy(participant=one.id, visit=order.visit, reason="the participant has left")
    assert trial.refusal(put_by, never, by=PHARMACIST).code == "kit_still_wanted"
    trial.do(withdraw, Withdraw(participant=one.id, reason="moved away"), by="coordinator_01")
    assert trial.refusal(put_by, never, by="coordinator_01").code == "role_not_allowed"
    trial.do(put_by, never, by=PHARMACIST)
    assert (trial.row(Kit, number=kit).state, trial.row(Assignment, kit=kit).state) == ("not_dispensed", "void")
    assert trial.refusal(put_by, never, by=PHARMACIST).code == "visit_not_assigned"
