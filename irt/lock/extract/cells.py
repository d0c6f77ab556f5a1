"""How values become the text of a cell; empty where nothing is known."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from irt.db import instant_text
from irt.lock.contents import TABLES
from irt.outcomes.values import rounded_text

PLACES = 12  # of a number that no decimal gives exactly, such as a HAQ of sevenths

Cells = dict[str, str]


def row_of(table: str, **values: Any) -> Cells:
    """One row of a table of the package; what is not given is empty."""
    names = [one.name for one in TABLES[table].columns]
    assert set(values) <= set(names), f"{table}: no column {sorted(set(values) - set(names))}"
    return {name: cell(values.get(name)) for name in names}


def cell(value: Any) -> str:
    """The text of one value: Y and N, ISO dates, instants in UTC, exact decimals, else rounded to 12 places."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Fraction):
        return rounded_text(value, PLACES).rstrip("0").rstrip(".") if value.denominator != 1 else str(value.numerator)
    return str(value)


def local(value: datetime | None, zone: str) -> str | None:
    """An instant at a site, with its offset."""
    return None if value is None else value.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def ordered(table: str, rows: Iterable[Mapping[str, str]]) -> list[Cells]:
    """Rows in the order of their table's key, numbers by their value, so that every database gives the same order."""
    key = TABLES[table].key
    kinds = {one.name: one.kind for one in TABLES[table].columns}

    def place(row: Mapping[str, str]) -> tuple[Any, ...]:
        whole = [int(row[name] or 0) if kinds[name] == "integer" else row[name] for name in key]
        return (*whole, *row.values())

    return [dict(row) for row in sorted(rows, key=place)]
