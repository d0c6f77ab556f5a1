"""EX, one record for each dose taken, by the kit it was taken from; DA, what was given out and came back."""

from collections.abc import Iterator

from irt.dispensing.adherence import GIVEN
from irt.lock.contents import Row
from irt.lock.package.dataset import Dataset, Record, Shape, tabulated, whole
from irt.lock.package.subjects import Subjects

EX = """
    EXREFID  | text     | Collected | Reference ID
    EXTRT    | text     | Derived   | Name of Treatment             | Content of the kit that the dose was taken from
    EXDOSE   | float    | Derived   | Dose                          | Dose of the protocol for the active arm, 0 for the control; empty for a partial dose, and while arms are letters
    EXDOSU   | text     | Protocol  | Dose Units
    EXDOSFRM | text     | Protocol  | Dose Form
    EXDOSFRQ | text     | Assigned  | Dosing Frequency per Interval
    EXROUTE  | text     | Protocol  | Route of Administration
    EXADJ    | text     | Collected | Reason for Dose Adjustment
    EPOCH    | text     | Derived   | Epoch                         | By the first and last dose
    EXSTDTC  | datetime | Collected | Start Date/Time of Treatment
    EXENDTC  | datetime | Collected | End Date/Time of Treatment
    EXSTDY   | integer  | Derived   | Study Day of Start of Treatment | Days from RFSTDTC; day 1 is RFSTDTC
    EXENDY   | integer  | Derived   | Study Day of End of Treatment   | Days from RFSTDTC; day 1 is RFSTDTC
"""  # noqa: E501
DA = """
    DAREFID  | text     | Assigned  | Reference ID
    DATESTCD | text     | Assigned  | Accountability Assessment Short Name
    DATEST   | text     | Assigned  | Accountability Assessment Name
    DACAT    | text     | Assigned  | Category
    DAORRES  | text     | Collected | Assessment Result in Original Units
    DAORRESU | text     | Assigned  | Original Units
    DASTRESC | text     | Derived   | Assessment Result in Std Format    | As DAORRES
    DASTRESN | float    | Derived   | Numeric Result in Standard Units   | As DAORRES
    DASTRESU | text     | Assigned  | Standard Units
    VISITNUM | float    | Assigned  | Visit Number
    VISIT    | text     | Protocol  | Visit Name
    EPOCH    | text     | Derived   | Epoch                         | By the first and last dose
    DADTC    | datetime | Collected | Date/Time of Accountability
    DADY     | integer  | Derived   | Study Day of Accountability   | Days from RFSTDTC; day 1 is RFSTDTC
"""
# CDISC has the first two; the others are ours, its list being extensible.
COUNTS = (
    ("vials", "DISPAMT", "Dispensed Amount"), ("unused", "RETAMT", "Returned Amount"),
    ("used", "USEDRET", "Returned Used"), ("broken", "BROKEN", "Broken"), ("lost", "LOST", "Lost"),
    ("unaccounted", "UNACC", "Unaccounted For"),
)  # fmt: skip
UNIT = "VIAL"


def exposure(subjects: Subjects) -> Dataset:
    """EX, by participant and day."""
    shape = Shape(
        "EX", "Exposure", "SDTM", "INTERVENTIONS", "One record per administration per subject", tabulated("EX", EX),
        key="STUDYID USUBJID EXSTDTC EXSEQ", numbered="EXSEQ",
    )  # fmt: skip
    types = {row["kit"]: row["kit_type"] for row in subjects.opened.tables["kits"]}
    records = (
        _dose(subjects, participant, row, types.get(row["kit"], ""))
        for participant in subjects.people
        for row in sorted(subjects.rows("doses", participant), key=lambda one: (one["taken_on"], one["kind"]))
        if row["outcome"] in GIVEN
    )
    return shape.filled(records, subjects.prefix)


def _dose(subjects: Subjects, participant: str, row: Row, kit_type: str) -> Record:
    dosing = subjects.opened.study.dosing
    arm = next((one for one in subjects.arms if _type_of(subjects, one) == kit_type), "")
    known = arm and subjects.opened.view != "letters" and row["outcome"] == "taken"
    form = subjects.opened.study.label.form.en
    return {
        **subjects.head(participant, "EX"),
        "EXREFID": row["kit"],
        "EXTRT": subjects.arm_name(arm).upper() or "NOT KNOWN",
        "EXDOSE": (0.0 if arm == subjects.opened.control else float(dosing.dose)) if known else None,
        "EXDOSU": dosing.unit,
        "EXDOSFRM": form.upper() if form.isascii() else "",
        "EXDOSFRQ": "ONCE",
        "EXROUTE": dosing.route.en.upper(),
        "EXADJ": f"PARTIAL DOSE {row['reason']}".strip().upper() if row["outcome"] == "partial" else "",
        "EPOCH": "TREATMENT",
        "EXSTDTC": row["taken_on"],
        "EXENDTC": row["taken_on"],
        "EXSTDY": subjects.day(participant, row["taken_on"]),
        "EXENDY": subjects.day(participant, row["taken_on"]),
    }


def _type_of(subjects: Subjects, arm: str) -> str:
    """The type of an arm's kits; of a letter, kits are called by it too."""
    return next((one.kit_type for one in subjects.opened.study.arms if one.id == arm), arm)


def accountability(subjects: Subjects) -> Dataset:
    """DA, by participant, kit and count."""
    tests = tuple((code, name) for _, code, name in COUNTS)
    shape = Shape(
        "DA", "Product Accountability", "SDTM", "FINDINGS", "One record per kit and count per subject",
        tabulated("DA", DA, {"DATESTCD": tests}), key="STUDYID USUBJID DAREFID DATESTCD", numbered="DASEQ",
        optional=frozenset({"VISITNUM", "VISIT"}),
    )  # fmt: skip
    records = (record for participant in subjects.people for record in _counts(subjects, participant))
    return shape.filled(records, subjects.prefix)


def _counts(subjects: Subjects, participant: str) -> Iterator[Record]:
    given = {row["kit"]: row for row in subjects.rows("dispensing", participant)}
    for row in subjects.rows("accountability", participant):
        handed = given.get(row["kit"])
        for column, code, name in COUNTS:
            out = code == "DISPAMT"
            on = (handed["given_on"] if handed else "") if out else row["returned_on"]
            if not row[column] or not on:
                continue
            visit = subjects.visit(handed["visit"]) if out and handed else {}
            yield {
                **subjects.head(participant, "DA"),
                "DAREFID": row["kit"],
                "DATESTCD": code,
                "DATEST": name,
                "DACAT": "STUDY MEDICATION",
                "DAORRES": row[column],
                "DAORRESU": UNIT,
                "DASTRESC": row[column],
                "DASTRESN": whole(row[column]),
                "DASTRESU": UNIT,
                "VISITNUM": visit.get("VISITNUM"),
                "VISIT": visit.get("VISIT"),
                "EPOCH": subjects.epoch(participant, on),
                "DADTC": on,
                "DADY": subjects.day(participant, on),
            }
