"""Outcomes: revisions one after the other, no draft after what counts, judgements signed, the enzyme followed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.numbers import compare_numbers
from irt.assurance.stored import Row
from irt.outcomes.capture import final_readings
from irt.outcomes.enzyme import most_abnormal
from irt.outcomes.whereabouts import first_visit
from irt.study import Study

REVISED: Mapping[str, tuple[str, ...]] = {  # what a revision is one of
    "outcome_form": ("participant", "visit", "instrument"),
    "laboratory_result": ("participant", "visit", "instrument"),
    "enzyme_choice": ("participant",),
    "interfering_medication": ("participant", "number"),
    "adjudication": ("participant", "subject"),
}


def compare_revisions(findings: Findings, tables: Mapping[str, Iterable[Row]]) -> None:
    """Every revision has the one before it, and so has every medication of a participant. `tables`: as in REVISED."""
    for table, of in REVISED.items():
        known = list(tables[table])
        compare_numbers(findings, table, known, of, "revision")
        if table == "interfering_medication":
            first = [row for row in known if row["revision"] == 1]
            compare_numbers(findings, table, first, ("participant",), "number")


def compare_forms(findings: Findings, forms: Iterable[Row], codes: Iterable[Row]) -> None:
    """Nothing is a draft any more once it counted; a judgement is signed; what a code was answered with is there."""
    counted: set[tuple[str, str, str]] = set()
    alone: set[tuple[str, str, str]] = set()
    for row in sorted(forms, key=lambda row: int(row["revision"])):
        one = row["participant"], row["visit"], row["instrument"]
        if row["state"] != "draft":
            counted.add(one)
        elif one in counted:
            findings.add("outcome_form", row["id"], "no draft after a revision that counts", "a draft")
        if (row["state"], row["source"], row["signature"]) == ("final", "rater", None):
            findings.add("outcome_form", row["id"], "the signature of the rater", "none")
        if row["source"] == "participant":
            alone.add((row["participant"], row["visit"], row["recorded_at"]))
    for code in codes:
        if code["state"] == "answered" and (code["participant"], code["visit"], code["ended_at"]) not in alone:
            findings.add("kiosk_code", code["id"], "a form by the participant alone, of that moment", "none")


def compare_enzymes(findings: Findings, study: Study, forms: Iterable[Row], choices: Iterable[Row]) -> None:
    """The last choice of each participant is the most abnormal enzyme of what is recorded at the first visit."""
    first, recorded = first_visit(study), defaultdict[str, list[Any]](list)
    for row in forms:
        if row["visit"] == first:
            recorded[row["participant"]].append(SimpleNamespace(**row | {"readings": json.loads(row["readings"])}))
    last = {row["participant"]: row for row in sorted(choices, key=lambda row: int(row["revision"]))}
    for who in sorted({*recorded, *last}):
        found = most_abnormal(study, final_readings(recorded[who], first))
        expected = (found.enzyme.id, found.upper_limit) if found else (None, None)
        kept = _chosen(last.get(who))
        if kept != expected:
            named = last[who]["id"] if who in last else f"of participant {who}"
            findings.add("enzyme_choice", named, f"{_said(expected)}, the most abnormal of {first}", _said(kept))


def _chosen(row: Row | None) -> tuple[str | None, Fraction | None]:
    limit = row["upper_limit"] if row else None
    return row["enzyme"] if row else None, None if limit is None else Fraction(str(limit))


def _said(choice: tuple[str | None, Fraction | None]) -> str:
    enzyme, limit = choice
    return f"enzyme {shown(enzyme)}, upper limit {'none' if limit is None else str(limit)}"
