"""Runs of jobs: a row for each due time, and where the job is an act, one entry of the audit trail for each row."""

from collections.abc import Iterable, Mapping
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.gate.job_runs import BAR


class JobRuns:
    """Takes the entries of the audit trail, then the rows."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._done: dict[str, int] = {}
        self._refused: set[str] = set()

    def take(self, entry: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """One entry and its body, read."""
        request = entry["request"] if entry["kind"] == "act" else body.get("request")
        if request is None or request.partition(BAR)[0] != entry["act"] or BAR not in request:
            return
        if entry["kind"] == "act":
            self._done[request] = entry["seq"]
        else:
            self._refused.add(request)

    def compare(self, rows: Iterable[Row]) -> None:
        """Each row of an act that was done has its entry, and each such entry its row: none twice, none missing."""
        missing = dict(self._done)
        for row in rows:
            if row["id"] != f"{row['job']}{BAR}{row['due_at']}":
                expected = f"one row for {row['job']} at {row['due_at']}, by that id"
                self._findings.add("job_run", row["id"], expected, "another id")
            elif "." in row["job"]:
                self._compare_act(row, missing.pop(row["id"], None))
        for request, seq in missing.items():
            self._findings.add("job_run", request, f"the row of the run that entry {seq} of the audit trail is", "none")

    def _compare_act(self, row: Row, seq: int | None) -> None:
        if seq is not None and row["outcome"] != "done":
            self._findings.add("job_run", row["id"], f"outcome 'done' (entry {seq})", shown(row["outcome"]))
        elif row["outcome"] == "done" and seq is None:
            self._findings.add("job_run", row["id"], "one entry of the audit trail that names it", "none")
        elif row["outcome"] == "refused" and row["id"] not in self._refused:
            self._findings.add("job_run", row["id"], "an entry of the audit trail that says why", "none")
        elif row["outcome"] is None:
            self._findings.add("job_run", row["id"], "what came of the act", "None")
