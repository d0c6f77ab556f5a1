"""What waits for whom: for each role the steps that only that role can take now, each one click away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.conduct.classifying import CLASSIFIERS
from irt.conduct.tables import Delegation, Deviation, Site
from irt.dispensing.allowance import ALLOWERS
from irt.lock.standing import MASKED_SIGNERS
from irt.outcomes.queries import OWNERS, RAISERS
from irt.people.review import access_list
from irt.people.tables import AccessReview, Account, RoleGrant
from irt.randomization.tables import PublishedList
from irt.supply.tables import Manifest, Shelf, Shipment
from irt.web import (
    changes,
    dose_worklists,
    envelopes,
    event_worklists,
    intercurrent,
    lock_worklists,
    mishap_board,
    notices,
    outcome_worklists,
    query_worklists,
    records,
    result_worklists,
    return_worklists,
    site_worklists,
    supply_worklists,
    texts,
    words,
)
from irt.web.deviation_log import shown
from irt.web.pages import actor, reading
from irt.web.rating import RATERS
from irt.web.site_worklists import Group, Line
from irt.web.sites import delegated, missing_at
from irt.web.wired import service

REVIEW_EVERY = timedelta(days=90)
AT_MOST = 25  # lines of one group that could grow without end


def delegations(session: Session) -> list[Group]:
    """Sites of the investigator whose delegation is not signed yet, or not for those who hold roles there now."""
    given = sorted(records.rows(session, Delegation), key=lambda row: row.signed_at)
    signed = {row.site: row.persons for row in given}
    lines = [
        Line(texts.site_name(site.code), "", _("Sign"), url_for("sites.stepped", code=site.code, step="delegation"))
        for site in records.rows(session, Site)
        if site.state != "closed" and signed.get(site.code) != delegated(session, site.code)
    ]
    return [Group(_("Delegation to sign"), lines)]


def trial(session: Session) -> list[Group]:
    """For the trial manager: the study to open, sites to bring on, pauses, shelves that are low, people untrained."""
    state = records.study_state(session)
    sites = records.rows(session, Site)
    groups = [Group(_("Sites to bring on"), [line for site in sites for line in _next_step(session, site)])]
    if state.state == "setup" and records.rows(session, PublishedList):
        line = Line(_("The list is sealed and published"), "", _("Open"), url_for("study.stepped", step="open"), True)
        groups.insert(0, Group(_("Study to open"), [line]))
    closed = [row.site for row in records.rows(session, Shelf) if row.randomization == "closed"]
    low = [site.code for site in sites if site.code in closed and site.state == "active"]
    lines = [
        Line(texts.site_name(code), _("Closed for randomization"), _("Send kits"), url_for("supply.requested"))
        for code in low
    ]
    return [*groups, Group(_("Pauses in force"), pauses(state, sites)), Group(_("Sites that need kits"), lines)]


def _next_step(session: Session, site: Site) -> list[Line]:
    if site.state == "ready":
        return [
            Line(
                texts.site_name(site.code),
                _("Ready"),
                _("Activate"),
                url_for("sites.stepped", code=site.code, step="activate"),
                True,
            )
        ]
    if site.state != "set_up":
        return []
    missing = missing_at(session, site.code)
    if missing:
        note = _("Missing: %(what)s", what="; ".join(words.word(one, "MISSING") for one in missing))
        return [Line(texts.site_name(site.code), note, _("Look"), url_for("sites.one", code=site.code))]
    href = url_for("sites.stepped", code=site.code, step="ready")
    return [Line(texts.site_name(site.code), _("Nothing is missing"), _("Make ready"), href, True)]


def pauses(state: Any, sites: list[Site]) -> list[Line]:
    """Every pause in force, of the study and of sites."""
    lines = []
    for what in ("randomization", "dispensing"):
        word = words.word(what, "WHAT")
        if getattr(state, what) == "paused":
            lines.append(Line(_("Whole study"), word, _("Look"), url_for("study.one")))
        lines += [
            Line(texts.site_name(site.code), word, _("Look"), url_for("sites.one", code=site.code))
            for site in sites
            if getattr(site, what) == "paused"
        ]
    return lines


def paused(session: Session) -> list[Group]:
    """For the others who may pause the study: what is paused now."""
    return [Group(_("Pauses in force"), pauses(records.study_state(session), records.rows(session, Site)))]


def shipments_to_send(session: Session) -> list[Group]:
    """For the depot: what was asked for and has not left."""
    steps = {"requested": (_("Pack"), "supply.packed"), "packed": (_("Send"), "supply.sent")}
    groups = []
    for state, title in (("requested", _("Shipments to pack")), ("packed", _("Shipments to send"))):
        found = session.scalars(select(Shipment).filter_by(state=state).order_by(Shipment.requested_at))
        lines = [
            Line(row.number, _("%(kits)s kits for %(site)s", kits=row.kits, site=texts.site_name(row.site)),
                 steps[state][0], url_for(steps[state][1], shipment=row.id), True)
            for row in found
        ]  # fmt: skip
        groups.append(Group(title, lines))
    return groups


def sealed_list(session: Session) -> list[Group]:
    """For the statisticians: whether the list is sealed, and what was published of it."""
    published = next(iter(records.rows(session, PublishedList)), None)
    what = _("The list is sealed and published") if published else _("No list is sealed yet")
    note = texts.site_moment(published.prepared_at) if published else _("It is prepared with `irt list prepare`.")
    return [Group(_("Randomization list"), [Line(what, note, _("Look"), url_for("study.one"))])]


def stock(session: Session) -> list[Group]:
    """For the supply manager: the kit list to import, the way to the depot's stock; no count, which would be of now."""
    if not records.rows(session, Manifest):
        line = Line(_("No kit list was taken in yet"), "", _("Import"), url_for("supply.manifest"), True)
        return [Group(_("Kit lists"), [line])]
    line = Line(_("Stock at the depot"), "", _("Look"), url_for("supply.depot"))
    return [Group(_("Depot"), [line])]


def access(session: Session) -> list[Group]:
    """For those who sign for access: proposals by others, and for reviewers the review that is due."""
    me = actor().account
    proposals = [
        row for row in records.rows(session, RoleGrant, state="proposed") if me not in (row.proposed_by, row.account)
    ]
    who = records.names(session, *(row.account for row in proposals))
    lines = [
        Line(
            who[row.account],
            words.word(row.role, "ROLES"),
            _("Decide"),
            url_for("people.one", account=row.account),
            True,
        )
        for row in proposals
    ]
    return [Group(_("Roles that wait for a second signature"), lines)]


def review(session: Session) -> list[Group]:
    """The periodic review, when the last one is too long ago."""
    last = max((row.at for row in records.rows(session, AccessReview)), default=None)
    if last is not None and service().clock.now() - last < REVIEW_EVERY:
        return []
    note = _("Last: %(when)s", when=texts.site_moment(last)) if last else _("There was none yet")
    return [Group(_("Review of access"), [Line(_("Review due"), note, _("Review"), url_for("people.reviewed"))])]


def people(session: Session) -> list[Group]:
    """Invitations that are open, and people who wait for the record of their training."""
    study, now = service().study, service().clock.now()
    known = access_list(lambda statement: session.execute(statement).all(), study.training_version, now)
    invited = [
        Line(row.name, row.login, _("Look"), url_for("people.one", account=row.id))
        for row in records.rows(session, Account, state="invited")
    ]
    untrained = [
        Line(one.name, one.login, _("Record"), url_for("people.stepped", account=one.account, step="training"))
        for one in known
        if not one.trained and one.state != "disabled" and one.account != actor().account
    ]
    return [Group(_("Invitations not yet taken up"), invited), Group(_("Training to record"), untrained)]


def deviations(session: Session) -> list[Group]:
    """For those who classify: what they said nothing about yet, and what the two see differently; the oldest first."""
    mine = next(role for role in CLASSIFIERS if role in actor().roles)
    found = shown(session, session.scalars(select(Deviation).order_by(Deviation.noted_at, Deviation.id)))
    waiting = [
        one for one in found if one.now.stands and (one.word_of(mine) is None or one.standing.state == "disagreed")
    ]
    lines = [
        Line(
            one.number or texts.site_name(one.row.site),
            f"{words.word(one.row.kind, 'DEVIATIONS')} · {words.word(one.standing.state, 'DEVIATION_STANDINGS')}",
            _("Classify"),
            url_for("deviations.classified", deviation=one.row.id),
        )
        for one in waiting[:AT_MOST]
    ]
    if len(waiting) > AT_MOST:
        more = _("%(count)s more", count=len(waiting) - AT_MOST)
        lines.append(Line(more, "", _("Look"), url_for("deviations.listed")))
    return [Group(_("Deviations to classify"), lines)]


def trail(_session: Session) -> list[Group]:
    """For those who read the trail."""
    line = Line(_("The newest entries"), "", _("Read"), url_for("audit.listed"))
    return [Group(_("Audit trail"), [line])]


SOURCES: tuple[tuple[Callable[[Session], list[Group]], tuple[Role, ...]], ...] = (
    (event_worklists.to_report, (Role.INVESTIGATOR,)),
    (event_worklists.opinions, (Role.MEDICAL_MONITOR,)),
    (event_worklists.overdue, (Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER)),
    (event_worklists.opinions_overdue, (Role.TRIAL_MANAGER,)),
    (event_worklists.cases, (Role.SAFETY_OFFICER,)),
    (notices.urgent, tuple(Role)),
    (event_worklists.values, (Role.INVESTIGATOR,)),
    (result_worklists.results, (Role.LABORATORY,)),
    (intercurrent.to_judge, (Role.MEDICAL_MONITOR,)),
    (site_worklists.screened, (Role.COORDINATOR, Role.INVESTIGATOR)),
    (site_worklists.consents, (Role.COORDINATOR, Role.INVESTIGATOR)),
    (site_worklists.eligibilities, (Role.INVESTIGATOR,)),
    (site_worklists.ready, (Role.COORDINATOR, Role.INVESTIGATOR)),
    (site_worklists.waiting, (Role.COORDINATOR,)),
    (site_worklists.hand_overs, (Role.PHARMACIST,)),
    (return_worklists.to_take_back, (Role.PHARMACIST,)),
    (site_worklists.visits_due, (Role.COORDINATOR, Role.INVESTIGATOR, Role.PHARMACIST)),
    (dose_worklists.doses, (Role.COORDINATOR, Role.INVESTIGATOR, Role.PHARMACIST)),
    (outcome_worklists.to_rate, tuple(RATERS)),
    (query_worklists.to_answer, OWNERS),
    (query_worklists.to_settle, RAISERS),
    (lock_worklists.to_endorse, (Role.INVESTIGATOR,)),
    (lock_worklists.to_sign, tuple(MASKED_SIGNERS)),
    (lock_worklists.to_release, (Role.SPONSOR, Role.UNBLINDED_STATISTICIAN)),
    (delegations, (Role.INVESTIGATOR,)),
    (mishap_board.unfinished, (Role.PHARMACIST, Role.COORDINATOR)),
    (mishap_board.notes_to_sign, (Role.INVESTIGATOR,)),
    (site_worklists.receipts, (Role.PHARMACIST,)),
    (return_worklists.to_recall, (Role.PHARMACIST, Role.COORDINATOR)),
    (return_worklists.past_expiry, (Role.PHARMACIST, Role.COORDINATOR)),
    (return_worklists.discrepancies, (Role.PHARMACIST, Role.COORDINATOR, Role.INVESTIGATOR)),
    (return_worklists.to_witness, (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR)),
    (mishap_board.to_allow, tuple(ALLOWERS)),
    (trial, (Role.TRIAL_MANAGER,)),
    (paused, (Role.MEDICAL_MONITOR, Role.SPONSOR)),
    (supply_worklists.not_come, (Role.DEPOT, Role.TRIAL_MANAGER)),
    (shipments_to_send, (Role.DEPOT,)),
    (supply_worklists.to_decide, (Role.QUALITY,)),
    (supply_worklists.to_relabel, (Role.PHARMACIST,)),
    (supply_worklists.expired, (Role.PHARMACIST,)),
    (supply_worklists.returns, (Role.DEPOT,)),
    (supply_worklists.manifests, (Role.SUPPLY_MANAGER,)),
    (sealed_list, (Role.UNBLINDED_STATISTICIAN, Role.TRIAL_STATISTICIAN)),
    (stock, (Role.SUPPLY_MANAGER,)),
    (envelopes.to_issue, (Role.SAFETY_OFFICER,)),
    (access, (Role.ADMINISTRATOR, Role.QUALITY, Role.TRIAL_MANAGER)),
    (people, (Role.ADMINISTRATOR, Role.TRIAL_MANAGER)),
    (review, (Role.ADMINISTRATOR, Role.QUALITY)),
    (deviations, CLASSIFIERS),
    (event_worklists.to_code, (Role.DATA_MANAGER,)),
    (changes.to_decide, (Role.DATA_MANAGER,)),
    (trail, (Role.AUDITOR, Role.MONITOR, Role.DATA_MANAGER)),
)


def of_reader() -> list[Group]:
    """All that waits for the signed-in person; groups with nothing in them are left out."""
    found: list[Group] = []
    for source, roles in SOURCES:
        if actor().roles & set(roles):
            with reading(*roles) as session:
                found += source(session)
    return [group for group in found if group.lines]
