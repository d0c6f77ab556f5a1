"""Queries and their threads: numbers and lines one after the other, steps that may follow, the state of the last."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from irt.assurance.findings import Findings, shown
from irt.assurance.numbers import compare_numbers
from irt.assurance.stored import Row
from irt.outcomes.queries import NEXT, State

FIRST: Mapping[str, State] = {"raised": "open"}


def compare_queries(findings: Findings, queries: Iterable[Row], messages: Iterable[Row]) -> None:
    """Each query stands where the last line of its thread left it, and belongs to the participant of its lines."""
    threads: dict[str, list[Row]] = defaultdict(list)
    known = list(queries)
    for row in sorted(messages, key=lambda row: int(row["ordinal"])):
        threads[row["query"]].append(row)
    for query in known:
        _compare_thread(findings, query, threads.pop(query["id"], []))
    for query_id, lines in threads.items():
        findings.add("query_message", lines[0]["id"], "the query of the line", f"none {shown(query_id)}")
    compare_numbers(findings, "query", known, ("participant",), "number")


def _compare_thread(findings: Findings, query: Row, lines: list[Row]) -> None:
    state: State | None = None
    for ordinal, line in enumerate(lines, 1):
        if line["ordinal"] != ordinal:
            findings.add("query_message", line["id"], f"line {ordinal}", shown(line["ordinal"]))
        if (line["participant"], line["site"]) != (query["participant"], query["site"]):
            findings.add("query_message", line["id"], "the participant of its query", shown(line["participant"]))
        possible = FIRST if state is None else {str(step): after for step, after in NEXT[state].items()}
        if line["kind"] not in possible:
            findings.add("query_message", line["id"], f"one of {', '.join(possible) or '-'}", shown(line["kind"]))
            return
        state = possible[line["kind"]]
    if query["state"] != state:
        findings.add("query", query["id"], f"state {shown(state)} by its last line", shown(query["state"]))
