"""What waits about vials: kits to take or call back, kits at home past expiry, discrepancies, disposals to witness."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing.returns import return_kit
from irt.dispensing.tables import Disposal
from irt.gate.act import spec_of
from irt.participants.tables import Participant
from irt.supply.ledger import AT_HOME
from irt.supply.tables import ExposedKit, Kit, Lot
from irt.web import counted, records, texts, words
from irt.web.pages import actor
from irt.web.site_worklists import Group, Line
from irt.web.wired import service


def _at_home(session: Session) -> list[tuple[Kit, Participant]]:
    kits = list(session.scalars(select(Kit).where(Kit.state.in_(AT_HOME)).order_by(Kit.number)))
    people = counted.people(session, (kit.participant for kit in kits))
    pairs = [(kit, people[kit.participant]) for kit in kits if kit.participant in people]
    return sorted(pairs, key=lambda pair: (pair[1].screening_number, pair[0].number))


def to_take_back(session: Session) -> list[Group]:
    """Kits at home whose next visit has come, or whose holder stopped treatment or left."""
    kept = records.kept_of(session)
    visits = {row.kit: row.visit for rows in kept.given.values() for row in rows}
    lines = []
    for kit, person in _at_home(session):
        why = _why_back(person, visits.get(kit.number), kept)
        if why:
            note = _("Kit %(kit)s: %(why)s", kit=kit.number, why=why)
            href = url_for("returns.taken_back", participant=person.id)
            lines.append(Line(person.screening_number, note, _("Take back"), href))
    return [Group(_("Kits to take back"), lines)]


def _why_back(person: Participant, visit: str | None, kept: records.Kept) -> str | None:
    """Why a kit is to come back now, in words; None while it is in use."""
    if person.state in ("withdrawn", "completed"):
        return words.word(person.state, "PARTICIPANT_STATES")
    if person.id in kept.stops:
        return str(_("treatment stopped"))
    if person.id not in kept.done:
        return None
    study, today = service().study, texts.today_at(person.site)
    returning = {one.id for one in study.visits if one.returns}
    own = study.visit(visit).day if visit in {one.id for one in study.visits} else 0  # a wrong box: at any visit
    windows = records.windows_of(person, kept)
    later = [one for one in windows if one.visit in returning and study.visit(one.visit).day > own]
    come = [window for window in later if window.earliest <= today]
    return texts.visit_name(come[-1].visit) if come else None


def past_expiry(session: Session) -> list[Group]:
    """Kits in a participant's hands that are out of date."""
    lines = [
        Line(person.screening_number, _("Kit %(kit)s expired on %(day)s", kit=kit.number, day=kit.expiry), _("Look"),
             url_for("returns.kits", participant=person.id), True)
        for kit, person in _at_home(session)
        if kit.expiry < texts.today_at(person.site)
    ]  # fmt: skip
    return [Group(_("Kits at home past expiry"), lines)]


def to_recall(session: Session) -> list[Group]:
    """Kits in a participant's hands that are to come back: taken by a pharmacist of the site.

    Their lot is on hold or rejected, or they stood in a refrigerator that had failed, and were rejected for that.
    """
    exposed = {row.kit for row in records.rows(session, ExposedKit, state="rejected")}
    states = {row.code: row.state for row in records.rows(session, Lot) if row.state in ("held", "rejected")}
    sites = actor().sites(spec_of(return_kit).roles)
    lines = []
    for kit, person in _at_home(session):
        if kit.lot in states:
            word = words.word(states[kit.lot], "LOT_STATES")
            note = _("Kit %(kit)s of lot %(lot)s: %(why)s", kit=kit.number, lot=kit.lot, why=word)
        elif kit.number in exposed:
            note = _("Kit %(kit)s stood in a refrigerator that had failed, and is rejected", kit=kit.number)
        else:
            continue
        taker = sites is None or person.site in sites
        where = "returns.taken_back" if taker else "returns.kits"
        href = url_for(where, participant=person.id)
        lines.append(Line(person.screening_number, note, _("Take back") if taker else _("Look"), href, True))
    return [Group(_("Kits at home to recall"), lines)]


def discrepancies(session: Session) -> list[Group]:
    """Counts that differ, and nobody has said why."""
    asked = counted.open_discrepancies(session)
    people = counted.people(session, (row.participant for row in asked))
    lines = [
        Line(people[row.participant].screening_number, counted.about(row), _("Resolve"),
             url_for("returns.resolved", discrepancy=row.id))
        for row in asked
    ]  # fmt: skip
    return [Group(_("Discrepancies open"), lines)]


def to_witness(session: Session) -> list[Group]:
    """Disposals that another person proposed."""
    proposed = session.scalars(select(Disposal).filter_by(state="proposed").order_by(Disposal.proposed_at))
    lines = [
        Line(texts.site_name(row.site), _("%(count)s kits to be destroyed", count=len(row.kits)), _("Witness"),
             url_for("disposals.witnessed", disposal=row.id))
        for row in proposed
        if row.proposed_by != actor().account
    ]  # fmt: skip
    return [Group(_("Disposals to witness"), lines)]
