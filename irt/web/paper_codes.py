"""Paper codes: a sheet taken, a locked-out person let in by one, and what is open to them then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Actor
from irt.gate.act import spec_of
from irt.gate.refusals import Refused
from irt.gate.tables import SignatureRow
from irt.people.paper_codes import IssueCodes, issue
from irt.people.tables import PaperCode, PaperCodeBatch
from irt.web import identity, records
from irt.web.asking import STALE, shown, unsigned
from irt.web.bilingual import both
from irt.web.forms import Mistakes, request_id_of
from irt.web.pages import Audience, actor, form_page, page, reading, shown_at
from irt.web.wired import service
from irt.web.wording import mistakes_of, say

pages = Blueprint("paper_codes", __name__)

HOLDERS = spec_of(issue).roles
USES = (
    _l("When your password fails you in an emergency, these codes let you in, at any hour: choose “Sign in by a paper "
       "code” below the sign-in form. Only the pages for emergencies are open then."),
    _l("Each code works once. One signs you in; the next one signs each step, in place of the password. Cross out what "
       "you used."),
    _l("A code is as good as your signature. Keep the sheet where only you can reach it; write neither login nor trial "
       "on it. If it is lost, take a new sheet: that ends the old one."),
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How far somebody's sheet is used up: when it was taken, how many are left, and which was used when, for what."""

    issued_at: datetime
    total: int
    used: tuple[tuple[PaperCode, SignatureRow], ...]  # of every sheet, the newest use first
    left: int


@dataclass(frozen=True)
class Issued:
    """A sheet that was taken, and its codes the one time that they are shown."""

    batch: PaperCodeBatch
    codes: tuple[str, ...]


@form_page(pages, "/sign-in/paper-code", roles=Audience.ANYBODY)
def entered() -> Any:
    """Login and a paper code, also in place of a session; afterwards the emergency page that was asked for, or all."""
    if request.method == "GET":
        login = current_user.actor.login if current_user.is_authenticated else ""
        return render_template("sign_in_on_paper.html", login=login, problem=None, back=_wanted())
    login = request.form.get("login", "").strip()
    try:
        person = identity.proved_on_paper(login, request.form.get("code", ""))
    except Refused as refusal:
        page = render_template("sign_in_on_paper.html", login=login, problem=say(refusal), back=_wanted())
        return page, 422
    answer = redirect(_wanted() or url_for("paper_codes.emergency"), 303)
    identity.let_in(person, answer)
    return answer


def _wanted() -> str | None:
    """The page that was asked for, where it is one of those that are open in an emergency."""
    wanted = identity.local_path(request.args.get("next"))
    route = shown_at(wanted) if wanted else None
    return wanted if route is not None and route.emergency else None


@page(pages, "/emergency", roles=Audience.SIGNED_IN, emergency=True)
def emergency() -> Any:
    """The pages that are open in an emergency."""
    return emergency_pages(actor(), closed=False)


def emergency_pages(person: Actor, *, closed: bool) -> Any:
    """The pages that are open to somebody in an emergency; `closed`: another was asked for."""
    from irt.web import navigation

    with service().database.reading(person) as session:
        held = standing(session, person.account)
    return render_template("emergency.html", items=navigation.emergency_pages(person), closed=closed, held=held)


@form_page(pages, "/account/paper-codes", roles=HOLDERS)
def taken() -> Any:
    """Take a new sheet: its codes stand in the answer to the form alone, and are kept nowhere."""
    outcome = _take() if request.method == "POST" else None
    if isinstance(outcome, Issued):
        uses = [both(one) for one in USES]
        return render_template("paper_codes_issued.html", issued=outcome, uses=uses)
    with reading() as session:
        held = standing(session, actor().account)
    context = {"held": held, "uses": USES, "back": url_for("auth.own_account"), "press": _("Take a new sheet")}
    return shown(issue, _("Paper codes"), (), "paper_codes.html", context, outcome)


def _take() -> "Issued | Mistakes | str":
    """The new sheet; the same form again is told when its codes were shown."""
    wired, person, password = service(), actor(), request.form.get("password", "")
    request_id = request_id_of(request.form)
    if request_id is None:
        return str(STALE)
    if (before := _issued(request_id)) is not None:
        return Issued(before, ())
    if not password:
        return unsigned()
    sheet = wired.credentials.new_paper_codes(person)
    order = IssueCodes(batch=request_id, digests=sheet.digests)
    try:
        signature = wired.credentials.sign(person, password, issue, order)
        wired.gate.perform(issue, order, by=person, request_id=request_id, signature=signature)
    except Refused as refusal:
        if (before := _issued(request_id)) is not None:  # sent twice at once: the other answer shows the codes
            return Issued(before, ())
        return Mistakes(mistakes_of(refusal)) if mistakes_of(refusal) else say(refusal)
    made = _issued(request_id)
    assert made is not None, "the sheet that was just recorded is there"
    return Issued(made, sheet.codes)


def _issued(batch: str) -> PaperCodeBatch | None:
    """The signed-in person's sheet that this form made, if it did."""
    with reading() as session:
        return session.scalars(select(PaperCodeBatch).filter_by(id=batch, account=actor().account)).one_or_none()


def standing(session: Session, account: str) -> Standing | None:
    """How far an account's codes are used up; None where it never took any."""
    batches = sorted(records.rows(session, PaperCodeBatch, account=account), key=lambda row: row.ordinal)
    if not batches:
        return None
    codes = {row.id: row for row in records.rows(session, PaperCode, account=account)}
    given = select(SignatureRow).where(SignatureRow.account == account, SignatureRow.method == "paper_code")
    found = session.scalars(given.order_by(SignatureRow.signed_at.desc(), SignatureRow.id))
    used = tuple((codes[row.paper_code], row) for row in found if row.paper_code in codes)
    present = [row for row in codes.values() if row.batch == batches[-1].id]
    gone = sum(1 for code, _row in used if code.batch == batches[-1].id)
    return Standing(batches[-1].issued_at, len(present), used, len(present) - gone)
