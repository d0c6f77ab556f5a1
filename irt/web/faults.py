"""What people see when a page cannot be given: a clear sentence, never a stack, never a value.

These pages are rendered without asking who is signed in, for the database may be what failed.
"""

import logging
import traceback
from typing import Any

from flask import Flask, Response, current_app, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from irt.gate.refusals import Refused, Unavailable
from irt.web import identity, language
from irt.web.pages import ClosedInEmergencyError, NotSignedInError, actor
from irt.web.wording import say

log = logging.getLogger("irt.web")

PAGES = {
    400: (_l("This request could not be read"), _l("Go back, reload the page and try again.")),
    403: (
        _l("This page is not for your role"),
        _l("Nothing was changed. If you need it for your work, ask the trial manager."),
    ),
    404: (
        _l("Not found"),
        _l("There is nothing here under this address, or it belongs to another site. Start again from the first page."),
    ),
    405: (_l("Not done this way"), _l("Start again from the first page.")),
    409: (_l("Not done"), _l("Nothing was changed. Go back and look at the present state.")),
    413: (_l("The file is too large"), _l("Nothing was taken in. The limit is 8 MB; divide the file.")),
    500: (
        _l("Something went wrong here"),
        _l("Nothing was changed. The operator finds the time and the place in the log; tell them what you were doing."),
    ),
    503: (
        _l("The database does not answer"),
        _l(
            "It is not certain whether your last step was recorded. Wait a minute, then reload this page: a step that "
            "was recorded is not done twice. If it lasts, call the operator and follow the trial's plan for an outage."
        ),
    ),
}
EXPIRED = (
    _l("This form is too old"),
    _l("Nothing was changed. Go back, reload the page and fill the form in again."),
)
EXPIRED_FORM = (
    _l("This form is too old"),
    _l(
        "Nothing was changed: you signed out or signed in anew after it was opened, or it lay open for too long. Open "
        "it again and fill it in."
    ),
)


def handle(app: Flask) -> None:
    """Register the pages of faults."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(NotSignedInError, _to_sign_in)
    app.register_error_handler(ClosedInEmergencyError, _closed_in_emergency)
    app.register_error_handler(Refused, lambda fault: shown(409, (PAGES[409][0], say(fault))))
    for down in (Unavailable, OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(down, _database_down)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def shown(status: int, words: tuple[Any, Any] | None = None, form: str | None = None) -> Response:
    """The page of one fault; `form`: where the form that was sent is to be had again."""
    title, remedy = words or PAGES.get(status, PAGES[400] if status < 500 else PAGES[500])
    template = current_app.jinja_env.get_template("fault.html")
    page = template.render(title=title, remedy=remedy, status=status, form=form, language=language.chosen())
    return make_response(page, status)


def _to_sign_in(_fault: Exception) -> Any:
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.sign_in", next=identity.here()), 303)
    form = identity.form_here()
    if form is not None:
        flash(_("You were signed out before this was recorded. Sign in; you come back to the form."), "warning")
    return redirect(url_for("auth.sign_in", next=form), 303)


def _expired(_fault: Exception) -> Response:
    form = identity.form_here()
    return shown(400, EXPIRED if form is None else EXPIRED_FORM, form)


def _closed_in_emergency(_fault: Exception) -> Any:
    from irt.web.paper_codes import emergency_pages

    return emergency_pages(actor(), closed=True), 403


def _http(fault: HTTPException) -> Any:
    if fault.code is None or fault.code < 400:
        return fault  # a redirect
    return shown(fault.code)


def _database_down(fault: Exception) -> Response:
    log.error("database down: %s at %s", type(fault).__name__, request.endpoint)
    response = shown(503)
    response.headers["Retry-After"] = "60"
    return response


def _unknown(fault: Exception) -> Response:
    log.error("fault %s at %s: %s", type(fault).__name__, request.endpoint, places(fault))
    return shown(500)


def places(fault: Exception) -> str:
    """Where a fault arose, the innermost first; its message may hold a value, and no log gets it."""
    frames = traceback.extract_tb(fault.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-6:]))
