"""DM: one record for each participant, screening failures too."""

from irt.lock.contents import Row
from irt.lock.package.dataset import YES, Dataset, Record, Shape, variables, whole
from irt.lock.package.subjects import Subjects

SEX = {"female": "F", "male": "M"}
COUNTRIES = {"China": "CHN"}  # ISO 3166-1, of the country that the study file names
NOT_ARMS = (
    ("ASSIGNED, NOT TREATED", "Randomized, no dose recorded"),
    ("NOT ASSIGNED", "Left before randomization"),
    ("SCREEN FAILURE", "Not eligible"),
)
VARIABLES = """
    STUDYID  | text     | Assigned  | Study Identifier
    DOMAIN   | text     | Assigned  | Domain Abbreviation
    USUBJID  | text     | Derived   | Unique Subject Identifier           | STUDYID, a hyphen, SUBJID
    SUBJID   | text     | Assigned  | Subject Identifier for the Study
    RFSTDTC  | datetime | Derived   | Subject Reference Start Date/Time   | Day of the first dose; randomization day where none was taken
    RFENDTC  | datetime | Derived   | Subject Reference End Date/Time     | Day the trial ended for the subject, else of the last dose
    RFXSTDTC | datetime | Derived   | Date/Time of First Study Treatment  | Earliest dose recorded as taken
    RFXENDTC | datetime | Derived   | Date/Time of Last Study Treatment   | Latest dose recorded as taken
    RFICDTC  | datetime | Collected | Date/Time of Informed Consent
    RFPENDTC | datetime | Derived   | Date/Time of End of Participation   | Day the trial ended for the subject, or of death
    DTHDTC   | datetime | Collected | Date/Time of Death
    DTHFL    | text     | Derived   | Subject Death Flag                  | Y where DTHDTC is known
    SITEID   | text     | Assigned  | Study Site Identifier
    BRTHDTC  | datetime | Collected | Date/Time of Birth
    AGE      | integer  | Derived   | Age                                 | Year of consent minus year of birth
    AGEU     | text     | Assigned  | Age Units
    SEX      | text     | Collected | Sex
    RACE     | text     | Collected | Race
    ARMCD    | text     | Assigned  | Planned Arm Code
    ARM      | text     | Assigned  | Description of Planned Arm
    ACTARMCD | text     | Derived   | Actual Arm Code                     | Any kit of the active arm given counts as active
    ACTARM   | text     | Derived   | Description of Actual Arm           | Words of ACTARMCD
    ARMNRS   | text     | Derived   | Reason Arm and/or Actual Arm is Null | By the state of the subject
    COUNTRY  | text     | Assigned  | Country
"""  # noqa: E501


def demographics(subjects: Subjects) -> Dataset:
    """DM, by participant."""
    study = subjects.opened.study
    codes = {
        "SEX": (("F", "Female"), ("M", "Male")), "DTHFL": YES, "AGEU": (("YEARS", "Years"),), "ARMNRS": NOT_ARMS,
        "ARMCD": subjects.arm_codes, "ACTARMCD": subjects.arm_codes,
    }  # fmt: skip
    shape = Shape(
        "DM", "Demographics", "SDTM", "SPECIAL PURPOSE", "One record per subject", variables(VARIABLES, codes),
        key="STUDYID USUBJID",
    )  # fmt: skip
    country = COUNTRIES.get(study.safety.country.en, "") if study.safety.country else ""
    return shape.filled((_record(subjects, row, country) for row in subjects.people.values()), subjects.prefix)


def _record(subjects: Subjects, row: Row, country: str) -> Record:
    participant = row["participant"]
    return {
        **subjects.head(participant, "DM"),
        "SUBJID": participant,
        "RFSTDTC": subjects.anchor(participant),
        "RFENDTC": (row["ended_on"] or row["last_dose_on"]) if subjects.anchor(participant) else "",
        "RFXSTDTC": row["first_dose_on"],
        "RFXENDTC": row["last_dose_on"],
        "RFICDTC": row["consent_on"],
        "RFPENDTC": row["ended_on"] or row["died_on"],
        "DTHDTC": row["died_on"],
        "DTHFL": "Y" if row["died_on"] else "",
        "SITEID": row["site"],
        "BRTHDTC": row["birth_year"],
        "AGE": whole(row["age"]),
        "AGEU": "YEARS" if row["age"] else "",
        "SEX": SEX.get(row["sex"], "U"),
        "ARMCD": row["arm"],
        "ARM": subjects.arm_name(row["arm"]),
        "ACTARMCD": row["actual_arm"],
        "ACTARM": subjects.arm_name(row["actual_arm"]),
        "ARMNRS": _no_arm(row),
        "COUNTRY": country,
    }


def _no_arm(row: Row) -> str:
    if row["arm"]:
        return "" if row["actual_arm"] else "ASSIGNED, NOT TREATED"
    return "SCREEN FAILURE" if row["state"] == "screen_failed" else "NOT ASSIGNED"
