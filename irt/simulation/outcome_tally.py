"""How the outcomes of a simulated trial came out: what was due, what is there, what was asked; from the database."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from irt.gate.rows import table_of
from irt.outcomes.completeness import completeness_of
from irt.outcomes.query_tables import Query
from irt.outcomes.tables import LaboratoryResult, OutcomeForm, SourceCheck
from irt.participants.tables import Participant, VisitRecord
from irt.randomization.tables import Randomization
from irt.simulation.rescue import decisions
from irt.study import Study


def outcome_figures(connection: Connection, study: Study, now: datetime) -> dict[str, Any]:
    """Counts over all participants: forms and results that were due by now, queries and events by their state."""

    def rows(model: Any) -> list[Any]:
        table = table_of(model)
        return list(connection.execute(select(table).order_by(*table.primary_key)))

    forms, queries = rows(OutcomeForm), rows(Query)
    found = completeness_of(
        study, now, rows(Participant), rows(Randomization), rows(VisitRecord), forms, rows(LaboratoryResult)
    )
    judged = [one for events in decisions(study, rows).values() for one in events]
    first = {(row.participant, row.visit, row.instrument) for row in forms if row.state != "draft"}
    return {
        "outcomes_expected": found.expected,
        "outcomes_complete": found.complete,
        "outcomes_corrected": sum(row.state != "draft" for row in forms) - len(first),
        "outcomes_checked": len(rows(SourceCheck)),
        "queries_raised": len(queries),
        "queries_by": dict(sorted(Counter(row.origin for row in queries).items())),
        "queries_open": sum(row.state != "closed" for row in queries),
        "rescues": sum(one.event.subject.startswith("medication.") for one in judged),
        "adjudicated": sum(one.holds for one in judged),
        "to_adjudicate": sum(not one.holds for one in judged),
    }
