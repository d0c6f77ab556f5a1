"""Numbers that run: 1, 2, 3 … within whatever they count."""

from collections import defaultdict
from collections.abc import Iterable

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row


def compare_numbers(findings: Findings, table: str, rows: Iterable[Row], of: tuple[str, ...], name: str) -> None:
    """Rows are numbered one after the other within each `of`; the first that is not is named."""
    runs: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        runs[tuple(row[column] for column in of)].append(row)
    for run in runs.values():
        for number, row in enumerate(sorted(run, key=lambda row: int(row[name])), 1):
            if row[name] != number:
                findings.add(table, row["id"], f"{name} {number}: one after the other", shown(row[name]))
                break
