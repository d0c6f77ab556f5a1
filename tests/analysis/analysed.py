"""Results of the invented trial for tests: computed once for each that is asked for, by the names of their columns."""

from functools import cache
from typing import Any

from irt.analysis.final import final_analysis
from irt.analysis.results import Results
from irt.lock.opened import View
from tests.analysis.invented import invented

LISTS = 99


@cache
def results(participants: int = 60, seed: int = 5, view: View = "final") -> Results:
    """The final analysis of an invented trial."""
    return final_analysis(invented(participants, seed, view), lists=LISTS)


def rows(found: Results, table: str, **named: Any) -> list[dict[str, Any]]:
    """The rows of a table that have these cells."""
    held = found.tables[table].records()
    return [row for row in held if all(row[name] == value for name, value in named.items())]


def row(found: Results, table: str, **named: Any) -> dict[str, Any]:
    """The one row of a table that has these cells."""
    (only,) = rows(found, table, **named)
    return only
