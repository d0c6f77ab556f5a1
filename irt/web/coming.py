"""What a day brings to a site: read for the pharmacy's books."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing.coming import Back, Box, Coming, expected_on, in_order, unused_expected
from irt.dispensing.course import Course, course
from irt.dispensing.tables import Dose, Hold, TreatmentStop
from irt.participants.tables import Participant, VisitRecord
from irt.randomization.tables import Randomization
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit
from irt.web import records, texts
from irt.web.wired import service


def of_day(session: Session, site: str, day: date) -> list[Coming]:
    """The visits that are due on a day at a site, and those that are late by then: eight statements."""
    randomized = select(Participant).filter_by(site=site, state="randomized").order_by(Participant.screening_number)
    people = list(session.scalars(randomized))
    kits = _by_participant(session.scalars(select(Kit).where(Kit.site == site, Kit.state.in_(AT_HOME))))
    kept = records.Kept(
        done={row.participant: row for row in records.rows(session, Randomization, site=site)},
        given=_by_participant(records.rows(session, Assignment, site=site)),
        visits=_by_participant(records.rows(session, VisitRecord, site=site)),
        holds=_by_participant(records.rows(session, Hold, site=site)),
        stops={row.participant: row for row in records.rows(session, TreatmentStop, site=site)},
        doses=_by_participant(records.rows(session, Dose, site=site)),
    )
    found = []
    away = records.waiting_elsewhere(session, [row for rows in kept.given.values() for row in rows])
    for person in people:
        treated = course(
            service().study,
            participant=person,
            randomized_on=texts.day_of(kept.done[person.id].randomized_at, site),
            doses=kept.doses.get(person.id, ()),
            holds=kept.holds.get(person.id, ()),
            stop=kept.stops.get(person.id),
            until=day,
        )
        planned = records.planned_of(person, kept, day)
        back = _coming_back(treated, kits[person.id], kept.given.get(person.id, []), day)
        found += [_coming(person, one, day, back, away) for one in planned if one.state in ("due", "overdue")]
    return in_order(found)


def _by_participant(rows: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.participant].append(row)
    return found


def _coming(
    person: Participant, one: records.Planned, day: date, back: tuple[Back, ...], away: frozenset[str]
) -> Coming:
    study = service().study
    returning = {visit.id for visit in study.visits if visit.returns}
    returning |= {visit.id for visit in study.unscheduled_visits if visit.returns}
    aside = one.kit is not None and one.kit.state == "assigned"
    elsewhere = aside and one.kit is not None and one.kit.kit in away
    box: Box = (
        "elsewhere"
        if elsewhere
        else "set_aside"
        if aside
        else "to_ask"
        if one.dispenses and one.on_treatment
        else "none"
    )
    return Coming(
        person.id,
        person.screening_number,
        one.window.visit,
        one.window.due,
        one.window.latest,
        expected_on(one.window, day),
        box,
        one.kit.kit if aside and one.kit else "",
        back if one.window.visit in returning else (),
    )


def _coming_back(treated: Course, kits: list[Kit], given: list[Assignment], day: date) -> tuple[Back, ...]:
    """The kits that a participant has at home; each is in use until the next one was handed over."""
    since = {row.kit: texts.day_of(row.handed_over_at, row.site) for row in given if row.handed_over_at}
    unwritten = [one.due_on for one in treated.unrecorded]
    found = []
    for kit in sorted(kits, key=lambda kit: (since.get(kit.number, day), kit.number)):
        start = since.get(kit.number, day)
        until = min((one for one in since.values() if start < one <= day), default=day)
        known = treated.first_dose_on is not None
        unused = unused_expected(kit, start, until, treated.given, unwritten) if known else None
        found.append(Back(kit.number, kit.vials, unused))
    return tuple(found)
