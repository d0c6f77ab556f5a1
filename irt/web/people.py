"""People: accounts, invitations, training, roles with their second signature, the periodic review."""

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from irt.actor import Role, masking_of
from irt.gate.act import spec_of
from irt.people.access import SECONDS, decline, end, propose, second
from irt.people.accounts import disable, enable, invite, invite_again
from irt.people.review import access_list, record_training, review_access, seen_digest
from irt.people.tables import AccessReview, Account, Invitation, RoleGrant, Training
from irt.web import language, records, signed, texts, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, holds, page, reading
from irt.web.paper_codes import standing
from irt.web.sites import REASON, Step
from irt.web.wired import service

pages = Blueprint("people", __name__, url_prefix="/people")

READERS = SECONDS | spec_of(record_training).roles - {Role.OPERATOR}
STEPS = {
    "training": Step(record_training, _l("Record the training"), (), ("invited", "active")),
    "invite-again": Step(invite_again, _l("Send a new link"), (REASON,), ("invited", "active")),
    "disable": Step(disable, _l("End the access"), (REASON,), ("invited", "active")),
    "enable": Step(enable, _l("Give the access back"), (REASON,), ("disabled",)),
}
GRANT_STEPS = {
    "second": Step(second, _l("Agree"), (), ("proposed",)),
    "decline": Step(decline, _l("Decline"), (REASON,), ("proposed",)),
    "end": Step(end, _l("End the role"), (REASON,), ("active",)),
}
REVIEWERS = spec_of(review_access).roles
ACTING = frozenset(role for step in STEPS.values() for role in spec_of(step.function).roles) - {Role.OPERATOR}


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """Everybody who has or had an account, with their roles and training."""
    with reading() as session:
        people = listing(session)
        proposed = records.rows(session, RoleGrant, state="proposed")
        reviews = sorted(records.rows(session, AccessReview), key=lambda row: row.at)
        who = records.names(session, *(row.account for row in proposed))
        last = reviews[-1] if reviews else None
        review = signed.last(session, "access.review", by=last.reviewed_by, until=last.at) if last else None
    return render_template(
        "people.html", people=people, proposed=proposed, who=who, review=review,
        may_invite=holds(*spec_of(invite).roles), may_second=holds(*SECONDS), may_review=holds(*REVIEWERS),
    )  # fmt: skip


def listing(session: Session) -> Any:
    """The list of access, for the pages and the review."""
    study = service().study
    return access_list(
        lambda statement: session.execute(statement).all(), study.training_version, service().clock.now()
    )


@page(pages, "/<account>", roles=READERS)
def one(account: str) -> Any:
    """One person: account, training, roles held and once held."""
    with reading() as session:
        person = records.one(session, Account, id=account)
        grants = sorted(records.rows(session, RoleGrant, account=account), key=lambda row: row.proposed_at)
        trainings = sorted(records.rows(session, Training, account=account), key=lambda row: row.at)
        invitation = next(iter(records.rows(session, Invitation, account=account, state="open")), None)
        involved = [row.recorded_by for row in trainings] + [row.proposed_by for row in grants]
        who = records.names(session, *involved, *(row.second_by for row in grants))
        held = standing(session, account) if holds(Role.ADMINISTRATOR) else None
    return render_template(
        "person.html", person=person, grants=grants, trainings=trainings, invitation=invitation, who=who,
        steps=_open(STEPS, person.state), grant_steps=_open(GRANT_STEPS), may_propose=holds(*spec_of(propose).roles),
        version=service().study.training_version, held=held,
    )  # fmt: skip


def _open(steps: dict[str, Step], state: str | None = None) -> list[tuple[str, Step]]:
    return [
        (name, step)
        for name, step in steps.items()
        if (state is None or state in step.states) and holds(*spec_of(step.function).roles)
    ]


@form_page(pages, "/invite", roles=spec_of(invite).roles)
def invited() -> Any:
    """Invite a person; the link goes to their address alone."""
    fields = (
        Field("login", hint=_("Letters a to z, digits, and . _ -; it stays this person's for good.")),
        Field("name", hint=_("As it is to be printed beside signatures.")),
        Field("email", "email"),
        Field("language", "choice", choices=tuple(language.LANGUAGES.items()), value="zh_Hans_CN"),
    )
    here = url_for("people.listed")
    return ask(
        invite, title=_("Invite a person"), fields=fields, back=here, press=_("Invite"), said=_("Invited."),
        done=lambda done: url_for("people.one", account=done.answer),
    )  # fmt: skip


@form_page(pages, "/<account>/role", roles=spec_of(propose).roles)
def proposed(account: str) -> Any:
    """Propose a role for a person."""
    with reading() as session:
        person = records.one(session, Account, id=account)
    grantable = [role for role in Role if role is not Role.OPERATOR]
    kinds = {role: words.word(masking_of(role).value, "MASKINGS") for role in grantable}
    roles = tuple((role.value, f"{words.word(role.value, 'ROLES')} ({kinds[role]})") for role in grantable)
    fields = (
        Field("role", "choice", choices=roles),
        Field("site", "choice", choices=texts.site_choices(None), optional=True, hint=_("For roles at one site.")),
    )
    here = url_for("people.one", account=account)
    title = _("A role for %(name)s", name=person.name)
    lead = _("An unmasked role, and a role at a second site, are in force only when a second person agrees.")
    return ask(propose, title=title, fields=fields, given={"account": account}, done=here, back=here, lead=lead)


@form_page(pages, "/<account>/<step>", roles=ACTING)
def stepped(account: str, step: str) -> Any:
    """Take one step with an account."""
    if step not in STEPS or not holds(*spec_of(STEPS[step].function).roles):
        abort(404)
    with reading() as session:
        person = records.one(session, Account, id=account)
    taken, here = STEPS[step], url_for("people.one", account=account)
    title = f"{person.name} · {taken.title}"
    return ask(
        taken.function, title=title, fields=taken.fields, given={"account": account}, done=here, back=here,
        press=str(taken.title),
    )  # fmt: skip


@form_page(pages, "/roles/<grant>/<step>", roles=SECONDS)
def granted(grant: str, step: str) -> Any:
    """Agree to a proposed role, decline it, or end one that is held."""
    if step not in GRANT_STEPS or not holds(*spec_of(GRANT_STEPS[step].function).roles):
        abort(404)
    with reading() as session:
        found = records.one(session, RoleGrant, id=grant)
        person = records.one(session, Account, id=found.account)
    taken, here = GRANT_STEPS[step], url_for("people.one", account=found.account)
    role = words.word(found.role, "ROLES") + (f" · {texts.site_name(found.at_site)}" if found.at_site else "")
    return ask(
        taken.function, title=f"{person.name} · {taken.title}", fields=taken.fields, given={"grant": grant}, done=here,
        back=here, lead=role,
    )  # fmt: skip


@form_page(pages, "/review", roles=REVIEWERS)
def reviewed() -> Any:
    """Look the whole list over, write down what was found, and sign."""
    with reading() as session:
        people = listing(session)
    fields = (Field("findings", "note", hint=_("What was found and decided; “none” when nothing was.")),)
    here = url_for("people.listed")
    return ask(
        review_access, title=_("Review of access"), fields=fields, done=here, back=here, template="access_review.html",
        people=people, seen=seen_digest(people),
    )  # fmt: skip
