"""A box that is lost or damaged: in stock, set aside, or at home; the replacement in the same step."""

import pytest

from irt.assurance.verify import verify
from irt.conduct.tables import Deviation
from irt.dispensing.books import gather, inventory
from irt.dispensing.counting import Counts
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.disposal import DisposeOf, destroy
from irt.dispensing.ending import recover, sign_note
from irt.dispensing.lost import Found, found, lost_or_damaged
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.dispensing.tables import KitReturn, Mishap
from irt.gate.tables import Outbox
from irt.migrate import newest
from irt.supply.tables import Shelf
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    assignments,
    at_second_visit,
    back,
    bring_back,
    give,
    gone,
    kit_of,
    mishap,
    read_note,
    reported,
    second,
    shelf,
)  # fmt: skip
from tests.stocked import on_shelf, running_trial, take_away, types_of
from tests.wiring import at_once


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def in_order(world: World) -> None:
    """`irt verify` finds nothing."""
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []


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


def test_a_box_lost_at_home_is_counted_as_far_as_it_was_used(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, vials = ask(trial, one), trial.study.kit.vials
    give(trial, one, kit)
    for used, code in ((None, "used_missing"), (vials + 1, "used_too_many")):
        assert trial.refusal(lost_or_damaged, gone(trial, kit, used=used), by=PHARMACIST).code == code
    trial.do(lost_or_damaged, gone(trial, kit, used=5, replace="no"), by="coordinator_01")
    count = trial.row(KitReturn, kit=kit)
    assert (count.used, count.broken, count.lost, count.unused) == (5, 0, vials - 5, 0)
    assert kit_of(trial, kit)[0] == "lost"
    assert assignments(trial, one) == [(1, "void")]
    again = trial.do(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST)
    assert (again.again, assignments(trial, one)) == (False, [(1, "void"), (2, "assigned")])


@pytest.mark.parametrize("back_by", ["recover", "return"])
def test_a_box_damaged_at_home_is_replaced_brought_back_and_counted(trial: World, back_by: str) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, vials = ask(trial, one), trial.study.kit.vials
    give(trial, one, kit)
    asked = gone(trial, kit, what="damaged", used=5)
    assert trial.refusal(lost_or_damaged, asked, by=PHARMACIST).code == "used_not_asked"
    told = trial.do(lost_or_damaged, gone(trial, kit, what="damaged"), by=PHARMACIST)
    row = mishap(trial, told)
    assert (row.kind, row.box, row.replacement, kit_of(trial, kit)) == (
        "damaged", "with_participant", "set_aside", ("dispensed", "01", one.id),
    )  # fmt: skip
    assert (trial.rows(KitReturn), trial.row(Deviation).kind) == ([], "kit_damaged")
    again = trial.refusal(lost_or_damaged, gone(trial, kit, what="damaged"), by=PHARMACIST)
    assert again.code == "kit_damaged_already"
    gone_as = DisposeOf(site="01", kits=(kit,), method="Incinerated")
    assert trial.refusal(destroy, gone_as, by=PHARMACIST).code == "kits_not_disposable"
    give(trial, one, row.replacement_kit)
    counts = Counts(0, 5, vials - 5, 0)
    if back_by == "recover":
        assert trial.do(recover, back(trial, told, counts), by="coordinator_01") is True
    else:
        bring_back(trial, one, kit, counts)
    assert (kit_of(trial, kit)[0], mishap(trial, told).box) == ("reconciled", "recovered")
    assert trial.refusal(recover, back(trial, told, counts), by=PHARMACIST).code == "mishap_box_settled"
    trial.do(destroy, gone_as, by=PHARMACIST)
    in_order(trial)


def test_a_box_that_was_brought_back_before_it_was_told_to_be_damaged(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, vials = ask(trial, one), trial.study.kit.vials
    give(trial, one, kit)
    bring_back(trial, one, kit, Counts(0, 0, vials, 0))
    assert trial.refusal(lost_or_damaged, gone(trial, kit), by=PHARMACIST).code == "kit_not_at_hand"
    row = mishap(trial, trial.do(lost_or_damaged, gone(trial, kit, what="damaged"), by=PHARMACIST))
    assert (row.box, row.replacement, kit_of(trial, kit)[0]) == ("recovered", "set_aside", "reconciled")
    again = trial.refusal(lost_or_damaged, gone(trial, kit, what="damaged"), by=PHARMACIST)
    assert again.code == "kit_damaged_already"
    in_order(trial)


def test_a_box_damaged_at_home_may_be_lost_on_its_way(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, vials = ask(trial, one), trial.study.kit.vials
    give(trial, one, kit)
    damaged = trial.do(lost_or_damaged, gone(trial, kit, what="damaged", replace="no"), by=PHARMACIST)
    lost = trial.do(lost_or_damaged, gone(trial, kit, used=2), by=PHARMACIST)
    assert (mishap(trial, lost).replacement, mishap(trial, damaged).box) == ("not_wanted", "lost")
    trial.do(recover, back(trial, damaged, Counts(0, 2, vials - 2, 0)), by=PHARMACIST)
    assert (mishap(trial, lost).box, mishap(trial, damaged).box) == ("recovered", "recovered")
    in_order(trial)


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


@pytest.mark.parametrize("state", ["available", "quarantined", "expired"])
@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_a_box_in_stock_concerns_the_site_alone(trial: World, what: str, state: str) -> None:
    box = shelf(trial)[0]
    take_away(trial, [box], state=state)
    asked = gone(trial, box, what=what)
    assert trial.refusal(lost_or_damaged, gone(trial, box, what=what, used=1), by=PHARMACIST).code == "used_not_asked"
    told = trial.do(lost_or_damaged, asked, by="coordinator_01")
    assert trial.last_audit().site == "01"
    assert kit_of(trial, box) == (what, "01", None)
    row, noted = mishap(trial, told), trial.row(Deviation)
    assert (row.participant, row.visit, row.site, row.kind, row.replacement) == (None, None, "01", what, "not_wanted")
    assert row.box == {"lost": "lost", "damaged": "at_site"}[what]
    assert (noted.participant, noted.site, noted.kind, row.deviation) == (None, "01", f"kit_{what}", noted.id)
    assert trial.refusal(lost_or_damaged, asked, by=PHARMACIST).code == "kit_not_at_hand"
    (sent,) = trial.rows(Outbox, kind="mishap.in_stock")
    assert (sent.site, sent.participant, sent.facts) == ("01", None, {})
    trial.do(sign_note, read_note(trial, told), by="investigator_01")


def test_a_box_lost_from_the_stock_that_turns_up_is_given_to_nobody(trial: World) -> None:
    box = shelf(trial)[0]
    told = trial.do(lost_or_damaged, gone(trial, box), by=PHARMACIST)
    nothing = Counts(0, 0, 0, trial.study.kit.vials)
    assert trial.refusal(recover, back(trial, told, nothing), by=PHARMACIST).code == "mishap_box_settled"
    assert trial.refusal(found, Found(mishap=told), by="pharmacist_02").code == "not_found"
    trial.do(found, Found(mishap=told), by="coordinator_01")
    assert (kit_of(trial, box), mishap(trial, told).box) == (("quarantined", "01", None), "recovered")
    assert trial.refusal(found, Found(mishap=told), by=PHARMACIST).code == "mishap_box_settled"
    in_order(trial)
    trial.do(destroy, DisposeOf(site="01", kits=(box,), method="Incinerated"), by=PHARMACIST)


@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_a_loss_says_nothing_about_the_shelf(trial: World, what: str) -> None:
    """The status of the site is set nightly and at receipts: set at a loss, it would tell what was lost."""
    before = trial.row(Shelf, site="01")
    for kept, kits in zip((1, 0), on_shelf(trial, "01").values(), strict=True):
        for kit in kits[kept:]:
            trial.do(lost_or_damaged, gone(trial, kit, what=what), by=PHARMACIST)
    assert trial.row(Shelf, site="01") == before
    assert before.randomization == "open"
    trial.do(review_shelves, ReviewShelves(), by="operator")
    assert trial.row(Shelf, site="01").randomization == "closed"
    lines = inventory(gather(trial.rows, "01", trial.study.site("01").time_zone))
    assert lines[-1].totals["available"] == len(shelf(trial)) == 1
    assert lines[-1].totals["unusable"] == len(trial.rows(Mishap))
    in_order(trial)


def test_two_who_tell_of_one_box_at_once_tell_it_once(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, tellers = ask(trial, one), (PHARMACIST, "coordinator_01", "investigator_01")
    give(trial, one, kit)
    for name in tellers:
        trial.actor(name)
    for box, what, code in ((shelf(trial)[0], "lost", "kit_not_at_hand"), (kit, "damaged", "kit_damaged_already")):
        order = gone(trial, box, what=what)
        answers = at_once(*[lambda by=by, order=order: trial.perform(lost_or_damaged, order, by=by) for by in tellers])
        assert sorted(getattr(one, "code", "done") for one in answers) == sorted(["done", code, code])
    assert len(trial.rows(Mishap)) == len(trial.rows(Deviation)) == 2


def test_boxes_of_other_sites_and_those_given_up_are_refused(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    assert trial.refusal(lost_or_damaged, gone(trial, kit), by="pharmacist_02").code == "not_found"
    assert trial.refusal(lost_or_damaged, gone(trial, kit), by="assessor_01").code == "role_not_allowed"
    order = gone(trial, kit)
    first = trial.perform(lost_or_damaged, order, by=PHARMACIST, request_id="once")
    assert trial.perform(lost_or_damaged, order, by=PHARMACIST, request_id="once").answer == first.answer
    assert trial.refusal(lost_or_damaged, order, by=PHARMACIST).code == "kit_not_at_hand"
