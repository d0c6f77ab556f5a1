"""Adverse events on the pages: told, judged, followed up; who sees which, and that masked people see one text alone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from irt.gate.tables import Outbox
from irt.jobs.outbox import page_of as url_of
from irt.safety.events import void_event
from irt.safety.tables import AdverseEvent, EventOpinion, EventTold, SusarCandidate
from irt.web import create
from tests.cast import CAST, PASSWORD
from tests.safety.told import DEADLY, SERIOUS, followed, heard, judged, latest, reported, voiding
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, visiting
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]
DESK = "Handled by the safety desk"
MASKED = ("investigator_01", "coordinator_01", "monitor", "data_manager", "medical_monitor", "trial_manager", "auditor")
NEVER = ("pharmacist_01", "assessor_01", "physician_assessor_01", "laboratory", "trial_statistician", "sponsor")


@pytest.fixture
def one(database_url: str) -> Patient:
    patient = treated(database_url, "01", "02")
    patient.on_day(5)
    return patient


@pytest.fixture
def visit(one: Patient) -> Visit:
    """Somebody of the cast, signed in through the page, reading English."""
    return visiting(one.world, create(one.world.service))


def page_of(one: Patient) -> str:
    return f"/participants/{one.id}"


def form(one: Patient, **other: Any) -> dict[str, Any]:
    """What an investigator fills in; the rest stands there already."""
    told = {
        "term": "fever", "verbatim": "发热 39.4 °C", "grade": "2", "onset_on": one.day(4).isoformat(),
        "onset_at": "21:00", "causality_drug": "possible", "causality_procedure": "unrelated", "action": "none",
        "outcome": "recovering", "reporter": "participant", "aware_on": one.day(5).isoformat(), "aware_at": "09:30",
        "password": PASSWORD,
    }  # fmt: skip
    return {**told, **other}


def test_an_investigator_reports_from_the_participants_page(one: Patient, visit: Visit) -> None:
    investigator = visit("investigator_01")
    href = f"/events/of/{one.id}/report"
    assert href in investigator.get(page_of(one)).text
    shown = investigator.get(href).text
    assert f"Last dose recorded: {one.day(1)} 08:30, kit {one.kit}." in shown
    assert 'value="2026-03-06"' not in shown, "since when it is known is asked"
    judged_already = re.findall(
        r'id="((?:causality_drug|causality_procedure|action|grade|outcome)-[^"]*)"[^>]* checked', shown
    )
    assert judged_already == []
    answer = investigator.send(href, **form(one, seriousness=["hospitalisation", "medically_important"], grade="3"))
    row = one.world.row(AdverseEvent)
    assert done(answer).headers["Location"] == f"/events/{row.id}"
    page = investigator.get(f"/events/{row.id}").text
    for said in (
        "Fever", "发热 39.4 °C", "Hospital admission, or a longer stay; Otherwise medically important", one.kit,
        "2026-03-05 21:00", "2026-03-06 09:30 +08:00 Asia/Shanghai", "In time", "Of special interest",
        "I have judged this adverse event", "Investigator 01",
    ):  # fmt: skip
        assert said in page, said
    assert latest(one.world, row.id).seriousness == ["hospitalisation", "medically_important"]
    assert f"/events/{row.id}" in investigator.get(page_of(one)).text


def test_every_mistake_stands_at_its_field_and_nothing_is_lost(one: Patient, visit: Visit) -> None:
    wrong = form(one, term="eosinophilia", grade="4", seriousness=["death"], ended_at="11:00")
    answer = visit("investigator_01").send(f"/events/of/{one.id}/report", **wrong)
    assert answer.status_code == 422
    for field in ("grade", "ended_at", "outcome"):
        assert f'href="#field-{field}"' in answer.text
    assert "this term has the grades 1, 3" in answer.text
    assert re.search(r'id="seriousness-death"[^>]* checked', answer.text)
    assert "发热 39.4 °C" in answer.text
    assert one.world.rows(AdverseEvent) == []


def test_what_a_coordinator_heard_goes_to_the_investigators_start_page(one: Patient, visit: Visit) -> None:
    coordinator, investigator = visit("coordinator_01"), visit("investigator_01")
    told = f"/events/of/{one.id}/tell"
    assert told in coordinator.get(page_of(one)).text
    known = {"aware_on": one.day(5).isoformat(), "aware_at": "10:00"}
    done(coordinator.send(told, told="taken to hospital at night", serious="true", **known))
    row = one.world.row(EventTold)
    href = f"/events/of/{one.id}/report?told={row.id}"
    start = investigator.get("/").text
    assert "taken to hospital at night: the report is due until 2026-03-07 10:00 +08:00" in start
    assert href in start.replace("&amp;", "&")
    shown = investigator.get(href).text
    assert "taken to hospital at night" in shown
    done(investigator.send(href, **form(one, aware_at="10:00", seriousness=["hospitalisation"], grade="3")))
    assert one.world.row(AdverseEvent).told == row.id
    assert "taken to hospital at night" not in investigator.get("/").text


def test_what_was_heard_is_news_of_an_event(one: Patient, visit: Visit) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    void = reported(one.world, one.id, term=None, verbatim="a cough").event
    one.world.do(void_event, voiding(one.world, void), by="investigator_01")
    told = heard(one.world, one.id)
    one.world.clock.advance(timedelta(hours=3))
    investigator, href = visit("investigator_01"), f"/events/{event}/follow-up?told={told}"
    for path in ("/events/", page_of(one)):
        page = investigator.get(path).text
        assert href in page
        assert "It is news of event 1: Fever" in page
        assert f"/events/{void}/follow-up" not in page
    shown = investigator.get(href).text
    assert 'value="10:00"' in shown
    assert "in hospital since last night" in shown
    news = form(one, seriousness=["hospitalisation"], grade="4", aware_at="10:00", reason="in intensive care")
    done(investigator.send(href, **news))
    assert one.world.row(EventTold).state == "followed_up"
    assert latest(one.world, event).told == told


def test_what_is_no_event_is_said_from_there_too(one: Patient, visit: Visit) -> None:
    told = heard(one.world, one.id)
    investigator, path = visit("investigator_01"), f"/events/told/{told}/none"
    unsigned = investigator.send(path, reason="planned before consent")
    assert unsigned.status_code == 422
    one.world.clock.advance(timedelta(hours=25))
    done(visit("investigator_01").send(path, reason="planned before consent", password=PASSWORD))
    assert one.world.row(EventTold).state == "no_event"
    for name in ("coordinator_01", "monitor"):
        page = visit(name).get(page_of(one)).text
        for said in ("in hospital since last night", "“planned before consent”", "Done late", "No adverse event"):
            assert said in page, said


def test_an_event_begins_from_the_list_too(one: Patient, visit: Visit) -> None:
    coordinator = visit("coordinator_01")
    shown = coordinator.get("/events/").text
    assert f'<option value="{one.id}">{one.number}</option>' in shown
    assert 'value="report"' not in shown, "an investigator reports"
    answer = coordinator.get(f"/events/new?participant={one.id}&what=tell")
    assert done(answer).headers["Location"] == f"/events/of/{one.id}/tell"
    assert coordinator.get("/events/new?participant=nobody&what=tell").status_code == 404


def test_who_was_trained_for_an_earlier_version_reports_all_the_same(one: Patient) -> None:
    one.world.actor("investigator_01")
    later = one.world.under(training_version="a later one")
    investigator = visiting(later, create(later.service))("investigator_01")
    assert investigator.get(page_of(one)).status_code == 403
    start = investigator.get("/").text
    assert "Access begins when" in start
    assert 'href="/events/"' in start
    assert page_of(one) not in investigator.get("/events/").text
    href = done(investigator.get(f"/events/new?participant={one.id}&what=report")).headers["Location"]
    answer = investigator.send(href, **form(one, seriousness=["hospitalisation"], grade="3"))
    event = one.world.row(AdverseEvent).id
    assert done(answer).headers["Location"] == f"/events/{event}"
    page = investigator.get(f"/events/{event}").text
    assert "Fever" in page
    assert page_of(one) not in page


def test_an_overdue_report_is_seen_by_those_who_oversee(one: Patient, visit: Visit) -> None:
    heard(one.world, one.id)
    for name in ("medical_monitor", "trial_manager"):
        assert "Reports overdue" not in visit(name).get("/").text
    one.world.clock.advance(timedelta(hours=25))
    for name in ("medical_monitor", "trial_manager"):
        assert "Reports overdue" in visit(name).get("/").text
    page = visit("monitor").get("/events/").text
    assert "Heard of, to be judged by an investigator" in page
    assert "Overdue" in page


def test_versions_stand_side_by_side_and_what_changed_is_marked(one: Patient, visit: Visit) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    investigator = visit("investigator_01")
    path = f"/events/{event}/follow-up"
    shown = investigator.get(path).text
    assert re.search(r'id="seriousness-hospitalisation"[^>]* checked', shown)
    assert re.search(r'id="grade-3"[^>]* checked', shown)
    changed = form(one, seriousness=["hospitalisation"], grade="4", aware_at="10:00", reason="now in intensive care")
    del changed["onset_at"]
    done(investigator.send(path, **changed))
    page = investigator.get(f"/events/{event}").text
    assert "<strong>4</strong>" in page
    assert "<strong>3</strong>" not in page
    assert page.count("now in intensive care") == 1
    assert page.count("Signed by Investigator 01") == 2
    done(investigator.send(f"/events/{event}/void", reason="another participant's", password=PASSWORD))
    page = investigator.get(f"/events/{event}").text
    assert "Version 3 · Told by mistake" in page
    assert f"/events/{event}/follow-up" not in page
    assert investigator.get(f"/events/{event}/follow-up").status_code == 404


def test_the_medical_monitor_judges_from_the_start_page(one: Patient, visit: Visit) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    monitor = visit("medical_monitor")
    start = monitor.get("/").text
    until = f"due until {one.day(20)} 23:59"
    assert f"opinion {until}" in start
    for path in ("/events/", f"/events/{event}"):
        assert until in monitor.get(path).text
    assert "sponsor&#39;s opinion due" in start
    assert f"/events/{event}/judge" in start
    said = {"causality_drug": "unlikely", "expectedness": "unexpected", "reason": "not listed", "password": PASSWORD}
    done(monitor.send(f"/events/{event}/judge", **said))
    assert one.world.row(EventOpinion).about == 1
    assert f"/events/{event}/judge" not in monitor.get("/").text
    page = monitor.get(f"/events/{event}").text
    assert DESK in page
    assert "“not listed”" in page


def test_masked_people_see_one_text_of_every_candidate_and_no_clock_of_the_desk(one: Patient, visit: Visit) -> None:
    """Whatever the urgency, and however the event went on: the words are the same, and no last day stands there."""
    urgent = reported(one.world, one.id, **DEADLY).event
    other = reported(one.world, one.id, term=None, verbatim="a fall", **SERIOUS).event
    for event in (urgent, other):
        judged(one.world, event)
    one.on_day(30)
    followed(one.world, other, seriousness=(), grade=2)
    assert len(one.world.rows(SusarCandidate)) == 2
    last_days = [(one.day(5) + timedelta(days=days)).isoformat() for days in (7, 15)]
    for name in MASKED:
        visitor = visit(name)
        chips = []
        for path in (f"/events/{urgent}", f"/events/{other}", "/events/"):
            page = visitor.get(path).text
            chips += re.findall(r"<span[^>]*>[^<]*safety desk[^<]*</span>", page)
            assert "First report" not in page, (name, path)
            assert "Complete report" not in page, (name, path)
            assert not [day for day in last_days if day in page], (name, path)
        assert len(chips) == 4
        assert len(set(chips)) == 1
    officer = visit("safety_officer")
    desk = officer.get("/desk/").text
    assert [day for day in last_days if day in desk] == last_days
    assert "Overdue" in desk
    cases = {row.id for row in one.world.rows(SusarCandidate, event=urgent)}
    assert {case for case in cases if f"/desk/{case}" in officer.get(f"/events/{urgent}").text} == cases


def test_who_sees_events_and_who_never_does(one: Patient, visit: Visit) -> None:
    event = reported(one.world, one.id, verbatim="spoken of by the patient", term=None).event
    for name in NEVER:
        visitor = visit(name)
        assert visitor.get("/events/").status_code == visitor.get(f"/events/{event}").status_code == 403
        page = visitor.get(page_of(one))
        assert "spoken of by the patient" not in page.text
        assert "Adverse event" not in page.text
        assert "/events" not in visitor.get("/").text
    for name in MASKED:
        assert "spoken of by the patient" in visit(name).get("/events/").text
        assert "spoken of by the patient" in visit(name).get(page_of(one)).text
    assert set(MASKED) | set(NEVER) < set(CAST)


def test_another_site_sees_nothing(one: Patient, visit: Visit) -> None:
    event = reported(one.world, one.id).event
    told = heard(one.world, one.id)
    other = visit("investigator_02")
    for path in (
        f"/events/{event}", f"/events/{event}/follow-up", f"/events/{event}/void", f"/events/of/{one.id}/report",
        f"/events/of/{one.id}/tell", f"/events/told/{told}/none",
    ):  # fmt: skip
        assert other.get(path).status_code == 404, path
    assert "No adverse event." in other.get("/events/").text
    assert "in hospital since last night" not in other.get("/events/").text


def test_the_list_is_narrowed(one: Patient, visit: Visit) -> None:
    serious = reported(one.world, one.id, **SERIOUS).event
    mild = reported(one.world, one.id, term=None, verbatim="a cough").event
    monitor = visit("monitor")
    wanted = {"": (1, 1), "serious": (1, 0), "special": (1, 0), "to_judge": (1, 0), "late": (0, 0), "desk": (0, 0)}
    for kind, (first, second) in wanted.items():
        page = monitor.get(f"/events/?kind={kind}").text
        assert (f"/events/{serious}" in page, f"/events/{mild}" in page) == (bool(first), bool(second)), kind
    assert f"/events/{serious}" not in monitor.get("/events/?site=02").text


def test_all_of_it_in_chinese(one: Patient, visit: Visit) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    judged(one.world, event)
    investigator = visit("investigator_01")
    investigator.get("/language/zh_Hans_CN")
    page = investigator.get(f"/events/{event}").text
    for said in ("发热", "由安全性处理台处理", "住院或住院时间延长", "我已判断此不良事件", "治疗期出现"):
        assert said in page, said
    assert "均不勾选" in investigator.get(f"/events/of/{one.id}/report").text


def test_messages_lead_to_the_event(one: Patient) -> None:
    event = reported(one.world, one.id, **SERIOUS).event
    assert url_of("https://trial", one.world.row(Outbox, kind="event.serious")) == f"https://trial/events/{event}"
