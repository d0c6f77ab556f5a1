"""ADSL: one record for each participant, with populations, treatments and what happened; and what others take over."""

from collections.abc import Mapping

from irt.lock.contents import Row
from irt.lock.package.dataset import YES_NO, Codes, Dataset, Record, Shape, number, variables, whole
from irt.lock.package.sdtm.demographics import SEX
from irt.lock.package.subjects import Subjects

VARIABLES = """
    STUDYID  | text    | Predecessor | Study Identifier                    | DM.STUDYID
    USUBJID  | text    | Predecessor | Unique Subject Identifier           | DM.USUBJID
    SUBJID   | text    | Predecessor | Subject Identifier for the Study    | DM.SUBJID
    SITEID   | text    | Predecessor | Study Site Identifier               | DM.SITEID
    AGE      | integer | Predecessor | Age                                 | DM.AGE
    AGEU     | text    | Predecessor | Age Units                           | DM.AGEU
    SEX      | text    | Predecessor | Sex                                 | DM.SEX
    RANDFL   | text    | Derived     | Randomized Population Flag          | Y where there is an allocation
    FASFL    | text    | Derived     | Full Analysis Set Population Flag   | participants.full_analysis; its exceptions were decided masked
    SAFFL    | text    | Derived     | Safety Population Flag              | participants.safety
    PPROTFL  | text    | Derived     | Per-Protocol Population Flag        | participants.per_protocol; fixed before the release
    FASREAS  | text    | Derived     | Reason Not in Full Analysis Set     | participants.full_analysis_reason
    PPREAS   | text    | Derived     | Reason Not in Per-Protocol Set      | participants.per_protocol_reason
    ARM      | text    | Predecessor | Description of Planned Arm          | DM.ARM
    ACTARM   | text    | Predecessor | Description of Actual Arm           | DM.ACTARM
    TRT01P   | text    | Derived     | Planned Treatment for Period 01     | participants.arm, in words
    TRT01PN  | integer | Derived     | Planned Treatment for Period 01 (N) | 1 is the control; of letters, A is 1
    TRT01A   | text    | Derived     | Actual Treatment for Period 01      | participants.actual_arm, in words: any kit of the active arm given counts as active
    TRT01AN  | integer | Derived     | Actual Treatment for Period 01 (N)  | 1 is the control; of letters, A is 1
    STRATAR  | text    | Derived     | Strata Used for Randomization       | allocations.stratum_used
    STRATAV  | text    | Derived     | Strata from Verification Source     | allocations.stratum_corrected, STRATAR where nothing was corrected
    RANDDT   | date    | Derived     | Date of Randomization               | participants.randomized_on
    TRTSDT   | date    | Derived     | Date of First Exposure to Treatment | participants.first_dose_on
    TRTEDT   | date    | Derived     | Date of Last Exposure to Treatment  | participants.last_dose_on
    EOTSTT   | text    | Derived     | End of Treatment Status             | DISCONTINUED where treatment stopped or the subject left or died; else as state
    DCTREAS  | text    | Derived     | Reason for Discont of Treatment     | participants.stop_reason
    EOSSTT   | text    | Derived     | End of Study Status                 | participants.state
    EOSDT    | date    | Derived     | End of Study Date                   | participants.ended_on
    DTHFL    | text    | Predecessor | Subject Death Flag                  | DM.DTHFL
    DTHDT    | date    | Derived     | Date of Death                       | participants.died_on
    DOSEDUE  | integer | Derived     | Doses Due                           | participants.doses_due
    DOSETKN  | integer | Derived     | Doses Taken                         | participants.doses_taken
    ADHDIARY | float   | Derived     | Adherence by Diary (%)              | participants.adherence_diary
    ADHVIALS | float   | Derived     | Adherence by Vials (%)              | participants.adherence_vials
    INERRFL  | text    | Derived     | Randomized in Error Flag            | participants.in_error
    CODEBRFL | text    | Derived     | Code Broken in an Emergency Flag    | participants.code_broken
"""  # noqa: E501
STATES = {"screen_failed": "", "screened": "", "randomized": "ONGOING", "withdrawn": "DISCONTINUED",
          "completed": "COMPLETED"}  # fmt: skip
CORE = (
    "STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RANDFL", "FASFL", "SAFFL", "PPROTFL", "STRATAR",
    "TRTSDT", "TRTEDT",
)  # fmt: skip


def flags_and_arms(subjects: Subjects) -> Mapping[str, Codes]:
    """Code lists of the variables that several datasets share."""
    arms = tuple((subjects.arm_name(one),) * 2 for one in subjects.arms)
    numbers = tuple((str(place), subjects.arm_name(one)) for place, one in enumerate(subjects.arms, 1))
    flags = ("RANDFL", "FASFL", "SAFFL", "PPROTFL", "INERRFL", "CODEBRFL", "DTHFL", "AESER", "TRTEMFL", "ANL01FL")
    treatments = {"TRT01P": arms, "TRT01A": arms, "TRTP": arms, "TRTA": arms}
    numbered = {f"{name}N": numbers for name in treatments}
    return {**dict.fromkeys(flags, YES_NO), **treatments, **numbered, "SEX": (("F", "Female"), ("M", "Male"))}


def subject_level(subjects: Subjects) -> Dataset:
    """ADSL, by participant."""
    shape = Shape(
        "ADSL", "Subject-Level Analysis Dataset", "ADaM", "SUBJECT LEVEL ANALYSIS DATASET", "One record per subject",
        variables(VARIABLES, flags_and_arms(subjects)), key="STUDYID USUBJID",
    )  # fmt: skip
    return shape.filled((record(subjects, row) for row in subjects.people.values()), subjects.prefix)


def record(subjects: Subjects, row: Row) -> dict[str, str | int | float | None]:
    """The record of one participant."""
    participant, arm, actual = row["participant"], row["arm"], row["actual_arm"]
    return {
        **subjects.head(participant),
        "SUBJID": participant,
        "SITEID": row["site"],
        "AGE": whole(row["age"]),
        "AGEU": "YEARS" if row["age"] else "",
        "SEX": SEX.get(row["sex"], "U"),
        "RANDFL": "Y" if arm else "N",
        "FASFL": row["full_analysis"] or "N",
        "SAFFL": row["safety"] or "N",
        "PPROTFL": row["per_protocol"] or "N",
        "FASREAS": row["full_analysis_reason"],
        "PPREAS": row["per_protocol_reason"],
        "ARM": subjects.arm_name(arm),
        "ACTARM": subjects.arm_name(actual),
        "TRT01P": subjects.arm_name(arm),
        "TRT01PN": subjects.arm_number(arm),
        "TRT01A": subjects.arm_name(actual),
        "TRT01AN": subjects.arm_number(actual),
        "STRATAR": row["stratum_used"],
        "STRATAV": row["stratum_corrected"] or row["stratum_used"],
        "RANDDT": row["randomized_on"],
        "TRTSDT": row["first_dose_on"],
        "TRTEDT": row["last_dose_on"],
        **_ends(row),
        "DOSEDUE": whole(row["doses_due"]),
        "DOSETKN": whole(row["doses_taken"]),
        "ADHDIARY": number(row["adherence_diary"]),
        "ADHVIALS": number(row["adherence_vials"]),
        "INERRFL": row["in_error"],
        "CODEBRFL": row["code_broken"],
    }


def _ends(row: Row) -> Record:
    """How treatment and the trial ended."""
    left = STATES.get(row["state"], "") if row["first_dose_on"] else ""
    return {
        "EOTSTT": "DISCONTINUED" if row["stopped_on"] or row["died_on"] else left,
        "DCTREAS": row["stop_reason"],
        "EOSSTT": STATES.get(row["state"], ""),
        "EOSDT": row["ended_on"],
        "DTHFL": "Y" if row["died_on"] else "",
        "DTHDT": row["died_on"],
    }
