"""Who reads of a code break in the audit trail, and that nobody masked reads of the safety desk."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from irt.gate.tables import AuditEntry, Outbox
from irt.people.notices import Acknowledge, acknowledge
from irt.safety.break_code import Agree, agree, break_code
from irt.safety.desk import CloseCase, OpenCase, close_case, open_case
from irt.safety.envelope_tables import Envelope
from irt.safety.envelopes import EnvelopeReturned, envelope_returned
from irt.safety.opinions import JudgeEvent, judge_event
from irt.safety.tables import SusarCandidate
from irt.web import create
from tests.cast import World
from tests.safety.broken import INVESTIGATOR, TOLD, breaking
from tests.safety.enveloped import halves
from tests.safety.told import SERIOUS, reported
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting

Visit = Callable[[str], Visitor]
READS = ("auditor", "trial_manager", "monitor")
READS_NOT = ("data_manager", "quality")
WORDS = ("Emergency code break", "Case opened", "Case closed", TOLD)


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url)
    patient.on_day(5)
    return patient


@pytest.fixture
def visit(one: Patient) -> Visit:
    return visiting(one.world, create(one.world.service))


def broke(one: Patient) -> list[Any]:
    """A code is broken and the treatment stopped, a second person agreed, one was refused, a notice acknowledged; its
    entries, the one that stopped the treatment first."""
    world, before = one.world, one.world.last_audit().seq
    order = breaking(one, treatment="stop", stop_reason="adverse_event")  # type: ignore[arg-type]
    world.do(break_code, order, by=INVESTIGATOR)
    world.do(agree, Agree(site="01", reason="in case"), by="coordinator_01")
    world.refusal(break_code, breaking(None, kit="9999990"), by=INVESTIGATOR)
    notice = world.row(Outbox, kind="code_break.done")
    world.do(acknowledge, Acknowledge(notice=notice.id), by="trial_manager")
    return [row for row in world.rows(AuditEntry) if row.seq > before]


def at_desk(one: Patient) -> list[Any]:
    """A case is opened and closed, and somebody who may not tries to; their entries."""
    world = one.world
    done = reported(world, one.id, **SERIOUS)
    opinion = JudgeEvent(event=done.event, version=done.version, causality_drug="possible", expectedness="unexpected",
                         reason="not listed")  # fmt: skip
    world.do(judge_event, opinion, by="medical_monitor")
    world.actor("safety_officer")
    case, before = world.row(SusarCandidate).id, world.last_audit().seq
    world.do(open_case, OpenCase(candidate=case, reason="for the report"), by="safety_officer")
    world.do(close_case, CloseCase(candidate=case, part="report"), by="safety_officer")
    world.refusal(close_case, CloseCase(candidate=case, part="report"), by="safety_officer")
    world.refusal(open_case, OpenCase(candidate=case, reason="curious"), by="medical_monitor")
    notice = world.row(Outbox, kind="event.candidate")
    world.do(acknowledge, Acknowledge(notice=notice.id), by="safety_officer")
    return [row for row in world.rows(AuditEntry) if row.seq > before]


def pages(visitor: Visitor, world: World, entries: list[Any]) -> list[int]:
    return [visitor.get(world.entry_page(row.seq)).status_code for row in entries]


def test_who_may_learn_of_a_code_break_reads_its_entries(one: Patient, visit: Visit) -> None:
    entries = broke(one)
    assert [(row.act, row.kind) for row in entries] == [
        ("code_break.open", "act"), ("code_break.agree", "act"), ("code_break.open", "refusal"),
        ("notice.acknowledge", "act"),
    ]  # fmt: skip
    for name in READS:
        assert pages(visit(name), one.world, entries) == [200] * 4, name
    assert TOLD in visit("auditor").get(one.world.entry_page(entries[0].seq)).text


def test_whoever_may_not_reads_of_a_treatment_that_was_stopped(one: Patient, visit: Visit) -> None:
    entries = broke(one)
    for name in READS_NOT:
        visitor = visit(name)
        assert pages(visitor, one.world, entries) == [200, 404, 404, 404], name
        page = visitor.get(one.world.entry_page(entries[0].seq)).text
        assert "Treatment stopped" in page
        assert "treatment_stop" in page
        assert not [word for word in (*WORDS, "code_break", "opening", "signature") if word in page], name
        for address in ("/audit/", "/audit/?site=01", f"/audit/?number={one.number}"):
            listed = visitor.get(address).text
            assert [row.hash[:16] in listed for row in entries] == [True, False, False, False], address
            assert not [word for word in WORDS if word in listed]
        assert "/code-breaks" not in visitor.get("/").text


def test_a_break_that_changed_no_treatment_leaves_no_trace(one: Patient, visit: Visit) -> None:
    seen = {name: counted(visit(name).get("/jobs").text) for name in READS_NOT}
    one.world.do(break_code, breaking(one), by=INVESTIGATOR)  # type: ignore[arg-type]
    for name in READS_NOT:
        assert pages(visit(name), one.world, [one.world.last_audit()]) == [404]
        assert counted(visit(name).get("/jobs").text) == seen[name]
    assert counted(visit("trial_manager").get("/jobs").text) != seen["quality"], "its messages wait"


def test_how_an_envelope_was_found_tells_as_much_as_its_opening(one: Patient, visit: Visit) -> None:
    world = one.world
    halves(world)
    told = EnvelopeReturned(
        envelope=world.row(Envelope).id, kind="returned", happened_on=one.day(5), told="its seal is broken"
    )
    world.do(envelope_returned, told, by="monitor")
    entry = world.last_audit()
    for names, answers in ((READS, [200]), (READS_NOT, [404])):
        assert [pages(visit(name), world, [entry]) for name in names] == [answers] * len(names)


def test_the_desk_is_read_by_nobody_who_is_masked(one: Patient, visit: Visit) -> None:
    newest = one.world.last_audit()
    entries = at_desk(one)
    assert [row.act for row in entries] == ["desk.open", "desk.close", "desk.close", "desk.open", "notice.acknowledge"]
    assert newest.seq < entries[0].seq
    for name in (*READS, *READS_NOT):
        visitor = visit(name)
        assert pages(visitor, one.world, entries) == [404] * 5, name
        listed = visitor.get("/audit/").text
        assert not [row for row in entries if row.hash[:16] in listed], name
        assert visitor.get(f"/audit/?before={entries[0].hash}").status_code == 404
        assert visitor.get(f"/audit/{entries[0].seq}").status_code == 404


def test_when_the_safety_officer_came_is_the_administrators_alone(one: Patient, visit: Visit) -> None:
    visit("safety_officer")
    for name in ("trial_manager", "quality"):
        assert came(visit(name).get("/people/").text) == "shown to the administrator alone"
    assert re.match(r"20\d\d-", came(visit("administrator").get("/people/").text))


def came(page: str) -> str:
    """What the list of people says of the safety officer's last sign-in."""
    (line,) = [row for row in page.split("<tr>") if "<code>safety_officer</code>" in row]
    return re.sub(r"<[^>]+>", "", line.rpartition('data-label="Last sign-in">')[2].partition("</td>")[0]).strip()


def counted(page: str) -> str:
    """The part of the page of the jobs that counts messages."""
    return page.rpartition("Mail</h2>")[2]
