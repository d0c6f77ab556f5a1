"""LB: muscle enzymes, the safety laboratory, and what the laboratory apart measured, which nobody else read before."""

from collections.abc import Iterator

from irt.lock.contents import Row
from irt.lock.package.dataset import Dataset, Record, Shape
from irt.lock.package.sdtm.findings import finding, flagged, layout, told
from irt.lock.package.sdtm.names import laboratory_test
from irt.lock.package.subjects import SCREENING, Subjects
from irt.study import Study

OWN = """
    LBREFID  | text     | Assigned  | Specimen ID
    LBTESTCD | text     | Assigned  | Lab Test or Examination Short Name
    LBTEST   | text     | Assigned  | Lab Test or Examination Name
    LBCAT    | text     | Assigned  | Category for Lab Test
"""
AFTER = """
    LBSTAT   | text     | Collected | Completion Status
"""
ALL = ("LBALL", "Laboratory Test Results")  # of an instrument that was not done
SAFETY, AT_SCREENING = "SAFETY LABORATORY", "SCREENING"


def laboratory(subjects: Subjects) -> Dataset:
    """LB, by participant, day and test."""
    records = [
        record
        for participant in subjects.people
        for part in (_screening, _enzymes, _apart, _safety)
        for record in part(subjects, participant)
    ]
    tests = dict(sorted({(str(one["LBTESTCD"]), str(one["LBTEST"])) for one in records}))
    shape = Shape(
        "LB", "Laboratory Test Results", "SDTM", "FINDINGS", "One record per test per visit or sample per subject",
        layout("LB", OWN, AFTER, {"LBTESTCD": tuple(tests.items())}, ranges=True),
        key="STUDYID USUBJID LBCAT LBTESTCD VISITNUM LBDTC LBREFID", numbered="LBSEQ",
        optional=frozenset({"LBSTAT", "LBREFID"}),
    )  # fmt: skip
    return shape.filled(flagged(subjects, "LB", records), subjects.prefix)


def enzyme_limits(study: Study) -> dict[tuple[str, str], str]:
    """Instrument and field of each muscle enzyme → the field that is its upper limit of normal."""
    found = {}
    for one in study.core_set.enzymes:
        instrument, _, field = one.value.partition(".")
        found[instrument, field] = one.upper_limit.partition(".")[2]
    return found


def enzyme_instruments(study: Study) -> set[str]:
    """The instruments that hold the muscle enzymes of the core set."""
    return {instrument for instrument, _ in enzyme_limits(study)}


def _screening(subjects: Subjects, participant: str) -> Iterator[Record]:
    """Values at screening that have an upper limit of normal beside them."""
    values = {row["field"]: row for row in subjects.rows("baseline", participant)}
    labels = {one.id: one.label.en for one in subjects.opened.study.baseline}
    limits = subjects.opened.study.limits_at_screening
    for field, row in values.items():
        if (limit := values.get(limits.get(field, ""))) is not None:
            yield _result(
                subjects, participant, field, labels.get(field, field), AT_SCREENING, visit=SCREENING,
                value=row["value"], unit=row["unit"], on=subjects.people[participant]["screened_on"],
                high=limit["value"],
            )  # fmt: skip


def _enzymes(subjects: Subjects, participant: str) -> Iterator[Record]:
    limits = enzyme_limits(subjects.opened.study)
    instruments, beside = {one for one, _ in limits}, {(one, limit) for (one, _), limit in limits.items()}
    rows = [row for row in subjects.rows("assessments", participant) if row["instrument"] in instruments]
    values = {(row["visit"], row["instrument"], row["field"]): row for row in rows}
    for row in rows:
        if (row["instrument"], row["field"]) in beside or not told(row):
            continue
        limit = values.get((row["visit"], row["instrument"], limits.get((row["instrument"], row["field"]), "")))
        yield _result(
            subjects, participant, row["field"], row["field"], _category(row),
            visit=row["visit"], value=row["value"], unit=row["unit"], on=row["assessed_on"],
            high=limit["value"] if limit else "", done=row["state"] != "not_done",
        )  # fmt: skip


def _apart(subjects: Subjects, participant: str) -> Iterator[Record]:
    for row in subjects.rows("laboratory", participant):
        if not told(row):
            continue
        yield _result(
            subjects, participant, row["field"], row["field"], _category(row), visit=row["visit"],
            value=_written(row), unit=row["unit"], on=row["collected_on"], done=row["state"] != "not_done",
        )  # fmt: skip


def _category(row: Row) -> str:
    return row["instrument"].replace("_", " ").upper()


def _written(row: Row) -> str:
    return f"<{row['value']}" if row["below"] == "Y" and row["value"] else row["value"]


def _safety(subjects: Subjects, participant: str) -> Iterator[Record]:
    held = {row["visited_on"]: row["visit"] for row in subjects.rows("visits", participant) if row["visited_on"]}
    for row in subjects.rows("safety_laboratory", participant):
        test = subjects.opened.study.laboratory_test(row["analyte"])
        made = _result(
            subjects, participant, row["analyte"], test.label.en if test else row["analyte"], SAFETY,
            visit=held.get(row["taken_on"], ""), value=row["value"], unit=row["unit"], on=row["taken_on"],
            low=row["lower"], high=row["upper"],
        )  # fmt: skip
        yield made | {"LBREFID": row["sample"]}


def _result(
    subjects: Subjects, participant: str, field: str, label: str, part: str, *, visit: str, value: str, unit: str,
    on: str, low: str = "", high: str = "", done: bool = True,
) -> dict[str, str | int | float | None]:  # fmt: skip
    code, name = laboratory_test(field, label) if field else ALL
    made = finding(
        subjects, "LB", participant, visit=visit, value=value if done else "", unit=unit, on=on, done=done, low=low,
        high=high, ranges=True,
    )  # fmt: skip
    return made | {"LBTESTCD": code, "LBTEST": name, "LBCAT": part}
