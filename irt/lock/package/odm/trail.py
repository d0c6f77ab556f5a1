"""The audit trail as ODM tells it: every entry about a participant, and at each form the entry that last made it."""

import json
from collections.abc import Iterator

import odmlib.odm_1_3_2.model as o

from irt.lock.contents import Row
from irt.lock.opened import Opened
from irt.lock.package.odm.admin import meanings
from irt.lock.package.odm.words import place_oid, plain, user_oid

FORMS = ("outcome_form", "laboratory_result")  # the rows of the service that a form of this snapshot is made of
Made = dict[tuple[str, str, str], Row]


def audit_record(row: Row, *, named: bool) -> o.AuditRecord:
    """One entry; `named`: with an ID, which stands once in a document."""
    made = o.AuditRecord(**({"ID": f"AR.{row['seq']}"} if named else {}))
    made.UserRef = o.UserRef(UserOID=user_oid(row["account"]))
    made.LocationRef = o.LocationRef(LocationOID=place_oid(row["site"]))
    made.DateTimeStamp = o.DateTimeStamp(_content=row["recorded_at_utc"] or row["at_utc"])
    if row["reason"]:
        made.ReasonForChange = o.ReasonForChange(_content=plain(row["reason"]))
    made.SourceID = o.SourceID(_content=f"{row['act']} {row['seq']} {row['hash']}".strip())
    return made


def audit_records(opened: Opened) -> o.AuditRecords:
    """Every act about a participant, in the order of the trail."""
    made = o.AuditRecords()
    known = {row["participant"] for row in opened.tables["participants"]}
    for row in opened.tables["audit_trail"]:
        if row["kind"] == "act" and row["participant"] in known and (row["recorded_at_utc"] or row["at_utc"]):
            made.AuditRecord.append(audit_record(row, named=True))
    return made


def last_made(opened: Opened) -> Made:
    """Of each participant, visit and instrument the entry that last wrote it; nothing where the trail does not say."""
    found: Made = {}
    for row in opened.tables["audit_trail"]:
        if row["kind"] == "act" and row["participant"]:
            for visit, instrument in _forms(row["body"]):
                found[row["participant"], visit, instrument] = row
    return found


def _forms(body: str) -> Iterator[tuple[str, str]]:
    if not any(name in body for name in FORMS):  # most entries: spare the reading
        return
    try:
        changes = json.loads(body).get("changes", [])
    except (ValueError, AttributeError):
        return
    for change in changes:
        if isinstance(change, list) and len(change) == 4 and change[0] in FORMS and isinstance(change[3], dict):
            row = change[3]
            if "visit" in row and "instrument" in row:
                yield str(row["visit"]), str(row["instrument"])


def signatures(opened: Opened) -> o.Signatures:
    """The signatures of lock and release."""
    made, of = [], meanings(opened)
    for number, row in enumerate(opened.tables["signatures"], 1):
        one = o.Signature(ID=f"SG.{number}")
        one.UserRef = o.UserRef(UserOID=user_oid(row["account"]))
        one.LocationRef = o.LocationRef(LocationOID=place_oid(""))
        one.SignatureRef = o.SignatureRef(SignatureOID=f"SD.{of.index(row['meaning']) + 1}")
        one.DateTimeStamp = o.DateTimeStamp(_content=row["signed_at_utc"])
        made.append(one)
    return o.Signatures(Signature=made)
