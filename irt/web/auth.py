"""Signing in and out, taking up an invitation, one's own password, the language."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from irt.actor import Actor
from irt.gate.act import spec_of
from irt.gate.refusals import Refused
from irt.people.activation import activate, renew
from irt.web import identity, language
from irt.web.asking import STALE, minted
from irt.web.forms import request_id_of
from irt.web.pages import Audience, actor, form_page, page, reading
from irt.web.paper_codes import standing
from irt.web.wired import service
from irt.web.wording import say

pages = Blueprint("auth", __name__)


@form_page(pages, "/sign-in", roles=Audience.ANYBODY)
def sign_in() -> Any:
    """Login and password; afterwards back to the page that was asked for."""
    if request.method == "GET":
        return render_template("sign_in.html", login="", problem=None)
    login = request.form.get("login", "").strip()
    try:
        person = identity.proved(login, request.form.get("password", ""))
    except Refused as refusal:
        return render_template("sign_in.html", login=login, problem=say(refusal)), 422
    wanted = identity.local_path(request.args.get("next"))
    answer = redirect(wanted or url_for("home.worklist"), 303)
    identity.let_in(person, answer)
    return answer


@page(pages, "/sign-out", roles=Audience.ANYBODY, methods=("POST",))
def sign_out() -> Any:
    """End the session."""
    identity.let_out(current_user)
    flash(_("You are signed out."), "success")
    return redirect(url_for("auth.sign_in"), 303)


@page(pages, "/language/<code>", roles=Audience.ANYBODY)
def choose_language(code: str) -> Any:
    """Speak another language from now on, in this browser."""
    language.switch(code)
    return redirect(identity.local_path(request.args.get("next")) or url_for("home.worklist"), 303)


@form_page(pages, "/activate/<token>", roles=Audience.ANYBODY)
def activation(token: str) -> Any:
    """Set one's own password through the link that only the invited person was sent."""
    wired = service()
    try:
        invited = wired.credentials.invited(token)
    except Refused as refusal:
        return render_template("plain.html", title=_("This link cannot be used"), text=say(refusal)), 410
    order = {"invitation": wired.credentials.invitation_of(token) or ""}
    problem = own_password(invited, activate, order) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        flash(_("Your password is set. Sign in with it."), "success")
        return redirect(url_for("auth.sign_in"), 303)
    page = render_template("activate.html", invited=invited, problem=problem, request_id=minted())
    return page if problem is None else (page, 422)


@page(pages, "/account", roles=Audience.SIGNED_IN)
def own_account() -> Any:
    """Who one is here: name, login, roles."""
    with reading() as session:
        held = standing(session, actor().account)
    return render_template("own_account.html", person=actor(), held=held)


@form_page(pages, "/account/password", roles=Audience.SIGNED_IN)
def own_new_password() -> Any:
    """Replace one's own password; every session ends."""
    problem = None
    if request.method == "POST":
        problem = _confirmed_then_renewed()
        if problem is None:
            identity.let_out(current_user)
            flash(_("Your password is changed. Sign in with the new one."), "success")
            return redirect(url_for("auth.sign_in"), 303)
    page = render_template("own_password.html", problem=problem, request_id=minted())
    return page if problem is None else (page, 422)


def _confirmed_then_renewed() -> str | None:
    try:
        service().credentials.confirm_password(actor(), request.form.get("current_password", ""))
    except Refused as refusal:
        return say(refusal)
    return own_password(actor(), renew, {})


def own_password(by: Actor, function: Callable[..., Any], given: dict[str, str]) -> str | None:
    """Set the password that was typed twice; None when done, else what was wrong."""
    chosen = request.form.get("new_password", "")
    if chosen != request.form.get("password_again", ""):
        return str(_("New password: the two are not the same; type it twice."))
    request_id = request_id_of(request.form)
    if request_id is None:
        return str(STALE)
    try:
        hashed = service().credentials.password_hash(by, chosen)
        order = spec_of(function).order.model_validate({**given, "password_hash": hashed})
        service().gate.perform(function, order, by=by, request_id=request_id)
    except Refused as refusal:
        return say(refusal)
    return None
