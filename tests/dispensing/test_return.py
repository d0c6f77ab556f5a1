"""Taking a kit back: every vial counted, the kit reconciled or a discrepancy open, never twice."""

from datetime import timedelta

import pytest

from irt.conduct.tables import Deviation
from irt.dispensing.counting import Counts, count_vials
from irt.dispensing.returns import resolve_discrepancy, return_kit
from irt.dispensing.tables import Discrepancy, Dose, KitReturn, Mishap
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.act import REGISTRY, Act, Order, act
from irt.participants.tables import Participant
from irt.supply import ledger
from irt.supply.tables import Kit, Movement
from tests.cast import World
from tests.dispensing.given import PHARMACIST, at_home, back, days_later, explained, next_kit, record
from tests.stocked import on_shelf, randomized, running_trial


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


class Nothing(Order):
    """No fields."""


def as_act(world: World, run: object, by: str = PHARMACIST) -> None:
    """Do something that an act of another room does."""

    @act("tests.other", roles={"pharmacist"})
    def other(act: Act, order: Nothing) -> None:
        run(act)  # type: ignore[operator]

    world.clock.advance(timedelta(minutes=1))
    try:
        world.do(other, Nothing(), by=by)
    finally:
        del REGISTRY["tests.other"]


def counted_anew(world: World, kit: str, counts: Counts) -> None:
    """As a change request of the recorded count does."""
    row = world.row(Kit, number=kit)

    def run(act: Act) -> None:
        who = act.find(Participant, id=row.participant)
        count_vials(act, act.find(Kit, number=kit), who, counts, world.rows(KitReturn)[-1].returned_on, "miscounted")

    as_act(world, run)


def opened(world: World, kind: str = "vials", state: str = "open") -> list[tuple[int, int]]:
    return [(row.expected, row.found) for row in world.rows(Discrepancy, kind=kind, state=state)]


def test_a_kit_whose_vials_add_up_is_reconciled_at_once(trial: World) -> None:
    one, kit = at_home(trial)
    days_later(trial, 28)
    told = trial.do(return_kit, back(trial, one, kit, 4, 13, 1), by=PHARMACIST)
    assert (told.kit, told.vials, told.counted) == (kit, 18, 18)
    row, count = trial.row(Kit, number=kit), trial.row(KitReturn)
    assert (row.state, row.site, row.participant) == ("reconciled", "01", one.id)
    assert (count.unused, count.used, count.broken, count.lost) == (4, 13, 1, 0)
    assert (count.revision, count.reason, count.counted_by) == (1, None, trial.actor(PHARMACIST).account)
    assert [line.after for line in trial.rows(Movement, kit=kit)][-2:] == ["returned", "reconciled"]
    assert trial.rows(Discrepancy) == []
    assert trial.last_audit().participant == one.id


def test_what_does_not_add_up_is_asked_and_somebody_says_why(trial: World) -> None:
    one, kit = at_home(trial)
    days_later(trial, 28)
    trial.do(return_kit, back(trial, one, kit, 4, 13), by=PHARMACIST)
    found = trial.row(Discrepancy)
    assert (found.kind, found.kit, found.expected, found.found, found.state) == ("vials", kit, 18, 17, "open")
    assert trial.row(Kit, number=kit).state == "returned"
    order = explained(trial, found.id, "One was left on the train")
    trial.do(resolve_discrepancy, order, by="coordinator_01")
    found = trial.row(Discrepancy)
    assert (found.state, found.resolution, found.found) == ("resolved", "One was left on the train", 17)
    assert (found.resolved_by, found.resolved_at) == (trial.actor("coordinator_01").account, trial.clock.now())
    row = trial.row(Kit, number=kit)
    assert (row.state, row.site, row.participant) == ("reconciled", "01", one.id)
    assert trial.refusal(resolve_discrepancy, order, by="investigator_01").code == "discrepancy_resolved"


def test_a_kit_comes_back_once(trial: World) -> None:
    one, kit = at_home(trial)
    order = back(trial, one, kit, 18, 0)
    trial.perform(return_kit, order, by=PHARMACIST, request_id="first")
    trial.perform(return_kit, order, by=PHARMACIST, request_id="first")
    refused = trial.refusal(return_kit, order, by=PHARMACIST)
    assert (refused.code, refused.facts["kit"], refused.facts["state"]) == ("kit_back_already", kit, "reconciled")
    assert len(trial.rows(KitReturn)) == 1


def test_only_a_kit_that_this_participant_was_given_comes_back(trial: World) -> None:
    one, _ = at_home(trial)
    _, of_another = at_home(trial, "EXAMPLE-000002")
    three, waiting = randomized(trial, "EXAMPLE-000003")
    shelf = [kits[0] for kits in on_shelf(trial, "01").values()]
    for kit in (of_another, *shelf, "9999999"):
        assert trial.refusal(return_kit, back(trial, one, kit, 18, 0), by=PHARMACIST).code == "kit_not_theirs"
    refused = trial.refusal(return_kit, back(trial, three, waiting.kit, 18, 0), by=PHARMACIST)
    assert (refused.code, refused.facts["state"]) == ("kit_cannot_come_back", "assigned")


def test_a_day_that_cannot_be_is_refused(trial: World) -> None:
    one, kit = at_home(trial)
    order = back(trial, one, kit, 18, 0)
    for days, code in ((1, "date_in_future"), (-1, "returned_before_given")):
        changed = order.model_copy(update={"returned_on": order.returned_on + timedelta(days=days)})
        assert trial.refusal(return_kit, changed, by=PHARMACIST).code == code


def test_whoever_left_brings_the_kit_back(trial: World) -> None:
    one, kit = at_home(trial)
    trial.do(withdraw, Withdraw(participant=one.id, reason="Moves away"), by="coordinator_01")
    days_later(trial, 3)
    trial.do(return_kit, back(trial, one, kit, 17, 1), by=PHARMACIST)
    assert trial.row(Kit, number=kit).state == "reconciled"


@pytest.mark.parametrize("counted", [False, True])
def test_a_lost_kit_that_is_found_again_comes_back(trial: World, counted: bool) -> None:
    one, kit = at_home(trial)

    def lose(act: Act) -> None:
        row = act.find(Kit, number=kit)
        ledger.move(act, row, "lost", site=row.site, participant=row.participant)
        if counted:
            who = act.find(Participant, id=one.id)
            assert count_vials(act, row, who, Counts(0, 0, 0, 18), back(trial, one, kit, 0, 0).returned_on)

    as_act(trial, lose)
    assert trial.row(Kit, number=kit).state == "lost"
    trial.do(return_kit, back(trial, one, kit, 17, 1), by=PHARMACIST)
    assert trial.row(Kit, number=kit).state == "reconciled"
    latest = max(trial.rows(KitReturn, kit=kit), key=lambda row: row.revision)
    assert (latest.revision, latest.reason) == ((2, "found_again") if counted else (1, None))


def test_a_revised_count_settles_what_was_asked_or_asks_anew(trial: World) -> None:
    one, kit = at_home(trial)
    days_later(trial, 28)
    trial.do(return_kit, back(trial, one, kit, 4, 13), by=PHARMACIST)
    counted_anew(trial, kit, Counts(3, 13, 0, 0))
    assert opened(trial) == [(18, 16)]
    assert trial.row(Kit, number=kit).state == "returned"
    counted_anew(trial, kit, Counts(5, 13, 0, 0))
    assert (opened(trial), trial.row(Kit, number=kit).state) == ([], "reconciled")
    assert trial.row(Discrepancy).resolution == "count_revised"
    counted_anew(trial, kit, Counts(3, 13, 0, 0))
    assert (opened(trial), trial.row(Kit, number=kit).state) == ([(18, 16)], "returned")
    found = trial.row(Discrepancy, state="open")
    trial.do(resolve_discrepancy, explained(trial, found.id, "Two are lost"), by=PHARMACIST)
    counted_anew(trial, kit, Counts(4, 12, 0, 0))
    assert (opened(trial), trial.row(Kit, number=kit).state) == ([], "reconciled")
    assert sorted(row.revision for row in trial.rows(KitReturn, kit=kit)) == [1, 2, 3, 4, 5]


def test_other_roles_and_another_site_take_nothing_back(trial: World) -> None:
    one, kit = at_home(trial)
    order = back(trial, one, kit, 17, 0)
    assert trial.refusal(return_kit, order, by="pharmacist_02").code == "not_found"
    for by in ("coordinator_01", "monitor", "assessor_01"):
        assert trial.refusal(return_kit, order, by=by).code == "role_not_allowed"
    trial.do(return_kit, order, by=PHARMACIST)
    found = explained(trial, trial.row(Discrepancy).id, "It broke")
    assert trial.refusal(resolve_discrepancy, found, by="investigator_02").code == "not_found"
    assert trial.refusal(resolve_discrepancy, found, by="monitor").code == "role_not_allowed"


def test_vials_and_diary_are_compared_once_the_diary_is_whole(trial: World) -> None:
    one, kit = at_home(trial)
    record(trial, one, kit, *range(1, 14))
    days_later(trial, 27)  # day 28: dose 14 was due yesterday, and nobody has said what became of it
    trial.do(return_kit, back(trial, one, kit, 5, 13), by=PHARMACIST)
    assert trial.rows(Discrepancy) == []
    record(trial, one, kit, 14)
    counted_anew(trial, kit, Counts(5, 13, 0, 0))
    assert opened(trial, "diary") == [(13, 14)]
    counted_anew(trial, kit, Counts(4, 14, 0, 0))
    assert opened(trial, "diary") == []
    assert [row.resolution for row in trial.rows(Discrepancy)] == ["agrees_now"]


def test_a_difference_that_was_explained_is_asked_again_only_when_it_changes(trial: World) -> None:
    one, kit = at_home(trial)
    record(trial, one, kit, *range(1, 14))
    record(trial, one, kit, 14, outcome="missed", reason="forgotten")
    days_later(trial, 27)
    trial.do(return_kit, back(trial, one, kit, 4, 14), by=PHARMACIST)
    found = trial.row(Discrepancy)
    assert (found.kind, found.expected, found.found) == ("diary", 14, 13)
    order = explained(trial, found.id, "One vial was opened and spilled")
    trial.do(resolve_discrepancy, order, by="investigator_01")
    assert trial.row(Kit, number=kit).state == "reconciled"
    counted_anew(trial, kit, Counts(3, 14, 1, 0))
    assert opened(trial, "diary") == []
    counted_anew(trial, kit, Counts(3, 15, 0, 0))
    assert opened(trial, "diary") == [(15, 13)]


def test_more_doses_than_were_due_is_a_query(trial: World) -> None:
    one, kit = at_home(trial)
    record(trial, one, kit, *range(1, 15))
    days_later(trial, 28)
    next_kit(trial, one, "W4")
    record(trial, one, kit, 15, outcome="missed", reason="forgotten")
    trial.put(
        Dose, id="extra", participant=one.id, site="01", kind="extra", number=1, revision=1, outcome="taken",
        taken_on=trial.row(Participant, id=one.id).first_dose_on + timedelta(days=1), kit=kit,
        recorded_at=trial.clock.now(), recorded_by="before",
    )  # fmt: skip
    trial.do(return_kit, back(trial, one, kit, 2, 16), by=PHARMACIST)
    assert opened(trial, "adherence") == [(14, 16)]  # vials: the dose due today is not in the days of this kit


def test_a_dose_from_the_old_kit_on_the_day_it_comes_back_is_no_query(trial: World) -> None:
    one, kit = at_home(trial)
    record(trial, one, kit, *range(1, 15))
    days_later(trial, 28)
    next_kit(trial, one, "W4")
    trial.do(return_kit, back(trial, one, kit, 3, 15), by=PHARMACIST)
    assert trial.rows(Discrepancy) == []
    record(trial, one, kit, 15)
    counted_anew(trial, kit, Counts(3, 15, 0, 0))
    assert trial.rows(Discrepancy) == []


def test_a_participant_who_took_what_was_due_is_not_asked(trial: World) -> None:
    one, kit = at_home(trial)
    record(trial, one, kit, *range(1, 15))
    days_later(trial, 28)
    trial.do(return_kit, back(trial, one, kit, 4, 14), by=PHARMACIST)
    assert trial.rows(Discrepancy) == []


def test_what_was_told_of_a_wrong_box_ends_with_its_return(trial: World) -> None:
    one, _ = at_home(trial)
    wrong = next(iter(on_shelf(trial, "01").values()))[0]

    def give(act: Act) -> None:
        ledger.move(act, act.find(Kit, number=wrong), "misallocated", site="01", participant=one.id)

    as_act(trial, give)
    day = trial.row(Participant, id=one.id).first_dose_on
    trial.put(
        Deviation, id="told", site="01", participant=one.id, kind="wrong_kit", subject="told", happened_on=day,
        facts={}, noted_at=trial.clock.now(), noted_by="before",
    )  # fmt: skip
    trial.put(
        Mishap, id="told", participant=one.id, site="01", kind="wrong_kit", kit=wrong, happened_on=day, told="mistaken",
        box="with_participant", replacement="not_wanted", deviation="told", reported_by="before",
        reported_at=trial.clock.now(),
    )  # fmt: skip
    trial.do(return_kit, back(trial, one, wrong, 18, 0), by=PHARMACIST)
    assert trial.row(Mishap).box == "recovered"
    assert trial.row(Kit, number=wrong).state == "reconciled"


def test_why_counts_differ_is_said_of_the_counts_that_were_shown(trial: World) -> None:
    one, kit = at_home(trial)
    days_later(trial, 27)
    trial.do(return_kit, back(trial, one, kit, 4, 13), by=PHARMACIST)
    shown = explained(trial, trial.row(Discrepancy, kind="vials").id, "One was left on the train")
    counted_anew(trial, kit, Counts(1, 0, 0, 0))
    refused = trial.refusal(resolve_discrepancy, shown, by=PHARMACIST)
    assert (refused.code, refused.facts) == ("discrepancy_moved", {"expected": 18, "found": 1})
    assert (opened(trial), trial.row(Kit, number=kit).state) == ([(18, 1)], "returned")
    again = explained(trial, shown.discrepancy, "The bag was left on the train")
    trial.do(resolve_discrepancy, again, by=PHARMACIST)
    assert (opened(trial), trial.row(Kit, number=kit).state) == ([], "reconciled")
