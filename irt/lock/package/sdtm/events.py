"""DS, how participants entered, were randomized and ended; AE, what harm they came to."""

from collections.abc import Iterator
from typing import get_args

from irt.lock.contents import Row
from irt.lock.package.dataset import YES_NO, Dataset, Record, Shape, tabulated
from irt.lock.package.subjects import Subjects
from irt.safety.facts import Causality

DS = """
    DSTERM   | text     | Collected | Reported Term for the Disposition Event
    DSDECOD  | text     | Assigned  | Standardized Disposition Term
    DSCAT    | text     | Assigned  | Category for Disposition Event
    DSSCAT   | text     | Assigned  | Subcategory for Disposition Event
    EPOCH    | text     | Derived   | Epoch                         | By the first and last dose
    DSSTDTC  | datetime | Collected | Start Date/Time of Disposition Event
    DSSTDY   | integer  | Derived   | Study Day of Start of Disposition Event | Days from RFSTDTC; day 1 is RFSTDTC
"""
STOPS = {
    "adverse_event": "ADVERSE EVENT", "lack_of_efficacy": "LACK OF EFFICACY",
    "participant_wish": "WITHDRAWAL BY SUBJECT", "pregnancy": "PREGNANCY",
    "protocol_deviation": "PROTOCOL DEVIATION",
}  # fmt: skip
MILESTONE, ENDING, OTHER = "PROTOCOL MILESTONE", "DISPOSITION EVENT", "OTHER EVENT"
TREATMENT, PARTICIPATION = "STUDY TREATMENT", "STUDY PARTICIPATION"
AE = """
    AESPID   | text     | Collected | Sponsor-Defined Identifier
    AETERM   | text     | Collected | Reported Term for the Adverse Event
    AELLT    | text     | Assigned  | Lowest Level Term
    AEDECOD  | text     | Assigned  | Dictionary-Derived Term
    AEBODSYS | text     | Assigned  | Body System or Organ Class
    AESOC    | text     | Assigned  | Primary System Organ Class
    AESER    | text     | Collected | Serious Event
    AEACN    | text     | Collected | Action Taken with Study Treatment
    AEREL    | text     | Collected | Causality
    AERELNST | text     | Collected | Relationship to Non-Study Treatment
    AEOUT    | text     | Collected | Outcome of Adverse Event
    AESCONG  | text     | Collected | Congenital Anomaly or Birth Defect
    AESDISAB | text     | Collected | Persist or Signif Disability/Incapacity
    AESDTH   | text     | Collected | Results in Death
    AESHOSP  | text     | Collected | Requires or Prolongs Hospitalization
    AESLIFE  | text     | Collected | Is Life Threatening
    AESMIE   | text     | Collected | Other Medically Important Serious Event
    AETOXGR  | text     | Collected | Standard Toxicity Grade
    EPOCH    | text     | Derived   | Epoch                         | By the first and last dose
    AESTDTC  | datetime | Collected | Start Date/Time of Adverse Event
    AEENDTC  | datetime | Collected | End Date/Time of Adverse Event
    AESTDY   | integer  | Derived   | Study Day of Start of Adverse Event | Days from RFSTDTC; day 1 is RFSTDTC
    AEENDY   | integer  | Derived   | Study Day of End of Adverse Event   | Days from RFSTDTC; day 1 is RFSTDTC
"""
ACTIONS = {
    "none": "DOSE NOT CHANGED", "held": "DRUG INTERRUPTED", "withdrawn": "DRUG WITHDRAWN",
    "not_applicable": "NOT APPLICABLE",
}  # fmt: skip
OUTCOMES = {
    "recovered": "RECOVERED/RESOLVED", "recovering": "RECOVERING/RESOLVING",
    "not_recovered": "NOT RECOVERED/NOT RESOLVED", "sequelae": "RECOVERED/RESOLVED WITH SEQUELAE",
    "fatal": "FATAL", "unknown": "UNKNOWN",
}  # fmt: skip
SERIOUS = {
    "congenital_anomaly": "AESCONG", "disability": "AESDISAB", "death": "AESDTH", "hospitalisation": "AESHOSP",
    "life_threatening": "AESLIFE", "medically_important": "AESMIE",
}  # fmt: skip
CAUSALITIES = tuple(one.upper() for one in get_args(Causality))


def disposition(subjects: Subjects) -> Dataset:
    """DS, by participant and day."""
    codes = {"DSCAT": tuple((one, one.capitalize()) for one in (ENDING, OTHER, MILESTONE))}
    shape = Shape(
        "DS", "Disposition", "SDTM", "EVENTS", "One record per disposition event per subject",
        tabulated("DS", DS, codes), key="STUDYID USUBJID DSSTDTC DSSEQ", numbered="DSSEQ",
    )  # fmt: skip
    records = (
        _event(subjects, row["participant"], *event)
        for row in subjects.people.values()
        for event in sorted(_events(subjects, row), key=lambda one: one[-1])
    )
    return shape.filled(records, subjects.prefix)


def _event(subjects: Subjects, participant: str, term: str, coded: str, of: str, part: str, on: str) -> Record:
    return {
        **subjects.head(participant, "DS"),
        "DSTERM": term.upper(),
        "DSDECOD": coded,
        "DSCAT": of,
        "DSSCAT": part,
        "EPOCH": subjects.epoch(participant, on),
        "DSSTDTC": on,
        "DSSTDY": subjects.day(participant, on),
    }


def _events(subjects: Subjects, row: Row) -> Iterator[tuple[str, str, str, str, str]]:
    if row["consent_on"]:
        consent = "INFORMED CONSENT OBTAINED"
        yield consent, consent, MILESTONE, "", row["consent_on"]
    if row["randomized_on"]:
        yield "RANDOMIZED", "RANDOMIZED", MILESTONE, "", row["randomized_on"]
    if row["stopped_on"]:
        reasons = {one.id: one.name.en for one in subjects.opened.study.treatment.stop_reasons}
        coded = STOPS.get(row["stop_reason"], "OTHER")
        told = "DEATH" if row["died_on"] and row["died_on"] <= row["stopped_on"] else ""
        yield told or reasons.get(row["stop_reason"], coded), told or coded, ENDING, TREATMENT, row["stopped_on"]
    elif row["first_dose_on"] and row["state"] == "completed":
        yield "COMPLETED", "COMPLETED", ENDING, TREATMENT, row["last_dose_on"]
    elif row["first_dose_on"] and row["state"] == "withdrawn" and not row["died_on"]:  # whoever leaves stops with it
        yield "WITHDRAWAL OF CONSENT", "WITHDRAWAL BY SUBJECT", ENDING, TREATMENT, row["last_dose_on"]
    elif row["first_dose_on"] and row["died_on"]:
        yield "DEATH", "DEATH", ENDING, TREATMENT, row["died_on"]
    if row["died_on"]:
        yield "DEATH", "DEATH", ENDING, PARTICIPATION, row["died_on"]
    elif row["state"] == "screen_failed":
        yield "SCREEN FAILURE", "SCREEN FAILURE", ENDING, PARTICIPATION, row["ended_on"] or row["screened_on"]
    elif row["state"] == "withdrawn":
        yield "WITHDRAWAL OF CONSENT", "WITHDRAWAL BY SUBJECT", ENDING, PARTICIPATION, row["ended_on"]
    elif row["state"] == "completed":
        yield "COMPLETED", "COMPLETED", ENDING, PARTICIPATION, row["ended_on"]
    for opening in subjects.rows("unblinding_log", row["participant"]):
        if opening["kind"] == "code_break":
            yield "CODE BROKEN IN AN EMERGENCY", "TREATMENT UNBLINDED", OTHER, "", opening["on"]


def adverse_events(subjects: Subjects) -> Dataset:
    """AE, by participant and event."""
    codes = dict.fromkeys(("AESER", *SERIOUS.values()), YES_NO) | {
        "AEACN": tuple((one, one.capitalize()) for one in ACTIONS.values()),
        "AEOUT": tuple((one, one.capitalize()) for one in OUTCOMES.values()),
        "AEREL": tuple((one, one.capitalize()) for one in CAUSALITIES),
        "AETOXGR": tuple((str(one), f"Grade {one} (CTCAE)") for one in range(1, 6)),
    }
    shape = Shape(
        "AE", "Adverse Events", "SDTM", "EVENTS", "One record per adverse event per subject",
        tabulated("AE", AE, codes), key="STUDYID USUBJID AESPID", numbered="AESEQ",
    )  # fmt: skip
    records = (
        _harm(subjects, row) for participant in subjects.people for row in subjects.rows("adverse_events", participant)
    )
    return shape.filled(records, subjects.prefix)


def coded_term(subjects: Subjects, row: Row) -> str:
    """The preferred term; while an event is not coded, the study's own term, else the reporter's words."""
    terms = {one.id: one.term.en for one in subjects.opened.study.adverse_event_terms}
    return row["pt"] or terms.get(row["term"], "") or row["verbatim"]


def _harm(subjects: Subjects, row: Row) -> Record:
    participant = row["participant"]
    met = row["seriousness"].replace(",", " ").split()
    return {
        **subjects.head(participant, "AE"),
        "AESPID": row["event"],
        "AETERM": row["verbatim"],
        "AELLT": row["llt"],
        "AEDECOD": coded_term(subjects, row),
        "AEBODSYS": row["soc"],
        "AESOC": row["soc"],
        "AESER": row["serious"],
        "AEACN": ACTIONS.get(row["action"], ""),
        "AEREL": row["causality_drug"].upper(),
        "AERELNST": row["causality_procedure"].upper(),
        "AEOUT": OUTCOMES.get(row["outcome"], ""),
        **{variable: "Y" if criterion in met else "N" for criterion, variable in SERIOUS.items() if met},
        "AETOXGR": row["grade"],
        "EPOCH": subjects.epoch(participant, row["onset_on"]),
        "AESTDTC": row["onset_on"],
        "AEENDTC": row["ended_on"],
        "AESTDY": subjects.day(participant, row["onset_on"]),
        "AEENDY": subjects.day(participant, row["ended_on"]),
    }
