"""define.xml and odm.xml are valid against the schemas that odmlib carries, and every reference in them leads on."""

import json
import xml.etree.ElementTree as ET
from functools import cache

import pytest
import xmlschema
from odmlib import schema_manager

from irt.lock.package.manifest import named
from tests.lock.package.packages import LONG, VIEWS, files_of, package, trial

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"
XLINK = "{http://www.w3.org/1999/xlink}"
WHICH = [(name, standard) for name, standard in (
    ("sdtm/define.xml", ("define", "2.1")), ("adam/define.xml", ("define", "2.1")), ("odm/odm.xml", ("odm", "1.3.2")),
)]  # fmt: skip
Standard = tuple[str, str]


@cache
def schema(standard: Standard) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(schema_manager.get_schema_path(*standard))


def text_of(name: str, view="final") -> str:
    return files_of(package(view))[named(name, view)].decode()


@cache
def root_of(name: str, view="final") -> ET.Element:
    return ET.fromstring(text_of(name, view))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("name", "standard"), WHICH)
def test_it_is_valid(name: str, standard: Standard, view) -> None:
    assert [error.reason for error in schema(standard).iter_errors(root_of(name, view))] == []


@pytest.mark.parametrize(("name", "standard"), WHICH)
def test_without_an_attribute_that_is_asked_for_it_is_refused(name: str, standard: Standard) -> None:
    broken, asked_for = ET.fromstring(text_of(name)), ("ItemOID", "OID", "FileOID", "Name")
    for attribute in asked_for:
        element = next(one for one in broken.iter() if attribute in one.attrib)
        del element.attrib[attribute]
    reasons = " ".join(error.reason or "" for error in schema(standard).iter_errors(broken))
    assert [attribute for attribute in asked_for if f"missing required attribute '{attribute}'" not in reasons] == []


@pytest.mark.parametrize("name", ["sdtm/define.xml", "adam/define.xml"])
def test_every_reference_of_a_define_leads_to_a_definition_and_each_is_used(name: str) -> None:
    root = root_of(name)
    for kind, reference in (("ItemDef", "ItemOID"), ("CodeList", "CodeListOID"), ("MethodDef", "MethodOID")):
        defined = [one.attrib["OID"] for one in root.iter(f"{ODM}{kind}")]
        referred = [one.attrib[reference] for one in root.iter() if reference in one.attrib]
        assert len(defined) == len(set(defined)) > 0
        assert set(defined) == set(referred)
    comments = {one.attrib["OID"] for one in root.iter(f"{DEF}CommentDef")}
    assert {one.attrib[f"{DEF}CommentOID"] for one in root.iter() if f"{DEF}CommentOID" in one.attrib} <= comments
    leaves = {one.attrib["ID"] for one in root.iter(f"{DEF}leaf")}
    assert {one.attrib[f"{DEF}ArchiveLocationID"] for one in root.iter(f"{ODM}ItemGroupDef")} == leaves


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("folder", ["sdtm", "adam"])
def test_a_define_describes_the_files_beside_it(folder: str, view) -> None:
    files, root = files_of(package(view)), root_of(f"{folder}/define.xml", view)
    items = {one.attrib["OID"]: one for one in root.iter(f"{ODM}ItemDef")}
    hrefs = [one.attrib[f"{XLINK}href"] for one in root.iter(f"{DEF}leaf")]
    assert {f"{folder}/{one}" for one in hrefs} == {
        one for one in files if one.startswith(f"{folder}/") and one.endswith(".xpt")
    }
    for group, href in zip(root.iter(f"{ODM}ItemGroupDef"), hrefs, strict=True):
        document = json.loads(files[f"{folder}/{href.replace('.xpt', '.json')}"])
        named_there = [items[one.attrib["ItemOID"]].attrib["Name"] for one in group.iter(f"{ODM}ItemRef")]
        assert named_there == [one["name"] for one in document["columns"]]
        for ref, values in zip(group.iter(f"{ODM}ItemRef"), zip(*document["rows"], strict=True), strict=True):
            empty = all(one in (None, "") for one in values)
            assert ref.attrib.get(f"{DEF}HasNoData") == ("Yes" if empty else None)


@pytest.mark.parametrize("name", ["sdtm/define.xml", "adam/define.xml"])
def test_the_values_of_a_coded_variable_are_in_its_code_list(name: str) -> None:
    root, folder = root_of(name), name.partition("/")[0]
    lists = {
        one.attrib["OID"]: {item.attrib["CodedValue"] for item in one.iter(f"{ODM}CodeListItem")}
        for one in root.iter(f"{ODM}CodeList")
    }
    checked = 0
    for item in root.iter(f"{ODM}ItemDef"):
        reference = item.find(f"{ODM}CodeListRef")
        if reference is None:
            continue
        _, dataset, variable = item.attrib["OID"].split(".")
        document = json.loads(files_of(package())[f"{folder}/{dataset.lower()}.json"])
        place = [one["name"] for one in document["columns"]].index(variable)
        values = {str(row[place]) for row in document["rows"]} - {"", "None"}
        assert values <= lists[reference.attrib["CodeListOID"]]
        checked += len(values)
    assert checked > 50


def test_what_is_cut_in_the_transport_file_is_said_to_be() -> None:
    items = {one.attrib["OID"]: one for one in root_of("sdtm/define.xml").iter(f"{ODM}ItemDef")}
    assert items["IT.AE.AETERM"].attrib[f"{DEF}CommentOID"] == "COM.CUT"
    assert items["IT.AE.AETERM"].attrib["Length"] == str(len(LONG[:66].encode()))


def test_a_rehearsal_says_so_in_its_descriptions() -> None:
    for name, _ in WHICH:
        description = root_of(name, "rehearsal").find(f".//{ODM}StudyDescription")
        assert description is not None
        assert (description.text or "").startswith("REHEARSAL")
    for group in root_of("sdtm/define.xml", "rehearsal").iter(f"{ODM}ItemGroupDef"):
        label = group.find(f"{ODM}Description/{ODM}TranslatedText")
        assert label is not None
        assert (label.text or "").startswith("REHEARSAL")
    assert trial("rehearsal").view == "rehearsal"
