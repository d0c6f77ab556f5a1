"""Source verification: what a monitor compared is marked, one revision at a time."""

import pytest

from irt.gate.refusals import Refused
from irt.outcomes.capture import draft
from irt.outcomes.source_checks import VerifySource, verify_source
from irt.outcomes.tables import SourceCheck
from tests.outcomes.written_forms import corrected, latest, plain, sheet, written
from tests.treated import Patient, treated
from tests.wiring import at_once


@pytest.fixture
def one(database_url: str) -> Patient:
    here = treated(database_url)
    for instrument in ("mmt8", "cdasi", "glucocorticoid"):
        written(here.world, here.id, "W0", instrument)
    return here


def marks(one: Patient, *instruments: str) -> VerifySource:
    forms = tuple(latest(one.world, one.id, "W0", name).id for name in instruments)
    return VerifySource(participant=one.id, forms=forms)


def test_many_are_marked_in_one_act(one: Patient) -> None:
    one.world.do(verify_source, marks(one, "mmt8", "cdasi"), by="monitor")
    found = one.world.rows(SourceCheck)
    assert {row.form for row in found} == set(marks(one, "mmt8", "cdasi").forms)
    assert {(row.site, row.checked_by) for row in found} == {("01", one.world.actor("monitor").account)}
    entry = one.world.last_audit()
    assert (entry.act, entry.participant) == ("outcomes.verify_source", one.id)


def test_a_later_revision_has_no_mark(one: Patient) -> None:
    shown = marks(one, "glucocorticoid")
    one.world.do(verify_source, shown, by="monitor")
    corrected(one.world, one.id, "W0", "glucocorticoid", dose="12")
    assert one.world.rows(SourceCheck, form=marks(one, "glucocorticoid").forms[0]) == []
    one.world.do(verify_source, marks(one, "glucocorticoid"), by="monitor")
    assert len(one.world.rows(SourceCheck)) == 2


def test_what_was_corrected_since_it_was_shown_is_not_marked(one: Patient) -> None:
    shown = marks(one, "mmt8", "glucocorticoid")
    corrected(one.world, one.id, "W0", "glucocorticoid", dose="12")
    assert one.world.refusal(verify_source, shown, by="monitor").code == "form_corrected_since"


def test_refused(one: Patient) -> None:
    world = one.world
    assert world.refusal(verify_source, marks(one), by="monitor").code == "nothing_chosen"
    nobody = VerifySource(participant=one.id, forms=("nothing",))
    assert world.refusal(verify_source, nobody, by="monitor").code == "not_found"
    world.do(draft, sheet(one.id, "W0", one.day(1), haq=plain("haq")), by="coordinator_01")
    assert world.refusal(verify_source, marks(one, "haq"), by="monitor").code == "not_found"
    for by in ("data_manager", "coordinator_01", "auditor"):
        assert world.refusal(verify_source, marks(one, "mmt8"), by=by).code == "role_not_allowed"
    assert world.refusal(verify_source, marks(one, "mmt8"), by="monitor_02").code == "not_found"


def test_repeated_and_marked_again(one: Patient) -> None:
    order = marks(one, "mmt8")
    for _ in range(2):
        one.world.perform(verify_source, order, by="monitor", request_id="a" * 20)
    assert len(one.world.rows(SourceCheck)) == 1
    assert one.world.refusal(verify_source, order, by="monitor").code == "source_checked"


def test_at_once_it_is_marked_once(one: Patient) -> None:
    order = marks(one, "mmt8")
    for by in ("monitor", "monitor_01"):
        one.world.actor(by)
    found = at_once(*[lambda by=by: one.world.perform(verify_source, order, by=by) for by in ("monitor", "monitor_01")])
    assert [answer.code for answer in found if isinstance(answer, Refused)] == ["source_checked"]
    assert len(one.world.rows(SourceCheck)) == 1
