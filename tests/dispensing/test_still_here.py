"""A hand-over that never was: the box is set aside again, or given to nobody."""

from datetime import timedelta

import pytest

from irt.assurance.verify import verify
from irt.conduct.tables import Deviation, DeviationRevision
from irt.dispensing.attendance import RecordVisit, record_visit
from irt.dispensing.dispense import Assign, Cancel, HandOver, assign, cancel, hand_over
from irt.dispensing.elsewhere import elsewhere, hand_over_elsewhere
from irt.dispensing.still_here import not_handed_over
from irt.dispensing.tables import KitReturn
from irt.dispensing.wrong_kit import wrong_kit
from irt.entropy import new_id
from irt.migrate import newest
from irt.participants.tables import VisitRecord
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    assignments,
    at_second_visit,
    came,
    give,
    kit_of,
    mishap,
    scanned,
    second,
    shelf,
    still_here,
    today,
    wrong,
)  # fmt: skip
from tests.stocked import running_trial


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def test_the_box_can_be_handed_over_after_all(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    row = mishap(trial, trial.do(not_handed_over, still_here(trial, one, kit), by="coordinator_01"))
    assert (row.kind, row.kit, row.box) == ("not_handed_over", kit, "at_site")
    assert trial.row(Deviation).kind == "kit_not_handed_over"
    assert (kit_of(trial, kit), assignments(trial, one)) == (("assigned", "01", one.id), [(1, "assigned")])
    give(trial, one, kit)
    assert (kit_of(trial, kit)[0], assignments(trial, one)) == ("dispensed", [(1, "handed_over")])


def test_a_box_that_is_not_wanted_stays_the_answer(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    trial.do(not_handed_over, still_here(trial, one, kit, wanted="no"), by=PHARMACIST)
    assert (kit_of(trial, kit), assignments(trial, one)) == (("assigned", "01", one.id), [(1, "cancelled")])
    assert ask(trial, one) == kit


def test_what_the_books_do_not_say_is_not_taken_back(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    box = shelf(trial)[0]

    def code(kit: str) -> str:
        return trial.refusal(not_handed_over, still_here(trial, one, kit), by=PHARMACIST).code

    assert code(box) == "visit_not_assigned"
    kit = ask(trial, one)
    assert code(kit) == "kit_not_handed_over"
    give(trial, one, kit)
    assert code(box) == code(ask(trial, other)) == "not_the_assigned_kit"
    trial.put(
        KitReturn, used_before=0, id=new_id(trial.entropy), kit=kit, participant=one.id, site="01", revision=1,
        returned_on=today(trial), unused=18, used=0, broken=0, lost=0, counted_by="x", counted_at=trial.clock.now(),
    )  # fmt: skip
    assert code(kit) == "kit_counted_already"
    assert trial.refusal(not_handed_over, still_here(trial, one, kit), by="pharmacist_02").code == "not_found"
    assert trial.refusal(not_handed_over, still_here(trial, one, kit), by="monitor").code == "role_not_allowed"


def test_asked_again_each_visit_gets_the_kit_that_stands_for_it(trial: World) -> None:
    """A box that never left stands beside the one of the next visit; neither visit takes the other's."""
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    trial.clock.advance(timedelta(days=6))
    asked = Assign(participant=one.id, visit=trial.study.dispensing_visits[2].id)
    later = trial.do(assign, asked, by=PHARMACIST).kit
    trial.do(not_handed_over, still_here(trial, one, kit), by=PHARMACIST)
    for _ in range(4):
        trial.do(cancel, Cancel(participant=one.id, visit=asked.visit), by=PHARMACIST)
        trial.do(cancel, Cancel(participant=one.id, visit=second(trial)), by=PHARMACIST)
        assert trial.do(assign, asked, by=PHARMACIST).kit == later
        assert ask(trial, one) == kit


def test_the_visit_that_the_hand_over_recorded_is_not_recorded_any_more(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, day = ask(trial, one), today(trial)
    trial.clock.advance(timedelta(days=4))  # after the window: it asks why, and is noted
    late = HandOver(participant=one.id, visit=second(trial), kit=kit, reason="The flight was late")
    trial.do(hand_over, late, by=PHARMACIST)
    trial.clock.advance(timedelta(minutes=1))
    trial.do(not_handed_over, still_here(trial, one, kit), by=PHARMACIST)
    rows = sorted(trial.rows(VisitRecord, participant=one.id, visit=second(trial)), key=lambda row: row.revision)
    assert [(row.revision, row.state) for row in rows] == [(1, "done"), (2, "void")]
    (noted,) = trial.rows(Deviation, kind="visit_out_of_window")
    assert [row.stands for row in trial.rows(DeviationRevision, deviation=noted.id)] == [False]
    held = RecordVisit(participant=one.id, visit=second(trial), visited_on=day)
    trial.do(record_visit, held, by=PHARMACIST)
    give(trial, one, kit)
    rows = sorted(trial.rows(VisitRecord, participant=one.id, visit=second(trial)), key=lambda row: row.revision)
    assert [(row.revision, row.state, row.visited_on) for row in rows[2:]] == [(3, "done", day)]
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_a_visit_that_was_recorded_by_itself_stays(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    trial.do(record_visit, RecordVisit(participant=one.id, visit=second(trial), visited_on=today(trial)), by=PHARMACIST)
    trial.clock.advance(timedelta(minutes=1))
    give(trial, one, kit)
    trial.do(not_handed_over, still_here(trial, one, kit), by=PHARMACIST)
    assert [row.state for row in trial.rows(VisitRecord, participant=one.id, visit=second(trial))] == ["done"]


def test_handed_over_again_the_visit_is_recorded_with_the_box(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    kit = ask(trial, one)
    give(trial, one, kit)
    trial.do(not_handed_over, still_here(trial, one, kit), by=PHARMACIST)
    trial.clock.advance(timedelta(days=1))
    give(trial, one, kit)
    rows = sorted(trial.rows(VisitRecord, participant=one.id, visit=second(trial)), key=lambda row: row.revision)
    assert [(row.state, row.visited_on) for row in rows][1:] == [("void", None), ("done", today(trial))]


def test_a_box_that_another_site_handed_over_cannot_stand_at_home(trial: World) -> None:
    """Told as still here, it would come into the books of the wrong site."""
    (one,) = at_second_visit(trial, 1)
    told = mishap(trial, trial.do(elsewhere, came(trial, one), by="pharmacist_02"))
    trial.do(hand_over_elsewhere, scanned(told.id, told.kit), by="pharmacist_02")
    refused = trial.refusal(not_handed_over, still_here(trial, one, told.kit), by=PHARMACIST)
    assert (refused.code, refused.facts) == ("kit_passed_on", {"kit": told.kit, "at": "02"})
    order = wrong(trial, one, shelf(trial)[0], right_box="at_site")
    assert trial.refusal(wrong_kit, order, by=PHARMACIST).code == "kit_passed_on"
    assert kit_of(trial, told.kit) == ("dispensed", "01", one.id)
    trial.do(wrong_kit, wrong(trial, one, order.kit, right_box="with_participant"), by=PHARMACIST)
