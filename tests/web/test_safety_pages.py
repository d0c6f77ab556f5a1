"""Safety over all sites: the listing with its filters and as CSV, the pooled tables against a count by hand."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import World
from tests.safety.sampled import happened
from tests.safety.told import SERIOUS, followed, judged, reported
from tests.treated import Patient, patient, treated
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url, "01", "02")


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


@pytest.fixture
def told(one: Patient) -> tuple[Patient, Patient]:
    """Two who are treated and one who is not: fever twice in one, an event on no list, one before the first dose."""
    other = patient(one.world, "EXAMPLE-000002").begin()
    waiting = patient(one.world, "EXAMPLE-000003")
    world = one.world
    happened(world, one.id, "01", one.day(2), term="fever", grade=1, verbatim="warm")
    happened(world, one.id, "01", one.day(9), term="fever", grade=3, verbatim="hot", seriousness=["hospitalisation"])
    happened(world, other.id, "01", other.day(4), term="fever", grade=2, verbatim="发热")
    happened(world, other.id, "01", other.day(5), term=None, grade=1, verbatim="=hiccups")
    happened(world, one.id, "01", one.day_1 - timedelta(3), term="rash", grade=2, verbatim="rash before")
    happened(world, waiting.id, "01", one.day(2), term="chills", grade=1, verbatim="never treated")
    one.on_day(20)
    return one, other


def test_the_listing_has_every_event_and_filters(told: tuple[Patient, Patient], visit: Visit) -> None:
    monitor = visit("medical_monitor")
    page = monitor.get("/safety/").text
    for said in ("warm", "hot", "发热", "=hiccups", "rash before", "never treated", told[0].number, "Grade 3", "day 9",
                 "day -3", "not treated"):  # fmt: skip
        assert said in page, said
    assert page.count("not treatment-emergent") == 2
    for asked, verbatims in {
        "term=fever": {"warm", "hot", "发热"}, "serious=yes": {"hot"}, "site=02": set(),
        "serious=no&term=fever": {"warm", "发热"}, "term=as told =hiccups": {"=hiccups"},
    }.items():  # fmt: skip
        page = monitor.get(f"/safety/?{asked}").text
        assert set(re.findall("“([^”]+)”", page)) == verbatims, asked


def test_the_csv_is_filtered_alike_and_runs_no_formula(told: tuple[Patient, Patient], visit: Visit) -> None:
    monitor = visit("medical_monitor")
    answer = monitor.get("/safety/listing.csv")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 7
    assert "'=hiccups" in answer.text
    assert len(monitor.get("/safety/listing.csv?serious=yes").data.decode("utf-8-sig").splitlines()) == 2
    assert "adverse-events" in answer.headers["Content-Disposition"]


def test_the_listing_says_who_suspects_it_and_how_it_went(one: Patient, visit: Visit) -> None:
    """Criteria, both causalities, action and outcome as told last; the sponsor's last opinion and what it is about."""
    one.on_day(4)
    world = one.world
    grave = {**SERIOUS, "causality_drug": "probable", "causality_procedure": "unlikely", "action": "held"}
    event = reported(world, one.id, **grave).event
    judged(world, event, causality_drug="definite")
    judged(world, event, causality_drug="unlikely", expectedness="expected")
    followed(world, event, action="withdrawn", outcome="not_recovered")
    reported(world, one.id, verbatim="mild", term="chills")
    monitor = visit("medical_monitor")
    (mild, told) = csv.DictReader(io.StringIO(monitor.get("/safety/listing.csv").data.decode("utf-8-sig")))
    if mild["Serious"] == "yes":
        mild, told = told, mild
    said = {
        "Serious": "yes", "Serious because of": "Hospital admission, or a longer stay",
        "Related to the study drug": "Probable", "Related to a study procedure": "Unlikely",
        "Action with the study drug": "Stopped for good",
        "Outcome of the event": "Not recovered", "Sponsor's causality": "Unlikely",
        "Expectedness": "Expected: in the reference safety information", "Version that the sponsor judged": "1",
        "Version": "2",
    }  # fmt: skip
    assert {head: told[head] for head in said} == said
    assert (mild["Serious"], mild["Serious because of"], mild["Sponsor's causality"]) == ("no", "", "")
    for name in ("medical_monitor", "auditor"):
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", visit(name).get("/safety/").text))
        for words in ("Hospital admission, or a longer stay", "Related to the study drug: Probable",
                      "on version 1 of 2", "Unlikely; Expected", "Stopped for good", "Not recovered"):  # fmt: skip
            assert words in page, words
        assert "Definite" not in page
        assert "May it be serious?" not in page


def test_pooled_counts_are_those_counted_by_hand(told: tuple[Patient, Patient], visit: Visit) -> None:
    page = visit("medical_monitor").get("/safety/pooled").text
    assert "Treatment-emergent events of the 2 participants" in page
    assert "2 events arose before the first dose or too long after the last" in page
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Any event 2 (100.0 %) 1 1 4" in text, "worst grades 3 and 2, four events"
    assert "Fever 2 (100.0 %) 1 1 3" in text
    assert "=hiccups 1 (50.0 %) 1 1" in text
    assert "Any event 1 (50.0 %) 1" in text, "serious"
    assert "Fever 2 2 3 4" in text, "first onset on days 2 and 4: median 3"
    assert "never treated" not in page
    assert page.count("<svg") == 2
    for picture in re.findall(r"<svg.*?</svg>", page, re.S):
        assert "style" not in picture


def test_nothing_is_split_and_no_arm_is_named(told: tuple[Patient, Patient], visit: Visit) -> None:
    monitor = visit("medical_monitor")
    pages = [monitor.get(path).text for path in ("/safety/", "/safety/pooled", "/safety/listing.csv")]
    for arm in told[0].world.study.arms:
        assert all(arm.id not in page for page in pages)


def test_before_any_event_the_pages_say_so(trial: World, visit: Visit) -> None:
    monitor = visit("medical_monitor")
    assert "No adverse event." in monitor.get("/safety/").text
    assert "No adverse event." in monitor.get("/safety/pooled").text


def test_it_speaks_chinese(told: tuple[Patient, Patient], visit: Visit) -> None:
    monitor = visit("medical_monitor")
    monitor.get("/language/zh_Hans_CN")
    page = monitor.get("/safety/pooled").text
    for said in ("合并安全性", "发热", "严重事件", "3 级", "中位数"):
        assert said in page, said
    assert "不良事件" in monitor.get("/safety/").text


def test_the_sponsor_sees_what_is_pooled_and_no_listing(told: tuple[Patient, Patient], visit: Visit) -> None:
    sponsor = visit("sponsor")
    assert "Fever" in sponsor.get("/safety/pooled").text
    assert sponsor.get("/safety/").status_code == 403
    assert told[0].number not in sponsor.get("/safety/pooled").text
