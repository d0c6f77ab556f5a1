"""How the treatment of a simulated trial came out: doses, adherence, vials, mishaps, deviations; from the database."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection

from irt.conduct.tables import Deviation
from irt.dispensing.tables import Discrepancy, KitReturn, Mishap
from irt.study import Study

DECIMALS = 4


def treatment_figures(connection: Connection, study: Study, until: date) -> dict[str, Any]:
    """Counts over all randomized participants; doses due are the sum of what became of them, for every one."""
    courses = dict(courses_of(connection, study, until))
    counted = Counter[str]()
    for one in courses.values():
        tally = one.tally
        assert tally.due == tally.taken + tally.partial + tally.missed + tally.held + tally.unrecorded
        counted.update(
            due=tally.due, taken=tally.taken, partial=tally.partial, missed=tally.missed, held=tally.held,
            unrecorded=tally.unrecorded,
        )  # fmt: skip
    by_vials, by_diary = zip(*_adherences(connection, study, courses), strict=True) if courses else ((), ())
    discrepancies = Counter(row.state for row in _all(connection, Discrepancy))
    mishaps = Counter(row.kind for row in _all(connection, Mishap))
    return {
        **{f"doses_{name}": counted[name] for name in ("due", "taken", "partial", "missed", "held", "unrecorded")},
        "adherence_vials_median": _median(by_vials),
        "adherence_diary_median": _median(by_diary),
        "kits_returned": len({row.kit for row in _all(connection, KitReturn)}),
        "discrepancies_open": discrepancies["open"],
        "discrepancies_resolved": discrepancies["resolved"],
        "misallocated": mishaps["wrong_kit"],
        "mishaps": dict(sorted(mishaps.items())),
        "deviations": dict(sorted(Counter(row.kind for row in _all(connection, Deviation)).items())),
    }
