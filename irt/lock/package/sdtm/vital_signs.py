"""VS: body weight at screening, where the study file asks for it. Nothing else of vital signs is recorded here."""

from irt.lock.package.dataset import Dataset, Shape
from irt.lock.package.sdtm.findings import finding, flagged, layout
from irt.lock.package.subjects import SCREENING, Subjects

WEIGHT = "weight_kg"
OWN = """
    VSTESTCD | text     | Assigned  | Vital Signs Test Short Name
    VSTEST   | text     | Assigned  | Vital Signs Test Name
"""


def vital_signs(subjects: Subjects) -> Dataset:
    """VS, by participant."""
    shape = Shape(
        "VS", "Vital Signs", "SDTM", "FINDINGS", "One record per measurement per subject",
        layout("VS", OWN, "", {"VSTESTCD": (("WEIGHT", "Weight"),)}, ranges=False),
        key="STUDYID USUBJID VSTESTCD VSDTC", numbered="VSSEQ",
    )  # fmt: skip
    records = (
        finding(
            subjects, "VS", row["participant"], visit=SCREENING, value=row["value"], unit=row["unit"],
            on=subjects.people[row["participant"]]["screened_on"],
        )
        | {"VSTESTCD": "WEIGHT", "VSTEST": "Weight"}
        for row in subjects.opened.tables["baseline"]
        if row["field"] == WEIGHT
    )  # fmt: skip
    return shape.filled(flagged(subjects, "VS", records), subjects.prefix)
