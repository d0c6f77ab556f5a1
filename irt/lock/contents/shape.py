"""The shape of a table that is handed over: its columns with their kinds, and what a cell of each may hold."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["code", "text", "integer", "number", "date", "instant", "yesno"]
Row = Mapping[str, str]
Rows = Sequence[Row]
Tables = Mapping[str, Rows]

_DAY, _CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}"
_CELLS = {
    "integer": re.compile(r"-?[0-9]{1,18}"),
    "number": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    "date": re.compile(_DAY),
    "instant": re.compile(rf"{_DAY}T{_CLOCK}:[0-9]{{2}}(\.[0-9]{{1,6}})?(Z|[+-]{_CLOCK})"),
    "yesno": re.compile(r"[YN]"),
}  # fmt: skip
_PARSED: Mapping[Kind, Callable[[str], object]] = {"date": date.fromisoformat, "instant": datetime.fromisoformat}
_MAY_BE_EMPTY = "?"  # after the name of a column of the key


@dataclass(frozen=True)
class Column:
    """A column: its name in files, what its cells are, and its label in both languages (at most 40 ASCII letters in
    English, for SAS transport files)."""

    name: str
    kind: Kind
    en: str
    zh: str

    def holds(self, cell: str) -> bool:
        """Whether `cell` is of the column's kind, or empty; a day is one of the calendar, a time one of the clock."""
        pattern = _CELLS.get(self.kind)
        if not cell or pattern is None:
            return True
        try:
            _PARSED.get(self.kind, str)(cell)
        except ValueError:
            return False
        return pattern.fullmatch(cell) is not None


@dataclass(frozen=True)
class Table:
    """A table: its number and name (of its file), its label, its columns; `key`: what makes a row one of its kind.

    `filled`: the columns of the key that are empty in no row.
    """

    number: int
    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    filled: frozenset[str]

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
            found += [f"{self.name}, row {number}, {one}: is empty" for one in self.key if self._lacks(row, one)]
        return found

    def _lacks(self, row: Row, column: str) -> bool:
        return column in self.filled and not row[column]


def table(number: int, name: str, labels: tuple[str, str], key: str, columns: str) -> Table:
    """A table from its columns, one a line: name, kind, English label, Chinese label, parted by bars.

    `key`: its columns; a `?` after those that are empty where a row has no such thing.
    """
    parts = [[cell.strip() for cell in line.split("|")] for line in columns.strip().splitlines()]
    made = tuple(Column(name, kind, en, zh) for name, kind, en, zh in parts)  # type: ignore[arg-type]
    keys = tuple(one.removesuffix(_MAY_BE_EMPTY) for one in key.split())
    assert set(keys) <= {one.name for one in made}, f"{name}: its key names columns that it has"
    return Table(number, name, *labels, keys, made, frozenset(keys) & frozenset(key.split()))
