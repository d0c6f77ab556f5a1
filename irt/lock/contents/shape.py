"""The shape of a table that is handed over: its columns with their kinds, and what a cell of each may hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["code", "text", "integer", "number", "date", "instant", "yesno"]
Row = Mapping[str, str]
Rows = Sequence[Row]
Tables = Mapping[str, Rows]

_CELLS = {
    "integer": re.compile(r"-?[0-9]+"),
    "number": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "instant": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"),
    "yesno": re.compile(r"[YN]"),
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column: its name in files, what its cells are, and its label in both languages (at most 40 ASCII letters in
    English, for SAS transport files)."""

    name: str
    kind: Kind
    en: str
    zh: str

    def holds(self, cell: str) -> bool:
        """Whether `cell` is of the column's kind, or empty."""
        pattern = _CELLS.get(self.kind)
        return not cell or pattern is None or pattern.fullmatch(cell) is not None


@dataclass(frozen=True)
class Table:
    """A table: its number and name (of its file), its label, its columns; `key`: what makes a row one of its kind."""

    number: int
    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """The name of its file, such as 02_allocations.csv."""
        return f"{self.number:02}_{self.name}.csv"

    def mistakes(self, rows: Rows) -> list[str]:
        """What keeps `rows` from being rows of this table, by row (from 1) and column; never a cell's content."""
        names = [one.name for one in self.columns]
        found = []
        for number, row in enumerate(rows, 1):
            if list(row) != names:
                found.append(f"{self.name}, row {number}: has other columns than {', '.join(names)}")
                continue
            found += [
                f"{self.name}, row {number}, {one.name}: is no {one.kind}"
                for one in self.columns
                if not one.holds(row[one.name])
            ]
        return found


def table(number: int, name: str, labels: tuple[str, str], key: str, columns: str) -> Table:
    """A table from its columns, one a line: name, kind, English label, Chinese label, parted by bars."""
    parts = [[cell.strip() for cell in line.split("|")] for line in columns.strip().splitlines()]
    made = tuple(Column(name, kind, en, zh) for name, kind, en, zh in parts)  # type: ignore[arg-type]
    assert set(key.split()) <= {one.name for one in made}, f"{name}: its key names columns that it has"
    return Table(number, name, *labels, tuple(key.split()), made)
