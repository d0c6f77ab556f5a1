"""The participant's page: opened by the team with a code shown once, answered without an account, then handed back.

The code stands in no address that a server is told, and in no log: it is typed, or comes after the # of the picture's
address. Whoever was signed in in this browser is signed out before the questions are shown.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Row
from sqlalchemy.orm import Session

from irt.actor import Actor
from irt.entropy import read_spelled
from irt.gate.act import spec_of
from irt.gate.refusals import Refused
from irt.outcomes.forms import Short, by_instrument, keys_of, short_of
from irt.outcomes.kiosk import (
    AnswerKiosk,
    OpenKiosk,
    answer_kiosk,
    close_kiosk,
    known_codes,
    mistakes_of_answers,
    open_kiosk,
    questions_of,
    standing_of,
)
from irt.outcomes.tables import KioskCode, OutcomeForm
from irt.paper.qr_code import qr_picture
from irt.people.kiosk_codes import SIGNS
from irt.study import Instrument
from irt.web import identity, language, outcome_wording, rating, records
from irt.web.asking import STALE, ask, minted, shown
from irt.web.forms import Mistakes, parse, request_id_of
from irt.web.pages import Audience, actor, form_page, page, reading
from irt.web.rating import Place, Rated
from irt.web.wired import service
from irt.web.wording import VALUE_REMEDIES, mistakes_of, say

pages = Blueprint("kiosk", __name__)

TEAM = spec_of(open_kiosk).roles
CHINESE = "zh_Hans_CN"
ENDS = {"kiosk_answered": "answered", "kiosk_lapsed": "lapsed", "kiosk_transcribed": "transcribed"}


# -- the team ------------------------------------------------------------------------------------------------------


@form_page(pages, "/outcomes/<participant>/<visit>/kiosk", roles=TEAM)
def opened(participant: str, visit: str) -> Any:
    """Let the participant answer on a telephone or tablet: the code stands in the answer to the form alone."""
    with reading() as read:
        seen = rating.rated(read, participant)
        place = seen.place(visit)
        known = _open_code(read, seen, place)
    outcome = _open(place, participant) if request.method == "POST" else None
    back = url_for("outcomes.one", participant=participant)
    title = f"{seen.person.screening_number} · {place.name} · {_('Let the participant answer')}"
    if isinstance(outcome, dict):
        return render_template("kiosk_code.html", title=title, back=back, seen=seen, **outcome)
    context = {"back": back, "known": known, "seen": seen, "press": _("Make a code")}
    return shown(open_kiosk, title, (), "kiosk_open.html", context, outcome)


def _open(place: Place, participant: str) -> "dict[str, Any] | Mistakes | str":
    """The code that was made, and its picture; of a form sent twice neither, for it was shown."""
    wired, request_id = service(), request_id_of(request.form)
    if request_id is None:
        return str(STALE)
    code = wired.credentials.new_kiosk_code(actor())
    if _code_of(request_id) is None:
        order = OpenKiosk(participant=participant, visit=place.visit, code=request_id, digest=code.digest)
        try:
            wired.gate.perform(open_kiosk, order, by=actor(), request_id=request_id)
        except Refused as refusal:
            if _code_of(request_id) is None:
                return Mistakes(found) if (found := mistakes_of(refusal)) else say(refusal)
    made = _code_of(request_id)
    assert made is not None, "the code that was just recorded is there"
    fresh = made.digest == code.digest
    address = f"{wired.settings.base_url.rstrip('/')}{url_for('kiosk.entered')}"
    picture = Markup(qr_picture(f"{address}#{code.code}", _("Page for the participant"))) if fresh else None  # noqa: S704
    return {"made": made, "code": code.code if fresh else None, "address": address, "picture": picture}


def _open_code(read: Session, seen: Rated, place: Place) -> KioskCode | None:
    """The code that opens the page of a visit now."""
    now, of = service().clock.now(), {"participant": seen.person.id, "visit": place.visit, "state": "open"}
    return next((row for row in records.rows(read, KioskCode, **of) if standing_of(row, now) == "open"), None)


def _code_of(request_id: str) -> KioskCode | None:
    with reading() as read:
        return read.get(KioskCode, request_id)


@form_page(pages, "/kiosk/<kiosk>/close", roles=spec_of(close_kiosk).roles)
def closed(kiosk: str) -> Any:
    """Let a code open nothing any more."""
    with reading() as read:
        row = records.one(read, KioskCode, id=kiosk)
    back = url_for("outcomes.one", participant=row.participant)
    lead = _("The participant cannot answer by it any more. A new one can be made.")
    return ask(close_kiosk, title=_("Close the code"), given={"code": kiosk}, done=back, back=back, lead=lead,
               press=_("Close the code"))  # fmt: skip


# -- the participant -----------------------------------------------------------------------------------------------


def _in_their_language(view: Callable[[], Any]) -> Callable[[], Any]:
    """Chinese, until another is chosen on these pages."""

    @wraps(view)
    def speaking() -> Any:
        wanted = request.values.get("language", "")
        if wanted in language.LANGUAGES:
            session["kiosk_language"] = wanted
        with language.speaking(session.get("kiosk_language", CHINESE)):
            return view()

    return speaking


@form_page(pages, "/kiosk/", roles=Audience.ANYBODY)
@_in_their_language
def entered() -> Any:
    """The code is typed; whoever was signed in here is signed out."""
    if request.method == "POST" and "leave" in request.form:
        return _forget(url_for("kiosk.entered"))
    if request.method == "GET" or "code" not in request.form:
        return render_template("kiosk_enter.html", problem=None, signed_in=current_user.is_authenticated)
    typed = request.form["code"]
    try:
        _proved(typed)
    except Refused as refusal:
        return render_template("kiosk_enter.html", problem=say(refusal), signed_in=False), 422
    answer = _forget(url_for("kiosk.answered"))
    session["kiosk"] = read_spelled(typed, SIGNS)
    return answer


def _forget(then: str) -> Any:
    """Sign out whoever sat here, keep nothing but the language of these pages, and go on."""
    spoken = session.get("kiosk_language", CHINESE)
    identity.let_out(current_user)
    session["kiosk_language"] = spoken
    return redirect(then, 303)


def _proved(typed: str) -> tuple[Actor, Row[Any]]:
    """In whose name the holder of a code answers, and the code. Raises Refused, as `Credentials.opener_of`."""
    wired = service()
    with wired.database.read.connect() as connection:
        lately = known_codes(connection, wired.clock.now())
    given = [(row.opened_by, row.digest) for row in lately]
    opener, digest = wired.credentials.opener_of(typed, given, request.remote_addr or "")
    return opener, next(row for row in lately if row.digest == digest)


@form_page(pages, "/kiosk/answers", roles=Audience.ANYBODY)
@_in_their_language
def answered() -> Any:
    """The questions; then all answers to be looked at; then they are kept."""
    if current_user.is_authenticated or "kiosk" not in session:
        return redirect(url_for("kiosk.entered"), 303)
    try:
        opener, code = _proved(session["kiosk"])
    except Refused as refusal:
        return _over("closed") if refusal.code == "kiosk_closed" else _forget(url_for("kiosk.entered"))
    if request.method == "POST" and "send" in request.form:
        return _send(opener, code)
    standing = standing_of(code, service().clock.now())
    asked = _asked(opener, code)
    if standing != "open" or not asked:
        return _over(standing if standing != "open" else "transcribed")
    if request.method == "GET" or "check" not in request.form:
        return _questions(asked, Mistakes(()), 200)
    return _looked_at(asked, parse(AnswerKiosk, request.form, {"code": code.id}))


def _looked_at(asked: list[Instrument], order: AnswerKiosk | Mistakes) -> Any:
    """All answers once more; with mistakes the questions."""
    found = _wrong(order, asked)
    if found.all or isinstance(order, Mistakes):
        return _questions(asked, found, 422)
    return _summary(asked, _short(asked, order))


def _asked(opener: Actor, code: Row[Any]) -> list[Instrument]:
    with service().database.reading(opener) as read:
        return questions_of(service().study, code.visit, records.rows(read, OutcomeForm, participant=code.participant))


def _wrong(order: AnswerKiosk | Mistakes, asked: list[Instrument]) -> Mistakes:
    if isinstance(order, Mistakes):
        return order
    facts = {"mistakes": mistakes_of_answers(asked, by_instrument(order.readings))}
    return Mistakes(tuple(outcome_wording.outcome_mistakes(facts, VALUE_REMEDIES)))


def _questions(asked: list[Instrument], found: Mistakes, status: int) -> Any:
    page = render_template(
        "kiosk_answers.html", asked=asked, keys=keys_of, mistakes=found, typed=request.form, wording=outcome_wording
    )
    return page, status


def _short(asked: list[Instrument], order: AnswerKiosk) -> list[tuple[Instrument, Short]]:
    """Where too little was answered for a total: it can still be answered, now or never."""
    given = by_instrument(order.readings)
    return [(one, short) for one in asked for short in short_of(one, given.get(one.id, {}))]


def _summary(asked: list[Instrument], short: list[tuple[Instrument, Short]]) -> Any:
    return render_template(
        "kiosk_check.html", asked=asked, keys=keys_of, typed=request.form, wording=outcome_wording, request_id=minted(),
        short=short,
    )  # fmt: skip


def _send(opener: Actor, code: Row[Any]) -> Any:
    """Keep the answers: once, however often they are sent."""
    order, request_id = parse(AnswerKiosk, request.form, {"code": code.id}), request_id_of(request.form)
    if isinstance(order, Mistakes) or request_id is None:
        return redirect(url_for("kiosk.answered"), 303)
    try:
        service().gate.perform(answer_kiosk, order, by=opener, request_id=request_id)
    except Refused as refusal:
        if refusal.code == "outcomes_mistakes":
            return _questions(_asked(opener, code), Mistakes(mistakes_of(refusal)), 422)
        return _over(ENDS.get(refusal.code, "closed"))
    return _over("thanks")


def _over(how: str) -> Any:
    """Nothing more is to be done here: the code is forgotten, and the last page says how it ended."""
    answer = _forget(url_for("kiosk.ended"))
    session["kiosk_end"] = how
    return answer


@page(pages, "/kiosk/end", roles=Audience.ANYBODY)
@_in_their_language
def ended() -> Any:
    """How it ended, in kind words, and that the device is handed back."""
    how = session.get("kiosk_end")
    if how is None or current_user.is_authenticated:
        return redirect(url_for("kiosk.entered"), 303)
    return render_template("kiosk_end.html", how=how)
