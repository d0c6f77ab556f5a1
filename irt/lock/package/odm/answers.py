"""What was answered: each participant's values by event and form, then the logs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import odmlib.odm_1_3_2.model as o

from irt.lock.contents import Row
from irt.lock.opened import Opened
from irt.lock.package.odm.questions import columns_of
from irt.lock.package.odm.trail import Made, audit_record, audit_records, last_made, signatures
from irt.lock.package.odm.words import ASSESSED, LOG, LOGS, SCREENING, STATE, VERSION, place_oid, plain, study_oid
from irt.lock.package.subjects import Subjects


def clinical_data(opened: Opened) -> o.ClinicalData:
    """Every participant, then audit records and signatures."""
    made = o.ClinicalData(StudyOID=study_oid(opened.study), MetaDataVersionOID=VERSION)
    subjects, trail = Subjects(opened), last_made(opened)
    for participant, row in subjects.people.items():
        subject = o.SubjectData(SubjectKey=participant)
        subject.SiteRef = o.SiteRef(LocationOID=place_oid(row["site"]))
        subject.StudyEventData.append(_screening(subjects, participant))
        subject.StudyEventData.extend(_visits(subjects, participant, trail))
        subject.StudyEventData.append(_log(subjects, participant))
        made.SubjectData.append(subject)
    made.AuditRecords.append(audit_records(opened))
    made.Signatures.append(signatures(opened))
    return made


def _screening(subjects: Subjects, participant: str) -> o.StudyEventData:
    event = o.StudyEventData(StudyEventOID=SCREENING)
    values = [(f"I.baseline.{row['field']}", row["value"]) for row in subjects.rows("baseline", participant)]
    event.FormData.append(_form("baseline", [values], repeating=False))
    return event


def _visits(subjects: Subjects, participant: str, trail: Made) -> list[o.StudyEventData]:
    """The forms of each visit, in the order of the study file."""
    forms: defaultdict[str, defaultdict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for table in ("assessments", "laboratory"):
        for row in subjects.rows(table, participant):
            forms[row["visit"]][row["instrument"]].append(row)
    found = []
    for visit in sorted(forms, key=lambda one: (subjects.visit(one)["VISITNUM"], one)):
        stem, _, again = visit.partition(".")
        event = o.StudyEventData(StudyEventOID=f"SE.{stem}", **({"StudyEventRepeatKey": again} if again else {}))
        for instrument, rows in forms[visit].items():
            form = _form(instrument, [_values(instrument, rows)], repeating=False)
            if (entry := trail.get((participant, visit, instrument))) is not None:
                form.AuditRecord = audit_record(entry, named=False)
            event.FormData.append(form)
        found.append(event)
    return found


def _values(instrument: str, rows: Iterable[Row]) -> list[tuple[str, str]]:
    held = list(rows)
    first = held[0]
    day = first.get("assessed_on") or first.get("collected_on", "")
    values = [(f"I.{instrument}.{ASSESSED}", day), (f"I.{instrument}.{STATE}", first["state"])]
    return values + [(f"I.{instrument}.{row['field']}", _written(row)) for row in held if row["field"]]


def _written(row: Mapping[str, str]) -> str:
    """A value as its item takes it: below the limit with its sign."""
    return f"<{row['value']}" if row.get("below") == "Y" else row["value"]


def _log(subjects: Subjects, participant: str) -> o.StudyEventData:
    event = o.StudyEventData(StudyEventOID=LOG)
    for name in LOGS:
        rows = subjects.rows(name, participant)
        if rows:
            columns = columns_of(name)
            values = [[(f"I.{name}.{one.name}", row[one.name]) for one in columns] for row in rows]
            event.FormData.append(_form(name, values, repeating=True))
    return event


def _form(name: str, groups: Iterable[Iterable[tuple[str, str]]], *, repeating: bool) -> o.FormData:
    """A form with its groups; what is empty is not there."""
    form = o.FormData(FormOID=f"F.{name}")
    for place, values in enumerate(groups, 1):
        told = {"ItemGroupRepeatKey": str(place)} if repeating else {}
        group = o.ItemGroupData(ItemGroupOID=f"G.{name}", **told)
        for item, value in values:
            if value:
                group.ItemData.append(o.ItemData(ItemOID=item, Value=plain(value)))
        form.ItemGroupData.append(group)
    return form
