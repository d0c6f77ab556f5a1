"""QS: what assessors, physicians and participants rated, each value and each total; glucocorticoids and lung apart."""

from collections.abc import Mapping

from irt.lock.contents import Row
from irt.lock.package.dataset import Dataset, Record, Shape, ascii_text
from irt.lock.package.sdtm.findings import finding, flagged, layout, told
from irt.lock.package.sdtm.names import instrument_tests, laboratory_test
from irt.lock.package.subjects import Subjects
from irt.study import Instrument, Study

RATERS = {
    "assessor": "INDEPENDENT ASSESSOR", "physician_assessor": "ADJUDICATOR", "participant": "STUDY SUBJECT",
    "investigator": "INVESTIGATOR",
}  # fmt: skip
ALL = ("QSALL", "Questionnaires")  # of an instrument that was not done
OWN = """
    QSTESTCD | text     | Assigned  | Question Short Name
    QSTEST   | text     | Assigned  | Question Name
    QSCAT    | text     | Assigned  | Category of Question
"""
AFTER = """
    QSSTAT   | text     | Collected | Completion Status
    QSEVAL   | text     | Assigned  | Evaluator
"""


def rated(study: Study) -> list[Instrument]:
    """The instruments that somebody rates: what a coordinator copies from a report or a laboratory enters is none."""
    return [one for one in study.instruments if one.rater in RATERS]


def questionnaires(subjects: Subjects) -> Dataset:
    """QS, by participant, day and test."""
    study = subjects.opened.study
    tests = instrument_tests(study, rated(study))
    of = {one.id: one for one in rated(study)}
    codes = {"QSTESTCD": (*tests.values(), ALL), "QSEVAL": tuple((one, one.capitalize()) for one in RATERS.values())}
    shape = Shape(
        "QS", "Questionnaires", "SDTM", "FINDINGS", "One record per question per visit per subject",
        layout("QS", OWN, AFTER, codes, ranges=False), key="STUDYID USUBJID QSCAT QSTESTCD VISITNUM QSDTC",
        numbered="QSSEQ", optional=frozenset({"QSSTAT"}),
    )  # fmt: skip
    records = (
        _record(subjects, row, of[row["instrument"]], tests)
        for participant in subjects.people
        for row in subjects.rows("assessments", participant)
        if row["instrument"] in of and told(row)
    )
    return shape.filled(flagged(subjects, "QS", records), subjects.prefix)


def _record(
    subjects: Subjects, row: Row, instrument: Instrument, tests: Mapping[tuple[str, str], tuple[str, str]]
) -> Record:
    key = row["field"]
    # A key that the study file no longer has, after an amendment, still has its values.
    code, name = (tests.get((instrument.id, key)) or laboratory_test(key, key)) if key else ALL
    return finding(
        subjects, "QS", row["participant"], visit=row["visit"], value=row["value"] if key else "", unit=row["unit"],
        on=row["assessed_on"], done=bool(key),
    ) | {
        "QSTESTCD": code,
        "QSTEST": name,
        "QSCAT": ascii_text(instrument.name.en, 60).upper(),
        "QSEVAL": RATERS[instrument.rater],
    }  # fmt: skip
