"""The snapshot holds every value of the tables, refers to what it defines, and tells who last made each form."""

import json
import xml.etree.ElementTree as ET
from collections import Counter
from fractions import Fraction
from functools import cache

import pytest
import xmlschema
from odmlib import schema_manager

from irt.lock.extract.cells import row_of
from irt.lock.opened import Opened
from irt.lock.package.odm import odm_xml
from irt.lock.package.odm.words import LOGS, plain
from tests.analysis.invented import changed
from tests.lock.package.packages import AT, VIEWS, trial

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def snapshot(opened: Opened) -> ET.Element:
    return ET.fromstring(odm_xml(opened, AT, "0.1.0"))


@cache
def of(view="final") -> ET.Element:
    return snapshot(trial(view))


@pytest.mark.parametrize("view", VIEWS)
def test_every_reference_leads_to_a_definition(view) -> None:
    root = of(view)
    for reference, kind in (
        ("ItemOID", "ItemDef"), ("ItemGroupOID", "ItemGroupDef"), ("FormOID", "FormDef"), ("UserOID", "User"),
        ("StudyEventOID", "StudyEventDef"), ("LocationOID", "Location"), ("CodeListOID", "CodeList"),
        ("MeasurementUnitOID", "MeasurementUnit"), ("SignatureOID", "SignatureDef"),
    ):  # fmt: skip
        defined = [one.attrib["OID"] for one in root.iter(f"{ODM}{kind}")]
        assert len(defined) == len(set(defined)) > 0
        assert {one.attrib[reference] for one in root.iter() if reference in one.attrib} <= set(defined)


def test_forms_are_where_the_study_file_has_them() -> None:
    """A form of a visit is one of those that the visit names; a value is one of those that its form has."""
    root = of()
    forms = {
        event.attrib["OID"]: {one.attrib["FormOID"] for one in event.iter(f"{ODM}FormRef")}
        for event in root.iter(f"{ODM}StudyEventDef")
    }
    items = {
        group.attrib["OID"]: {one.attrib["ItemOID"] for one in group.iter(f"{ODM}ItemRef")}
        for group in root.iter(f"{ODM}ItemGroupDef")
    }
    for event in root.iter(f"{ODM}StudyEventData"):
        held = {one.attrib["FormOID"] for one in event.iter(f"{ODM}FormData")}
        assert held <= forms[event.attrib["StudyEventOID"]]
    for group in root.iter(f"{ODM}ItemGroupData"):
        held = [one.attrib["ItemOID"] for one in group.iter(f"{ODM}ItemData")]
        assert len(held) == len(set(held))
        assert set(held) <= items[group.attrib["ItemGroupOID"]]


def test_every_value_of_the_tables_is_there_once() -> None:
    root, opened = of(), trial()
    found = Counter(
        (subject.attrib["SubjectKey"], item.attrib["ItemOID"], item.attrib["Value"])
        for subject in root.iter(f"{ODM}SubjectData")
        for item in subject.iter(f"{ODM}ItemData")
    )
    asked: Counter[tuple[str, str, str]] = Counter()
    for row in opened.tables["baseline"]:
        asked[row["participant"], f"I.baseline.{row['field']}", row["value"]] += 1
    for row in opened.tables["laboratory"]:
        value = f"<{row['value']}" if row["below"] == "Y" else row["value"]
        asked[row["participant"], f"I.{row['instrument']}.{row['field']}", value] += 1
    for row in opened.tables["assessments"]:
        if row["value"] and "/" not in row["value"]:
            asked[row["participant"], f"I.{row['instrument']}.{row['field']}", row["value"]] += 1
    for name in LOGS:
        for row in opened.tables[name]:
            for column, value in row.items():
                if value and column != "participant":
                    asked[row["participant"], f"I.{name}.{column}", plain(value)] += 1
    assert sum(asked.values()) > 50_000
    assert not asked - found
    assert {one.attrib["SubjectKey"] for one in root.iter(f"{ODM}SubjectData")} == {
        row["participant"] for row in opened.tables["participants"]
    }


def trail(rows):
    """Two entries that wrote one form, one of another participant, a refusal, and a body that is no JSON."""
    known = [row for row in trial().tables["assessments"] if row["instrument"] == "cdasi"]
    first, other = known[0], next(row for row in known if row["participant"] != known[0]["participant"])
    changes = {"changes": [["outcome_form", {"id": "f"}, None, {"visit": first["visit"], "instrument": "cdasi"}]]}
    made = rows[0] | {"participant": first["participant"], "site": "01", "act": "outcomes.rate", "reason": ""}
    told = [
        made | {"body": json.dumps(changes)},
        made | {"body": json.dumps(changes), "act": "outcomes.correct", "reason": "a slip & <more>\x0b"},
        made | {"body": json.dumps(changes), "kind": "refusal"},
        made | {"participant": other["participant"], "body": '{"outcome_form": broken'},
        made | {"body": "[]", "participant": ""},
    ]
    return [*rows, *(row | {"seq": str(10 + place), "account": f"u{place}"} for place, row in enumerate(told))]


def test_the_entry_that_last_made_a_form_stands_at_the_form() -> None:
    opened = changed(trial(), audit_trail=trail)
    root = snapshot(opened)
    schema = xmlschema.XMLSchema(schema_manager.get_schema_path("odm", "1.3.2"))
    assert [error.reason for error in schema.iter_errors(root)] == []
    (form,) = [one for one in root.iter(f"{ODM}FormData") if one.find(f"{ODM}AuditRecord") is not None]
    assert form.attrib["FormOID"] == "F.cdasi"
    assert form.findtext(f"{ODM}AuditRecord/{ODM}SourceID", "").startswith("outcomes.correct 11 ")
    assert form.findtext(f"{ODM}AuditRecord/{ODM}ReasonForChange") == "a slip & <more>\ufffd"
    kept = root.find(f"{ODM}ClinicalData/{ODM}AuditRecords")
    assert kept is not None
    assert [one.attrib["ID"] for one in kept] == ["AR.10", "AR.11", "AR.13"]


def test_lock_and_release_are_signed_in_it() -> None:
    root = of()
    signed = list(root.iter(f"{ODM}Signature"))
    assert len(signed) == len(trial().tables["signatures"]) == 7
    meanings = {one.findtext(f"{ODM}Meaning") for one in root.iter(f"{ODM}SignatureDef")}
    assert meanings == {row["meaning"] for row in trial().tables["signatures"]}


def test_a_fraction_is_written_as_a_decimal() -> None:
    def sevenths(rows):
        written = row_of("assessments", participant=rows[0]["participant"], value=Fraction(10, 7))
        return [rows[0] | {"instrument": "haq", "field": "total", "value": written["value"]}, *rows[1:]]

    root = snapshot(changed(trial(), assessments=sevenths))
    values = {one.attrib["Value"] for one in root.iter(f"{ODM}ItemData") if one.attrib["ItemOID"] == "I.haq.total"}
    assert "1.428571428571" in values
