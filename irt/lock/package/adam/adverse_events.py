"""ADAE: each adverse event with treatment, population and whether it is treatment-emergent."""

from irt.lock.contents import Row
from irt.lock.package.adam.responses import taken_over
from irt.lock.package.adam.subject_level import CORE, flags_and_arms, record
from irt.lock.package.dataset import YES, YES_NO, Dataset, Shape, variables, whole
from irt.lock.package.sdtm.events import ACTIONS, OUTCOMES, coded_term
from irt.lock.package.subjects import Subjects
from irt.safety.facts import RELATED

OWN = """
    TRTP     | text    | Predecessor | Planned Treatment                   | ADSL.TRT01P
    TRTA     | text    | Predecessor | Actual Treatment                    | ADSL.TRT01A
    TRTAN    | integer | Predecessor | Actual Treatment (N)                | ADSL.TRT01AN
    AESPID   | text    | Predecessor | Sponsor-Defined Identifier          | AE.AESPID
    AETERM   | text    | Predecessor | Reported Term for the Adverse Event | AE.AETERM
    AEDECOD  | text    | Predecessor | Dictionary-Derived Term             | AE.AEDECOD
    AEBODSYS | text    | Predecessor | Body System or Organ Class          | AE.AEBODSYS
    ASTDT    | date    | Derived     | Analysis Start Date                 | AE.AESTDTC
    AENDT    | date    | Derived     | Analysis End Date                   | AE.AEENDTC
    ASTDY    | integer | Derived     | Analysis Start Relative Day         | Days from ADSL.TRTSDT, else from ADSL.RANDDT; no day 0
    AENDY    | integer | Derived     | Analysis End Relative Day           | Days from ADSL.TRTSDT, else from ADSL.RANDDT; no day 0
    TRTEMFL  | text    | Derived     | Treatment Emergent Analysis Flag    | adverse_events.emergent: from the first dose to safety.emergent_days_after_last_dose
    AESER    | text    | Predecessor | Serious Event                       | AE.AESER
    AEACN    | text    | Predecessor | Action Taken with Study Treatment   | AE.AEACN
    AEREL    | text    | Predecessor | Causality                           | AE.AEREL
    AREL     | text    | Derived     | Analysis Causality                  | RELATED where the investigator or the sponsor says possible, probable or definite
    AEOUT    | text    | Predecessor | Outcome of Adverse Event            | AE.AEOUT
    ATOXGR   | text    | Derived     | Analysis Toxicity Grade             | AE.AETOXGR
    ATOXGRN  | integer | Derived     | Analysis Toxicity Grade (N)         | AE.AETOXGR as a number
    AESIFL   | text    | Derived     | Special Interest Flag               | adverse_events.special_interest
    AOCCPFL  | text    | Derived     | 1st Occurrence of Preferred Term Flag | Y for the first treatment-emergent event of a term within the subject
    LDOSEDT  | date    | Derived     | Date of Last Dose before Onset      | adverse_events.last_dose_on
"""  # noqa: E501


def adverse_events(subjects: Subjects) -> Dataset:
    """ADAE, by participant and event."""
    codes = {
        **flags_and_arms(subjects), "AESIFL": YES_NO, "AOCCPFL": YES,
        "AREL": (("NOT RELATED", "Not related"), ("RELATED", "Related")),
        "ATOXGR": tuple((str(one), f"Grade {one} (CTCAE)") for one in range(1, 6)),
    }  # fmt: skip
    shape = Shape(
        "ADAE", "Adverse Event Analysis Dataset", "ADaM", "OCCURRENCE DATA STRUCTURE",
        "One record per adverse event per subject", taken_over(variables(OWN, codes)), key="STUDYID USUBJID AESPID",
    )  # fmt: skip
    records = [
        made for participant, person in subjects.people.items() for made in _records(subjects, participant, person)
    ]
    return shape.filled(records, subjects.prefix)


def _records(subjects: Subjects, participant: str, person: Row) -> list[dict[str, str | int | float | None]]:
    rows = subjects.rows("adverse_events", participant)
    emergent = [row for row in rows if row["emergent"] == "Y"]
    first: dict[str, str] = {}
    for row in sorted(emergent, key=lambda one: (one["onset_on"], int(one["event"]))):
        first.setdefault(coded_term(subjects, row), row["event"])
    made = (_record(subjects, person, row) for row in rows)
    firsts = set(first.values())
    return [one | {"AOCCPFL": "Y" if one["AESPID"] in firsts else ""} for one in made]


def _record(subjects: Subjects, person: Row, row: Row) -> dict[str, str | int | float | None]:
    level, participant = record(subjects, person), row["participant"]
    related = row["causality_drug"] in RELATED or row["sponsor_causality"] in RELATED
    return {
        **{name: level[name] for name in CORE},
        "TRTP": level["TRT01P"],
        "TRTA": level["TRT01A"],
        "TRTAN": level["TRT01AN"],
        "AESPID": row["event"],
        "AETERM": row["verbatim"],
        "AEDECOD": coded_term(subjects, row),
        "AEBODSYS": row["soc"],
        "ASTDT": row["onset_on"],
        "AENDT": row["ended_on"],
        "ASTDY": subjects.day(participant, row["onset_on"]),
        "AENDY": subjects.day(participant, row["ended_on"]),
        "TRTEMFL": row["emergent"] or "N",
        "AESER": row["serious"],
        "AEACN": ACTIONS.get(row["action"], ""),
        "AEREL": row["causality_drug"].upper(),
        "AREL": "RELATED" if related else "NOT RELATED",
        "AEOUT": OUTCOMES.get(row["outcome"], ""),
        "ATOXGR": row["grade"],
        "ATOXGRN": whole(row["grade"]),
        "AESIFL": row["special_interest"],
        "LDOSEDT": row["last_dose_on"],
    }
