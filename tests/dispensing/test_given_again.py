"""A box goes out again by mistake, after it had come back or was missed; and mishaps told at the same moment."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from irt.assurance.verify import verify
from irt.dispensing.boxes import Box
from irt.dispensing.counting import MOST_VIALS, Counts
from irt.dispensing.elsewhere import elsewhere
from irt.dispensing.ending import recover
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.tables import Discrepancy, KitReturn
from irt.dispensing.wrong_kit import wrong_kit
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.participants.tables import Participant
from irt.supply.tables import Assignment
from irt.web.courses import boxes_read
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    assignments,
    at_second_visit,
    back,
    bring_back,
    came,
    give,
    gone,
    kit_of,
    mishap,
    reported,
    shelf,
    today,
    wrong,
)  # fmt: skip
from tests.stocked import running_trial, take_away, type_due
from tests.wiring import at_once


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def in_order(world: World) -> None:
    """`irt verify` finds nothing."""
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []


def brought_back(world: World, one: Screened, counts: Counts) -> str:
    """The box of somebody's second visit, handed over and brought back."""
    kit = ask(world, one)
    give(world, one, kit)
    bring_back(world, one, kit, counts)
    return kit


@pytest.mark.parametrize("own_arm", [True, False])
@pytest.mark.parametrize("missing", [0, 1])  # a vial that nobody has accounted for yet
def test_a_box_that_had_come_back_is_handed_over_by_mistake(trial: World, missing: int, own_arm: bool) -> None:
    people = at_second_visit(trial, 8)
    other = people[0]
    one = next(who for who in people[1:] if (type_due(trial, who.id) == type_due(trial, other.id)) == own_arm)
    vials = trial.study.kit.vials
    box, right = brought_back(trial, other, Counts(vials - 3 - missing, 3, 0, 0)), ask(trial, one)
    before, was = assignments(trial, other), "returned" if missing else "reconciled"
    assert kit_of(trial, box) == (was, "01", other.id)
    told = reported(trial, one, box)
    assert kit_of(trial, box) == ("misallocated", "01", one.id)
    assert assignments(trial, other) == before == [(1, "handed_over")]  # theirs has been with them
    assert (mishap(trial, told).box, mishap(trial, told).instead_of) == ("with_participant", right)
    in_order(trial)
    refused = trial.refusal(recover, back(trial, told, Counts(vials - 3, 2, 0, 0)), by=PHARMACIST)
    assert (refused.code, refused.facts) == ("used_before_too", {"value": 2, "before": 3})
    trial.do(recover, back(trial, told, Counts(vials - 5 - missing, 5, 0, 0)), by=PHARMACIST)
    assert kit_of(trial, box) == (was, "01", one.id)
    count = trial.row(KitReturn, kit=box, revision=2)
    assert (count.participant, count.used, count.used_before, count.reason) == (one.id, 5, 3, "It was brought back")
    assert len(trial.rows(Discrepancy, kind="vials")) == missing  # asked about the box once, whoever had it
    in_order(trial)
    told = reported(trial, one, box, box="recovered")  # and once more, noticed at once: as it was counted
    assert (mishap(trial, told).box, kit_of(trial, box)[0]) == ("recovered", was)
    last = trial.row(KitReturn, kit=box, revision=3)
    assert (last.unused, last.used, last.used_before) == (vials - 5 - missing, 5, 3)
    in_order(trial)


def test_the_doses_of_each_are_held_against_their_own_vials(trial: World) -> None:
    other, one = at_second_visit(trial, 2)
    vials = trial.study.kit.vials
    box = brought_back(trial, other, Counts(vials - 3, 3, 0, 0))
    ask(trial, one)
    told = reported(trial, one, box)
    lines, person = boxes_read_by(trial, one), boxes_read_by(trial, other)
    assert [(here.number, here.vials, here.went_on) for here in lines if here.number == box] == [(box, vials - 3, None)]
    assert [(here.counted_used, here.vials) for here in person if here.number == box] == [(3, vials)]
    refused = trial.refusal(lost_or_damaged, gone(trial, box, used=vials - 2), by=PHARMACIST)
    assert (refused.code, refused.facts["most"]) == ("used_too_many", vials - 3)
    trial.do(lost_or_damaged, gone(trial, box, used=2), by=PHARMACIST)
    count = trial.row(KitReturn, kit=box, revision=2)
    assert (count.used, count.used_before, count.lost, count.unused) == (5, 3, vials - 5, 0)
    assert mishap(trial, told).box == "lost"
    in_order(trial)
    third = reported(trial, other, box, right_box="with_participant")  # found with whoever had it first
    assert (kit_of(trial, box), mishap(trial, told).box) == (("misallocated", "01", other.id), "with_participant")
    trial.do(recover, back(trial, third, Counts(vials - 5, 5, 0, 0)), by=PHARMACIST)
    assert (kit_of(trial, box)[0], mishap(trial, told).box) == ("reconciled", "recovered")
    in_order(trial)


def boxes_read_by(world: World, one: Screened) -> list[Box]:
    """The boxes of a participant as pages read them."""
    with world.database.reading(world.actor(PHARMACIST)) as session:
        return boxes_read(session, world.study, session.get_one(Participant, one.id))


def test_the_box_that_was_missed_when_the_shipment_came(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    for state in ("missing", "lost"):
        box = shelf(trial)[0]
        if state == "lost":
            stock = trial.do(lost_or_damaged, gone(trial, box), by=PHARMACIST)
        else:
            take_away(trial, [box], state=state)
        told = reported(trial, one, box, right_box="with_participant")
        trial.do(recover, back(trial, told, Counts(trial.study.kit.vials, 0, 0, 0)), by=PHARMACIST)
        assert kit_of(trial, box) == ("reconciled", "01", one.id)
    assert mishap(trial, stock).box == "recovered"


def test_a_count_is_of_a_day_on_which_the_box_could_come_and_of_vials_that_can_be(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    box, vials, day = shelf(trial)[0], trial.study.kit.vials, today(trial)
    told = reported(trial, one, box, happened_on=day - timedelta(days=1))
    whole = Counts(vials, 0, 0, 0)
    early = trial.refusal(recover, back(trial, told, whole, returned_on=day - timedelta(days=2)), by=PHARMACIST)
    assert (early.code, early.facts["given"]) == ("returned_before_given", (day - timedelta(days=1)).isoformat())
    late = trial.refusal(recover, back(trial, told, whole, returned_on=day + timedelta(days=1)), by=PHARMACIST)
    assert late.code == "date_in_future"
    with pytest.raises(ValidationError):
        back(trial, told, Counts(MOST_VIALS + 1, 0, 0, 0))
    same = ReturnKit(participant=one.id, kit=box, returned_on=day - timedelta(days=2), **vars(whole))
    assert trial.refusal(return_kit, same, by=PHARMACIST).facts == early.facts
    trial.do(recover, back(trial, told, whole, returned_on=day - timedelta(days=1)), by=PHARMACIST)


def test_two_who_have_each_others_box_are_told_of_at_once(trial: World) -> None:
    """Each report voids what was set aside for the other: both are locked in one order, and nobody waits crosswise."""
    people = at_second_visit(trial, 8)
    tellers = (PHARMACIST, "coordinator_01")
    for name in tellers:
        trial.actor(name)
    for one, other in zip(people[::2], people[1::2], strict=True):
        mine, theirs = ask(trial, one), ask(trial, other)
        orders = [wrong(trial, one, theirs, replace="no"), wrong(trial, other, mine, replace="no")]
        calls = zip(tellers, orders, strict=True)
        at_once(*[lambda by=by, order=order: trial.perform(wrong_kit, order, by=by) for by, order in calls])
        assert (kit_of(trial, theirs)[2], kit_of(trial, mine)[2]) == (one.id, other.id)
        assert (assignments(trial, one), assignments(trial, other)) == ([(1, "void")], [(1, "void")])
    in_order(trial)


def test_a_box_that_is_counted_twice_at_once_is_counted_once(trial: World) -> None:
    people, vials = at_second_visit(trial, 4), trial.study.kit.vials
    counters = (PHARMACIST, "coordinator_01")
    for name in counters:
        trial.actor(name)
    for one in people:
        ask(trial, one)
        box = shelf(trial)[0]
        told = reported(trial, one, box)
        count, returned = back(trial, told, Counts(vials, 0, 0, 0)), Counts(vials, 0, 0, 0)
        brought = ReturnKit(participant=one.id, kit=box, returned_on=today(trial), **vars(returned))
        answers = at_once(
            lambda count=count: trial.perform(recover, count, by=counters[1]),
            lambda brought=brought: trial.perform(return_kit, brought, by=counters[0]),
        )
        assert sum(getattr(one, "code", "done") == "done" for one in answers) == 1
        assert {getattr(one, "code", "done") for one in answers} < {"done", "mishap_box_settled", "kit_back_already"}
        assert (len(trial.rows(KitReturn, kit=box)), mishap(trial, told).box) == (1, "recovered")
    in_order(trial)


def test_a_box_set_aside_here_for_somebody_of_another_site_is_given_to_one_of_ours(trial: World) -> None:
    (guest,) = at_second_visit(trial, 1, site="02")
    (one,) = at_second_visit(trial, 1, first=2)
    here = mishap(trial, trial.do(elsewhere, came(trial, guest, site="01"), by=PHARMACIST)).kit
    ask(trial, one)
    reported(trial, one, here)
    assert kit_of(trial, here) == ("misallocated", "01", one.id)
    assert "assigned" not in {row.state for row in trial.rows(Assignment, participant=guest.id, kit=here)}
