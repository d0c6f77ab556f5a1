"""What waits at a site: people on their way to randomization, kits to ask for and hand over, boxes to receive."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.participants.baseline import current
from irt.participants.tables import BaselineValue, Consent, Participant
from irt.randomization.eligibility import standing_of
from irt.randomization.tables import Eligibility
from irt.supply.overdue import overdue
from irt.supply.tables import Assignment, Shipment
from irt.web import records, texts, words
from irt.web.wired import service

SOON = timedelta(days=7)


AT_MOST = 25  # lines of one kind on the start page


@dataclass(frozen=True)
class Line:
    """One thing that waits, and the page where it is done."""

    what: str
    note: str
    action: str
    href: str
    urgent: bool = False


@dataclass(frozen=True)
class Group:
    """Things of one kind that wait."""

    title: str
    lines: list[Line] = field(default_factory=list)


def cut(lines: list[Line], href: str) -> list[Line]:
    """The first of many lines, and how many more there are on the page that has them all."""
    if len(lines) <= AT_MOST:
        return lines
    more = _("%(count)s more", count=len(lines) - AT_MOST)
    return [*lines[:AT_MOST], Line(more, "", _("Look"), href)]


@dataclass(frozen=True)
class _Candidate:
    person: Participant
    complete: bool
    standing: str


def _candidates(session: Session) -> list[_Candidate]:
    """Everybody screened and not yet randomized, with where they stand: three statements, however many they are."""
    people = list(
        session.scalars(select(Participant).filter_by(state="screened").order_by(Participant.screening_number))
    )
    wanted = {person.id for person in people}
    values: dict[str, list[Any]] = defaultdict(list)
    for row in session.scalars(select(BaselineValue).where(BaselineValue.participant.in_(wanted))):
        values[row.participant].append(row)
    latest: dict[str, Eligibility] = {}
    for found in session.scalars(
        select(Eligibility).where(Eligibility.participant.in_(wanted)).order_by(Eligibility.revision)
    ):
        latest[found.participant] = found
    return [_candidate(person, values[person.id], latest.get(person.id)) for person in people]


def _candidate(person: Participant, revisions: list[Any], latest: Eligibility | None) -> _Candidate:
    values = current(revisions)
    stratum = records.stratum_of(values, person.site) or ""
    standing = standing_of(service().study, latest, stratum, person.site, service().clock.now(), revisions)
    return _Candidate(person, records.baseline_complete(values), standing)


def screened(session: Session) -> list[Group]:
    """Screened people whose baseline values are missing."""
    lines = [
        Line(one.person.screening_number, texts.site_moment(one.person.screened_at, one.person.site),
             _("Baseline values"), url_for("participants.baseline", participant=one.person.id))
        for one in _candidates(session)
        if not one.complete
    ]  # fmt: skip
    return [Group(_("Screened, to complete"), lines)]


def consents(session: Session) -> list[Group]:
    """People in the trial whose consent is to an earlier version than the one in force."""
    current_version = service().study.consent_version
    agreed = {row.participant for row in records.rows(session, Consent, version=current_version)}
    people = session.scalars(
        select(Participant)
        .where(Participant.state.in_(("screened", "randomized")))
        .order_by(Participant.screening_number)
    )
    note = _("Version in force: %(version)s", version=current_version)
    lines = [
        Line(one.screening_number, note, _("Consent again"), url_for("participants.consent", participant=one.id))
        for one in people
        if one.id not in agreed
    ]
    return [Group(_("Consent to renew"), lines)]


def eligibilities(session: Session) -> list[Group]:
    """People whose eligibility an investigator is to confirm, or to confirm again."""
    lines = [
        Line(one.person.screening_number, words.word(one.standing, "STANDINGS"), _("Confirm"),
             url_for("eligibility.confirmed", participant=one.person.id), True)
        for one in _candidates(session)
        if one.complete and one.standing not in ("valid", "not_eligible")
    ]  # fmt: skip
    return [Group(_("Eligibility to confirm"), lines)]


def ready(session: Session) -> list[Group]:
    """People who may be randomized now."""
    lines = [
        Line(one.person.screening_number, words.word(one.standing, "STANDINGS"), _("Randomize"),
             url_for("eligibility.randomized", participant=one.person.id), True)
        for one in _candidates(session)
        if one.complete and one.standing == "valid"
    ]  # fmt: skip
    return [Group(_("Ready to randomize"), lines)]


def waiting(session: Session) -> list[Group]:
    """For a coordinator: people who wait for an investigator, who alone may confirm."""
    lines = [
        Line(one.person.screening_number, words.word(one.standing, "STANDINGS"), _("Look"),
             url_for("participants.one", participant=one.person.id))
        for one in _candidates(session)
        if one.complete and one.standing != "valid"
    ]  # fmt: skip
    return [Group(_("Waiting for the investigator"), lines)]


def visits_due(session: Session) -> list[Group]:
    """Visits due: kits to ask for, visits to record, those left behind, and those of the coming week."""
    kept = records.kept_of(session)
    found = session.scalars(select(Participant).where(Participant.id.in_(kept.done)))
    kits, due, late, missed, soon = list[Line](), list[Line](), list[Line](), list[Line](), list[Line]()
    coming, sent = records.express_under_way(session), list[Line]()
    for person in sorted(found, key=lambda person: person.screening_number):
        today = texts.today_at(person.site)
        for one in records.planned_of(person, kept, today):
            name, last = texts.visit_name(one.window.visit), one.window.latest
            if one.state == "due":
                note = _("%(visit)s, until %(last)s", visit=name, last=last)
                if one.assignable and person.id in coming:
                    note = _("%(visit)s, with shipment %(number)s", visit=name, number=coming[person.id].number)
                    sent.append(_visit_line(person, one, note, _("Ask for the kit"), "dispensing.assigned"))
                elif one.assignable:
                    kits.append(_visit_line(person, one, note, _("Ask for the kit"), "dispensing.assigned"))
                elif one.kit is None or one.kit.state != "assigned":  # which waits to be handed over
                    due.append(_visit_line(person, one, note, _("Record"), "visits.recorded"))
            elif one.state in ("overdue", "missed"):
                note = _("%(visit)s, was due until %(last)s", visit=name, last=last)
                group = late if one.state == "overdue" else missed
                group.append(_visit_line(person, one, note, _("Record"), "visits.recorded"))
            elif one.state == "not_yet" and one.window.earliest - today <= SOON:
                note = _("%(visit)s, from %(first)s", visit=name, first=one.window.earliest)
                soon.append(Line(person.screening_number, note, _("Look"), _page_of(person)))
    return [
        Group(_("Visits due, kit to be asked for"), kits),
        Group(_("Visits due, kit on its way"), sent),
        Group(_("Visits due, to be recorded"), due),
        Group(_("Visits overdue, nothing recorded"), late),
        Group(_("Visits missed, to be recorded or skipped"), missed),
        Group(_("Visits of the coming week"), sorted(soon, key=lambda line: line.note)),
    ]


def _visit_line(person: Participant, one: records.Planned, note: str, action: str, endpoint: str) -> Line:
    href = url_for(endpoint, participant=person.id, visit=one.window.visit)
    return Line(person.screening_number, note, action, href)


def _page_of(person: Participant) -> str:
    return url_for("participants.one", participant=person.id)


def hand_overs(session: Session) -> list[Group]:
    """Kits set aside and not yet handed over."""
    waiting = list(session.scalars(select(Assignment).filter_by(state="assigned").order_by(Assignment.assigned_at)))
    away = records.waiting_elsewhere(session, waiting)
    people = {row.id: row for row in session.scalars(select(Participant).filter_by(state="randomized"))}
    lines = [
        Line(people[row.participant].screening_number,
             _("%(visit)s, kit %(kit)s", visit=texts.visit_name(row.visit), kit=row.kit), _("Hand over"),
             url_for("dispensing.handed_over", participant=row.participant, visit=row.visit), True)
        for row in waiting
        if row.participant in people and row.kit not in away
    ]  # fmt: skip
    return [Group(_("Kits to hand over"), lines)]


def receipts(session: Session) -> list[Group]:
    """Boxes on their way to the site; one that is overdue may have come, or be lost."""
    plan, now = service().study.supply, service().clock.now()
    lines = [
        Line(row.number,
             _("%(kits)s kits, sent %(when)s", kits=row.kits, when=texts.site_moment(row.sent_at, row.site)),
             _("Receive"), url_for("supply.received", shipment=row.id), overdue(plan, row, now))
        for row in session.scalars(select(Shipment).filter_by(state="in_transit").order_by(Shipment.sent_at))
    ]  # fmt: skip
    return [Group(_("Shipments to receive"), lines)]
