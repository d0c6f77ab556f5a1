"""The days that reports of mishaps name, and those of returns: none before the box or the participant was there."""

from datetime import date, timedelta
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.dispensing.change_requests import AskChange, DecideChange, agree_change, ask_change
from irt.dispensing.counting import Counts
from irt.dispensing.elsewhere import elsewhere
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.still_here import not_handed_over
from irt.dispensing.tables import KitReturn, Mishap
from irt.dispensing.wrong_kit import wrong_kit
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.supply.tables import Movement
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    at_second_visit,
    bring_back,
    came,
    give,
    gone,
    second,
    shelf,
    still_here,
    today,
    wrong,
)  # fmt: skip
from tests.stocked import running_trial

DAY = timedelta(days=1)


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def arrived(world: World, kit: str) -> date:
    """The day on which a box came to its site."""
    lines = sorted(world.rows(Movement, kit=kit), key=lambda line: line.line)
    found: date = next(line.moved_at for line in lines if line.before == "in_transit").date()
    return found


def too_early(world: World, function: Any, order: Any, by: str = PHARMACIST) -> str:
    """The first day that would not be too early."""
    refused = world.refusal(function, order, by=by)
    assert (refused.code, refused.facts["field"]) == ("date_too_early", "happened_on")
    assert refused.facts["value"] == order.happened_on.isoformat()
    return str(refused.facts["earliest"])


def test_a_box_that_was_handed_over_was_not_lost_before(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    handed = today(trial).isoformat()
    for what in ("lost", "damaged"):
        order = gone(trial, kit, what=what, used=0 if what == "lost" else None, happened_on=today(trial) - DAY)
        assert too_early(trial, lost_or_damaged, order) == handed
    order = came(trial, one, gone="lost", used=0, happened_on=today(trial) - DAY)
    assert too_early(trial, elsewhere, order, by="pharmacist_02") == handed
    assert (trial.rows(Mishap), trial.rows(KitReturn)) == ([], [])
    trial.do(lost_or_damaged, gone(trial, kit, used=0), by=PHARMACIST)
    assert trial.row(KitReturn).returned_on == today(trial)


def test_nothing_happens_to_a_box_before_it_came_nor_to_anybody_before_randomization(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    box = shelf(trial)[0]
    came_on, began = arrived(trial, box), today(trial) - timedelta(days=trial.study.visit(second(trial)).day - 1)
    assert came_on <= began
    long_ago = {"happened_on": came_on - DAY}
    assert too_early(trial, lost_or_damaged, gone(trial, box, **long_ago)) == came_on.isoformat()
    kit = ask(trial, one)
    give(trial, one, kit)
    box = shelf(trial)[0]
    before = {"happened_on": began - DAY}
    for order in (wrong(trial, one, box, **before), wrong(trial, one, box, **before, box="recovered")):
        assert too_early(trial, wrong_kit, order) == began.isoformat()
    assert too_early(trial, not_handed_over, still_here(trial, one, kit, **before)) == began.isoformat()
    assert too_early(trial, elsewhere, came(trial, one, **before), by="pharmacist_02") == began.isoformat()
    assert trial.rows(Mishap) == []
    trial.do(wrong_kit, wrong(trial, one, box, happened_on=began, box="recovered"), by=PHARMACIST)
    assert [count.returned_on for count in trial.rows(KitReturn, kit=box)] == [began]


def test_a_box_that_was_back_did_not_go_out_again_before(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    kit = ask(trial, other)
    give(trial, other, kit)
    trial.clock.advance(DAY)
    bring_back(trial, other, kit, Counts(trial.study.kit.vials, 0, 0, 0))
    for box in ("with_participant", "recovered"):
        order = wrong(trial, one, kit, happened_on=today(trial) - DAY, box=box)
        assert too_early(trial, wrong_kit, order) == today(trial).isoformat()
    trial.do(wrong_kit, wrong(trial, one, kit, box="recovered"), by=PHARMACIST)


def given_on_a_corrected_day(trial: World) -> tuple[Screened, str, date]:
    """Somebody whose box was handed over three days before it was written down."""
    (one,) = at_second_visit(trial, 1)
    kit, handed = ask(trial, one), today(trial)
    trial.clock.advance(3 * DAY)
    give(trial, one, kit)
    wanted = {"day": handed.isoformat()}
    order = AskChange(participant=one.id, target=f"hand_over:{second(trial)}", wanted=wanted, reason="was given then")
    change = trial.do(ask_change, order, by=PHARMACIST)
    trial.do(agree_change, DecideChange(change=change, reason="the source says so"), by="data_manager")
    return one, kit, handed


def returned(trial: World, one: Screened, kit: str, on: date) -> ReturnKit:
    return ReturnKit(
        participant=one.id, kit=kit, returned_on=on, unused=trial.study.kit.vials, used=0, broken=0, lost=0
    )


def test_a_corrected_day_of_the_hand_over_is_believed_when_the_box_comes_back(trial: World) -> None:
    one, kit, handed = given_on_a_corrected_day(trial)
    early = trial.refusal(return_kit, returned(trial, one, kit, handed - DAY), by=PHARMACIST)
    assert (early.code, early.facts["given"]) == ("returned_before_given", handed.isoformat())
    trial.do(return_kit, returned(trial, one, kit, handed + DAY), by=PHARMACIST)
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_a_corrected_day_of_the_hand_over_is_believed_when_the_box_is_lost(trial: World) -> None:
    _one, kit, handed = given_on_a_corrected_day(trial)
    assert too_early(trial, lost_or_damaged, gone(trial, kit, used=0, happened_on=handed - DAY)) == handed.isoformat()
    trial.do(lost_or_damaged, gone(trial, kit, used=0, happened_on=handed + DAY), by=PHARMACIST)
    assert trial.row(KitReturn).returned_on == handed + DAY
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []
