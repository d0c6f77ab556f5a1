"""The kit of a visit: assigned once, the same when asked again, in time, and never told by a refusal."""

from datetime import timedelta

import pytest

from irt.conduct.study_acts import PauseStudy, pause_study
from irt.conduct.tables import Deviation
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.participants.screen import Screened
from irt.participants.tables import VisitRecord
from irt.participants.visits import local_day, windows
from irt.randomization.tables import Randomization
from irt.supply.tables import Assignment, Kit, Movement
from tests.cast import World
from tests.stocked import dosed, eligible, randomized, running_trial, type_due, types_of

FIRST, SECOND = 0, 1


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def visit(world: World, place: int) -> str:
    return world.study.dispensing_visits[place].id


def on_the_day_of(world: World, one: Screened, place: int, shift: int = 0) -> None:
    """The first dose is recorded; move the clock to a visit's planned day, or `shift` days from it."""
    dosed(world, one)
    row = world.row(Randomization, participant=one.id)
    anchor = local_day(row.randomized_at, world.study.site(row.site).time_zone)
    due = next(window for window in windows(world.study, anchor) if window.visit == visit(world, place)).due
    world.clock.advance(due - anchor + timedelta(days=shift))


def order(world: World, one: Screened, place: int = SECOND) -> Assign:
    return Assign(participant=one.id, visit=visit(world, place))


def test_a_kit_of_the_participants_own_arm_is_set_aside(trial: World) -> None:
    one, told = randomized(trial)
    on_the_day_of(trial, one, SECOND)
    given = trial.do(assign, order(trial, one), by="pharmacist_01")
    assert not given.again
    assert given.shipment is None
    assert given.kit != told.kit
    assert types_of(trial)[given.kit] == type_due(trial, one.id)
    kit = trial.row(Kit, number=given.kit)
    assert (kit.state, kit.site, kit.participant) == ("assigned", "01", one.id)
    assert trial.row(Assignment, visit=visit(trial, SECOND)).kit == given.kit
    assert [line.after for line in trial.rows(Movement, kit=given.kit)][-1] == "assigned"
    assert not [arm.id for arm in trial.study.arms if f'"{arm.id}"' in trial.last_audit().body]


def test_asked_again_it_is_the_same_kit(trial: World) -> None:
    one, told = randomized(trial)
    first = trial.do(assign, order(trial, one, FIRST), by="coordinator_01")
    assert (first.kit, first.again) == (told.kit, True)
    on_the_day_of(trial, one, SECOND)
    second = trial.perform(assign, order(trial, one), by="coordinator_01", request_id="once")
    assert trial.perform(assign, order(trial, one), by="coordinator_01", request_id="once").answer == second.answer
    other = trial.do(assign, order(trial, one), by="pharmacist_01")
    assert (other.kit, other.again) == (second.answer.kit, True)
    assert len(trial.rows(Assignment)) == 2


@pytest.mark.parametrize("early_or_late", [-1, 1])
def test_out_of_the_window_it_is_the_hand_over_that_asks_why_and_notes_it(trial: World, early_or_late: int) -> None:
    one, _ = randomized(trial)
    margin = trial.study.dispensing_visits[SECOND].window_days + 1
    on_the_day_of(trial, one, SECOND, early_or_late * margin)
    trial.do(assign, order(trial, one), by="pharmacist_01")
    assert trial.rows(Deviation) == []
    given = trial.row(Assignment, visit=visit(trial, SECOND))
    box = HandOver(participant=one.id, visit=given.visit, kit=given.kit)
    refused = trial.refusal(hand_over, box, by="pharmacist_01")
    assert refused.code == "visit_reason_needed"
    assert not str(refused.facts["earliest"]) <= str(refused.facts["day"]) <= str(refused.facts["latest"])
    trial.do(hand_over, box.model_copy(update={"reason": "travels to a wedding"}), by="pharmacist_01")
    noted = trial.row(Deviation, kind="visit_out_of_window")
    assert (noted.subject, noted.told) == (f"{one.id}/{visit(trial, SECOND)}", "travels to a wedding")
    assert noted.facts["timing"] == ("early" if early_or_late < 0 else "late")
    record = trial.row(VisitRecord, visit=given.visit)
    assert (record.visited_on.isoformat(), record.reason) == (noted.facts["day"], "travels to a wedding")
    assert len(trial.rows(Deviation)) == 1


@pytest.mark.parametrize("weeks", [-4, 4])
def test_outside_its_span_a_visit_is_not_due(trial: World, weeks: int) -> None:
    one, _ = randomized(trial)
    on_the_day_of(trial, one, 2, weeks * 7)
    wanted = order(trial, one, 2).model_copy(update={"reason": "why not"})
    refused = trial.refusal(assign, wanted, by="pharmacist_01")
    assert refused.code == "visit_not_due"
    assert not str(refused.facts["first"]) <= str(refused.facts["day"]) <= str(refused.facts["last"])


def test_a_visit_that_hands_out_no_kit_is_unknown_here(trial: World) -> None:
    one, _ = randomized(trial)
    for name in ("W2", trial.study.visits[-1].id):
        refused = trial.refusal(assign, Assign(participant=one.id, visit=name), by="pharmacist_01")
        assert refused.code == "visit_unknown"


def test_whoever_withdrew_or_was_never_randomized_gets_no_kit(trial: World) -> None:
    one, _ = randomized(trial)
    on_the_day_of(trial, one, SECOND)
    trial.do(withdraw, Withdraw(participant=one.id, reason="wishes to stop"), by="coordinator_01")
    assert trial.refusal(assign, order(trial, one), by="pharmacist_01").code == "participant_state"
    other = eligible(trial, "EXAMPLE-000002")
    assert trial.refusal(assign, order(trial, other, FIRST), by="pharmacist_01").code == "participant_state"


def test_a_pause_of_dispensing_stops_assigning(trial: World) -> None:
    one, _ = randomized(trial)
    on_the_day_of(trial, one, SECOND)
    trial.do(pause_study, PauseStudy(what="dispensing", reason="a temperature alarm"), by="trial_manager")
    assert trial.refusal(assign, order(trial, one), by="pharmacist_01").code == "study_paused"


def test_another_site_and_other_roles_assign_nothing(trial: World) -> None:
    one, _ = randomized(trial)
    assert trial.refusal(assign, order(trial, one, FIRST), by="pharmacist_02").code == "not_found"
    for by in ("assessor_01", "monitor", "supply_manager"):
        assert trial.refusal(assign, order(trial, one, FIRST), by=by).code == "role_not_allowed"
