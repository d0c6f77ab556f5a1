"""What all findings share: a result as recorded and as a number, its state, its day, and the last one before dosing."""

from collections.abc import Iterable, Iterator, Mapping

from irt.lock.contents import Row
from irt.lock.package.dataset import YES, Codes, Record, Variable, number, tabulated
from irt.lock.package.subjects import Subjects

NOT_DONE: Codes = (("NOT DONE", "Not done"),)
_RESULT = """
    {d}ORRES   | text     | Collected | Result or Finding in Original Units
    {d}ORRESU  | text     | Collected | Original Units
"""
_RANGE = """
    {d}ORNRLO  | text     | Collected | Reference Range Lower Limit in Orig Unit
    {d}ORNRHI  | text     | Collected | Reference Range Upper Limit in Orig Unit
"""
_STANDARD = """
    {d}STRESC  | text     | Derived   | Character Result/Finding in Std Format | As {d}ORRES
    {d}STRESN  | float    | Derived   | Numeric Result/Finding in Standard Units | {d}ORRES as a number; empty below the limit of detection
    {d}STRESU  | text     | Assigned  | Standard Units
"""  # noqa: E501
_STANDARD_RANGE = """
    {d}STNRLO  | float    | Derived   | Reference Range Lower Limit-Std Units  | {d}ORNRLO as a number
    {d}STNRHI  | float    | Derived   | Reference Range Upper Limit-Std Units  | {d}ORNRHI as a number
"""
_AFTER = """
    {d}LOBXFL  | text     | Derived   | Last Observation Before Exposure Flag | Y for the last result on or before the day of the first dose
    VISITNUM   | float    | Assigned  | Visit Number
    VISIT      | text     | Protocol  | Visit Name
    VISITDY    | integer  | Protocol  | Planned Study Day of Visit
    EPOCH      | text     | Derived   | Epoch                             | By the first and last dose
    {d}DTC     | datetime | Collected | Date/Time of Collection
    {d}DY      | integer  | Derived   | Study Day of Visit/Collection/Exam | Days from RFSTDTC; day 1 is RFSTDTC
"""  # noqa: E501


def layout(domain: str, own: str, after: str, codes: Mapping[str, Codes], *, ranges: bool) -> tuple[Variable, ...]:
    """The variables of a findings domain: what is measured (`own`), the result, what more is said of it (`after`)."""
    low_high = (_RANGE, _STANDARD_RANGE) if ranges else ("", "")
    lines = own + _RESULT + low_high[0] + _STANDARD + low_high[1] + after + _AFTER
    known = {f"{domain}STAT": NOT_DONE, f"{domain}LOBXFL": YES}
    return tabulated(domain, lines, known | dict(codes))


def told(row: Row) -> bool:
    """Whether a row has a record of its own: a value, or (its field is empty) that an instrument was not done."""
    return bool(row["value"]) if row["field"] else row["state"] == "not_done"


def finding(
    subjects: Subjects, domain: str, participant: str, *, visit: str, value: str, unit: str, on: str, done: bool = True,
    low: str = "", high: str = "", ranges: bool = False,
) -> dict[str, str | int | float | None]:  # fmt: skip
    """One result: how it was written, as a number, and when."""
    below = value.startswith("<")
    read = None if below or not value else number(value)
    limits = {"ORNRLO": low, "ORNRHI": high, "STNRLO": number(low), "STNRHI": number(high)} if ranges else {}
    result: dict[str, str | int | float | None] = {
        "ORRES": value,
        "ORRESU": unit if value else "",
        "STRESC": value,
        "STRESN": read,
        "STRESU": unit if value else "",
        "DTC": on,
        "DY": subjects.day(participant, on),
        **limits,
    }
    status = {} if done else {f"{domain}STAT": "NOT DONE"}
    return {
        **subjects.head(participant, domain),
        **{f"{domain}{name}": one for name, one in result.items()},
        **status,
        **subjects.visit(visit),
        "EPOCH": subjects.epoch(participant, on),
    }


def flagged(subjects: Subjects, domain: str, records: Iterable[Record]) -> Iterator[Record]:
    """The records of one participant by day, the last of each test up to the first dose marked."""
    code, flag, day = f"{domain}TESTCD", f"{domain}LOBXFL", f"{domain}DTC"
    first = {subjects.name(one): row["first_dose_on"] for one, row in subjects.people.items()}
    held = [dict(record) for record in records]
    held.sort(key=lambda one: (str(one["USUBJID"]), str(one[day]), str(one[code])))
    latest: dict[tuple[object, object], Record] = {}
    for record in held:
        if record.get(f"{domain}ORRES") and record[day] and str(record[day]) <= first[str(record["USUBJID"])]:
            latest[record["USUBJID"], record[code]] = record
    for record in held:
        yield {**record, flag: "Y" if latest.get((record["USUBJID"], record[code])) is record else ""}
