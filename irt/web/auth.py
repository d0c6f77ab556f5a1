"""Signing in and out, taking up an invitation, one's own password, the language."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from irt.gate.refusals import Refused
from irt.web import identity, language
from irt.web.pages import Audience, form_page, page
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
        actor = service().credentials.sign_in(login, request.form.get("password", ""), request.remote_addr or "")
    except Refused as refusal:
        return render_template("sign_in.html", login=login, problem=say(refusal)), 422
    wanted = identity.local_path(request.args.get("next"))
    identity.let_in(actor)
    return redirect(wanted or url_for("home.worklist"), 303)


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
