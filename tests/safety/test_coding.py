"""A dictionary comes in whole, once; events are coded by it, and an earlier code stays."""

from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.gate.tables import AuditEntry
from irt.migrate import newest
from irt.safety.coding import CodeEvent, code_event, import_dictionary, latest_code, waits
from irt.safety.dictionary_tables import Dictionary, DictionaryTerm, EventCode
from tests.cast import World
from tests.safety.dictionary import LLT, chinese, files, release
from tests.safety.sampled import happened, tell
from tests.treated import Patient, treated
from tests.wiring import at_once

BY = "data_manager"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url, "01")


@pytest.fixture
def world(one: Patient) -> World:
    return one.world


@pytest.fixture
def event(one: Patient) -> str:
    return happened(one.world, one.id, "01", one.day_1, verbatim="felt invented")


def imported(world: World) -> str:
    return str(world.do(import_dictionary, release(), by=BY).dictionary)


def test_a_release_comes_in_once_and_the_trail_has_none_of_its_words(world: World) -> None:
    first = world.perform(import_dictionary, release(), by=BY, request_id="once")
    assert world.perform(import_dictionary, release(), by=BY, request_id="once").seq == first.seq
    assert first.answer.terms == len(world.rows(DictionaryTerm)) == 4
    (row,) = world.rows(Dictionary)
    assert (row.version, row.language, row.terms) == ("0.1", "en", 4)
    body = world.last_audit().body
    assert '"bulk"' in body
    assert row.sha256 in body
    assert "invented" not in "".join(entry.body for entry in world.rows(AuditEntry)).lower()
    assert world.refusal(import_dictionary, release(), by=BY).code == "dictionary_known"
    world.do(import_dictionary, release(chinese(), language="zh"), by=BY)
    assert len(world.rows(DictionaryTerm)) == 8
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []


def test_with_a_mistake_nothing_comes_in(world: World) -> None:
    refused = world.refusal(import_dictionary, release(files(llt=LLT.replace("$Y$", "$?$"))), by=BY)
    mistakes: Any = refused.facts["mistakes"]
    assert refused.code == "dictionary_mistakes"
    assert [said.partition(":")[0] for said in mistakes] == ["llt.asc line 1", "llt.asc line 2", "llt.asc line 4"]
    many = "\n".join(f"{n}$x$99100001$$$$$$$Y$$" for n in range(80))
    refused = world.refusal(import_dictionary, release(files(llt=many)), by=BY)
    mistakes = refused.facts["mistakes"]
    assert (len(mistakes), mistakes[-1]) == (51, "… and 30 more")


@pytest.mark.parametrize("by", ["medical_monitor", "trial_manager", "coordinator_01", "laboratory", "administrator"])
def test_others_import_and_code_nothing(world: World, event: str, by: str) -> None:
    assert world.refusal(import_dictionary, release(), by=by).code == "role_not_allowed"
    order = CodeEvent(event=event, dictionary=imported(world), llt_code="99000001")
    assert world.refusal(code_event, order, by=by).code == "role_not_allowed"


def test_two_imports_at_once_are_one(world: World) -> None:
    world.actor(BY)
    at_once(
        lambda: world.perform(import_dictionary, release(), by=BY, request_id="one"),
        lambda: world.perform(import_dictionary, release(), by=BY, request_id="two"),
    )
    assert len(world.rows(Dictionary)) == 1
    assert len(world.rows(DictionaryTerm)) == 4


def test_an_event_is_coded_with_the_words_of_that_time(one: Patient, world: World, event: str) -> None:
    order = CodeEvent(event=event, dictionary=imported(world), llt_code="99000001")
    first = world.perform(code_event, order, by=BY, request_id="once")
    assert world.perform(code_event, order, by=BY, request_id="once").seq == first.seq
    entry = world.last_audit()
    assert (entry.act, entry.participant, entry.site) == ("event.code", one.id, "01")
    (code,) = world.rows(EventCode)
    assert (code.revision, code.about, code.verbatim, code.version) == (1, 1, "felt invented", "0.1")
    assert (code.llt_name, code.pt_code, code.soc_name) == ("Felt invented", "99100001", "Invented general disorders")
    assert world.refusal(code_event, order, by=BY).code == "coded_so_already"
    tell(world, event, one.id, "01", one.day_1, verbatim="felt quite invented")
    assert waits(code, "felt quite invented")
    assert world.refusal(code_event, order, by=BY).code == "recoding_reason_needed"
    world.do(code_event, order.model_copy(update={"reason": "other words, same term"}), by=BY)
    later = latest_code(world.rows(EventCode))
    assert later is not None
    assert (later.revision, later.about, later.verbatim) == (2, 2, "felt quite invented")
    assert len(world.rows(EventCode)) == 2


def test_what_cannot_be_coded_is_refused(one: Patient, world: World, event: str) -> None:
    dictionary = imported(world)
    order = CodeEvent(event=event, dictionary=dictionary, llt_code="99000003")
    assert world.refusal(code_event, order, by=BY).code == "term_not_current"
    for other in ({"llt_code": "99000009"}, {"dictionary": "none"}, {"event": "none"}):
        assert world.refusal(code_event, order.model_copy(update=other), by=BY).code == "not_found"
    tell(world, event, one.id, "01", one.day_1, stands=False)
    right = order.model_copy(update={"llt_code": "99000001"})
    assert world.refusal(code_event, right, by=BY).code == "event_void"


def test_two_codes_at_once_are_one(world: World, event: str) -> None:
    dictionary = imported(world)
    orders = [CodeEvent(event=event, dictionary=dictionary, llt_code=code) for code in ("99000001", "99000004")]
    at_once(
        lambda: world.perform(code_event, orders[0], by=BY, request_id="one"),
        lambda: world.perform(code_event, orders[1], by=BY, request_id="two"),
    )
    assert len(world.rows(EventCode)) == 1, "the second was not told why it is coded anew"
