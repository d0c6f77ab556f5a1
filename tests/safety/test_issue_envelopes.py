"""Envelopes issued and sealed: done, once, refused, repeated, concurrent, audited; due again after a wrong box."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from irt.dispensing.wrong_kit import wrong_kit
from irt.entropy import new_id
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry, Outbox, Request
from irt.participants.screen import Screened
from irt.safety.envelope_counts import count, due_among
from irt.safety.envelope_tables import Envelope, EnvelopeExport, EnvelopeFate
from irt.safety.envelopes import IssueEnvelopes, WrittenEnvelopes, envelopes_written, issue_envelopes
from irt.vault._tables import Opening, Shown
from tests.cast import World
from tests.dispensing.mishapped import at_second_visit, shelf, wrong
from tests.safety.broken import arm_of, kind_of
from tests.safety.enveloped import OFFICER, halves, issued, read, sealed
from tests.safety.test_break_code import STATES, put_state
from tests.stocked import eligible, randomized, running_trial


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


@pytest.fixture
def people(trial: World) -> list[Screened]:
    """Two at site 01 who are due their second kit, and one at site 02."""
    return [*at_second_visit(trial, 2), randomized(trial, "EXAMPLE-000050", "02")[0]]


def label(world: World, arm: str) -> dict[str, str]:
    found = next(one.label for one in world.study.arms if one.id == arm)
    assert found is not None
    return {"en": found.en, "zh": found.zh}


def test_whoever_is_randomized_is_issued_one_which_says_their_arm(trial: World, people: list[Screened]) -> None:
    eligible(trial, "EXAMPLE-000090")
    answer = issued(trial)
    numbers = sorted(one.screening_number for one in people)
    assert [(one.number, one.serial) for one in answer.envelopes] == [(number, 1) for number in numbers]
    (line,) = trial.rows(Opening)
    assert (line.id, line.purpose, line.participant) == (answer.opening, "envelopes", None)
    assert {row.opening for row in trial.rows(Envelope)} == {answer.opening}
    found = {one.number: read(trial, one) for one in sealed(trial, answer)}
    for one in people:
        told = found[one.screening_number]
        assert told is not None
        assert (told["trial"], told["participant"], told["serial"]) == (trial.study.id, one.screening_number, 1)
        assert (told["arm"], told["other_kits"]) == (label(trial, arm_of(trial, one)), [])


def test_ciphertexts_are_of_one_length_whatever_they_say(trial: World, people: list[Screened]) -> None:
    before = halves(trial)
    for box in shelf(trial)[:3]:
        trial.do(wrong_kit, wrong(trial, people[0], box), by="pharmacist_01")
    assert {len(one.sealed) for one in [*before, *halves(trial)]} == {8192 + 29}


@pytest.mark.parametrize("as_assigned", [True, False], ids=["of the same content", "of another content"])
def test_a_wrong_box_makes_another_due_whatever_it_held(
    trial: World, people: list[Screened], as_assigned: bool
) -> None:
    one, arm = people[0], arm_of(trial, people[0])
    own = next(each.kit_type for each in trial.study.arms if each.id == arm)
    old = next(each for each in halves(trial) if each.number == one.screening_number)
    box = next(kit for kit in shelf(trial) if (kind_of(trial, kit) == own) is as_assigned)
    trial.do(wrong_kit, wrong(trial, one, box), by="pharmacist_01")
    assert due_among(trial.rows) == {one.id}
    (new,) = halves(trial)
    assert (new.number, new.serial) == (one.screening_number, 2)
    told = read(trial, new)
    assert told is not None
    assert read(trial, new, old.code) is None
    if as_assigned:
        assert told["other_kits"] == []
    else:
        other = next(each.id for each in trial.study.arms if each.kit_type == kind_of(trial, box))
        assert told["other_kits"] == [{"content": label(trial, other), "kits": [box]}]
    assert told["arm"] == label(trial, arm)
    assert due_among(trial.rows) == set()
    counts = count(trial.rows(Envelope), trial.rows(EnvelopeFate))
    assert (counts.issued, counts.current, counts.superseded, counts.out) == (4, 3, 1, 4)


def test_a_wrong_box_that_was_told_while_envelopes_were_issued_is_not_missed(
    trial: World, people: list[Screened]
) -> None:
    """The clock of the act says nothing: what counts is how many lines the ledger had."""
    trial.do(wrong_kit, wrong(trial, people[0], shelf(trial)[0]), by="pharmacist_01")
    halves(trial)
    trial.do(wrong_kit, wrong(trial, people[0], shelf(trial)[0]), by="pharmacist_01")  # at the very same moment
    assert due_among(trial.rows) == {people[0].id}


def test_what_was_issued_and_not_written_is_due(trial: World, people: list[Screened]) -> None:
    broken_off = issued(trial)
    assert due_among(trial.rows) == {one.id for one in people}
    assert {one.serial for one in halves(trial)} == {2}, "the first serial was never on paper"
    assert due_among(trial.rows) == set()
    for _ in "ab":
        trial.do(envelopes_written, WrittenEnvelopes(opening=broken_off.opening), by=OFFICER)
    assert len(trial.rows(EnvelopeExport)) == 2
    order = WrittenEnvelopes(opening=broken_off.opening)
    assert trial.refusal(envelopes_written, order, by="investigator_01").code == "role_not_allowed"
    assert trial.refusal(envelopes_written, WrittenEnvelopes(opening="nonsense"), by=OFFICER).code == "not_found"


def test_again_by_number_or_everybody(trial: World, people: list[Screened]) -> None:
    assert trial.refusal(issue_envelopes, IssueEnvelopes(again=("99-9999",)), by=OFFICER).code == (
        "not_randomized_numbers"
    )
    halves(trial)
    assert trial.refusal(issue_envelopes, IssueEnvelopes(), by=OFFICER).code == "no_envelope_due"
    (one,) = halves(trial, people[1].screening_number)
    assert (one.number, one.serial) == (people[1].screening_number, 2)
    assert sorted(each.serial for each in halves(trial, everybody=True)) == [2, 2, 3]


def test_who_may(trial: World, people: list[Screened]) -> None:
    for login in ("investigator_01", "medical_monitor", "supply_manager", "unblinded_statistician", "trial_manager"):
        assert trial.refusal(issue_envelopes, IssueEnvelopes(), by=login).code == "role_not_allowed"
    screened = eligible(trial, "EXAMPLE-000091")
    order = IssueEnvelopes(again=(screened.screening_number,))
    assert trial.refusal(issue_envelopes, order, by=OFFICER).code == "not_randomized_numbers"


def test_sealed_once_by_whoever_issued_them_and_soon(trial: World, people: list[Screened]) -> None:
    answer = issued(trial)
    with pytest.raises(Refused) as other:
        sealed(trial, answer, by="investigator_01")
    assert other.value.code == "not_found"
    assert len(sealed(trial, answer)) == len(people)
    with pytest.raises(Refused) as again:
        sealed(trial, answer)
    assert again.value.code == "already_shown"
    late = issued(trial, everybody=True)
    trial.clock.advance(timedelta(seconds=61))
    with pytest.raises(Refused) as too_late:
        sealed(trial, late)
    assert too_late.value.code == "shown_too_late"
    assert [row.opening for row in trial.rows(Shown)] == [answer.opening]


def test_no_code_is_in_any_row_or_print(trial: World, people: list[Screened]) -> None:
    found = halves(trial)
    kept = json.dumps(trial.snapshot()) + " ".join(
        str(row) for model in (AuditEntry, Outbox, Request, Shown) for row in trial.rows(model)
    )
    for one in found:
        assert one.code.letters not in kept
        assert one.code.grouped not in kept
        assert repr(one) == repr(one.code) == "<sealed>"
        with pytest.raises(TypeError):
            pickle.dumps(one)
    for arm in trial.study.arms:
        assert f'"{arm.id}"' not in trial.last_audit().body


def test_a_repeated_request_issues_nothing_more(trial: World, people: list[Screened]) -> None:
    request = new_id(trial.entropy)
    first = trial.perform(issue_envelopes, IssueEnvelopes(), OFFICER, request)
    again = trial.perform(issue_envelopes, IssueEnvelopes(), OFFICER, request)
    assert (again.answer, again.repeated) == (first.answer, True)
    assert len(trial.rows(Envelope)) == len(people)
    assert len(trial.rows(Opening)) == 1


def test_two_exports_at_once_are_two_serials(trial: World, people: list[Screened]) -> None:
    order = IssueEnvelopes(everybody="yes")
    trial.actor(OFFICER)
    asked = [(new_id(trial.entropy), trial.sign(issue_envelopes, order, OFFICER)) for _ in range(4)]

    def ask(one: tuple) -> None:
        request, signature = one
        trial.service.gate.perform(
            issue_envelopes, order, by=trial.actor(OFFICER), request_id=request, signature=signature
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, asked))
    for one in people:
        assert sorted(row.serial for row in trial.rows(Envelope, participant=one.id)) == [1, 2, 3, 4]


@pytest.mark.parametrize("state", STATES)
def test_in_every_state_of_the_study(trial: World, people: list[Screened], state: str) -> None:
    put_state(trial, state, randomization="paused", dispensing="paused")
    assert len(halves(trial)) == len(people)


def test_one_audit_entry_for_an_export(trial: World, people: list[Screened]) -> None:
    answer = issued(trial)
    (entry,) = trial.rows(AuditEntry, act="envelopes.issue", kind="act")
    assert (entry.site, entry.participant) == (None, None)
    assert {change[0] for change in json.loads(entry.body)["changes"]} == {"signature", "opening", "envelope"}
    assert json.loads(entry.body)["answer"]["opening"] == answer.opening
