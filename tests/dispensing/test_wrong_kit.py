"""A wrong box in somebody's hands: whatever state it was in, the books follow, and nothing asks what it holds."""

import json

import pytest

from irt.conduct.study_acts import PauseStudy, pause_study
from irt.conduct.tables import Deviation
from irt.dispensing.counting import Counts
from irt.dispensing.ending import recover
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.tables import Discrepancy, Dose, KitReturn, Mishap
from irt.dispensing.wrong_kit import wrong_kit
from irt.entropy import new_id
from irt.gate.tables import AuditEntry, Outbox
from irt.supply.tables import Movement
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    ask,
    assignments,
    at_second_visit,
    back,
    box_in,
    give,
    gone,
    kit_of,
    mishap,
    reported,
    shelf,
    today,
    wrong,
)  # fmt: skip
from tests.stocked import on_shelf, running_trial, take_away, type_due
from tests.wiring import at_once

STATES = ("available", "assigned", "dispensed", "not_dispensed", "quarantined", "damaged", "expired", "missing", "lost")


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def recorded_dose(world: World, participant: str, kit: str) -> None:
    """A dose was taken from this box."""
    world.put(
        Dose, id=new_id(world.entropy), participant=participant, site="01", kind="scheduled", number=15, revision=1,
        outcome="taken", taken_on=today(world), kit=kit, recorded_at=world.clock.now(), recorded_by="somebody",
    )  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_the_box_is_with_whoever_has_it_and_nobody_waits_for_it(trial: World, state: str) -> None:
    one, other = at_second_visit(trial, 2)
    right = ask(trial, one)
    box = box_in(trial, state, other)
    told = reported(trial, one, box)
    assert kit_of(trial, box) == ("misallocated", "01", one.id)
    assert kit_of(trial, right) == ("assigned", "01", one.id)
    row = mishap(trial, told)
    assert (row.kind, row.kit, row.instead_of, row.box, row.replacement) == (
        "wrong_kit", box, right, "with_participant", "not_wanted",
    )  # fmt: skip
    noted = trial.row(Deviation, id=row.deviation)
    assert (noted.kind, noted.participant, noted.facts["kit"]) == ("wrong_kit", one.id, box)
    if state in ("assigned", "dispensed"):
        assert assignments(trial, other) == [(1, "void")]
        again = ask(trial, other)
        assert again != box
        assert assignments(trial, other) == [(1, "void"), (2, "assigned")]
    give(trial, one, right)
    assert kit_of(trial, right) == ("dispensed", "01", one.id)


def test_noticed_at_once_the_box_is_counted_in_the_same_step(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    box = shelf(trial)[0]
    told = reported(trial, one, box, box="recovered")
    assert kit_of(trial, box) == ("reconciled", "01", one.id)
    assert [line.after for line in trial.rows(Movement, kit=box)][-3:] == ["misallocated", "returned", "reconciled"]
    count = trial.row(KitReturn, kit=box)
    assert (count.unused, count.used, count.participant) == (trial.study.kit.vials, 0, one.id)
    assert mishap(trial, told).box == "recovered"
    assert trial.rows(Discrepancy) == []


def test_the_right_box_that_was_scanned_and_never_left_can_be_handed_over(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    right = ask(trial, one)
    give(trial, one, right)
    reported(trial, one, shelf(trial)[0])
    assert kit_of(trial, right) == ("assigned", "01", one.id)
    assert assignments(trial, one) == [(1, "assigned")]
    give(trial, one, right)
    assert assignments(trial, one) == [(1, "handed_over")]


def test_the_right_box_that_was_given_too_stays_handed_over(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    right = ask(trial, one)
    give(trial, one, right)
    reported(trial, one, shelf(trial)[0], right_box="with_participant")
    assert kit_of(trial, right) == ("dispensed", "01", one.id)


def test_a_visit_without_a_kit_is_given_one_in_the_same_step(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    mine, theirs = ask(trial, one), ask(trial, other)
    give(trial, one, mine)
    give(trial, other, theirs)
    reported(trial, other, mine, right_box="not_known")  # the boxes were swapped: mine is gone
    assert assignments(trial, one) == [(1, "void")]
    row = mishap(trial, reported(trial, one, theirs, right_box="not_known"))
    assert row.replacement == "set_aside"
    assert kit_of(trial, row.replacement_kit) == ("assigned", "01", one.id)
    assert assignments(trial, one) == [(1, "void"), (2, "assigned")]
    assert assignments(trial, other) == [(1, "void")]
    assert {kit_of(trial, mine)[2], kit_of(trial, theirs)[2]} == {one.id, other.id}


def test_where_a_shelf_cannot_serve_it_is_told_all_the_same_in_the_same_words(trial: World) -> None:
    said = []
    for one, lacks_own in zip(at_second_visit(trial, 2), (True, False), strict=True):
        lost(trial, ask(trial, one))
        box, stock, own = shelf(trial)[0], on_shelf(trial, "01"), type_due(trial, one.id)
        hidden = [number for kind in stock if (kind == own) == lacks_own for number in stock[kind]]
        take_away(trial, hidden)
        row = mishap(trial, reported(trial, one, box))
        said.append((row.replacement, row.replacement_kit, kit_of(trial, box)[0]))
        take_away(trial, [number for number in hidden if number != box], state="available")
    assert said == [("being_sent", None, "misallocated")] * 2


def lost(world: World, kit: str) -> None:
    """The box that was set aside is lost, and nobody asks for another yet."""
    world.do(lost_or_damaged, gone(world, kit, replace="no"), by=PHARMACIST)


def test_while_dispensing_is_paused_it_is_told_and_replaced_later(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    lost(trial, ask(trial, one))
    trial.do(pause_study, PauseStudy(what="dispensing", reason="a temperature alarm"), by="trial_manager")
    assert mishap(trial, reported(trial, one, shelf(trial)[0])).replacement == "to_ask"


def test_doses_and_counts_say_that_a_box_had_left(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    right, theirs = ask(trial, one), ask(trial, other)
    give(trial, one, right)
    give(trial, other, theirs)
    recorded_dose(trial, one.id, right)
    refused = trial.refusal(wrong_kit, wrong(trial, one, shelf(trial)[0]), by=PHARMACIST)
    assert (refused.code, refused.facts) == (
        "kit_doses_recorded", {"kit": right, "days": [today(trial).isoformat()]},
    )  # fmt: skip
    recorded_dose(trial, other.id, theirs)
    refused = trial.refusal(wrong_kit, wrong(trial, one, theirs, right_box="with_participant"), by=PHARMACIST)
    assert (refused.code, refused.facts["kit"]) == ("kit_doses_recorded", theirs)
    counted = reported(trial, one, shelf(trial)[0], right_box="with_participant", box="recovered")
    assert mishap(trial, counted).box == "recovered"


def test_what_cannot_be_is_refused(trial: World) -> None:
    one, other = at_second_visit(trial, 2)
    right = ask(trial, one)
    box, far = shelf(trial)[0], shelf(trial, "02")[0]

    def code(kit: str, **more: object) -> str:
        return trial.refusal(wrong_kit, wrong(trial, one, kit, **more), by=PHARMACIST).code

    assert code(right) == "kit_is_theirs"
    assert code(far) == code("9999999") == "not_found"
    assert code(box, visit="W24") == "visit_unknown"
    assert code(box, happened_on=today(trial).replace(year=2027)) == "date_in_future"
    for state in ("destroyed", "sent_back", "in_transit"):
        take_away(trial, [box], state=state)
        assert code(box) == "kit_not_at_hand"
    box = shelf(trial)[0]
    reported(trial, other, box)
    assert code(box) == "kit_not_at_hand"
    assert trial.refusal(wrong_kit, wrong(trial, other, box), by=PHARMACIST).code == "kit_is_theirs"
    for by in ("assessor_01", "monitor", "depot"):
        assert trial.refusal(wrong_kit, wrong(trial, one, box), by=by).code == "role_not_allowed"
    assert trial.refusal(wrong_kit, wrong(trial, one, box), by="pharmacist_02").code == "not_found"


def test_told_twice_it_is_one_mishap(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    order = wrong(trial, one, shelf(trial)[0])
    first = trial.perform(wrong_kit, order, by=PHARMACIST, request_id="once")
    assert trial.perform(wrong_kit, order, by=PHARMACIST, request_id="once").answer == first.answer
    assert trial.refusal(wrong_kit, order, by=PHARMACIST).code == "kit_is_theirs"
    assert len(trial.rows(Mishap)) == len(trial.rows(Deviation)) == 1
    (entry,) = trial.rows(AuditEntry, act="mishap.wrong_kit", kind="act")
    changed = {change[0] for change in json.loads(entry.body)["changes"]}
    assert changed == {"kit", "movement", "deviation", "mishap", "outbox"}
    (told,) = trial.rows(Outbox, kind="mishap.told")
    assert (told.audience, told.facts) == (["monitor", "trial_manager"], {"number": one.screening_number})


def test_the_box_comes_back_counted_or_is_given_up(trial: World) -> None:
    one, other, third = at_second_visit(trial, 3)
    vials = trial.study.kit.vials
    ends = {}
    for person, counts in (
        (one, Counts(vials - 2, 2, 0, 0)),
        (other, Counts(vials - 3, 2, 0, 0)),
        (third, Counts(0, 4, 0, vials - 4)),
    ):
        ask(trial, person)
        box = shelf(trial)[0]
        told = reported(trial, person, box)
        trial.do(recover, back(trial, told, counts), by=PHARMACIST)
        ends[person.id] = (kit_of(trial, box)[0], mishap(trial, told).box)
        code = trial.refusal(recover, back(trial, told, Counts(0, 0, 0, vials)), by=PHARMACIST).code
        assert code == "mishap_box_settled"
    assert list(ends.values()) == [("reconciled", "recovered"), ("returned", "recovered"), ("lost", "lost")]
    open_one = trial.row(Discrepancy)
    assert (open_one.participant, open_one.expected, open_one.found) == (other.id, vials, vials - 1)
    found = mishap_of(trial, third.id)
    trial.do(recover, back(trial, found, Counts(vials - 4, 4, 0, 0)), by="coordinator_01")
    assert mishap(trial, found).box == "recovered"
    assert sorted(row.revision for row in trial.rows(KitReturn, participant=third.id)) == [1, 2]


def mishap_of(world: World, participant: str) -> str:
    """The mishap of a participant."""
    return str(world.row(Mishap, participant=participant).id)


def test_two_who_tell_the_same_at_once_tell_it_once(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    order = wrong(trial, one, shelf(trial)[0])
    tellers = (PHARMACIST, "coordinator_01", "investigator_01")
    for name in tellers:
        trial.actor(name)
    answers = at_once(*[lambda name=name: trial.perform(wrong_kit, order, by=name) for name in tellers])
    assert sorted(getattr(one, "code", "done") for one in answers) == ["done", "kit_is_theirs", "kit_is_theirs"]
    assert len(trial.rows(Mishap)) == 1
