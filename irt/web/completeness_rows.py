"""The rows that completeness is reckoned from, read for many participants in a few statements; no value among them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from irt.outcomes.completeness import Person, gathered
from irt.outcomes.query_tables import Query
from irt.outcomes.raising import STANDING
from irt.outcomes.tables import LaboratoryResult, OutcomeForm, SourceCheck
from irt.participants.tables import Participant, VisitRecord
from irt.randomization.tables import Randomization
from irt.web.wired import service


def people_of(session: Session, site: str = "") -> list[Person]:
    """Everybody who was randomized at the reader's sites, or at one of them, by screening number."""

    def found(model: Any, *columns: Any) -> list[Any]:
        wanted = select(model)
        if columns:
            wanted = wanted.options(load_only(*columns))
        if site:
            wanted = wanted.where(model.site == site)
        if model is Query:
            wanted = wanted.where(Query.state.in_(STANDING))
        return list(session.scalars(wanted))

    people = sorted(found(Participant), key=lambda row: row.screening_number)
    form, result = OutcomeForm, LaboratoryResult
    return gathered(
        service().study,
        service().clock.now(),
        people,
        found(Randomization),
        found(VisitRecord),
        found(form, form.participant, form.visit, form.instrument, form.revision, form.state, form.assessed_on),
        found(result, result.participant, result.visit, result.instrument, result.revision, result.state),
        found(Query),
        found(SourceCheck),
    )
