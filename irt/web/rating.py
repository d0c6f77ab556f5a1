"""What is to be rated and what was: a participant's visits, the forms of each, and which values a rater may see now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from irt.actor import SITE_ROLES, Role
from irt.dispensing.planned import latest_records, standing_of_visit
from irt.outcomes.capture import JUDGES, RECORDERS, current_forms, rated_by, still_open
from irt.outcomes.tables import OutcomeForm
from irt.outcomes.whereabouts import first_visit, form_timing, visit_of
from irt.participants.tables import Participant
from irt.participants.visits import Timing, Window, span
from irt.study import Instrument, UnscheduledVisit
from irt.web import records, texts
from irt.web.pages import actor
from irt.web.wired import service

RATERS = frozenset({*JUDGES, *RECORDERS})
READERS_OF_ALL = frozenset({Role.INVESTIGATOR, Role.DATA_MANAGER, Role.MONITOR, Role.AUDITOR})
KEPT_APART = frozenset({Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR})  # from kits, stops and the reason of a visit
IN_TRIAL = ("screened", "randomized", "withdrawn", "completed")


@dataclass(frozen=True)
class Place:
    """A visit of a participant at which outcomes are recorded; its name and address tell raters of no stop."""

    visit: str
    address: str
    name: str
    window: Window | None = None  # None: it has none, or none yet
    expected: bool = True  # neither skipped nor after the participant left; by its address it may be recorded still


@dataclass(frozen=True)
class Rated:
    """One participant as the signed-in person may see them here."""

    person: Participant
    roles: frozenset[Role]  # what the person is at the participant's site
    windows: Sequence[Window]
    places: Sequence[Place]  # those that have begun, in order of time
    rows: Sequence[OutcomeForm]

    @cached_property
    def forms(self) -> dict[tuple[str, str], OutcomeForm]:
        """The form that counts of each visit and instrument."""
        return current_forms(self.rows)

    @property
    def rating(self) -> frozenset[Role]:
        """The roles in which the person records outcomes."""
        return self.roles & RATERS

    def place(self, address: str) -> Place:
        """The visit at an address; the page "not found" for one that has not begun, or is none."""
        return next((one for one in self.places if one.address == address), None) or abort(404)

    def timing(self, place: Place, on: date) -> Timing:
        """How a day stands to the window of a visit: `early`, `late` and `outside` are marked."""
        return form_timing(service().study, self.windows, place.visit, on)

    def to_record(self, place: Place, *roles: Role) -> list[Instrument]:
        """What these roles (none named: the person's own) still have to record at a visit."""
        return still_open(service().study, place.visit, self.forms, *(roles or self.rating))

    def reads(self, instrument: Instrument) -> bool:
        """Whether the person may read what was recorded with an instrument."""
        own = rated_by(instrument) in self.rating
        return not instrument.can_unmask and (own or bool(self.roles & READERS_OF_ALL))

    def hidden(self, visit: str, instrument: Instrument) -> bool:
        """Whether a judgement is kept from its rater, who is to judge another visit first without knowing it."""
        role = rated_by(instrument)
        if not service().study.capture.hide_earlier_visits or role not in self.rating & frozenset(JUDGES):
            return False
        return any(one.visit != visit and one.expected and self.to_record(one, role) for one in self.places)


@dataclass(frozen=True)
class Due:
    """A visit at which something is still to be recorded."""

    seen: Rated
    place: Place
    open: Sequence[Instrument]
    drafted: bool
    when: Timing


def rated(session: Session, participant: str) -> Rated:
    """One participant; the page "not found" for one of another site, or who was never in the trial."""
    person = records.one(session, Participant, id=participant)
    rows = records.rows(session, OutcomeForm, participant=person.id)
    kept = records.kept_of(session, person.id, kits=not _apart(person.site))
    return _rated(person, kept, rows)


def due(session: Session) -> list[Due]:
    """Every visit of the reader's sites at which the reader has something to record; the latest to be held first."""
    if not any(rated_by(one) in actor().roles for one in service().study.instruments if not one.can_unmask):
        return []
    found = [one for seen in everybody(session).values() for one in due_of(seen)]
    order = ("outside", "late", "in_window", "early")
    return sorted(found, key=lambda one: (order.index(one.when), one.seen.person.screening_number, one.place.address))


def everybody(session: Session) -> dict[str, Rated]:
    """All who are or were in the trial at the reader's sites, by id, without the values of their forms."""
    people = session.scalars(select(Participant).where(Participant.state.in_(IN_TRIAL)).order_by(Participant.id)).all()
    forms: dict[str, list[OutcomeForm]] = {}
    wanted = select(OutcomeForm).options(defer(OutcomeForm.readings))
    for row in session.scalars(wanted.order_by(OutcomeForm.participant, OutcomeForm.id)):
        forms.setdefault(row.participant, []).append(row)
    known = {kits: records.kept_of(session, kits=kits) for kits in {not _apart(one.site) for one in people}}
    return {one.id: _rated(one, known[not _apart(one.site)], forms.get(one.id, [])) for one in people}


def due_of(seen: Rated) -> list[Due]:
    """The visits of one participant at which the reader has something to record."""
    today = texts.today_at(seen.person.site)
    found = []
    for place in seen.places:
        if place.expected and (open_ones := seen.to_record(place)):
            drafted = any((place.visit, one.id) in seen.forms for one in open_ones)
            found.append(Due(seen, place, open_ones, drafted, seen.timing(place, today)))
    return found


def instruments_at(place: Place) -> list[Instrument]:
    """The instruments of a visit, in its order; none from whose values the treatment can be told."""
    study = service().study
    visit = visit_of(study, place.visit)
    found = map(study.instrument, visit.instruments if visit else ())
    return [one for one in found if not one.can_unmask]


def roles_at(site: str) -> frozenset[Role]:
    """What the signed-in person is at a site."""
    return frozenset(one.role for one in actor().grants if one.site in (None, site))


def _apart(site: str) -> bool:
    """Whether the person rates at a site without taking care of its participants."""
    here = roles_at(site)
    return bool(here & KEPT_APART) and not here & (SITE_ROLES - KEPT_APART | READERS_OF_ALL)


def _rated(person: Participant, kept: records.Kept, rows: Sequence[OutcomeForm]) -> Rated:
    windows = records.windows_of(person, kept) if person.id in kept.done else []
    recorded = latest_records(kept.visits.get(person.id, ()))
    places = [*_planned(person, windows, recorded), *_loose(recorded.values(), apart=_apart(person.site))]
    return Rated(person, roles_at(person.site), windows, places, rows)


def _planned(person: Participant, windows: Sequence[Window], recorded: Mapping[str, Any]) -> list[Place]:
    """The visits of the plan that have begun; of somebody screened the first, which is rated from then on."""
    first, today = first_visit(service().study), texts.today_at(person.site)
    if person.state not in IN_TRIAL:
        return []
    if not windows:
        return [Place(first, first, texts.visit_name(first), expected=person.state == "screened")]
    found = []
    for window in windows:
        visit, row = window.visit, recorded.get(window.visit)
        if visit == first or today >= span(windows, visit)[0]:
            standing = standing_of_visit(windows, window, today, row, person.ended_on)
            awaited = standing not in ("off", "skipped")
            found.append(Place(visit, visit, texts.visit_name(visit), window, expected=awaited))
    return found


def _loose(rows: Iterable[Any], *, apart: bool) -> list[Place]:
    """The visits outside the plan that took place. Who is kept apart is told their days, and not why they were."""
    study = service().study
    loose = [row for row in rows if isinstance(visit_of(study, row.visit), UnscheduledVisit) and row.visited_on]
    found: list[Place] = []
    for row in sorted(loose, key=lambda row: (row.visited_on, row.visit)):
        if not apart:
            found.append(Place(row.visit, row.visit, f"{texts.visit_name(row.visit)} · {row.visited_on}"))
            continue
        address, name = f"day-{row.visited_on}", str(_("Additional visit of %(day)s", day=row.visited_on))
        again = sum(one.address.startswith(address) for one in found)
        place = Place(row.visit, address, name)
        found.append(replace(place, address=f"{address}-{again + 1}", name=f"{name} ({again + 1})") if again else place)
    return found
