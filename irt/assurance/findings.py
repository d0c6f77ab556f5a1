"""What verification finds: table, row, what was expected and what is there; never what was sealed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

MOST = 10  # findings kept for one table: the first ones tell where to look
LONGEST = 200  # characters shown of one value


class Finding(NamedTuple):
    """One thing that is not as the acts left it. `row` is the primary key, several columns joined by `/`."""

    table: str
    row: str
    expected: str
    found: str


class Findings:
    """The findings of one run in the order of the checks, at most MOST for a table, none twice."""

    def __init__(self) -> None:
        self.all: list[Finding] = []
        self._count: Counter[str] = Counter()

    def add(self, table: str, row: object, expected: str, found: str) -> None:
        """Keep one finding."""
        finding = Finding(table, str(row), expected, found)
        if self._count[table] < MOST and finding not in self.all:
            self.all.append(finding)
            self._count[table] += 1


@dataclass(frozen=True, slots=True)
class Veiled:
    """A value that is compared through its digest and never shown."""

    digest: str

    def __repr__(self) -> str:
        return "<sealed>"


def shown(value: Any) -> str:
    """A value as a finding may show it."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def same(one: Any, other: Any) -> bool:
    """Equal in type too: 1, 1.0 and true are three different cells."""
    return type(one) is type(other) and one == other


def report(findings: Iterable[Finding]) -> str:
    """`ok`, or the first thing wrong in each table, one to a line. The command ends with 0 for ok and 1 otherwise."""
    first: dict[str, Finding] = {}
    count: Counter[str] = Counter()
    for one in findings:
        first.setdefault(one.table, one)
        count[one.table] += 1
    if not first:
        return "ok"
    lines = []
    for table, one in first.items():
        more = f" (and {count[table] - 1} more)" if count[table] > 1 else ""
        lines.append(f"{table}, row {one.row}: expected {one.expected}; found {one.found}{more}")
    return "\n".join(lines)
