"""What the final analysis yields: tables of numbers, each with the tables of the package that it comes from."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

Cell = str | int | float | None


@dataclass(frozen=True)
class ResultTable:
    """One table of results. Numbers are as computed; how many decimals one reads is the report's.

    `sources`: the tables of the package that every number in it comes from.
    """

    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), f"{self.id}: a cell for each column"

    def records(self) -> list[dict[str, Cell]]:
        """Its rows by the names of the columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def csv(self) -> bytes:
        """As UTF-8 CSV; floating-point numbers with 12 significant digits, so that every machine writes the same."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_written(cell) for cell in row] for row in self.rows)
        return out.getvalue().encode()


@dataclass(frozen=True)
class Results:
    """Everything that was computed, in the order of the report; `facts`: seeds, versions, settings."""

    tables: Mapping[str, ResultTable]
    facts: Mapping[str, str] = field(default_factory=dict)


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)
