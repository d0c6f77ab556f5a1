"""A kit that waits at another site: the kit of its visit, seen from both sites, until it is collected or is not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from irt.dispensing.dispense import (
    Assign,
    Cancel,
    HandOver,
    PutBy,
    assign,
    cancel,
    hand_over,
    put_by,
)  # fmt: skip
from irt.dispensing.elsewhere import elsewhere, hand_over_elsewhere, not_collected
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.tables import KitReturn, Mishap
from irt.dispensing.treatment import Complete, StopTreatment, complete, stop_treatment
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.tables import Outbox
from irt.participants.screen import Screened
from irt.supply.tables import Assignment
from tests.cast import World
from tests.dispensing.mishapped import (
    COORDINATOR,
    INVESTIGATOR,
    PHARMACIST,
    allowed,
    ask,
    assignments,
    at_second_visit,
    came,
    give,
    gone,
    kit_of,
    left_there,
    mishap,
    scanned,
    second,
    shelf,
    today,
    waits,
    wrong,
)  # fmt: skip
from tests.stocked import randomized, running_trial, take_away
from tests.wiring import at_once

THERE = "pharmacist_02"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def comes(world: World, one: Screened, **other: Any) -> Any:
    """A participant of site 01 comes to site 02; answers the mishap."""
    return mishap(world, world.do(elsewhere, came(world, one, **other), by=THERE))


def standing(world: World, one: Screened) -> set[str]:
    """The kits that are set aside for a participant, wherever."""
    return {row.kit for row in world.rows(Assignment, participant=one.id) if kit_of(world, row.kit)[0] == "assigned"}


def moved(world: World, told: Any, site: str) -> None:
    """What was told, and its box, are of this site, by hand."""
    take_away(world, [told.kit], site=site)
    table = table_of(Mishap)
    with world.database.writing() as connection:
        connection.execute(update(table).where(table.c.id == told.id).values(site=site))


# -- asked for at home, while it waits there -------------------------------------------------------------------------


def test_ask_cancel_ask_at_home_names_the_kit_that_waits_and_draws_none(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = comes(trial, one)
    before = len(trial.rows(Assignment))
    for _ in range(20):
        assert waits(trial, one) == told.kit
        never = Cancel(participant=one.id, visit=second(trial))
        assert trial.refusal(cancel, never, by=PHARMACIST).code == "kit_waits_elsewhere"
        assert trial.do(elsewhere, came(trial, one), by=THERE) == told.id
    scan = HandOver(participant=one.id, visit=second(trial), kit=told.kit)
    assert trial.refusal(hand_over, scan, by=PHARMACIST).code == "kit_waits_elsewhere"
    assert len(trial.rows(Assignment)) == before
    assert standing(trial, one) == {told.kit}
    trial.do(hand_over_elsewhere, scanned(told.id, told.kit), by=THERE)
    assert trial.do(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST).kit == told.kit


def test_of_a_later_visit_too_and_at_a_third_site(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = comes(trial, one)
    moved(trial, told, "03")  # as if they had been there, and come to 02 now
    refused = trial.refusal(elsewhere, came(trial, one), by="coordinator_02")
    assert (refused.code, refused.facts) == ("kit_waits_elsewhere", {"kit": told.kit, "at": "03"})
    moved(trial, told, "02")
    days = [one.day for one in trial.study.dispensing_visits]
    trial.clock.advance(timedelta(days=days[2] - days[1]))
    later = Assign(participant=one.id, visit=trial.study.dispensing_visits[2].id)
    assert trial.refusal(assign, later, by=PHARMACIST).facts == {"kit": told.kit, "at": "02"}
    assert standing(trial, one) == {told.kit}
    trial.do(not_collected, left_there(told.id, told.kit), by=THERE)
    kit = trial.do(assign, later, by=PHARMACIST).kit
    assert standing(trial, one) == {kit}


def test_back_there_at_the_next_visit_the_same_kit_is_the_answer(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    first = comes(trial, one)
    days = [one.day for one in trial.study.dispensing_visits]
    trial.clock.advance(timedelta(days=days[2] - days[1]))
    again = comes(trial, one)
    assert (again.kit, again.visit) == (first.kit, trial.study.dispensing_visits[2].id)
    assert mishap(trial, first.id).replacement == "not_collected"
    assert trial.refusal(hand_over_elsewhere, scanned(first.id, first.kit), by=THERE).code == "visit_not_assigned"
    trial.do(hand_over_elsewhere, scanned(again.id, again.kit), by=THERE)
    assert mishap(trial, first.id).replacement == "not_collected"


# -- not collected ---------------------------------------------------------------------------------------------------


def test_the_visited_site_scans_the_box_and_says_that_it_was_not_collected(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = comes(trial, one)
    for other in (shelf(trial, "02")[0], None):
        assert trial.refusal(not_collected, left_there(told.id, other), by=THERE).code == "not_the_assigned_kit"
    order = left_there(told.id, told.kit)
    assert trial.refusal(not_collected, order, by=PHARMACIST).code == "not_found"
    assert trial.refusal(not_collected, order, by="coordinator_02").code == "role_not_allowed"
    for _ in range(2):
        trial.perform(not_collected, order, by=THERE, request_id="once")
    entry = trial.last_audit()
    assert (entry.act, entry.site, entry.reason) == ("mishap.not_collected", "02", order.reason)
    assert kit_of(trial, told.kit) == ("not_dispensed", "02", one.id)
    assert assignments(trial, one) == [(1, "void")]
    row = mishap(trial, told.id)
    assert (row.replacement, row.replacement_kit, row.box) == ("not_collected", told.kit, "at_site")
    (sent,) = trial.rows(Outbox, kind="mishap.not_collected")
    assert (sent.site, sent.audience, sent.facts["at"]) == ("01", ["coordinator"], "02")
    assert trial.refusal(not_collected, order, by=THERE).code == "visit_not_assigned"
    assert trial.refusal(hand_over_elsewhere, scanned(told.id, told.kit), by=THERE).code == "visit_not_assigned"
    kit = ask(trial, one)
    assert kit_of(trial, kit) == ("assigned", "01", one.id)
    assert assignments(trial, one) == [(1, "void"), (2, "assigned")]


def test_of_another_mishap_nothing_can_be_not_collected(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    lost = trial.do(lost_or_damaged, gone(trial, ask(trial, one)), by=PHARMACIST)
    assert trial.refusal(not_collected, left_there(lost, None), by=PHARMACIST).code == "not_found"


def test_the_home_site_may_say_so_too_and_the_visited_one_sees_it(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = comes(trial, one)
    never = PutBy(participant=one.id, visit=second(trial), reason="stands here without a box")
    trial.do(put_by, never, by=PHARMACIST)
    assert trial.last_audit().site == "01"
    assert kit_of(trial, told.kit) == ("not_dispensed", "02", one.id)
    assert mishap(trial, told.id).replacement == "not_collected"
    give(trial, one, ask(trial, one))
    assert trial.refusal(hand_over_elsewhere, scanned(told.id, told.kit), by=THERE).code == "visit_not_assigned"


def test_a_kit_that_stands_at_home_is_still_wanted(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    never = PutBy(participant=one.id, visit=second(trial), reason="stands here without a box")
    assert trial.refusal(put_by, never, by=PHARMACIST).code == "kit_still_wanted"


def test_whoever_stops_withdraws_or_completes_leaves_no_kit_behind(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    told, second_told = comes(trial, one), comes(trial, other)
    found = trial.refusal(complete, Complete(participant=one.id), by=INVESTIGATOR)
    assert found.facts["elsewhere"] == [told.kit]
    assert told.kit not in found.facts["kits"]
    reason = trial.study.treatment.stop_reasons[0].id
    stop = StopTreatment(participant=one.id, last_day=today(trial), stop_reason=reason, note="as they said")
    trial.do(stop_treatment, stop, by=INVESTIGATOR)
    trial.do(withdraw, Withdraw(participant=other.id, reason="moved away"), by=COORDINATOR)
    assert trial.refusal(hand_over_elsewhere, scanned(told.id, told.kit), by=THERE).code == "treatment_stopped"
    trial.do(put_by, PutBy(participant=one.id, visit=second(trial), reason="has stopped"), by=PHARMACIST)
    trial.do(not_collected, left_there(second_told.id, second_told.kit), by=THERE)
    for row in (told, second_told):
        assert kit_of(trial, row.kit)[0] == "not_dispensed"
        assert mishap(trial, row.id).replacement == "not_collected"
    found = trial.refusal(complete, Complete(participant=one.id), by=INVESTIGATOR)
    assert found.facts["elsewhere"] == []


def test_handed_over_there_and_put_by_at_home_at_once_one_of_both_is_done(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    told = comes(trial, one)
    never = PutBy(participant=one.id, visit=second(trial), reason="stands here without a box")
    for name in (THERE, PHARMACIST):
        trial.actor(name)

    def tried(act: Any, order: Any, by: str) -> str:
        try:
            trial.perform(act, order, by=by)
        except Refused as refused:
            return refused.code
        return "done"

    answers = at_once(
        lambda: tried(hand_over_elsewhere, scanned(told.id, told.kit), THERE), lambda: tried(put_by, never, PHARMACIST),
        lambda: tried(not_collected, left_there(told.id, told.kit), THERE),
    )  # fmt: skip
    assert sorted(answers) == ["done", "visit_not_assigned", "visit_not_assigned"]
    state = kit_of(trial, told.kit)[0]
    assert (state, mishap(trial, told.id).replacement) in (
        ("dispensed", "handed_over"),
        ("not_dispensed", "not_collected"),
    )


# -- their own box is gone -------------------------------------------------------------------------------------------


def given(world: World, one: Screened) -> str:
    """The kit of the second visit, which took place ten days ago, is in the participant's hands."""
    kit = ask(world, one)
    give(world, one, kit)
    world.clock.advance(timedelta(days=10))
    return kit


@pytest.mark.parametrize("what", ["lost", "damaged"])
@pytest.mark.parametrize("named", [False, True])
def test_between_two_visits_a_box_that_is_gone_is_replaced_there(trial: World, what: str, named: bool) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = given(trial, one)
    assert trial.refusal(elsewhere, came(trial, one), by=THERE).code == "visit_none_due"
    told: dict[str, Any] = {"gone": what, "kit": kit if named else None}
    if what == "lost":
        assert trial.refusal(elsewhere, came(trial, one, **told), by=THERE).code == "used_missing"
        assert trial.refusal(elsewhere, came(trial, one, **told, used=99), by=THERE).code == "used_too_many"
        told["used"] = 5
    else:
        assert trial.refusal(elsewhere, came(trial, one, **told, used=5), by=THERE).code == "used_not_asked"
    row = comes(trial, one, **told)
    counted = [(count.site, count.used, count.lost) for count in trial.rows(KitReturn, kit=kit)]
    if what == "lost":
        assert kit_of(trial, kit) == ("lost", "01", one.id)
        assert counted == [("01", 5, trial.study.kit.vials - 5)]
    else:  # it is brought back and counted
        assert (kit_of(trial, kit), counted) == (("dispensed", "01", one.id), [])
    assert (row.visit, row.replacement, kit_of(trial, row.kit)) == (
        second(trial), "set_aside", ("assigned", "02", one.id),
    )  # fmt: skip
    (home,) = trial.rows(Mishap, kit=kit)
    assert (home.kind, home.site, home.visit, home.replacement_kit) == (what, "01", second(trial), row.kit)
    assert home.box == ("lost" if what == "lost" else "with_participant")
    for _ in range(3):
        assert comes(trial, one, **told).id == comes(trial, one).id == row.id
    assert len(trial.rows(Mishap)) == 2
    assert standing(trial, one) == {row.kit}
    trial.do(hand_over_elsewhere, scanned(row.id, row.kit), by=THERE)
    assert assignments(trial, one) == [(1, "void"), (2, "handed_over")]
    assert {one.replacement for one in trial.rows(Mishap)} == {"handed_over"}


def test_only_a_box_of_theirs_can_be_gone(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    mine, theirs = ask(trial, one), ask(trial, other)
    give(trial, other, theirs)
    for kit in (theirs, shelf(trial, "02")[0], "9999999"):
        refused = trial.refusal(elsewhere, came(trial, one, gone="lost", kit=kit, used=0), by=THERE)
        assert refused.code == "kit_not_theirs"
    refused = trial.refusal(elsewhere, came(trial, one, gone="lost", kit=mine, used=0), by=THERE)
    assert (refused.code, refused.facts["state"]) == ("kit_not_at_hand", "assigned")


def test_a_box_of_an_earlier_visit_that_is_gone_is_told_and_the_due_kit_set_aside(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    first = trial.row(Assignment, participant=one.id, visit=trial.study.dispensing_visits[0].id).kit
    row = comes(trial, one, gone="lost", used=17)
    assert (row.visit, row.replacement) == (second(trial), "set_aside")
    assert kit_of(trial, first)[0] == "lost"
    (home,) = trial.rows(Mishap, kit=first)
    assert (home.replacement, home.replacement_kit) == ("not_wanted", None)


def test_a_third_kit_waits_for_a_second_person_there_too(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    lost = trial.do(lost_or_damaged, gone(trial, given(trial, one), used=5), by=PHARMACIST)
    at_home = mishap(trial, lost).replacement_kit
    row = comes(trial, one)
    assert (row.replacement, row.replacement_kit) == ("to_be_allowed", None)
    assert kit_of(trial, at_home)[0] == "not_dispensed"
    assert (mishap(trial, lost).replacement, mishap(trial, lost).replacement_kit) == ("to_be_allowed", None)
    assert [sent.site for sent in trial.rows(Outbox, kind="kit.to_be_allowed")] == ["02"]
    assert comes(trial, one).replacement == "to_be_allowed"
    assert standing(trial, one) == set()
    allowed(trial, one)
    again = comes(trial, one)
    assert (again.id, again.replacement) == (row.id, "set_aside")
    trial.do(not_collected, left_there(again.id, again.replacement_kit), by=THERE)
    assert sorted(sent.site for sent in trial.rows(Outbox, kind="kit.to_be_allowed")) == ["01", "02"]
    assert len(trial.rows(Outbox, kind="mishap.elsewhere")) == 1, "of a kit that was set aside"


# -- what waits there is gone ----------------------------------------------------------------------------------------


def test_what_was_told_goes_on_with_the_kit_that_waits_by_now(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    come = comes(trial, one)
    lost = mishap(trial, trial.do(lost_or_damaged, gone(trial, come.kit), by=THERE))
    row = mishap(trial, come.id)
    assert (row.replacement, row.replacement_kit) == ("set_aside", lost.replacement_kit)
    assert comes(trial, one).id == come.id
    assert trial.refusal(hand_over_elsewhere, scanned(come.id, come.kit), by=THERE).code == "not_the_assigned_kit"
    trial.do(hand_over_elsewhere, scanned(come.id, row.replacement_kit), by=THERE)


@pytest.mark.parametrize(("replace", "left"), [("yes", "to_ask"), ("no", "not_wanted")])
def test_where_none_could_be_set_aside_it_is_asked_for_again(trial: World, replace: str, left: str) -> None:
    (one,) = at_second_visit(trial, 1)
    come = comes(trial, one)
    hidden = shelf(trial, "02")
    take_away(trial, hidden)
    trial.do(lost_or_damaged, gone(trial, come.kit, replace=replace), by=THERE)
    assert (mishap(trial, come.id).replacement, mishap(trial, come.id).replacement_kit) == (left, None)
    assert trial.refusal(elsewhere, came(trial, one), by=THERE).code == "kit_being_sent"
    take_away(trial, hidden, state="available")
    again = comes(trial, one)
    assert (again.id == come.id) == (left == "to_ask")
    assert kit_of(trial, again.replacement_kit) == ("assigned", "02", one.id)


def test_who_does_not_come_any_more_is_waited_for_no_longer(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    come = comes(trial, one)
    take_away(trial, shelf(trial, "02"))
    trial.do(lost_or_damaged, gone(trial, come.kit), by=THERE)
    trial.do(not_collected, left_there(come.id, None), by=THERE)
    assert mishap(trial, come.id).replacement == "not_collected"
    assert assignments(trial, one) == [(1, "void")]


def test_given_to_somebody_of_the_visited_site_it_is_no_longer_promised(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    own, _answer = randomized(trial, "EXAMPLE-000009", "02")
    come = comes(trial, one)
    report = wrong(trial, own, come.kit, replace="no", right_box="not_known")
    trial.do(wrong_kit, report.model_copy(update={"visit": trial.study.dispensing_visits[0].id}), by=THERE)
    assert kit_of(trial, come.kit) == ("misallocated", "02", own.id)
    assert assignments(trial, one) == [(1, "void")]
    assert (mishap(trial, come.id).replacement, mishap(trial, come.id).replacement_kit) == ("to_ask", None)
    again = comes(trial, one)
    assert (again.id, assignments(trial, one)) == (come.id, [(1, "void"), (2, "assigned")])


def test_a_lost_box_is_told_of_though_home_has_set_the_next_one_aside(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    first = trial.row(Assignment, participant=one.id, visit=trial.study.dispensing_visits[0].id).kit
    at_home = ask(trial, one)
    assert trial.refusal(elsewhere, came(trial, one, gone="lost"), by=THERE).code == "used_missing"
    row = comes(trial, one, gone="lost", used=3)
    assert kit_of(trial, first)[0] == "lost"
    assert [(count.used, count.lost) for count in trial.rows(KitReturn, kit=first)] == [(3, trial.study.kit.vials - 3)]
    assert [told.kind for told in trial.rows(Mishap, kit=first)] == ["lost"]
    assert (kit_of(trial, at_home)[0], kit_of(trial, row.kit)[1]) == ("not_dispensed", "02")
    assert comes(trial, one, gone="lost", used=3).id == row.id
    assert len(trial.rows(Mishap, kit=first)) == 1


def test_where_no_box_is_in_their_hands_its_number_is_asked_for(trial: World) -> None:
    one, _ = randomized(trial, "EXAMPLE-000001")
    (kit,) = [row.kit for row in trial.rows(Assignment, participant=one.id)]
    refused = trial.refusal(elsewhere, came(trial, one, gone="lost", used=0), by=THERE)
    assert (refused.code, refused.facts) == ("kit_number_needed", {"participant": one.screening_number})
    assert (kit_of(trial, kit)[0], trial.rows(Mishap)) == ("assigned", [])
