"""Sites: what each still needs, and the steps from set up to closed, with its pauses."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.conduct.sites import (
    APPROVALS,
    activate_site,
    close_recruitment,
    close_site,
    pause_site,
    persons_at,
    practised_at,
    record_approval,
    resume_site,
    sign_delegation,
)
from irt.conduct.tables import Delegation, Enrolment, Site, SiteApproval
from irt.gate.act import spec_of
from irt.gate.tables import SignatureRow
from irt.safety.practice import practise
from irt.supply.readiness import make_ready
from irt.supply.recall import place_of
from irt.supply.tables import Kit
from irt.web import records, texts, words
from irt.web.asking import Field, ask
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.signed import Signed
from irt.web.wired import service

pages = Blueprint("sites", __name__, url_prefix="/sites")

READERS = frozenset({
    Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER,
    Role.SPONSOR, Role.QUALITY, Role.AUDITOR, Role.DATA_MANAGER,
})  # fmt: skip
WHAT = Field("what", "choice", choices=tuple((code, words.WHAT[code]) for code in ("randomization", "dispensing")))
REASON = Field("reason")
APPROVAL = (
    Field("kind", "choice", choices=tuple((kind, words.APPROVALS[kind]) for kind in APPROVALS)),
    Field("reference", hint=_l("The number on the document.")),
    Field("approved_on", "day"),
)


@dataclass(frozen=True)
class Step:
    """One act on a site: its words, what it asks, and in which states it is offered."""

    function: Callable[..., Any]
    title: Any
    fields: tuple[Field, ...]
    states: tuple[str, ...]


LIVING = ("set_up", "ready", "active", "closed_to_recruitment")
STEPS = {
    "approval": Step(record_approval, _l("Record an approval"), APPROVAL, LIVING),
    "delegation": Step(sign_delegation, _l("Sign the delegation"), (), LIVING),
    "ready": Step(make_ready, _l("Make ready"), (), ("set_up",)),
    "activate": Step(activate_site, _l("Activate"), (), ("ready",)),
    "pause": Step(pause_site, _l("Pause"), (WHAT, REASON), LIVING[2:]),
    "resume": Step(resume_site, _l("Resume"), (WHAT, REASON), LIVING[2:]),
    "close-recruitment": Step(close_recruitment, _l("Close to recruitment"), (), ("active",)),
    "close": Step(close_site, _l("Close for good"), (REASON,), ("set_up", "ready", "closed_to_recruitment")),
}
ACTING = frozenset(role for step in STEPS.values() for role in spec_of(step.function).roles)


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """The reader's sites: state, pauses, and how many were randomized."""
    with reading() as session:
        found = records.rows(session, Site)
        enrolled = {row.scope.removeprefix("site:"): row for row in records.rows(session, Enrolment)}
    return render_template("sites.html", found=found, enrolled=enrolled)


@page(pages, "/<code>", roles=READERS)
def one(code: str) -> Any:
    """One site: approvals, delegation, what is missing, and the steps open to the reader."""
    with reading() as session:
        site = records.one(session, Site, code=code)
        approvals = sorted(records.rows(session, SiteApproval, site=code), key=lambda row: row.recorded_at)
        delegations = sorted(records.rows(session, Delegation, site=code), key=lambda row: row.signed_at)
        signatures = {row.id: row for row in records.rows(session, SignatureRow, act="site.sign_delegation")}
        missing, ready_at_night = missing_at(session, code), practised(session, code)
        enrolment = records.one(session, Enrolment, scope=f"site:{code}")
    signed = [(Signed(signatures[row.signature]), row.persons) for row in delegations]
    return render_template(
        "site.html", site=site, approvals=approvals, delegations=signed, missing=missing,
        enrolment=enrolment, steps=open_steps(site), may_practise=may_practise(code), about=service().study.site(code),
        practised=ready_at_night,
    )  # fmt: skip


def missing_at(session: Session, code: str) -> list[str]:
    """What a site still needs before it is ready."""
    have = {row.kind for row in records.rows(session, SiteApproval, site=code)}
    missing = [kind for kind in APPROVALS if kind not in have]
    if not records.rows(session, Delegation, site=code):
        missing.append("delegation")
    if not practised(session, code):
        missing.append("practice")
    if session.scalars(select(Kit).filter_by(site=code, state="available").limit(1)).first() is None:
        missing.append("stock")
    return missing


def may_practise(code: str) -> bool:
    """Whether the reader is an investigator of the site, who may break its practice code."""
    reach = actor().sites(spec_of(practise).roles)
    return holds(*spec_of(practise).roles) and (reach is None or code in reach)


def open_steps(site: Site) -> list[tuple[str, Step]]:
    """The steps that the reader's roles allow at this site in its state."""
    open_now = []
    for name, step in STEPS.items():
        reach = actor().sites(spec_of(step.function).roles)
        possible = site.state in step.states and pauses_fit(name, site.randomization, site.dispensing)
        if possible and (reach is None or site.code in reach):
            open_now.append((name, step))
    return open_now


def pauses_fit(step: str, *what: str) -> bool:
    """Whether there is something left to pause, or something to resume; other steps always fit."""
    wanted = {"pause": "running", "resume": "paused"}.get(step)
    return wanted is None or wanted in what


@form_page(pages, "/<code>/<step>", roles=ACTING)
def stepped(code: str, step: str) -> Any:
    """Take one step at a site."""
    if step not in STEPS:
        abort(404)
    taken = STEPS[step]
    with reading(*spec_of(taken.function).roles) as session:
        records.one(session, Site, code=code)
        lead = _lead(session, taken.function, code)
    here = url_for("sites.one", code=code)
    title = f"{texts.site_name(code)} · {taken.title}"
    press = None if spec_of(taken.function).sign else str(taken.title)
    said = _("Recorded for site %(site)s.", site=code)
    return ask(
        taken.function,
        title=title,
        fields=taken.fields,
        given={"site": code},
        done=here,
        back=here,
        press=press,
        said=said,
        lead=lead,
    )


def _lead(session: Session, function: Callable[..., Any], code: str) -> str | None:
    """What is to be known before a step: to whom tasks are delegated, or which kits a closed site still has."""
    if function is sign_delegation:
        return _named(delegated(session, code))
    if function is not close_site:
        return None
    places = Counter(place_of(kit.state) for kit in records.rows(session, Kit, site=code))
    told = _(
        "Kits of this site: %(here)s still there, %(coming)s in boxes for it, %(home)s with participants. Once it is "
        "closed, what is available on its shelf is sent back or destroyed, all together; a box that has not left is "
        "to be cancelled.",
        here=places["shelf"],
        coming=places["in_transit"],
        home=places["home"],
    )
    return str(told)


def delegated(session: Session, code: str) -> list[list[str]]:
    """To whom the site's tasks would be delegated now."""
    return persons_at(_rows_of(session), code)


def practised(session: Session, code: str) -> list[tuple[str, datetime]]:
    """Which of the site's investigators of now broke its practice code, and when last."""
    return practised_at(_rows_of(session), code)


def _rows_of(session: Session) -> Callable[..., Sequence[Any]]:
    return lambda statement, **given: session.execute(statement, given).all()


def _named(persons: list[list[str]]) -> str:
    return "; ".join(f"{name}: {words.word(role, 'ROLES')}" for _account, name, role in persons)
