"""Reading for pages: the records that several pages show, found within the sites that the page's roles open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from irt.clock import local_day
from irt.db import Base
from irt.gate.tables import StudyState
from irt.participants.baseline import current
from irt.participants.tables import BaselineValue, Participant
from irt.participants.visits import Window, visit_state, windows
from irt.people.tables import Account
from irt.randomization.eligibility import standing_of
from irt.randomization.tables import Eligibility, Randomization
from irt.supply.tables import Assignment
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
class Planned:
    """One visit of a participant: its window, its state, and its kit where it has one."""

    window: Window
    state: str
    dispenses: bool
    kit: Assignment | None

    @property
    def assignable(self) -> bool:
        """Whether the kit can be asked for today."""
        return self.dispenses and self.kit is None and self.state == "due"


def visits_of(session: Session, person: Participant, *, kits: bool) -> list[Planned]:
    """The visits of a randomized participant; none before. `kits`: the reader may see the kits."""
    done = session.scalars(select(Randomization).filter_by(participant=person.id)).one_or_none()
    if done is None:
        return []
    given = latest_kits(rows(session, Assignment, participant=person.id)) if kits else {}
    return planned_visits(person, done, given, texts.today_at(person.site))


def latest_kits(given: Iterable[Assignment]) -> dict[str, Assignment]:
    """The assignment that counts for each visit of one participant: the last replacement."""
    return {row.visit: row for row in sorted(given, key=lambda row: row.ordinal) if row.state != "void"}


def kit_of_visit(session: Session, participant: str, visit: str) -> Assignment:
    """The assignment that counts for a visit; the page "not found" when there is none at the reader's sites."""
    given = latest_kits(rows(session, Assignment, participant=participant, visit=visit)).get(visit)
    return given if given is not None else abort(404)


def planned_visits(
    person: Participant, done: Randomization, given: dict[str, Assignment], today: date
) -> list[Planned]:
    """The visits from what was read already."""
    study = service().study
    anchor = person.first_dose_on or local_day(done.randomized_at, texts.zone_of(person.site))
    planned = windows(study, anchor)
    dispensing = {visit.id for visit in study.dispensing_visits}
    return [
        Planned(
            window,
            visit_state(planned, window.visit, today, _over(given.get(window.visit))),
            window.visit in dispensing,
            given.get(window.visit),
        )
        for window in planned
    ]


def _over(kit: Assignment | None) -> bool:
    return kit is not None and kit.state == "handed_over"
