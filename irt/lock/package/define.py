"""define.xml (Define-XML 2.1): what every dataset and variable of one folder is, for programs and reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import odmlib.define_2_1.model as d

from irt.lock.package.dataset import Codes, Dataset, Value, Variable
from irt.lock.package.xpt import LONGEST_TEXT, length_of

STANDARDS = {"SDTM": ("SDTMIG", "3.4"), "ADaM": ("ADaMIG", "1.3")}
SOURCES = {"Collected": "Investigator", "Derived": "Sponsor", "Assigned": "Sponsor", "Protocol": "Sponsor"}
TYPES = {"text": "text", "integer": "integer", "float": "float", "date": "integer", "datetime": "date"}
_SIGNIFICANT = 12  # digits after the point that a number may have
CUT, OURS = "COM.CUT", "COM.OURS"
_NAMESPACES = (
    'xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)


@dataclass(frozen=True)
class About:
    """Which study and package a define.xml is of; `said` stands first in the study's description."""

    study: str
    registration: str
    title: str
    said: str
    software: str
    made_at: datetime


def define_xml(datasets: Sequence[Dataset], about: About, files: dict[str, str]) -> bytes:
    """The define.xml of the datasets of one standard; `files`: the transport file of each, beside it."""
    standard = datasets[0].standard
    root = d.ODM(
        FileOID=f"{about.study}.{standard}.define",
        FileType="Snapshot",
        CreationDateTime=about.made_at.isoformat(),
        ODMVersion="1.3.2",
        Originator=about.study,
        SourceSystem="irt",
        SourceSystemVersion=about.software,
        Context="Other",
    )
    root.Study = d.Study(OID=f"ST.{about.study}")
    root.Study.GlobalVariables = d.GlobalVariables(
        StudyName=d.StudyName(_content=about.study),
        StudyDescription=d.StudyDescription(_content=f"{about.said} {about.title}".strip()),
        ProtocolName=d.ProtocolName(_content=about.registration),
    )
    root.Study.MetaDataVersion = _metadata(datasets, about, standard, files)
    return xml_bytes(root, _NAMESPACES)


def xml_bytes(root: Any, namespaces: str) -> bytes:
    """An element of odmlib as a document; the prefixes are declared once, at its root."""
    text: str = root.to_xml_string()
    head, rest = text.split(">", 1)
    for declared in namespaces.split():
        if declared not in head:
            head += f" {declared}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{rest}\n'.encode()


def _metadata(datasets: Sequence[Dataset], about: About, standard: str, files: dict[str, str]) -> d.MetaDataVersion:
    name, version = STANDARDS[standard]
    made = d.MetaDataVersion(
        OID=f"MDV.{about.study}.{standard}",
        Name=f"{about.study} {standard}",
        Description=f"{about.said} Data definitions of the {standard} datasets of {about.study}".strip(),
        DefineVersion="2.1.0",
    )
    made.Standards = d.Standards()
    made.Standards.Standard.append(d.Standard(OID="STD.1", Name=name, Type="IG", Version=version, Status="Final"))
    for dataset in datasets:
        made.ItemGroupDef.append(_group(dataset, files[dataset.name]))
        columns = [list(values) for values in zip(*dataset.rows, strict=True)]
        for variable, values in zip(dataset.variables, columns, strict=True):
            made.ItemDef.append(_item(dataset.name, variable, values))
            if variable.codes:
                made.CodeList.append(_codes(dataset.name, variable, values))
            if variable.origin == "Derived":
                made.MethodDef.append(_method(dataset.name, variable))
    made.CommentDef.append(
        _comment(
            CUT,
            "Texts of more than 200 bytes of UTF-8 are cut between characters in the transport file; whole in the "
            "Dataset-JSON file. Texts are in the language in which they were recorded, Chinese among them.",
        )
    )
    made.CommentDef.append(
        _comment(OURS, "Terms were chosen by knowledge of CDISC terminology, not checked against a release of it.")
    )
    return made


def _group(dataset: Dataset, file: str) -> d.ItemGroupDef:
    leaf = f"LF.{dataset.name}"
    group = d.ItemGroupDef(
        OID=f"IG.{dataset.name}",
        Name=dataset.name,
        Repeating="No" if dataset.name in ("DM", "ADSL") else "Yes",
        IsReferenceData="No",
        SASDatasetName=dataset.name,
        Purpose="Tabulation" if dataset.standard == "SDTM" else "Analysis",
        Structure=dataset.structure,
        ArchiveLocationID=leaf,
        StandardOID="STD.1",
        **({"Domain": dataset.name} if dataset.standard == "SDTM" else {}),
    )
    group.Description = _description(dataset.label)
    for place, variable in enumerate(dataset.variables, 1):
        told: dict[str, Any] = {"KeySequence": variable.key} if variable.key else {}
        told |= {"MethodOID": f"MT.{dataset.name}.{variable.name}"} if variable.origin == "Derived" else {}
        told |= {"HasNoData": "Yes"} if _empty(dataset.column(variable.name)) else {}
        mandatory: Literal["Yes", "No"] = "Yes" if variable.key or variable.name == "DOMAIN" else "No"
        item = f"IT.{dataset.name}.{variable.name}"
        group.ItemRef.append(d.ItemRef(ItemOID=item, OrderNumber=place, Mandatory=mandatory, **told))
    group.Class = d.Class(Name=dataset.of_class)
    group.leaf = d.leaf(ID=leaf, href=file, title=d.title(_content=file))
    return group


def _item(dataset: str, variable: Variable, values: list[Value]) -> d.ItemDef:
    told: dict[str, Any] = {} if variable.type == "datetime" else {"Length": length_of(variable, values)}
    told |= {"SignificantDigits": _SIGNIFICANT} if variable.type == "float" else {}
    told |= {"DisplayFormat": "DATE9."} if variable.type == "date" else {}
    kind = TYPES[variable.type]
    if variable.type == "datetime" and any(len(str(one)) < len("2026-01-01") for one in values if one):
        kind = "partialDate"
    if any(len(str(one or "").encode()) > LONGEST_TEXT for one in values) and variable.type == "text":
        told |= {"CommentOID": CUT}
    elif variable.codes:
        told |= {"CommentOID": OURS}
    item = d.ItemDef(
        OID=f"IT.{dataset}.{variable.name}",
        Name=variable.name,
        DataType=kind,
        SASFieldName=variable.name,
        **told,
    )
    item.Description = _description(variable.label)
    if variable.codes:
        item.CodeListRef = d.CodeListRef(CodeListOID=f"CL.{dataset}.{variable.name}")
    item.Origin.append(_origin(variable, values))
    return item


def _origin(variable: Variable, values: list[Value]) -> d.Origin:
    if _empty(values):
        return d.Origin(Type="Not Available")
    if variable.origin == "Predecessor":
        origin = d.Origin(Type="Predecessor")
        origin.Description = _description(variable.said)
        return origin
    return d.Origin(Type=variable.origin, Source=SOURCES[variable.origin])


def _codes(dataset: str, variable: Variable, values: list[Value]) -> d.CodeList:
    """The codes of a variable; what its values hold beside them is listed too, for a list never lies."""
    kind = "integer" if variable.type == "integer" else "text"
    made = d.CodeList(
        OID=f"CL.{dataset}.{variable.name}", Name=f"{dataset}.{variable.name}", DataType=kind, IsNonStandard="Yes"
    )
    for place, (code, meaning) in enumerate(with_values(variable.codes, values), 1):
        item = d.CodeListItem(CodedValue=code, OrderNumber=place)
        item.Decode = d.Decode()
        item.Decode.TranslatedText.append(d.TranslatedText(_content=meaning, lang="en"))
        made.CodeListItem.append(item)
    return made


def with_values(codes: Codes, values: list[Value]) -> Codes:
    """The codes, and what the values hold beside them as it is."""
    known = {code for code, _ in codes}
    more = sorted({str(one) for one in values if one not in (None, "")} - known)
    return (*codes, *((one, one) for one in more))


def _method(dataset: str, variable: Variable) -> d.MethodDef:
    name = f"{dataset}.{variable.name}"
    made = d.MethodDef(OID=f"MT.{name}", Name=f"Derivation of {name}", Type="Computation")
    made.Description = _description(variable.said or variable.label)
    return made


def _comment(oid: str, text: str) -> d.CommentDef:
    made = d.CommentDef(OID=oid)
    made.Description = _description(text)
    return made


def _description(text: str) -> d.Description:
    made = d.Description()
    made.TranslatedText.append(d.TranslatedText(_content=text, lang="en"))
    return made


def _empty(values: list[Value]) -> bool:
    return all(one in (None, "") for one in values)
