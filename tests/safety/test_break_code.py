"""The emergency code break: done, shown once, refused, repeated, concurrent, audited; in every state of the study."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from irt.dispensing.tables import TreatmentStop
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.dispensing.wrong_kit import wrong_kit
from irt.entropy import new_id
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry, Outbox, StudyState
from irt.participants.screen import Screened
from irt.safety.break_code import Agree, agree, break_code
from irt.safety.emergency_tables import CodeBreak
from irt.supply.tables import Kit
from irt.vault._tables import Opening, Shown
from irt.vault.reveal import Treatment
from tests.cast import World
from tests.dispensing.mishapped import ask, at_second_visit, give, shelf, wrong
from tests.safety.broken import INVESTIGATOR, TOLD, arm_of, breaking, broken, fetched, kind_of
from tests.safety.told import reported
from tests.stocked import eligible, running_trial

STATES = ("setup", "open", "frozen", "locked", "released", "read_only")


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


@pytest.fixture
def one(trial: World) -> Screened:
    """A participant whose first kit is at home, and who is due the second."""
    (found,) = at_second_visit(trial, 1)
    return found


def first_kit(world: World, one: Screened) -> str:
    from irt.supply.tables import Assignment

    return str(world.row(Assignment, participant=one.id, visit="W0").kit)


def put_state(world: World, state: str, **other: str) -> None:
    """The study as it is after an act that does not exist yet."""
    with world.database.write.begin() as connection:
        connection.execute(update(table_of(StudyState)).values(state=state, **other))


def test_a_break_is_written_and_shown_once(trial: World, one: Screened) -> None:
    kit = first_kit(trial, one)
    opening = broken(trial, one)
    row = trial.row(CodeBreak, id=opening)
    assert (row.participant, row.site, row.told, row.treatment, row.alone) == (one.id, "01", TOLD, "continues", False)
    shown = fetched(trial, opening, [kit])
    assert (shown.arm, [(c.kit, c.kind, c.as_assigned) for c in shown.kits]) == (
        arm_of(trial, one), [(kit, kind_of(trial, kit), True)],
    )  # fmt: skip
    with pytest.raises(Refused) as again:
        fetched(trial, opening, [kit])
    assert again.value.code == "already_shown"
    assert len(trial.rows(Opening)) == len(trial.rows(Shown)) == len(trial.rows(CodeBreak)) == 1


def test_what_is_shown_is_in_no_row_and_prints_nothing(trial: World, one: Screened) -> None:
    shown = fetched(trial, broken(trial, one), [first_kit(trial, one)])
    assert isinstance(shown, Treatment)
    assert str(shown) == repr(shown) == "<treatment>"
    assert repr(shown.kits[0]) == "<content>"
    with pytest.raises(TypeError):
        pickle.dumps(shown)
    entry = trial.last_audit()
    told = " ".join(str(value) for value in entry._mapping.values())
    told += " ".join(json.dumps(row.facts) for row in trial.rows(Outbox))
    for secret in {arm.id for arm in trial.study.arms} | {arm.kit_type for arm in trial.study.arms}:
        assert secret not in told.split('"')
    assert (entry.act, entry.participant, entry.site) == ("code_break.open", one.id, "01")


def test_a_wrong_kit_shows_what_was_assigned_and_what_was_given(trial: World, one: Screened) -> None:
    other = "PBO" if arm_of(trial, one) == "IL2" else "IL2"
    box = next(kit for kit in shelf(trial) if kind_of(trial, kit) == other)
    trial.do(wrong_kit, wrong(trial, one, box), by="pharmacist_01")
    kits = [first_kit(trial, one), box]
    shown = fetched(trial, broken(trial, one), kits)
    assert [content.as_assigned for content in shown.kits] == [True, False]
    assert shown.kits[1].kind == kind_of(trial, box) != shown.kits[0].kind


def test_by_the_number_on_a_kit(trial: World, one: Screened) -> None:
    kit = first_kit(trial, one)
    opening = trial.do(break_code, breaking(None, kit=kit), by=INVESTIGATOR)
    row = trial.row(CodeBreak, id=opening)
    assert (row.participant, row.kit) == (one.id, kit)
    assert trial.refusal(break_code, breaking(None, kit=shelf(trial)[0]), by=INVESTIGATOR).code == "kit_of_nobody"
    assert trial.refusal(break_code, breaking(None), by=INVESTIGATOR).code == "whose_code"
    at_depot = trial.rows(Kit, state="at_depot")[0].number
    assert trial.refusal(break_code, breaking(None, kit=at_depot), by=INVESTIGATOR).code == "not_found"
    other = eligible(trial, "EXAMPLE-000099")
    assert trial.refusal(break_code, breaking(other, kit=kit), by=INVESTIGATOR).code == "kit_of_another"


def test_an_event_is_the_participants_own(trial: World, one: Screened) -> None:
    theirs = reported(trial, one.id).event
    other = eligible(trial, "EXAMPLE-000097")
    wrong = reported(trial, other.id, causality_drug="unrelated", action="not_applicable").event
    refused = trial.refusal(break_code, breaking(None, kit=first_kit(trial, one), event=wrong), by=INVESTIGATOR)
    assert refused.code == "event_of_another"
    unknown = trial.refusal(break_code, breaking(one, event="nowhere"), by=INVESTIGATOR)
    assert (unknown.code, trial.rows(Opening)) == ("not_found", [])
    assert trial.row(CodeBreak, id=broken(trial, one, event=theirs)).event == theirs


def test_no_other_kit_can_be_asked_for(trial: World, one: Screened) -> None:
    shown = fetched(trial, broken(trial, one), [first_kit(trial, one), *shelf(trial)[:3]])
    assert [content.kit for content in shown.kits] == [first_kit(trial, one)]


def test_who_may_and_whose(trial: World, one: Screened) -> None:
    assert trial.refusal(break_code, breaking(one), by="coordinator_01").code == "role_not_allowed"
    assert trial.refusal(break_code, breaking(one), by="medical_monitor").code == "role_not_allowed"
    assert trial.refusal(break_code, breaking(one), by="investigator_02").code == "not_found"
    screened = eligible(trial, "EXAMPLE-000098")
    assert trial.refusal(break_code, breaking(screened), by=INVESTIGATOR).code == "not_randomized"
    refused = trial.refusal(break_code, breaking(one, break_reason="curiosity"), by=INVESTIGATOR)
    assert (refused.code, refused.facts["field"]) == ("not_offered", "break_reason")
    assert trial.rows(Opening) == []


def test_only_who_broke_it_is_shown_it_and_only_soon(trial: World, one: Screened) -> None:
    opening = broken(trial, one)
    with pytest.raises(Refused) as other:
        fetched(trial, opening, [], by="investigator_02")
    assert other.value.code == "not_found"
    trial.clock.advance(timedelta(seconds=61))
    with pytest.raises(Refused) as late:
        fetched(trial, opening, [])
    assert late.value.code == "shown_too_late"
    assert trial.rows(Shown) == []


def test_two_who_fetch_at_once_are_shown_it_once(trial: World, one: Screened) -> None:
    opening = broken(trial, one)

    def fetch(_: int) -> str:
        try:
            return fetched(trial, opening, []).arm
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(fetch, range(8)))
    assert answers == sorted([arm_of(trial, one), *["already_shown"] * 7])


def test_a_repeated_request_is_one_line_and_a_new_one_a_second(trial: World, one: Screened) -> None:
    request = new_id(trial.entropy)
    first = trial.perform(break_code, breaking(one), INVESTIGATOR, request)
    again = trial.perform(break_code, breaking(one), INVESTIGATOR, request)
    assert (again.answer, again.repeated) == (first.answer, True)
    assert len(trial.rows(Opening)) == 1
    broken(trial, one)
    assert len(trial.rows(Opening)) == len(trial.rows(CodeBreak)) == 2


@pytest.mark.parametrize("state", STATES)
def test_in_every_state_of_the_study(trial: World, one: Screened, state: str) -> None:
    put_state(trial, state, randomization="paused", dispensing="paused")
    opening = broken(trial, one, treatment="stop", stop_reason="adverse_event")
    assert fetched(trial, opening, []).arm == arm_of(trial, one)
    assert trial.row(CodeBreak, id=opening).treatment == "stopped"


def test_a_stop_has_its_own_reason(trial: World, one: Screened) -> None:
    refused = trial.refusal(break_code, breaking(one, treatment="stop"), by=INVESTIGATOR)
    assert refused.code == "stop_reason_missing"
    refused = trial.refusal(break_code, breaking(one, treatment="stop", stop_reason="other"), by=INVESTIGATOR)
    assert refused.code == "say_in_words"
    opening = broken(trial, one, treatment="stop", stop_reason="other", stop_note="Septic shock")
    stopped = trial.row(TreatmentStop, participant=one.id)
    assert (stopped.reason, stopped.note) == ("other", "Septic shock")
    assert TOLD not in str(stopped), "whoever reads the stop may not know of the break"
    again = broken(trial, one, treatment="stop", stop_reason="adverse_event")
    assert trial.row(CodeBreak, id=opening).treatment == "stopped"
    assert trial.row(CodeBreak, id=again).treatment == "was_over"


def test_after_withdrawal(trial: World, one: Screened) -> None:
    trial.do(withdraw, Withdraw(participant=one.id, reason="Moved away"), by=INVESTIGATOR)
    opening = broken(trial, one, treatment="stop", stop_reason="adverse_event")
    assert fetched(trial, opening, []).arm == arm_of(trial, one)
    assert trial.row(CodeBreak, id=opening).treatment == "was_over"


def test_before_the_first_dose(trial: World) -> None:
    from irt.randomization.randomize import RandomizeOrder, randomize

    new = eligible(trial, "EXAMPLE-000097")
    trial.do(randomize, RandomizeOrder(participant=new.id), by="coordinator_01")
    shown = fetched(trial, broken(trial, new, treatment="stop", stop_reason="adverse_event"), [])
    assert (shown.arm, shown.kits) == (arm_of(trial, new), ())


def test_those_who_learn_of_it_are_those_of_the_study_file(trial: World, one: Screened) -> None:
    broken(trial, one)
    (sent,) = trial.rows(Outbox, kind="code_break.done")
    assert sent.audience == sorted(trial.study.safety.code_break_recipients)
    assert (sent.site, sent.facts) == ("01", {"number": one.screening_number})


def test_of_several_nobody_is_told_who_may_not_learn_of_one(trial: World, one: Screened) -> None:
    for named in (("investigator",), ("investigator", "trial_manager")):
        safety = trial.study.safety.model_copy(update={"code_break_recipients": named, "code_breaks_an_hour": 0})
        few = trial.under(safety=safety)
        broken(few, one, alone="yes")
        told = [row.audience for row in trial.rows(Outbox, kind="code_break.serial")]
        assert told == [["trial_manager"]] * (len(named) - 1)


def test_the_third_within_an_hour_asks_for_a_second_person(trial: World, one: Screened) -> None:
    for _ in range(2):
        broken(trial, one)
    refused = trial.refusal(break_code, breaking(one), by=INVESTIGATOR)
    assert (refused.code, refused.facts) == ("second_person_wanted", {"earlier": 2})
    alone = trial.row(CodeBreak, id=broken(trial, one, alone="yes"))
    assert (alone.alone, alone.earlier, alone.second) == (True, 2, None)
    trial.do(agree, Agree(site="01", reason="Three patients of one bus"), by=INVESTIGATOR)
    assert trial.refusal(break_code, breaking(one), by=INVESTIGATOR).code == "second_person_wanted", "one's own word"
    word = trial.do(agree, Agree(site="01", reason="Three patients of one bus"), by="coordinator_01")
    agreed = trial.row(CodeBreak, id=broken(trial, one))
    assert (agreed.alone, agreed.second, agreed.earlier) == (False, word, 3)
    told = {row.facts["count"]: row.facts["alone"] for row in trial.rows(Outbox, kind="code_break.serial")}
    assert told == {3: True, 4: False}
    trial.clock.advance(timedelta(minutes=61))
    assert trial.row(CodeBreak, id=broken(trial, one)).earlier == 0


def test_two_at_once_are_counted_one_after_the_other(trial: World, one: Screened) -> None:
    broken(trial, one)
    orders = [(breaking(one), new_id(trial.entropy), trial.sign(break_code, breaking(one), INVESTIGATOR)) for _ in "ab"]

    def ask_for(order: tuple) -> str:
        try:
            what, request, signature = order
            trial.service.gate.perform(
                break_code, what, by=trial.actor(INVESTIGATOR), request_id=request, signature=signature
            )
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask_for, orders)) == ["done", "second_person_wanted"]


def test_one_audit_entry_each(trial: World, one: Screened) -> None:
    kit = ask(trial, one)
    give(trial, one, kit)
    opening = broken(trial, one)
    entries = trial.rows(AuditEntry, act="code_break.open", kind="act")
    assert len(entries) == len(trial.rows(Opening)) == 1
    changed = {change[0] for change in json.loads(entries[0].body)["changes"]}
    assert changed == {"signature", "opening", "code_break", "outbox"}
    assert json.loads(entries[0].body)["answer"] == opening
