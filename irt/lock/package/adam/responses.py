"""ADRS: each endpoint of the study file for each participant, with what decided it by the estimand."""

from collections.abc import Mapping, Sequence

from irt.lock.contents import Row
from irt.lock.package.adam.subject_level import CORE, VARIABLES, flags_and_arms, record
from irt.lock.package.dataset import (
    LONGEST_LABEL,
    LONGEST_NAME,
    Dataset,
    Record,
    Shape,
    Variable,
    ascii_text,
    number,
    variables,
    whole,
)
from irt.lock.package.subjects import Subjects
from irt.study import Endpoint

OWN = """
    TRTP     | text    | Predecessor | Planned Treatment                   | ADSL.TRT01P
    TRTPN    | integer | Predecessor | Planned Treatment (N)               | ADSL.TRT01PN
    TRTA     | text    | Predecessor | Actual Treatment                    | ADSL.TRT01A
    TRTAN    | integer | Predecessor | Actual Treatment (N)                | ADSL.TRT01AN
    PARAMCD  | text    | Assigned    | Parameter Code
    PARAM    | text    | Assigned    | Parameter
    PARAMN   | integer | Assigned    | Parameter (N)
    PARAMTYP | text    | Assigned    | Parameter Type
    AVISIT   | text    | Protocol    | Analysis Visit
    AVISITN  | float   | Assigned    | Analysis Visit (N)
    AVAL     | float   | Derived     | Analysis Value                      | Of a proportion: 1 responder, 0 none, by the estimand; of a mean: the value observed
    AVALC    | text    | Derived     | Analysis Value (C)                  | Of a proportion: Y where AVAL is 1, N where it is 0
    OBSVAL   | float   | Derived     | Value Observed                      | responses.observed, whatever intercurrent events say
    DECIDED  | text    | Derived     | What Decided the Response           | responses.decided_by, in the order of analysis.intercurrent_precedence
    ICEVENT  | text    | Derived     | Intercurrent Event That Decided     | intercurrent_events.event of the category that decided, the first that counts
    ICEDT    | date    | Derived     | Date of Intercurrent Event          | Its day
    ICEDY    | integer | Derived     | Study Day of Intercurrent Event     | Its study day
    ASMTDY   | integer | Derived     | Study Day up to Which Events Count  | responses.assessment_day
    ANL01FL  | text    | Derived     | Analysis Flag 01                    | Y in the full analysis set, else N
"""  # noqa: E501


def taken_over(own: Sequence[Variable]) -> list[Variable]:
    """The variables of ADSL that every record repeats, then a dataset's own."""
    level = {one.name: one for one in variables(VARIABLES)}
    core = [
        Variable(one, level[one].label, level[one].type, "Predecessor", level[one].codes, f"ADSL.{one}") for one in CORE
    ]
    return [*core, *own]


def codes_of(endpoints: Sequence[Endpoint]) -> Mapping[str, str]:
    """PARAMCD of each endpoint: TIS20W12 of tis20_w12; what is too long is cut before the visit."""
    found: dict[str, str] = {}
    for endpoint in endpoints:
        stem, _, visit = endpoint.id.rpartition("_")
        plain = "".join(sign for sign in (stem or endpoint.id).upper() if sign.isalnum())
        tail = visit.upper() if stem else ""
        code = plain[: LONGEST_NAME - len(tail)] + tail
        for place in range(2, 10):
            if code not in found.values():
                break
            code = f"{plain[: LONGEST_NAME - len(tail) - 1]}{place}{tail}"
        found[endpoint.id] = code
    return found


def responses(subjects: Subjects) -> Dataset:
    """ADRS, by participant and endpoint in the order of the study file."""
    endpoints = subjects.opened.study.analysis.endpoints
    codes = codes_of(endpoints)
    named = tuple((codes[one.id], ascii_text(_in_words(one), LONGEST_LABEL)) for one in endpoints)
    shared = flags_and_arms(subjects)
    own = variables(OWN, {**shared, "PARAMCD": named})
    shape = Shape(
        "ADRS", "Response Analysis Dataset", "ADaM", "BASIC DATA STRUCTURE", "One record per subject per parameter",
        taken_over(own), key="STUDYID USUBJID PARAMCD",
    )  # fmt: skip
    places = {one.id: place for place, one in enumerate(endpoints, 1)}
    records = [
        _record(subjects, person, row, endpoints[places[row["endpoint"]] - 1], codes)
        | {"PARAMN": places[row["endpoint"]]}
        for participant, person in subjects.people.items()
        for row in sorted(subjects.rows("responses", participant), key=lambda one: places[one["endpoint"]])
    ]
    return shape.filled(records, subjects.prefix)


def _in_words(endpoint: Endpoint) -> str:
    return endpoint.label.en


def _record(
    subjects: Subjects, person: Row, row: Row, endpoint: Endpoint, codes: Mapping[str, str]
) -> dict[str, str | int | float | None]:
    level = record(subjects, person)
    share = endpoint.summary == "proportion"
    observed = number(row["observed"])
    visit = subjects.visit(row["visit"])
    return {
        **{name: level[name] for name in CORE},
        "TRTP": level["TRT01P"],
        "TRTPN": level["TRT01PN"],
        "TRTA": level["TRT01A"],
        "TRTAN": level["TRT01AN"],
        "PARAMCD": codes[endpoint.id],
        "PARAM": ascii_text(_in_words(endpoint), LONGEST_LABEL),
        "PARAMTYP": "DERIVED" if share else "",
        "AVISIT": visit["VISIT"],
        "AVISITN": visit["VISITNUM"],
        "AVAL": number(row["response"]) if share else observed,
        "AVALC": {"1": "Y", "0": "N"}.get(row["response"], "") if share else "",
        "OBSVAL": observed,
        "DECIDED": row["decided_by"],
        **_event(subjects, row),
        "ASMTDY": whole(row["assessment_day"]),
        "ANL01FL": level["FASFL"],
    }


def _event(subjects: Subjects, row: Row) -> Record:
    """The first event of the category that decided, before the assessment."""
    events = [
        one
        for one in subjects.rows("intercurrent_events", row["participant"])
        if one["counts"] == "Y"
        and row["decided_by"] in (one["verdict"], one["reason"])  # of a stop its reason is what decided
        and one["study_day"]
        and int(one["study_day"]) < int(row["assessment_day"] or 0)
    ]
    if not events:
        return {}
    first = min(events, key=lambda one: (int(one["study_day"]), one["event"]))
    return {"ICEVENT": first["event"], "ICEDT": first["happened_on"], "ICEDY": int(first["study_day"])}
