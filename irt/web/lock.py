"""Database lock: the checklist, freezing and thawing, endorsement, the signatures for lock and unlocking."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.actor import Role
from irt.gate.act import spec_of
from irt.lock.frozen import digest_of
from irt.lock.standing import holds as can_sign
from irt.lock.standing import standing
from irt.lock.steps import SIGNING, endorse, freeze, sign_lock, thaw
from irt.lock.tables import LockStep
from irt.lock.unlocking import ask_unlock, sign_unlock
from irt.web.asking import Field, ask
from irt.web.lock_board import board, endorsements, open_requests, state_of, whole_trial
from irt.web.pages import actor, form_page, holds, opens, page
from irt.web.wired import service

pages = Blueprint("lock", __name__, url_prefix="/lock")

CENTRAL = frozenset({
    Role.DATA_MANAGER, Role.TRIAL_STATISTICIAN, Role.TRIAL_MANAGER, Role.MEDICAL_MONITOR, Role.SPONSOR, Role.QUALITY,
    Role.MONITOR, Role.AUDITOR,
})  # fmt: skip
READERS = CENTRAL | {Role.INVESTIGATOR}
SIGNERS = spec_of(sign_lock).roles
FREEZING = _l(
    "Sites then read only: no visit, dose, form or event in the ordinary way, only answers to what they are asked. An "
    "emergency code break and reports of serious events stay open in every state."
)


@page(pages, "/", roles=READERS)
def one() -> Any:
    """How the lock stands: for central roles with the checklist, for an investigator the own site's data."""
    with whole_trial() as trial:
        central = holds(*CENTRAL)
        sites = None if central else actor().sites(frozenset({Role.INVESTIGATOR}))
        found = board(trial) if central else None
        endorsed = endorsements(trial, sites)
        steps = standing(trial.all(LockStep))
        state, names = state_of(trial), trial.names
    lock = service().study.lock
    return render_template(
        "lock.html", found=found, endorsed=endorsed, steps=steps, state=state, names=names,
        manages=holds(Role.DATA_MANAGER), may_endorse=state in SIGNING, signs=state in SIGNING and _signs(lock.signers),
        unlocks=_signs(lock.reopen_signers), opens=opens,
    )  # fmt: skip


def _signs(roles: Sequence[str]) -> bool:
    return any(can_sign(actor(), role, service().study.lock.lead_site) for role in roles)


@form_page(pages, "/freeze", roles=spec_of(freeze).roles)
def frozen() -> Any:
    """Freeze the database."""
    here = url_for("lock.one")
    return ask(freeze, title=_("Freeze the database"), lead=FREEZING, done=here, back=here)


@form_page(pages, "/thaw", roles=spec_of(thaw).roles)
def thawed() -> Any:
    """Let data be recorded again."""
    here, fields = url_for("lock.one"), (Field("reason", "note"),)
    lead = _("Signatures that were given over the data stay valid only while nothing changes.")
    return ask(thaw, title=_("Thaw the database"), lead=lead, fields=fields, done=here, back=here)


@form_page(pages, "/endorse/<site>", roles=spec_of(endorse).roles)
def endorsed(site: str) -> Any:
    """An investigator answers for the site's data."""
    with whole_trial() as trial:
        found = [one for one in endorsements(trial, frozenset({site})) if one.mine]
    if not found:
        abort(404)
    here = url_for("lock.one")
    fields = (Field("data_sha256", "shown", value=found[0].data_sha256),)
    lead = _(
        "Look through the pages of your participants before you sign. A later change of your site's data asks for your "
        "signature anew."
    )
    title = _("Endorse the data of site %(site)s", site=site)
    return ask(endorse, title=title, lead=lead, fields=fields, given={"site": site}, done=here, back=here)


@form_page(pages, "/sign", roles=SIGNERS)
def signed() -> Any:
    """Sign for the lock over the SHA-256 of the data as they are now."""
    with whole_trial() as trial:
        shown = digest_of(trial.connection).sha256
    fields = (Field("data_sha256", "shown", value=shown),)
    lead = _(
        "SHA-256 of the data: %(sha256)s. With the last signature the database is locked, and nothing is corrected.",
        sha256=shown,
    )
    here = url_for("lock.one")
    return ask(sign_lock, title=_("Sign for the lock"), lead=lead, fields=fields, done=here, back=here)


@form_page(pages, "/unlock", roles=spec_of(ask_unlock).roles)
def unlock_asked() -> Any:
    """Ask for the database to be unlocked."""
    with whole_trial() as trial:
        shown, released = digest_of(trial.connection).sha256, state_of(trial) == "released"
    fields = (
        Field("reason", "note"),
        Field("records", "note", hint=_("Which records are to be changed, as narrowly as can be said.")),
        *((Field("justification", "note"),) if released else ()),
        Field("data_sha256", "shown", value=shown),
    )
    days = service().study.lock.reopen_days
    lead = _("Everybody who signs agrees; then the database is frozen, no longer locked, for %(days)s days.", days=days)
    here = url_for("lock.one")
    return ask(ask_unlock, title=_("Ask for unlocking"), lead=lead, fields=fields, done=here, back=here)


@form_page(pages, "/unlock/<request>", roles=spec_of(sign_unlock).roles)
def unlock_signed(request: str) -> Any:
    """Sign for unlocking, with what is asked for before the eyes."""
    with whole_trial() as trial:
        asked = open_requests(trial, standing(trial.all(LockStep)).version, "unlock")
        found = next((row for row, _given in asked if row.id == request), None) or abort(404)
    here = url_for("lock.one")
    told = [found.told, found.records, *([found.justification] if found.justification else [])]
    return ask(
        sign_unlock, title=_("Sign for unlocking"), lead=" · ".join(told), given={"request": request}, done=here,
        back=here,
    )  # fmt: skip
