"""The treatment on a participant's page: a card that sums it up, and its entries in the course of events."""

from typing import Any

from sqlalchemy.orm import Session

from irt.dispensing.tables import Hold, TreatmentStop
from irt.participants.tables import Participant
from irt.web import records, texts
from irt.web.courses import course_read
from irt.web.wired import service


def treatment_of(session: Session, person: Participant) -> dict[str, Any]:
    """The course of a participant up to today at the site, with every hold and the stop; for nobody not randomized."""
    course = course_read(session, service().study, person, texts.today_at(person.site))
    holds = sorted(records.rows(session, Hold, participant=person.id), key=lambda row: row.from_on)
    stop = next(iter(records.rows(session, TreatmentStop, participant=person.id)), None)
    return {"course": course if course.randomized_on else None, "holds_of_treatment": holds, "stop": stop}
