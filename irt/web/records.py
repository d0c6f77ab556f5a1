"""Reading for pages: the records that several pages show, found within the sites that the page's roles open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from irt.clock import local_day
from irt.db import Base
from irt.dispensing.course import Pause
from irt.dispensing.planned import last_dose_on, latest_records, planned_visits, standing_of_visit
from irt.dispensing.tables import Dose, Hold, TreatmentStop
from irt.gate.tables import StudyState
from irt.participants.baseline import current
from irt.participants.tables import BaselineValue, Participant, VisitRecord
from irt.participants.visits import Timing, Window, span, timing
from irt.people.tables import Account
from irt.randomization.eligibility import standing_of
from irt.randomization.tables import Eligibility, Randomization
from irt.supply.overdue import UNDER_WAY
from irt.supply.tables import Assignment, Express, Kit, Shipment
from irt.web import texts
from irt.web.wired import service

M = TypeVar("M", bound=Base)


def rows(session: Session, model: type[M], **equal: Any) -> list[M]:
    """All rows with these values, in the order of their primary key."""
    mapper = inspect(model)
    keys = [mapper.get_property_by_column(column).class_attribute for column in mapper.primary_key]
    return list(session.scalars(select(model).filter_by(**equal).order_by(*keys)))


def one(session: Session, model: type[M], **equal: Any) -> M:
    """The one row with these values; the page "not found" when there is none at the reader's sites."""
    found = session.scalars(select(model).filter_by(**equal)).one_or_none()
    if found is None:
        abort(404)
    return found


def study_state(session: Session) -> StudyState:
    """What the study allows now."""
    return one(session, StudyState, id=1)


def names(session: Session, *accounts: str | None) -> dict[str, str]:
    """The names of these accounts."""
    wanted = {account for account in accounts if account}
    return {row.id: row.name for row in session.scalars(select(Account).where(Account.id.in_(wanted)))}


def baseline_of(session: Session, participant: str) -> dict[str, str]:
    """The current baseline values, as written."""
    return current(rows(session, BaselineValue, participant=participant))


def baseline_complete(values: dict[str, str]) -> bool:
    """Whether every value that the study requires is there."""
    return all(field.id in values for field in service().study.baseline if field.required)


def stratum_of(values: dict[str, str], site: str) -> str | None:
    """The stratum that the values give; None while one is missing."""
    return service().study.stratum_of(values, site) if baseline_complete(values) else None


@dataclass(frozen=True)
class Confirmation:
    """The latest confirmation of eligibility and what it is worth now."""

    standing: str
    row: Eligibility | None

    @property
    def valid(self) -> bool:
        """Whether the participant may be randomized on it."""
        return self.standing == "valid"


def confirmation_of(session: Session, person: Participant, values: dict[str, str]) -> Confirmation:
    """The latest confirmation of a participant's eligibility."""
    found = rows(session, Eligibility, participant=person.id)
    latest = max(found, key=lambda row: row.revision, default=None)
    if latest is None:
        return Confirmation("missing", None)
    stratum = stratum_of(values, person.site) or ""
    revisions = rows(session, BaselineValue, participant=person.id)
    standing = standing_of(service().study, latest, stratum, person.site, service().clock.now(), revisions)
    return Confirmation(standing, latest)


@dataclass(frozen=True)
class Kept:
    """What is recorded of participants' visits and treatment, by participant: read once for all who are on a page."""

    done: Mapping[str, Randomization]
    given: Mapping[str, list[Assignment]]
    visits: Mapping[str, list[VisitRecord]]
    holds: Mapping[str, list[Hold]]
    stops: Mapping[str, TreatmentStop]
    doses: Mapping[str, list[Dose]]  # of those who stopped: the last one moves what follows it

    def on_treatment(self, person: Participant, visit: str, today: date) -> bool:
        """Whether a kit may be given for a visit: neither stopped nor on hold, and the calendar has begun."""
        held = any(Pause(row.from_on, row.resumed_on).covers(today) for row in self.holds.get(person.id, ()))
        begun = person.first_dose_on is not None or visit == service().study.dispensing_visits[0].id
        return person.state == "randomized" and person.id not in self.stops and not held and begun


def kept_of(session: Session, participant: str | None = None, *, kits: bool = True) -> Kept:
    """What is kept of one participant, or of all at the reader's sites.

    `kits`: the reader may see kits and the course of treatment; without it a stop moves no visit before their eyes.
    """
    of: dict[str, Any] = {} if participant is None else {"participant": participant}
    stops = {row.participant: row for row in rows(session, TreatmentStop, **of)} if kits else {}
    found = session.scalars(select(Dose).where(Dose.participant.in_(stops))) if stops else ()
    return Kept(
        done={row.participant: row for row in rows(session, Randomization, **of)},
        given=by_participant(rows(session, Assignment, **of) if kits else ()),
        visits=by_participant(rows(session, VisitRecord, **of)),
        holds=by_participant(rows(session, Hold, **of) if kits else ()),
        stops=stops,
        doses=by_participant(found),
    )


def by_participant(found: Iterable[Any]) -> dict[str, list[Any]]:
    """Rows of several participants, by whose they are."""
    listed: dict[str, list[Any]] = {}
    for row in found:
        listed.setdefault(row.participant, []).append(row)
    return listed


@dataclass(frozen=True)
class Planned:
    """One visit of a participant: its window, its state, and its kit where it has one."""

    window: Window
    state: str
    dispenses: bool
    kit: Assignment | None
    record: VisitRecord | None = None
    when: Timing = "outside"  # how it would be held today
    begun: bool = False  # its time has come, or is over
    on_treatment: bool = True  # a kit may be given for it
    ended: bool = False  # none is given any more, for this or another visit

    @property
    def put_by(self) -> bool:
        """Whether a kit stands set aside that nobody will be given."""
        return self.ended and self.kit is not None and self.kit.state in ("assigned", "cancelled")

    @property
    def assignable(self) -> bool:
        """Whether the kit can be asked for today, early and late too."""
        waits = self.kit is None or self.kit.state == "cancelled"
        return self.dispenses and waits and self.on_treatment and self.unrecorded and self.when != "outside"

    @property
    def may_get_kit(self) -> bool:
        """Whether it may be given a kit as of today, also in place of one that is gone: as `expected_until` says."""
        return self.dispenses and self.on_treatment and self.state not in ("skipped", "off") and self.when != "outside"

    @property
    def unrecorded(self) -> bool:
        """Whether nothing is recorded of a visit that is still to take place, or should have."""
        return self.state not in ("done", "skipped", "off")

    @property
    def timing(self) -> str:
        """Whether a visit that took place did so early or late; empty where it was in time, or has not."""
        day = self.record.visited_on if self.record else None
        if day is None or self.window.earliest <= day <= self.window.latest:
            return ""
        return "early" if day < self.window.earliest else "late"

    @property
    def skippable(self) -> bool:
        """Whether it is one of the visits that the study plans by day."""
        return self.window.visit in {one.id for one in service().study.visits}

    @property
    def recordable(self) -> bool:
        """Whether it can be recorded or skipped by now."""
        return self.unrecorded and self.begun


def visits_of(session: Session, person: Participant, *, kits: bool) -> list[Planned]:
    """The visits of a randomized participant; none before. `kits`: the reader may see the kits."""
    kept = kept_of(session, person.id, kits=kits)
    return planned_of(person, kept, texts.today_at(person.site))


def latest_kits(given: Iterable[Assignment]) -> dict[str, Assignment]:
    """The assignment that counts for each visit of one participant: the last replacement."""
    return {row.visit: row for row in sorted(given, key=lambda row: row.ordinal) if row.state != "void"}


def kit_of_visit(session: Session, participant: str, visit: str) -> Assignment:
    """The assignment that counts for a visit; the page "not found" when there is none at the reader's sites."""
    given = latest_kits(rows(session, Assignment, participant=participant, visit=visit)).get(visit)
    return given if given is not None else abort(404)


def waiting_elsewhere(session: Session, given: Iterable[Assignment]) -> frozenset[str]:
    """The kits among these assignments that stand set aside at another site than the participant's own."""
    waiting = {row.kit: row.site for row in given if row.state in ("assigned", "cancelled")}
    found = session.scalars(select(Kit).where(Kit.number.in_(waiting))) if waiting else ()
    return frozenset(waiting) - {kit.number for kit in found if kit.site == waiting[kit.number]}


def express_boxes(session: Session) -> list[Shipment]:
    """The express shipments that are counted on to come."""
    under_way = select(Shipment).where(
        Shipment.kind == "express", Shipment.state.in_(UNDER_WAY), Shipment.overdue_at.is_(None)
    )
    return list(session.scalars(under_way.order_by(Shipment.id)))


def express_under_way(session: Session) -> dict[str, Shipment]:
    """For whom a kit is on its way by express (participant's id), and with which shipment."""
    ways = {box.id: box for box in express_boxes(session)}
    found = session.scalars(select(Express).where(Express.shipment.in_(ways))) if ways else ()
    return {row.participant: ways[row.shipment] for row in found}


def planned_of(person: Participant, kept: Kept, today: date) -> list[Planned]:
    """The visits of a participant from what was read already; none of somebody who is not randomized."""
    done = kept.done.get(person.id)
    if done is None:
        return []
    windows, study = windows_of(person, kept), service().study
    given, records = latest_kits(kept.given.get(person.id, ())), latest_records(kept.visits.get(person.id, ()))
    dispensing = {visit.id for visit in study.dispensing_visits}
    over = all(today > span(windows, visit)[1] for visit in dispensing)
    kits_over = over or person.id in kept.stops or person.state != "randomized"
    found = [
        Planned(
            window,
            standing_of_visit(windows, window, today, records.get(window.visit), person.ended_on),
            window.visit in dispensing,
            given.get(window.visit),
            records.get(window.visit),
            timing(windows, window.visit, today),
            person.state == "randomized" and today >= span(windows, window.visit)[0],
            kept.on_treatment(person, window.visit, today),
            kits_over,
        )
        for window in windows
    ]
    return found + _early_termination(person, kept, records, today)


def windows_of(person: Participant, kept: Kept) -> list[Window]:
    """The windows of the planned visits of somebody who is randomized."""
    randomized_on = local_day(kept.done[person.id].randomized_at, texts.zone_of(person.site))
    last, stopped = last_dose_on(kept.doses.get(person.id, ())), person.id in kept.stops
    return planned_visits(service().study, randomized_on, person.first_dose_on, last, stopped=stopped)


def _early_termination(
    person: Participant, kept: Kept, records: Mapping[str, VisitRecord], today: date
) -> list[Planned]:
    """The visit that whoever stopped treatment early owes; none where the reason asks for none."""
    study, stop = service().study, kept.stops.get(person.id)
    visit = study.early_termination
    asking = {one.id for one in study.treatment.stop_reasons if one.early_termination}
    if stop is None or visit is None or visit.within_days is None or stop.reason not in asking:
        return []
    window = Window(visit.id, stop.last_day, stop.last_day, stop.last_day + timedelta(days=visit.within_days))
    record = records.get(f"{visit.id}.1")
    state = record.state if record else _owed(person, window, today)
    return [Planned(window, state, False, None, record, "in_window", today >= window.earliest, False)]


def _owed(person: Participant, window: Window, today: date) -> str:
    if person.state == "completed":
        return "off"
    return "due" if today <= window.latest else "overdue"


def unscheduled_of(session: Session, participant: str) -> list[VisitRecord]:
    """The visits that had no planned day, in the order of their days."""
    planned = {one.id for one in service().study.visits}
    found = latest_records(rows(session, VisitRecord, participant=participant))
    return sorted((row for visit, row in found.items() if visit not in planned), key=lambda row: row.visited_on)
