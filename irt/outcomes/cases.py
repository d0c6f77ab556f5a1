"""Many cases scored at once: read from JSON, written in the shape that `irt score` prints."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from irt.outcomes.definition_of_improvement import DefinitionOfImprovement, improvement_of
from irt.outcomes.measures import CoreSet, core_set
from irt.outcomes.total_improvement import TotalImprovement, total_of
from irt.outcomes.values import Mistake, WrongValuesError, exact_text, shown, shown_name

PARTS = ("baseline", "followup", "enzymes", "mmt_max")


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be scored: where it stands, what tells it from the others, and its parts by name in PARTS."""

    row: int
    key: tuple[str, ...]
    parts: Mapping[str, Any]


def read_cases(cases: Collection[Case], named: Callable[[str], str] = str) -> list[CoreSet]:
    """The core set of each case; WrongValuesError names every mistake by row and field.

    `named` is how a field such as baseline.phga is called where it was written.
    """
    read, mistakes = [], []
    often = Counter(case.key for case in cases)
    for case in cases:
        row = f"row {case.row} ({shown_name(' '.join(case.key))})"
        if often[case.key] > 1:
            mistakes.append(Mistake(row, "", "stands more than once", "give each case a name of its own"))
        try:
            read.append(core_set(**case.parts))
        except WrongValuesError as wrong:
            mistakes += [replace(one, field=f"{row}, {named(one.field)}") for one in wrong.mistakes]
    if mistakes:
        raise WrongValuesError(mistakes)
    return read


def scored_cases(data: bytes) -> list[dict[str, Any]]:
    """Each case of a JSON list with its TIS and DOI; WrongValuesError names every mistake by row and field.

    A number is read as its digits stand, never as a binary float. What a case holds beside its id and PARTS is left.
    """
    cases = _cases(data)
    return [
        {"id": case.key[0], "tis": tis_shape(total_of(core)), "doi": doi_shape(improvement_of(core))}
        for case, core in zip(cases, read_cases(cases), strict=True)
    ]


def tis_shape(score: TotalImprovement) -> dict[str, Any]:
    """A TIS as JSON holds it: percents as text, exactly; points are steps of 2.5, which JSON holds exactly."""
    shape: dict[str, Any] = {
        "enzyme_used": score.enzyme,
        "csm": {one.measure: {"pct": _percent(one.percent), "points": _points(one.points)} for one in score.measures},
        "tis": _points(score.total),
        "category": score.category,
        "responder_ge20": score.responder,
        "missing": list(score.missing),
    }
    if score.missing:
        shape["tis_if_missing_scored_0"] = _points(score.total_if_missing_scored_0)
    return shape


def doi_shape(found: DefinitionOfImprovement) -> dict[str, Any]:
    """A DOI as JSON holds it."""
    return {
        "enzyme_used": found.enzyme,
        "csm": {one.measure: {"rel_pct": _percent(one.percent), "status": one.status} for one in found.measures},
        "n_improved": found.improved,
        "n_worsened": found.worsened,
        "mmt_worsened": found.mmt_worsened,
        "doi": found.met,
        "missing": list(found.missing),
    }


def text_of(data: bytes) -> str:
    """The text of a file, which is UTF-8 with or without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongValuesError([Mistake("file", "", "is no UTF-8 text", "save it as UTF-8")]) from None


def _percent(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)


def _points(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _cases(data: bytes) -> list[Case]:
    twice: list[str] = []

    def group(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return dict(pairs)

    try:
        found = json.loads(text_of(data), object_pairs_hook=group, parse_int=str, parse_float=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as fault:
        told = Mistake("file", "", f"is no JSON ({fault})", "write a list of cases")
        raise WrongValuesError([told]) from None
    if not isinstance(found, list):
        raise WrongValuesError([Mistake("file", "", "is no list of cases", "write [{…}, {…}]")])
    mistakes = [Mistake("file", shown(name), "stands twice in one group", "keep one of them") for name in twice]
    for row, one in enumerate(found, start=1):
        mistakes += _misshapen(row, one)
    if mistakes:
        raise WrongValuesError(mistakes + _wrong_values(found))
    return [_case(row, one) for row, one in enumerate(found, start=1)]


def _case(row: int, one: Mapping[str, Any]) -> Case:
    return Case(row, (one["id"],), {part: one[part] for part in PARTS})


def _misshapen(row: int, one: object) -> Iterator[Mistake]:
    if not isinstance(one, dict):
        yield Mistake(f"row {row}", shown(one), "is no case", f"write id, {', '.join(PARTS)} by name")
        return
    for name in ("id", *PARTS):
        if name not in one:
            yield Mistake(f"row {row}, {name}", "", "is missing", f"write id, {', '.join(PARTS)} in each case")
    if "id" in one and not (isinstance(one["id"], str) and one["id"].strip()):
        yield Mistake(f"row {row}, id", shown(one["id"]), "is no name", "write a text in quotes")


def _wrong_values(found: list[Any]) -> list[Mistake]:
    """The mistakes within the cases that have their shape, named beside those of the others."""
    shaped = [_case(row, one) for row, one in enumerate(found, start=1) if not list(_misshapen(row, one))]
    try:
        read_cases(shaped)
    except WrongValuesError as wrong:
        return list(wrong.mistakes)
    return []
