"""A plain table of cases scored, for a statistician: one row for each participant and visit."""

import csv
import io
from collections.abc import Iterator, Sequence
from fractions import Fraction

from irt.outcomes.cases import Case, read_cases, text_of
from irt.outcomes.definition_of_improvement import improvement_of
from irt.outcomes.measures import ENZYME_PARTS, ENZYMES, MEASURES, RATED, CoreSet
from irt.outcomes.total_improvement import total_of
from irt.outcomes.values import Mistake, WrongValuesError, rounded_text, shown, shown_name
from irt.paper.book import Column, table_csv

NEEDED = (
    "participant", "visit", "mmt_max", *(f"{measure}_{when}" for measure in RATED for when in ("baseline", "followup")),
)  # fmt: skip
ENZYME_COLUMNS = tuple(f"{enzyme}_{part}" for enzyme in ENZYMES for part in ENZYME_PARTS)
SCORED = (
    "participant", "visit", "enzyme_used", *(f"{measure}_{what}" for measure in MEASURES for what in ("pct", "points")),
    "tis", "category", "responder_ge20", "tis_if_missing_scored_0",
    *(f"{measure}_{what}" for measure in MEASURES for what in ("rel_pct", "status")),
    "n_improved", "n_worsened", "mmt_worsened", "doi", "missing",
)  # fmt: skip
PLACES = 10  # a fraction in a cell would be read as a date; every score is decided before it is rounded


def scored_table(data: bytes) -> bytes:
    """The table with TIS and DOI in place of the values, as CSV; WrongValuesError names every mistake by row and field.

    Columns NEEDED, ENZYME_COLUMNS as far as measured, in any order; an empty cell is missing. Percents are rounded to
    PLACES decimals, which scores never are.
    """
    mistakes: list[Mistake] = []
    cases = [_case(line, row, mistakes) for line, row in _rows(text_of(data), mistakes)]
    try:
        read = read_cases(cases, _column)
    except WrongValuesError as wrong:
        mistakes += wrong.mistakes
    if mistakes:
        raise WrongValuesError(mistakes)
    lines = [[*case.key, *_scores(core)] for case, core in zip(cases, read, strict=True)]
    return table_csv([Column(name) for name in SCORED], lines).removeprefix(b"\xef\xbb\xbf")


def _rows(text: str, mistakes: list[Mistake]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by column, with the line it ends on; what cannot be read so is a mistake."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    heading: list[str] | None = None
    try:
        for row in lines:
            if not row:
                continue
            if heading is None:
                heading = row
                _check_heading(heading)
            elif len(row) != len(heading):
                told = f"has {len(row)} cells under {len(heading)} columns"
                mistakes.append(Mistake(f"row {lines.line_num}", "", told, "write one cell for each column"))
            else:
                yield lines.line_num, dict(zip(heading, row, strict=True))
    except csv.Error as fault:
        mistakes.append(Mistake(f"row {lines.line_num}", "", f"is no CSV ({fault})", "save the table anew as CSV"))
    if heading is None:
        raise WrongValuesError([*mistakes, Mistake("file", "", "is empty", f"begin with {', '.join(NEEDED)}")])


def _check_heading(heading: Sequence[str]) -> None:
    known = (*NEEDED, *ENZYME_COLUMNS)
    measured = [enzyme for enzyme in ENZYMES if any(f"{enzyme}_{part}" in heading for part in ENZYME_PARTS)]
    needed = [*NEEDED, *(f"{enzyme}_{part}" for enzyme in measured for part in ENZYME_PARTS)]
    wrong = [
        Mistake(f"column {shown_name(name)}", "", "is not known", f"write one of {', '.join(known)}")
        for name in dict.fromkeys(heading)
        if name not in known
    ]
    wrong += [
        Mistake(f"column {name}", "", "stands more than once", "keep one of them")
        for name in known
        if heading.count(name) > 1
    ]
    wrong += [
        Mistake(f"column {name}", "", "is not there", "add it, with empty cells where a value is missing")
        for name in needed
        if name not in heading
    ]
    if wrong:
        raise WrongValuesError(wrong)


def _case(line: int, row: dict[str, str], mistakes: list[Mistake]) -> Case:
    for name in ("participant", "visit"):
        if not row[name].strip() or not row[name].isprintable():
            told = "is no name"
            mistakes.append(Mistake(f"row {line}, {name}", shown(row[name]), told, "write who, and which visit"))
    cells = {name: cell or None for name, cell in row.items()}
    parts = {when: {name: cells[f"{name}_{when}"] for name in RATED} for when in ("baseline", "followup")}
    enzymes = {
        enzyme: {part: cells[f"{enzyme}_{part}"] for part in ENZYME_PARTS}
        for enzyme in ENZYMES
        if f"{enzyme}_uln" in cells
    }
    return Case(line, (row["participant"], row["visit"]), {**parts, "enzymes": enzymes, "mmt_max": cells["mmt_max"]})


def _column(field: str) -> str:
    """The column of a field: baseline.phga is phga_baseline, enzymes.CK.uln is CK_uln."""
    group, _, name = field.partition(".")
    if group == "enzymes":
        return name.replace(".", "_")
    return f"{name}_{group}" if name else group


def _scores(core: CoreSet) -> list[str]:
    tis, doi = total_of(core), improvement_of(core)
    cells = [tis.enzyme or ""]
    for score in tis.measures:
        cells += [_number(score.percent), _number(score.points)]
    cells += [_number(tis.total), tis.category or "", _yes(tis.responder)]
    cells.append(_number(tis.total_if_missing_scored_0))
    for change in doi.measures:
        cells += [_number(change.percent), change.status]
    return [
        *cells, str(doi.improved), str(doi.worsened), _yes(doi.mmt_worsened), _yes(doi.met), " ".join(doi.missing),
    ]  # fmt: skip


def _number(value: Fraction | None) -> str:
    return "" if value is None else rounded_text(value, PLACES)


def _yes(value: bool | None) -> str:
    return "" if value is None else str(value).lower()
