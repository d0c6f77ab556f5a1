"""The safety laboratory by the pages: entered, corrected, suggested, dismissed; what is withheld nobody else sees."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from irt.gate.tables import AuditEntry
from irt.safety.laboratory_tables import LabDismissal, LabSample, WithheldValue
from tests.cast import World
from tests.safety.sampled import happened, normal, sampled
from tests.treated import Patient
from tests.web.conftest import Visitor
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]
TELLING = "7.31"
OTHERS = ["coordinator_01", "pharmacist_01", "monitor", "medical_monitor", "data_manager", "auditor", "trial_manager",
          "sponsor", "trial_statistician", "laboratory", "assessor_01", "physician_assessor_01",
          "safety_officer"]  # fmt: skip


@pytest.fixture
def one(database_url: str) -> Patient:
    one = normal(database_url, "01")
    one.on_day(20)
    return one


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


def path(one: Patient, rest: str = "") -> str:
    return f"/participants/{one.id}/labs/{rest}"


def test_a_sample_is_typed_as_printed_and_shown_with_its_grades(one: Patient, visit: Visit) -> None:
    coordinator = visit("coordinator_01")
    assert path(one) in coordinator.get(f"/participants/{one.id}").text
    values = {"values.alt": "250", "upper.alt": "40", "values.ggt": "50", "upper.ggt": "60",
              "values.bilirubin": "41", "upper.bilirubin": "20"}  # fmt: skip
    done(coordinator.send(path(one, "record"), taken_on=str(one.day(15)), **values))
    page = coordinator.get(path(one)).text
    for said in ("Suggested adverse events", "Alanine aminotransferase increased", "Grade 3", "6.25 × ULN",
                 "baseline 30", "Waits for a word", "Hy's law: sample 1",
                 "Alkaline phosphatase was not measured."):  # fmt: skip
        assert said in page, said
    reports = unescape(page)
    assert f"/events/of/{one.id}/report?term=alt_increased&grade=3&onset={one.day(15)}" in reports
    assert "Dismiss" not in page, "that is for a physician"
    form = coordinator.get(path(one, "record")).text
    assert re.search(r'name="upper.ggt"[^>]*value="60"', form), "limits as printed last"
    assert re.search(r'name="values.ggt"[^>]*value=""', form)


def test_what_is_wrong_stands_at_its_field_in_both_languages(one: Patient, visit: Visit) -> None:
    coordinator = visit("coordinator_01")
    wrong = {"values.alt": "12,5", "upper.alt": "", "values.ggt": "50", "upper.ggt": "60"}
    answer = coordinator.send(path(one, "record"), taken_on=str(one.day(15)), **wrong)
    assert answer.status_code == 422
    assert "ALT: “12,5” is not accepted; write a number" in answer.text
    assert "ALT · Upper limit of normal: fill it in." in answer.text
    assert re.search(r'name="values.alt"[^>]*value="12,5"', answer.text), "what was typed stays"
    coordinator.get("/language/zh_Hans_CN")
    answer = coordinator.send(path(one, "record"), taken_on=str(one.day(15)), **wrong)
    assert "丙氨酸氨基转移酶（ALT） · 正常值上限" in answer.text
    assert "Upper limit" not in answer.text


def test_a_sample_is_corrected_with_a_reason(one: Patient, visit: Visit) -> None:
    number, coordinator = sampled(one, 15, alt="250"), visit("coordinator_01")
    form = coordinator.get(path(one, f"{number}/correct")).text
    assert re.search(r'name="values.alt"[^>]*value="250"', form)
    told = {"taken_on": str(one.day(15)), "values.alt": "25", "upper.alt": "40"}
    done(coordinator.send(path(one, f"{number}/correct"), reason="read from the wrong line", **told))
    page = coordinator.get(path(one)).text
    assert "read from the wrong line" in page
    assert "Suggested adverse events" not in page
    done(coordinator.send(path(one, f"{number}/correct"), reason="another person", taken_on=str(one.day(15))))
    assert "Taken back: there was no such sample." in coordinator.get(path(one)).text
    assert coordinator.get(path(one, "9/correct")).status_code == 404
    assert len(one.world.rows(LabSample)) == 3


def test_an_investigator_dismisses_and_an_event_confirms(one: Patient, visit: Visit) -> None:
    sampled(one, 15, alt="250", ggt="100")
    investigator = visit("investigator_01")
    address = path(one, "1/alt/dismiss?grade=3")
    assert address in unescape(investigator.get(path(one)).text)
    done(investigator.send(address, reason="muscle, CK rises with it"))
    assert len(one.world.rows(LabDismissal)) == 1
    page = investigator.get(path(one)).text
    assert "muscle, CK rises with it" in page
    assert "Dismissed" in page
    happened(one.world, one.id, "01", one.day(15), term="ggt_increased", grade=1)
    page = investigator.get(path(one)).text
    assert "Reported" in page
    assert "Report it" not in page
    assert investigator.send(address, reason="once more").status_code == 422


def test_a_physician_sees_what_is_withheld_and_where_to_report_it(one: Patient, visit: Visit) -> None:
    investigator = visit("investigator_01")
    assert path(one, "withheld") in investigator.get(path(one)).text
    record = path(one, "withheld/eosinophils/record")
    done(investigator.send(record, taken_on=str(one.day(15)), value=TELLING, upper="0.52"))
    page = investigator.get(path(one, "withheld")).text
    assert TELLING in page
    assert f"/events/of/{one.id}/report?term=eosinophilia&grade=1&onset={one.day(15)}" in unescape(page)
    answer = investigator.send(record, taken_on=str(one.day(15)), value="1.5", upper="0.52")
    assert answer.status_code == 422
    assert "there is a value of" in answer.text
    correct = path(one, f"withheld/eosinophils/{one.day(15)}/correct")
    done(investigator.send(correct, value="0.31", upper="0.52", reason="copied"))
    assert TELLING not in investigator.get(path(one, "withheld")).text
    assert "Copied wrongly" in investigator.get(path(one, "withheld")).text
    assert [row.revision for row in sorted(one.world.rows(WithheldValue), key=lambda row: row.revision)] == [1, 2]
    for nowhere in ("withheld/alt/record", "withheld/eosinophils/2026-13-01/correct"):
        assert investigator.get(path(one, nowhere)).status_code == 404


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_finds_a_trace_of_it(one: Patient, visit: Visit, name: str) -> None:
    investigator = visit("investigator_01")
    record = path(one, "withheld/eosinophils/record")
    done(investigator.send(record, taken_on=str(one.day(15)), value=TELLING, upper="0.52"))
    assert investigator.send(record, taken_on=str(one.day(16)), value=f"{TELLING}9", upper="0.52").status_code == 422
    other = visit(name)
    assert other.get(path(one, "withheld")).status_code == 403
    assert other.get(record).status_code == 403
    addresses = ["/", "/participants/", f"/participants/{one.id}", path(one), "/safety/", "/safety/pooled", "/coding/",
                 "/safety/listing.csv", "/audit/", f"/audit/?number={one.number}"]  # fmt: skip
    ours = [entry.seq for entry in one.world.rows(AuditEntry, act="withheld_labs.record")]
    assert len(ours) == 2, "one that was done and one that was refused"
    addresses += [one.world.entry_page(seq) for seq in ours]
    for address in addresses:
        page = other.get(address).text
        assert TELLING not in page, address
        assert "eosinophilia" not in page.lower(), address


def test_the_trail_says_that_it_is_sealed(one: Patient, visit: Visit) -> None:
    investigator = visit("investigator_01")
    record = path(one, "withheld/eosinophils/record")
    done(investigator.send(record, taken_on=str(one.day(15)), value=TELLING, upper="0.52"))
    (entry,) = one.world.rows(AuditEntry, act="withheld_labs.record")
    page = visit("auditor").get(one.world.entry_page(entry.seq)).text
    assert "sealed" in page
    assert TELLING not in page
