"""What harm a simulated trial came to: events, late reports, cases, codes broken, other reports; from the database."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from irt.db import Base
from irt.gate.rows import table_of
from irt.safety.clocks import first_serious, report_clock
from irt.safety.emergency_tables import CodeBreak, DeskOpening
from irt.safety.special_tables import SpecialReport
from irt.safety.tables import EventTold, EventVersion, SusarCandidate
from irt.safety.unblinding_tables import Unblinding
from irt.study import Study


def safety_figures(connection: Connection, study: Study, now: datetime) -> dict[str, Any]:
    """Counts from the database. Events told by mistake are not counted, but their reports are.

    overdue_reports: of serious events, those that came after their hours, or have not come and are owed.
    code_breaks_by: how each was asked for; and of both, those that followed others within the hour, and alone.
    """
    versions = defaultdict[str, list[Row[Any]]](list)
    for row in sorted(_all(connection, EventVersion), key=lambda row: int(row.version)):
        versions[row.event].append(row)
    standing = [known[-1] for known in versions.values() if known[-1].stands]
    first = [one for known in versions.values() if (one := first_serious(known)) is not None]
    reports = [(one.aware_at, one.recorded_at) for one in first]
    reports += [(row.aware_at, None) for row in _all(connection, EventTold) if row.state == "open" and row.serious]
    states = [report_clock(aware, study.safety).state(done, now) for aware, done in reports]
    breaks = _all(connection, CodeBreak)
    return {
        "adverse_events": len(standing),
        "serious": sum(bool(row.seriousness) for row in standing),
        "susar_candidates": len(_all(connection, SusarCandidate)),
        "overdue_reports": sum(state in ("late", "overdue") for state in states),
        "code_breaks": len(breaks),
        "code_breaks_by": {
            "participant": sum(row.kit is None for row in breaks),
            "kit": sum(row.kit is not None for row in breaks),
            "serial": sum(row.earlier >= study.safety.code_breaks_an_hour for row in breaks),
            "alone": sum(row.alone for row in breaks),
        },
        "desk_openings": len(_all(connection, DeskOpening)),
        "special_reports": len(_all(connection, SpecialReport)),
        "unblindings": len(_all(connection, Unblinding)),
    }


def _all(connection: Connection, model: type[Base]) -> list[Row[Any]]:
    return list(connection.execute(select(table_of(model))))
