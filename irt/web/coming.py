"""What a day brings to a site: read for the pharmacy's books."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.clock import local_day
from irt.dispensing.calendar import schedule
from irt.dispensing.coming import Back, Box, Coming, expected_on, in_order, latest_lines, unused_expected
from irt.dispensing.tables import Dose
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit
from irt.web import records, texts
from irt.web.wired import service


def of_day(session: Session, site: str, day: date) -> list[Coming]:
    """The visits that are due on a day at a site, and those that are late by then."""
    randomized = select(Participant).filter_by(site=site, state="randomized").order_by(Participant.screening_number)
    people = list(session.scalars(randomized))
    done = {row.participant: row for row in records.rows(session, Randomization, site=site)}
    given = _by_participant(records.rows(session, Assignment, site=site))
    at_home = session.scalars(select(Kit).where(Kit.site == site, Kit.state.in_(AT_HOME)))
    kits, diaries = _by_participant(at_home), _by_participant(records.rows(session, Dose, site=site))
    found = []
    for person in people:
        latest = records.latest_kits(given[person.id])
        planned = records.planned_visits(person, done[person.id], latest, day)
        back = _coming_back(person, kits[person.id], given[person.id], diaries[person.id], day)
        found += [_coming(person, one, back, day) for one in planned if one.state in ("due", "overdue")]
    return in_order(found)


def _by_participant(rows: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.participant].append(row)
    return found


def _coming(person: Participant, one: records.Planned, back: tuple[Back, ...], day: date) -> Coming:
    visit = next(visit for visit in service().study.visits if visit.id == one.window.visit)
    aside = one.kit is not None and one.kit.state == "assigned"
    box: Box = "set_aside" if aside else "to_ask" if one.dispenses else "none"
    return Coming(
        person.id,
        person.screening_number,
        one.window.visit,
        one.window.due,
        one.window.latest,
        expected_on(one.window, day),
        box,
        one.kit.kit if aside and one.kit else "",
        back if visit.returns else (),
    )


def _coming_back(
    person: Participant, kits: list[Kit], given: list[Assignment], doses: list[Dose], day: date
) -> tuple[Back, ...]:
    """The kits that a participant has at home; each is in use until the next one was handed over."""
    diary, zone = latest_lines(doses), texts.zone_of(person.site)
    since = {row.kit: local_day(row.handed_over_at, zone) for row in given if row.handed_over_at}
    unwritten = _unwritten(person, diary) if person.first_dose_on else None
    found = []
    for kit in sorted(kits, key=lambda kit: (since.get(kit.number, day), kit.number)):
        start = since.get(kit.number, day)
        until = min((one for one in since.values() if start < one <= day), default=day)
        unused = None if unwritten is None else unused_expected(kit, start, until, diary, unwritten)
        found.append(Back(kit.number, kit.vials, unused))
    return tuple(found)


def _unwritten(person: Participant, diary: list[Dose]) -> list[date]:
    """The days of the scheduled doses of which the diary says nothing."""
    assert person.first_dose_on is not None
    scheduled = {one.number: one for one in diary if one.kind == "scheduled"}
    taken = {number: one.taken_on for number, one in scheduled.items() if one.taken_on}
    planned = schedule(service().study.dosing, person.first_dose_on, taken)
    return [one.due_on for one in planned if one.number not in scheduled]
