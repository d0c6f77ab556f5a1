"""Reading the course of a treatment: for pages, and for the command line, which has no request."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from irt.clock import local_day
from irt.dispensing.boxes import Box, boxed
from irt.dispensing.course import Course, course
from irt.dispensing.tables import Dose, Hold, KitReturn, Mishap, TreatmentStop
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.study import Study
from irt.supply.tables import Assignment, Kit, Movement


def course_read(session: Session, study: Study, person: Participant, until: date) -> Course:
    """The course of one participant up to a day: four statements."""
    return courses_read(session, study, [person], {person.site: until})[person.id]


def courses_read(
    session: Session, study: Study, people: list[Participant], until: dict[str, date]
) -> dict[str, Course]:
    """The courses of many participants, by id, each up to the day of its site: four statements, however many."""
    wanted = [person.id for person in people]
    zones = {site.code: site.time_zone for site in study.sites}
    done = {row.participant: row for row in _of(session, Randomization, wanted)}
    found: dict[Any, dict[str, list[Any]]] = {}
    for model in (Dose, Hold, TreatmentStop):
        found[model] = defaultdict(list)
        for row in _of(session, model, wanted):
            found[model][row.participant].append(row)
    return {
        person.id: course(
            study,
            participant=person,
            randomized_on=local_day(done[person.id].randomized_at, zones[person.site]) if person.id in done else None,
            doses=found[Dose][person.id],
            holds=found[Hold][person.id],
            stop=next(iter(found[TreatmentStop][person.id]), None),
            until=until[person.site],
        )
        for person in people
    }


def boxes_read(session: Session, study: Study, person: Participant) -> list[Box]:
    """Every box that was in a participant's hands: six statements."""
    given = defaultdict(list)
    for row in session.scalars(select(Assignment).filter_by(participant=person.id)):
        given[row.kit].append(row)
    had = {*given, *(row.kit for row in session.scalars(select(KitReturn).filter_by(participant=person.id)))}
    theirs = select(Kit).where(or_(Kit.number.in_(had), Kit.participant == person.id)).order_by(Kit.number)
    kits = {row.number: row for row in session.scalars(theirs)}
    lines, told = defaultdict(list), defaultdict(list)
    for line in session.scalars(select(Movement).where(Movement.kit.in_(kits)).order_by(Movement.kit, Movement.line)):
        lines[line.kit].append(line)
    for mishap in session.scalars(select(Mishap).where(Mishap.kit.in_(kits), Mishap.participant == person.id)):
        told[mishap.kit].append(mishap)
    counts = defaultdict(list)
    for count in session.scalars(select(KitReturn).where(KitReturn.kit.in_(kits)).order_by(KitReturn.id)):
        counts[count.kit].append(count)
    zone = study.site(person.site).time_zone
    boxes = [
        boxed(kit, person.id, zone, lines[number], told[number], counts[number], given[number])
        for number, kit in kits.items()
    ]
    return [box for box in boxes if box.spans]


def _of(session: Session, model: Any, wanted: list[str]) -> list[Any]:
    return list(session.scalars(select(model).where(model.participant.in_(wanted)).order_by(model.participant)))
