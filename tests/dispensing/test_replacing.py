"""A kit in place of one that is gone: one rule, whether it is asked for in the step, afterwards, or at another site."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from irt.conduct.study_acts import PauseStudy, pause_study
from irt.conduct.tables import Deviation
from irt.dispensing.attendance import RecordVisit, SkipVisit, record_visit, skip_visit
from irt.dispensing.dispense import Assign, Cancel, HandOver, assign, cancel, hand_over
from irt.dispensing.elsewhere import HandOverElsewhere, elsewhere, hand_over_elsewhere
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.treatment import HoldTreatment, ResumeTreatment, hold_treatment, resume_treatment
from irt.gate.refusals import Refused
from irt.participants.screen import Screened
from irt.supply.expiry import last_possible_use
from irt.supply.tables import Express, Kit
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
    mishap,
    second,
    shelf,
    today,
)  # fmt: skip
from tests.stocked import running_trial, take_away

THERE = "pharmacist_02"
Path = Callable[[World, Screened, str], str]


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def told(world: World, kit: str, **other: Any) -> Any:
    """It is told that a kit is lost; answers the mishap."""
    used = None if kit_of(world, kit)[0] == "assigned" else 0
    return mishap(world, world.do(lost_or_damaged, gone(world, kit, used=used, **other), by=PHARMACIST))


def in_the_step(world: World, _one: Screened, kit: str) -> str:
    """Wanted as it is told that the kit is lost; answers what became of the wish."""
    return str(told(world, kit).replacement)


def afterwards(world: World, one: Screened, kit: str) -> str:
    """Told first, asked for then; answers why not, where it is refused, and whether it is sent by express."""
    told(world, kit, replace="no")
    asked = answer(lambda: ask(world, one))
    return "by_express" if world.rows(Express, participant=one.id) else asked


def at_another_site(world: World, one: Screened, kit: str) -> str:
    """Told at home, asked for where the participant is now."""
    told(world, kit, replace="no")
    return answer(lambda: world.do(elsewhere, came(world, one), by=THERE))


def answer(asking: Callable[[], object]) -> str:
    """The code of the refusal, or set_aside."""
    try:
        asking()
    except Refused as refused:
        return refused.code
    return "set_aside"


PATHS = (in_the_step, afterwards, at_another_site)


def given(world: World, one: Screened) -> str:
    """The kit of the second visit, which took place, is at home."""
    kit = ask(world, one)
    give(world, one, kit)
    return kit


def next_begins(world: World) -> timedelta:
    """From the second visit's day to the first of the next one's window."""
    here, after = world.study.dispensing_visits[1:3]
    return timedelta(days=after.day - after.window_days - here.day)


@pytest.mark.parametrize(("path", "late"), list(zip(PATHS, ("not_wanted", "visit_not_due", "set_aside"), strict=True)))
def test_it_may_be_asked_for_until_the_next_visits_window_begins(trial: World, path: Path, late: str) -> None:
    one, other = at_second_visit(trial, 2)
    kits = [given(trial, one), given(trial, other)]
    noted = len(trial.rows(Deviation, kind="visit_out_of_window"))
    trial.clock.advance(next_begins(trial) - timedelta(days=1))
    assert path(trial, one, kits[0]) == "set_aside"
    assert assignments(trial, one) == [(1, "void"), (2, "assigned")]
    trial.clock.advance(timedelta(days=1))
    assert path(trial, other, kits[1]) == late  # who is elsewhere is given the kit of the visit that is due by now
    assert assignments(trial, other) == [(1, "void")]
    assert len(trial.rows(Deviation, kind="visit_out_of_window")) == noted == 0


@pytest.mark.parametrize(
    ("path", "scarce"), list(zip(PATHS, ("being_sent", "by_express", "kit_being_sent"), strict=True))
)
def test_it_is_in_date_from_as_many_days_later_as_the_visit_has_margin(trial: World, path: Path, scarce: str) -> None:
    one, other = at_second_visit(trial, 2)
    kits = [given(trial, one), given(trial, other)]
    trial.clock.advance(timedelta(days=12))
    margin = timedelta(days=trial.study.visit(second(trial)).window_days)
    needed = last_possible_use(trial.study, second(trial), today(trial) + margin)
    expires(trial, needed - timedelta(days=1))
    assert path(trial, one, kits[0]) == scarce
    expires(trial, needed)
    assert path(trial, other, kits[1]) == "set_aside"


def expires(world: World, on: date) -> None:
    """Every kit on both shelves is in date until then."""
    take_away(world, [*shelf(world), *shelf(world, "02")], expiry=on)


def test_of_a_visit_that_nobody_recorded_a_late_kit_is_set_aside_and_its_hand_over_asks_why(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    trial.clock.advance(timedelta(days=trial.study.visit(second(trial)).window_days + 2))
    row = told(trial, kit)
    assert row.replacement == "set_aside"
    late = HandOver(participant=one.id, visit=second(trial), kit=row.replacement_kit)
    assert trial.refusal(hand_over, late, by=PHARMACIST).code == "visit_reason_needed"
    trial.do(hand_over, late.model_copy(update={"reason": "the box was lost"}), by=PHARMACIST)


def test_a_visit_that_took_place_in_time_asks_nothing_when_its_kit_comes_late(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    visited = RecordVisit(participant=one.id, visit=second(trial), visited_on=today(trial))
    trial.do(record_visit, visited, by=COORDINATOR)
    trial.clock.advance(timedelta(days=12))
    kit = given(trial, one)
    assert trial.rows(Deviation, kind="visit_out_of_window") == []
    assert kit_of(trial, kit) == ("dispensed", "01", one.id)


def test_a_skipped_visit_gets_no_kit_at_any_site(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    trial.do(skip_visit, SkipVisit(participant=one.id, visit=second(trial), reason="is on a journey"), by=COORDINATOR)
    assert in_the_step(trial, one, kit) == "not_wanted"
    assert answer(lambda: ask(trial, one)) == "visit_recorded"
    assert answer(lambda: trial.do(elsewhere, came(trial, one), by=THERE)) == "visit_none_due"


def test_while_treatment_is_held_nothing_is_set_aside(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = given(trial, one)
    reason = trial.study.treatment.hold_reasons[0].id
    order = HoldTreatment(participant=one.id, from_on=today(trial), hold_reason=reason, note="as they said")
    trial.do(hold_treatment, order, by=INVESTIGATOR)
    assert in_the_step(trial, one, kit) == "not_wanted"
    assert answer(lambda: ask(trial, one)) == "treatment_held"
    trial.clock.advance(timedelta(days=1))
    trial.do(resume_treatment, ResumeTreatment(participant=one.id, resumed_on=today(trial)), by=INVESTIGATOR)
    assert answer(lambda: ask(trial, one)) == "set_aside"


def test_a_kit_that_stands_set_aside_is_the_answer_in_the_step_too(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = given(trial, one)
    trial.clock.advance(timedelta(days=12))
    after = trial.study.dispensing_visits[2].id
    early = Assign(participant=one.id, visit=after)
    aside = trial.do(assign, early, by=PHARMACIST).kit
    trial.do(cancel, Cancel(participant=one.id, visit=after), by=PHARMACIST)
    row = told(trial, kit)
    assert (row.replacement, row.replacement_kit) == ("set_aside", aside)


def test_what_waits_at_another_site_may_be_lost_there_again_and_again(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    come = trial.do(elsewhere, came(trial, one), by=THERE)
    kit = mishap(trial, come).kit
    row = mishap(trial, trial.do(lost_or_damaged, gone(trial, kit), by=THERE))
    assert kit_of(trial, row.replacement_kit) == ("assigned", "02", one.id)
    assert mishap(trial, trial.do(lost_or_damaged, gone(trial, row.replacement_kit), by=THERE)).replacement_kit is None
    assert mishap(trial, trial.do(elsewhere, came(trial, one), by=THERE)).replacement == "to_be_allowed"
    allowed(trial, one)
    kit = mishap(trial, trial.do(elsewhere, came(trial, one), by=THERE)).replacement_kit
    again = mishap(trial, trial.do(elsewhere, came(trial, one), by=THERE))
    assert again.replacement_kit == kit, "the box that stands there is the answer"
    trial.do(hand_over_elsewhere, HandOverElsewhere(mishap=come, kit=kit), by=THERE)
    assert kit_of(trial, kit) == ("dispensed", "01", one.id)


def test_where_the_shelf_cannot_serve_the_step_sends_a_kit_by_express(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = given(trial, one)
    take_away(trial, shelf(trial))
    assert in_the_step(trial, one, kit) == "being_sent"
    assert trial.row(Express, participant=one.id).visit == second(trial)
    again = trial.do(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST)
    assert (again.kit, again.again) == (None, True)


@pytest.mark.parametrize("why", ["depot", "paused"])
def test_where_nothing_is_sent_nothing_else_is_said(trial: World, why: str) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = given(trial, one)
    take_away(trial, shelf(trial))
    if why == "depot":
        take_away(trial, [row.number for row in trial.rows(Kit, state="at_depot")])
    else:
        trial.do(pause_study, PauseStudy(what="dispensing", reason="a temperature alarm"), by="trial_manager")
    assert in_the_step(trial, one, kit) == "to_ask"
    assert trial.rows(Express) == []
