"""A due time of a job, and the row that says what came of it: for a job that is an act, written in the act's own
transaction, so that there is a row exactly where the act was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Connection

from irt.db import instant_text
from irt.gate.keys import Keys
from irt.gate.rows import inserting
from irt.gate.statements import changed_by
from irt.gate.tables import JobRun

BAR = "|"  # between job and due time in an id; no request id of a form has one


@dataclass(frozen=True, order=True)
class Due:
    """One time at which one job is to run."""

    at: datetime
    job: str

    @property
    def id(self) -> str:
        """The row's key, and the request id of the job's act: so it is done once, whoever asks how often."""
        return f"{self.job}{BAR}{instant_text(self.at)}"


def record(connection: Connection, keys: Keys, due: Due, now: datetime, answer: Any, seconds: float) -> None:
    """Write that the act of `due` was done, in its own transaction; a row that is there already loses the race."""
    row = {
        "id": due.id, "job": due.job, "due_at": due.at, "outcome": "done", "facts": counts(answer),
        "started_at": now, "finished_at": now, "seconds": whole(seconds), "taken": 1,
    }  # fmt: skip
    changed_by(connection, inserting(JobRun), {**row, "mac": keys.housekeeping_mac(JobRun, row)})


def counts(answer: Any) -> dict[str, int]:
    """The numbers of an answer by name, one alone as `count`. Nothing else of it is shown of a run."""
    if isinstance(answer, Mapping):
        return {name: value for name, value in answer.items() if type(value) is int}
    return {"count": answer} if type(answer) is int else {}


def whole(seconds: float) -> int:
    """Whole seconds, begun ones counted: a finer time could tell what the vault had to look at."""
    return max(1, ceil(seconds))
