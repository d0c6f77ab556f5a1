"""Nobody alone can have kit after kit of one arm drawn by inventing losses."""

from datetime import timedelta
from typing import Any

import pytest

from irt.assurance.findings import Findings
from irt.assurance.ledger import Ledger
from irt.assurance.verify import verify
from irt.dispensing.allowance import FREE, AllowKit, allow_kit
from irt.dispensing.dispense import Assign, Cancel, assign, cancel
from irt.dispensing.elsewhere import elsewhere
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.tables import KitAllowance, Mishap
from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.refusals import Refused
from irt.gate.tables import Outbox
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.supply.tables import Assignment, Express, Movement
from tests.cast import World
from tests.dispensing.mishapped import (
    PHARMACIST,
    allowed,
    ask,
    assignments,
    at_second_visit,
    came,
    give,
    gone,
    mishap,
    second,
    shelf,
    wrong,
)  # fmt: skip
from tests.stocked import running_trial


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


def lose(world: World, kit: str, **other: Any) -> Any:
    """A box that never left is told to be lost; answers the mishap."""
    return mishap(world, world.do(lost_or_damaged, gone(world, kit, **other), by=PHARMACIST))


def asked(world: World, one: Screened, visit: str) -> str | None:
    """The kit of a visit; None where it waits for a second person's word."""
    try:
        return str(world.do(assign, Assign(participant=one.id, visit=visit), by=PHARMACIST).kit)
    except Refused as refused:
        if refused.code != "kit_to_be_allowed":
            raise
        return None


def wanted(world: World, one: Screened) -> AllowKit:
    return AllowKit(participant=one.id, visit=second(world), reason="I spoke with the pharmacist")


def twice_lost(world: World) -> Screened:
    """Somebody whose visit lost its kit and the one in its place."""
    (one,) = at_second_visit(world, 1)
    row = lose(world, ask(world, one))
    assert row.replacement == "set_aside"
    assert lose(world, row.replacement_kit).replacement == "to_be_allowed"
    return one


def test_a_third_kit_waits_for_a_second_person(trial: World) -> None:
    one = twice_lost(trial)
    before = shelf(trial)
    for _ in range(3):
        refused = trial.refusal(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST)
        assert (refused.code, refused.facts) == ("kit_to_be_allowed", {"visit": second(trial)})
    assert shelf(trial) == before
    allowed(trial, one)
    third = ask(trial, one)
    assert assignments(trial, one) == [(1, "void"), (2, "void"), (3, "assigned")]
    assert lose(trial, third).replacement == "to_be_allowed", "one word, one kit"
    allowed(trial, one, by="medical_monitor")
    give(trial, one, ask(trial, one))
    assert [row.ordinal for row in sorted(trial.rows(KitAllowance), key=lambda row: row.ordinal)] == [3, 4]
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_those_who_may_allow_it_are_told(trial: World) -> None:
    one = twice_lost(trial)
    (told,) = trial.rows(Outbox, kind="kit.to_be_allowed")
    assert set(told.audience) == {"trial_manager", "medical_monitor"}
    assert one.screening_number in str(told.facts)


@pytest.mark.parametrize("by", [PHARMACIST, "investigator_01", "coordinator_01", "monitor", "supply_manager"])
def test_nobody_else_allows_it(trial: World, by: str) -> None:
    one = twice_lost(trial)
    assert trial.refusal(allow_kit, wanted(trial, one), by=by).code == "role_not_allowed"


def test_nothing_is_allowed_beforehand_or_twice(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    never = trial.refusal(allow_kit, wanted(trial, one), by="trial_manager")
    assert (never.code, never.facts) == ("allowance_not_wanted", {"visit": second(trial)})
    row = lose(trial, ask(trial, one))
    assert trial.refusal(allow_kit, wanted(trial, one), by="trial_manager").code == "allowance_not_wanted"
    lose(trial, row.replacement_kit)
    allowed(trial, one)
    assert trial.refusal(allow_kit, wanted(trial, one), by="medical_monitor").code == "allowance_not_wanted"


def test_who_reported_one_of_them_does_not_allow_the_next(trial: World) -> None:
    one = twice_lost(trial)
    told = trial.rows(Mishap, participant=one.id)[0]
    theirs = {"id": "another", "reported_by": trial.actor("trial_manager").account}
    trial.put(Mishap, **(told._asdict() | theirs))
    assert trial.refusal(allow_kit, wanted(trial, one), by="trial_manager").code == "same_person"
    allowed(trial, one, by="medical_monitor")


def test_a_box_meant_for_another_counts_as_theirs(trial: World) -> None:
    """Told as given to somebody else, it is gone from the other's visit all the same."""
    one, other = at_second_visit(trial, 2)
    for _ in range(2):
        trial.do(wrong_kit, wrong(trial, other, ask(trial, one), replace="no"), by=PHARMACIST)
    assert trial.refusal(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST).code == (
        "kit_to_be_allowed"
    )


def test_a_kit_that_stands_set_aside_needs_no_word(trial: World) -> None:
    (one,) = at_second_visit(trial, 1)
    row = lose(trial, ask(trial, one))
    kit = row.replacement_kit
    trial.do(cancel, Cancel(participant=one.id, visit=second(trial)), by=PHARMACIST)
    assert ask(trial, one) == kit


def test_two_visits_asked_in_turns_do_not_get_round_the_word(trial: World) -> None:
    """A kit of the next visit is not moved to the one that waits for a word; so the next visit has two kits of its own
    and no more, though both can be asked for on this day."""
    one = twice_lost(trial)
    trial.clock.advance(timedelta(days=6))  # between two windows
    w4, w8 = second(trial), trial.study.dispensing_visits[2].id
    drawn = set()
    for number in (1, 2, 3, 4):
        if number > FREE:
            assert (
                trial.refusal(assign, Assign(participant=one.id, visit=w8), by=PHARMACIST).code == "kit_to_be_allowed"
            )
            continue
        kit = str(trial.do(assign, Assign(participant=one.id, visit=w8), by=PHARMACIST).kit)
        refused = trial.refusal(assign, Assign(participant=one.id, visit=w4), by=PHARMACIST)
        assert (refused.code, refused.facts) == ("kit_to_be_allowed", {"visit": w4})
        assert trial.do(assign, Assign(participant=one.id, visit=w8), by=PHARMACIST).kit == kit
        lose(trial, kit, replace="no")
        drawn.add(kit)
    assert len(drawn) == FREE
    assert assignments(trial, one) == [(1, "void"), (2, "void")]
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_moved_to_and_fro_every_kit_counts_where_it_was_lost(trial: World) -> None:
    """Whichever of two visits is asked, the two together have twice two kits, and each that is lost counts."""
    (one,) = at_second_visit(trial, 1)
    trial.clock.advance(timedelta(days=6))
    visits = [one.id for one in trial.study.dispensing_visits[1:3]]
    drawn: set[str | None] = set()
    for turn in range(8):
        for visit in (visits[turn % 2], visits[1 - turn % 2]):
            drawn |= {asked(trial, one, visit)} - {None}
        for row in trial.rows(Assignment, participant=one.id, state="assigned"):
            if row.visit in visits:
                lose(trial, row.kit, replace="no")
    assert len(drawn) == 2 * FREE
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_another_site_does_not_get_round_the_word(trial: World) -> None:
    """Asked in turns with their own site, on a day between two windows: two kits for each visit, and no more."""
    (one,) = at_second_visit(trial, 1)
    trial.clock.advance(timedelta(days=6))
    drawn: set[str] = set()
    for visit in [one.id for one in trial.study.dispensing_visits[1:3]] * 4:
        given = asked(trial, one, visit)
        if given is not None:
            drawn.add(given)
            lose(trial, given, replace="no")
        told = mishap(trial, trial.do(elsewhere, came(trial, one), by="pharmacist_02"))
        if told.replacement == "set_aside":
            drawn.add(told.replacement_kit)
            trial.do(lost_or_damaged, gone(trial, told.replacement_kit, replace="no"), by="pharmacist_02")
    assert len(drawn) == 2 * FREE
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_a_kit_moved_without_a_word_is_named(trial: World) -> None:
    """As it was possible once: set aside for the next visit, and moved to the one that had lost two."""
    one = twice_lost(trial)
    trial.clock.advance(timedelta(days=6))
    w8 = trial.study.dispensing_visits[2].id
    kit = str(trial.do(assign, Assign(participant=one.id, visit=w8), by=PHARMACIST).kit)
    assert named(trial, []) == []
    rows = [row._asdict() for row in trial.rows(Assignment)]
    for row in rows:
        if row["kit"] == kit:
            row |= {"visit": second(trial), "ordinal": 3, "assigned_at": trial.clock.now()}
    found = Findings()
    Ledger(found, [row._asdict() for row in trial.rows(Movement)]).compare_allowances(rows, [], [])
    assert [(one.table, one.row) for one in found.all] == [("kit_allowance", f"kit {kit}")]


def test_a_kit_drawn_without_a_word_is_named(trial: World) -> None:
    one = twice_lost(trial)
    allowed(trial, one)
    third = ask(trial, one)
    assert named(trial, trial.rows(KitAllowance)) == []
    assert named(trial, []) == [("kit_allowance", f"kit {third}")]


def named(world: World, words: list[Any]) -> list[tuple[str, str]]:
    """What verification says of the kits that were drawn, were these the words of second persons."""
    found = Findings()
    ledger = Ledger(found, [row._asdict() for row in world.rows(Movement)])
    rows = ([row._asdict() for row in found] for found in (world.rows(Assignment), world.rows(Express), words))
    ledger.compare_allowances(*rows)
    return [(one.table, one.row) for one in found.all]
