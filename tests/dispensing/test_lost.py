"""A box that is lost or damaged: on the shelf, set aside, or at home; the replacement in the same step."""

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.counting import Counts
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.ending import recover
from irt.dispensing.lost import OnTheShelf, damaged_on_shelf, lost_or_damaged
from irt.dispensing.tables import KitReturn, Mishap
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    assignments,
    at_second_visit,
    back,
    give,
    gone,
    kit_of,
    mishap,
    reported,
    second,
    shelf,
)  # fmt: skip
from tests.stocked import running_trial, types_of


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_a_box_set_aside_is_given_up_and_replaced_in_the_same_step(trial: World, what: str) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    row = mishap(trial, trial.do(lost_or_damaged, gone(trial, kit, what=what), by=PHARMACIST))
    assert kit_of(trial, kit) == (what, "01", one.id)
    assert (row.kind, row.visit, row.replacement) == (what, second(trial), "set_aside")
    assert row.box == {"lost": "lost", "damaged": "at_site"}[what]
    assert types_of(trial)[row.replacement_kit] == types_of(trial)[kit]
    assert assignments(trial, one) == [(1, "void"), (2, "assigned")]
    assert trial.row(Deviation).kind == f"kit_{what}"
    assert trial.rows(KitReturn) == []
    give(trial, one, row.replacement_kit)


@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_a_box_at_home_is_counted_as_far_as_it_was_used(trial: World, what: str) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, vials = ask(trial, one), trial.study.kit.vials
    give(trial, one, kit)
    for used, code in ((None, "used_missing"), (vials + 1, "used_too_many")):
        refused = trial.refusal(lost_or_damaged, gone(trial, kit, what=what, used=used), by=PHARMACIST)
        assert refused.code == code
    trial.do(lost_or_damaged, gone(trial, kit, what=what, used=5, replace="no"), by="coordinator_01")
    count = trial.row(KitReturn, kit=kit)
    expected = (5, 0, vials - 5) if what == "lost" else (5, vials - 5, 0)
    assert (count.used, count.broken, count.lost, count.unused) == (*expected, 0)
    assert kit_of(trial, kit)[0] == what
    assert assignments(trial, one) == [(1, "void")]
    again = trial.do(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST)
    assert (again.again, assignments(trial, one)) == (False, [(1, "void"), (2, "assigned")])


def test_it_is_replaced_long_after_the_visit(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    trial.clock.advance(__import__("datetime").timedelta(days=15))
    row = mishap(trial, trial.do(lost_or_damaged, gone(trial, kit, used=7), by=PHARMACIST))
    assert row.replacement == "set_aside"
    give(trial, one, row.replacement_kit)


def test_what_was_lost_may_come_back_after_all(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, vials = ask(trial, one), trial.study.kit.vials
    give(trial, one, kit)
    told = trial.do(lost_or_damaged, gone(trial, kit, used=5, replace="no"), by=PHARMACIST)
    assert trial.do(recover, back(trial, told, Counts(vials - 5, 5, 0, 0)), by=PHARMACIST) is True
    assert (kit_of(trial, kit)[0], mishap(trial, told).box) == ("reconciled", "recovered")
    second_count = trial.row(KitReturn, kit=kit, revision=2)
    assert second_count.reason == "It was brought back"


def test_a_wrong_box_that_is_lost_too_is_told_once_more(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    box = shelf(trial)[0]
    wrong = reported(trial, one, box)
    row = mishap(trial, trial.do(lost_or_damaged, gone(trial, box, used=0), by=PHARMACIST))
    assert (row.visit, row.replacement, kit_of(trial, box)[0]) == (None, "not_wanted", "lost")
    assert mishap(trial, wrong).box == "lost"


def test_a_box_on_the_shelf_is_damaged_without_anybody(trial: World) -> None:
    box = shelf(trial)[0]
    trial.do(damaged_on_shelf, OnTheShelf(kit=box, told="Dropped"), by=PHARMACIST)
    assert kit_of(trial, box) == ("damaged", "01", None)
    assert (trial.rows(Mishap), trial.rows(Deviation)) == ([], [])
    refused = trial.refusal(damaged_on_shelf, OnTheShelf(kit=box, told="Dropped"), by=PHARMACIST)
    assert refused.code == "kit_not_at_hand"
    assert trial.last_audit().site == "01" or trial.last_audit().site is None


def test_nobodys_box_and_boxes_of_other_sites_are_refused(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    assert trial.refusal(lost_or_damaged, gone(trial, shelf(trial)[0]), by=PHARMACIST).code == "kit_not_at_hand"
    assert trial.refusal(lost_or_damaged, gone(trial, kit), by="pharmacist_02").code == "not_found"
    assert trial.refusal(lost_or_damaged, gone(trial, kit), by="assessor_01").code == "role_not_allowed"
    order = gone(trial, kit)
    first = trial.perform(lost_or_damaged, order, by=PHARMACIST, request_id="once")
    assert trial.perform(lost_or_damaged, order, by=PHARMACIST, request_id="once").answer == first.answer
    assert trial.refusal(lost_or_damaged, order, by=PHARMACIST).code == "kit_not_at_hand"
