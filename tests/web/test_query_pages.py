"""Queries through the pages: who sees which, every step by its form, and what the reader is told of the rest."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from irt.outcomes.query_tables import Query
from irt.outcomes.tables import SourceCheck
from irt.participants.tables import VisitRecord
from irt.web import create
from tests.outcomes.queried import answered, asked, asked_again, slip, thread
from tests.outcomes.written_forms import latest, written
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting


@pytest.fixture
def one(database_url: str) -> Patient:
    here = treated(database_url)
    written(here.world, here.id, "W0", "mmt8", deltoid="7")
    written(here.world, here.id, "W0", "physician_global", vas="3.3")
    return here


@pytest.fixture
def visit(one: Patient) -> Callable[[str], Visitor]:
    app: Flask = create(one.world.service)
    return visiting(one.world, app)


def test_raised_answered_asked_again_and_closed_by_forms(one: Patient, visit: Callable[[str], Visitor]) -> None:
    world, monitor, assessor = one.world, visit("monitor"), visit("assessor_01")
    form = latest(world, one.id, "W0", "mmt8").id
    raise_at = f"/queries/outcomes/{form}/raise"
    assert raise_at in monitor.get(f"/outcomes/{one.id}/").text
    page = monitor.get(raise_at).text
    assert "Write nothing of adverse events" in page
    assert monitor.send(raise_at, field="deltoid", text="Is it placebo?").status_code == 422
    assert monitor.send(raise_at, field="deltoid", text="7 in the source?").status_code == 303
    query = world.row(Query)
    here = f"/queries/{query.id}"
    assert f"{here}/answer" in assessor.get("/").text
    assert "7 in the source?" in assessor.get("/queries/").text
    assert "Write nothing of adverse events" in assessor.get(f"{here}/answer").text
    assert assessor.send(f"{here}/answer", text="It is.").status_code == 303
    assert here in monitor.get("/").text
    assert monitor.send(f"{here}/ask-again", text="Which page?").status_code == 303
    assert assessor.send(f"{here}/answer", text="Page 3.").status_code == 303
    assert monitor.send(f"{here}/close").status_code == 303
    assert [kind for kind, _ in thread(world, query)] == ["raised", "answered", "asked_again", "answered", "closed"]
    assert "Page 3." in assessor.get(here).text
    assert assessor.get("/queries/").text.count(here) == 0
    assert assessor.get("/queries/?state=closed").text.count(f'"{here}"') == 2


SEEN = {
    "assessor_01": {"mmt8"}, "physician_assessor_01": {"physician_global"}, "coordinator_01": {"glucocorticoid"},
    "investigator_01": {"mmt8", "physician_global", "glucocorticoid"},
    "monitor": {"mmt8", "physician_global", "glucocorticoid"},
    "data_manager": {"mmt8", "physician_global", "glucocorticoid"},
    "auditor": {"mmt8", "physician_global", "glucocorticoid"},
    "assessor_02": set[str](), "investigator_02": set[str](),
}  # fmt: skip


def test_each_sees_the_queries_of_what_they_may_read(one: Patient, visit: Callable[[str], Visitor]) -> None:
    slip(one)
    for instrument in ("mmt8", "physician_global"):
        asked(one, instrument, text=f"About {instrument}?")
    ids = {row.instrument: row.id for row in one.world.rows(Query)}
    for name, expected in SEEN.items():
        visitor = visit(name)
        page = visitor.get("/queries/").text
        assert {instrument for instrument, query in ids.items() if query in page} == expected, name
        absent = visitor.get("/queries/nothing")
        for instrument, query in ids.items():
            found = visitor.get(f"/queries/{query}")
            assert found.status_code == (200 if instrument in expected else 404), (name, instrument)
            if instrument not in expected:
                assert plain(found.text) == plain(absent.text), name


def plain(page: str) -> str:
    """A page without its tokens."""
    return re.sub(r'(value|nonce|content)="[^"]*"', "", page)


def test_the_values_are_shown_to_who_may_read_them(one: Patient, visit: Callable[[str], Visitor]) -> None:
    query = asked(one)
    page = visit("monitor").get(f"/queries/{query.id}").text
    assert re.search(r"MMT-8 total</span> <strong class=\"number\">13</strong>", page)
    assert "Correct the form" in visit("assessor_01").get(f"/queries/{query.id}").text
    assert "Correct the form" not in visit("investigator_01").get(f"/queries/{query.id}").text


def test_while_another_visit_waits_a_rater_does_not_see_the_earlier_one(
    one: Patient, visit: Callable[[str], Visitor]
) -> None:
    query = asked(one)
    written(one.world, one.id, "W0", "cdasi")
    assessor, said = visit("assessor_01"), "Shown again once the visit at hand is rated."
    assert said not in assessor.get(f"/queries/{query.id}").text
    one.on_day(85)
    assessor, monitor = visit("assessor_01"), visit("monitor")
    assert said in assessor.get(f"/queries/{query.id}").text
    assert "Correct the form" not in assessor.get(f"/queries/{query.id}").text
    assert said not in monitor.get(f"/queries/{query.id}").text


QUOTED = "You wrote 97.4, the source says 79."


def test_what_a_query_quotes_is_kept_back_with_the_form(one: Patient, visit: Callable[[str], Visitor]) -> None:
    world, later = one.world, "Shown again once the visit at hand is rated."
    written(world, one.id, "W0", "cdasi")
    query = asked(one, "cdasi", text=QUOTED)
    answered(world, query, "assessor_01", text="79 of 97.4 it is.")
    asked_again(world, query, "monitor")
    other = asked(one, "physician_global", text=QUOTED)
    here = f"/queries/{query.id}"
    pages = ("/", "/queries/", "/queries/?state=all", here, f"{here}/answer")
    rater = visit("assessor_01")
    assert all("97.4" in rater.get(page).text for page in pages)
    assert f"{here}/answer" in rater.get("/").text
    tokens = rater.tokens(f"{here}/answer")
    one.on_day(85)
    rater = visit("assessor_01")
    for page in pages:
        text = rater.get(page).text
        assert "97.4" not in text, page
        assert (later in text) is (page != "/"), page
    assert f"{here}/answer" not in rater.get("/").text + rater.get(here).text
    again = rater.tokens(f"/outcomes/{one.id}/W12")["csrf_token"]
    sent = rater.post(f"{here}/answer", {**tokens, "csrf_token": again, "text": "Which was it?"})
    assert (sent.status_code, later in sent.text) == (200, True)
    assert len(thread(world, query)) == 3
    for name in ("monitor", "investigator_01", "data_manager"):
        assert QUOTED in visit(name).get(here).text, name
    assert "97.4" not in visit("physician_assessor_01").get(f"/queries/{other.id}").text
    for instrument in ("mmt8", "cdasi"):
        written(world, one.id, "W12", instrument)
    rater = visit("assessor_01")
    assert all(QUOTED in rater.get(page).text for page in pages)
    assert rater.send(f"{here}/answer", text="79.").status_code == 303


def test_a_query_without_anything_else_to_judge_is_read_at_once(one: Patient, visit: Callable[[str], Visitor]) -> None:
    slip(one)
    one.on_day(85)
    page = visit("coordinator_01").get("/queries/").text
    assert "No glucocorticoid is named, but a dose is given." in page, "who records a source judges nothing"


def test_a_visit_outside_the_plan_tells_raters_of_no_stop(one: Patient, visit: Callable[[str], Visitor]) -> None:
    one.world.put(
        VisitRecord, id="et", participant=one.id, site="01", visit="ET.1", revision=1, state="done",
        visited_on=one.day(1), recorded_at=one.world.clock.now(), recorded_by="nobody",
    )  # fmt: skip
    written(one.world, one.id, "W0", "cdasi")
    for instrument in ("mmt8", "cdasi"):  # nothing waits to be rated, so that nothing is kept back
        written(one.world, one.id, "ET.1", instrument)
    query = asked(one, visit="ET.1")
    assessor = visit("assessor_01")
    for page in ("/", "/queries/", f"/queries/{query.id}", f"/queries/{query.id}/answer"):
        text = assessor.get(page).text
        assert "Additional visit" in text, page
        assert "Early termination" not in text, page
    assert "Early termination" in visit("monitor").get(f"/queries/{query.id}").text


def test_filtered_and_paged(one: Patient, visit: Callable[[str], Visitor]) -> None:
    slip(one)
    asked(one, text="Asked by hand?")
    manager = visit("data_manager")
    assert "Asked by hand?" not in manager.get("/queries/?origin=check").text
    assert "Asked by hand?" in manager.get("/queries/?owner=assessor&site=01&state=open").text
    assert "Asked by hand?" not in manager.get("/queries/?site=02").text
    assert "Asked by hand?" in manager.get("/queries/?state=all").text
    for wrong in ("0", "2", "x", "٢", "99999999"):
        assert manager.get(f"/queries/?page={wrong}").status_code == 404, wrong


def test_a_check_speaks_the_readers_language(one: Patient, visit: Callable[[str], Visitor]) -> None:
    query = slip(one)
    nurse = visit("coordinator_01")
    assert "No glucocorticoid is named, but a dose is given." in nurse.get("/").text
    nurse.get("/language/zh_Hans_CN?next=/")
    assert "未选择糖皮质激素" in nurse.get(f"/queries/{query.id}").text


def test_a_monitor_marks_what_was_compared(one: Patient, visit: Callable[[str], Visitor]) -> None:
    monitor, here = visit("monitor"), f"/queries/participants/{one.id}/verify"
    assert here in monitor.get(f"/outcomes/{one.id}/").text
    forms = [latest(one.world, one.id, "W0", name).id for name in ("mmt8", "physician_global")]
    assert monitor.send(here, forms=forms).status_code == 303
    assert {row.form for row in one.world.rows(SourceCheck)} == set(forms)
    page = monitor.get(here).text
    assert not any(f'value="{form}"' in page for form in forms)
    assert monitor.send(here).status_code == 422
    assert monitor.get("/queries/participants/nothing/verify").status_code == 404
    assert here not in visit("data_manager").get(f"/outcomes/{one.id}/").text


def test_the_answers_of_a_query_wait_for_their_raiser_alone(one: Patient, visit: Callable[[str], Visitor]) -> None:
    query = answered(one.world, asked(one), "assessor_01")
    assert query.id in visit("monitor").get("/").text
    assert query.id not in visit("data_manager").get("/").text
    assert query.id not in visit("monitor_01").get("/").text


def test_what_is_asked_without_being_configured_is_said_in_words(one: Patient, visit: Callable[[str], Visitor]) -> None:
    written(one.world, one.id, "W0", "muscle_enzymes", aldolase="80")
    one.on_day(85)
    written(one.world, one.id, "W12", "muscle_enzymes", aldolase="", aldolase_uln="")
    page = visit("coordinator_01").get("/queries/").text
    assert "The muscle enzyme chosen at baseline has no value at this visit" in page
    assert "followed_enzyme" not in page
