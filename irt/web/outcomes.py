"""Outcomes: what a rater has to rate, the sheet of one visit, what was recorded of a participant, and corrections."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from irt.actor import Role
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.outcomes.capture import JUDGES, Sheet, correct, draft, rate, rated_by, record, sheet_of
from irt.outcomes.forms import by_instrument, keys_of, mistakes_of_sheet
from irt.outcomes.tables import OutcomeForm
from irt.people.kiosk_codes import OPENERS
from irt.study import Instrument
from irt.web import outcome_shown, outcome_wording, rating, texts
from irt.web.asking import Field, ask, attempt, shown, unsigned
from irt.web.forms import Mistakes, parse
from irt.web.pages import form_page, holds, page, reading
from irt.web.participants import READERS as PARTICIPANT_READERS
from irt.web.rating import RATERS, READERS_OF_ALL, Place, Rated
from irt.web.wired import service
from irt.web.wording import VALUE_REMEDIES

pages = Blueprint("outcomes", __name__, url_prefix="/outcomes")

READERS = RATERS | READERS_OF_ALL


@page(pages, "/", roles=RATERS)
def listed() -> Any:
    """The visits that wait for the reader, the latest first."""
    with reading() as session:
        found = rating.due(session)
    return render_template("outcomes.html", found=found)


@page(pages, "/<participant>/", roles=READERS)
def one(participant: str) -> Any:
    """What was recorded of one participant, as far as it is the reader's to read."""
    with reading() as session:
        seen = rating.rated(session, participant)
        visits = outcome_shown.visits_of(session, seen)
    asking = seen.places if seen.roles & OPENERS else ()
    answerable = {place.address for place in asking if place.expected and _of_participant(seen, place)}
    return render_template(
        "outcomes_of.html", seen=seen, visits=visits, answerable=answerable, opens=holds(*PARTICIPANT_READERS)
    )


@form_page(pages, "/<participant>/<visit>", roles=RATERS)
def sheet(participant: str, visit: str) -> Any:
    """All that the reader has to record at one visit: kept as a draft, or signed, or recorded."""
    with reading() as session:
        seen = rating.rated(session, participant)
    place = seen.place(visit)
    instruments = seen.to_record(place)
    of_person = url_for("outcomes.one", participant=participant)
    if not instruments and request.method == "GET":
        return redirect(of_person, 303)
    every = sheet_of(service().study, place.visit, *seen.rating)
    finish = rate if any(rated_by(one) in JUDGES for one in every) else record
    outcome = None
    if request.method == "POST":
        keeps = "keep" in request.form
        given = {"participant": participant, "visit": place.visit}
        outcome = _wrong(finish, instruments, given, keeps=keeps) or attempt(draft if keeps else finish, given)
        if isinstance(outcome, Done):
            flash(
                _("Kept as a draft: its raters alone see it on these pages.") if keeps else _("Recorded."),
                "success",
            )
            return redirect(
                url_for("outcomes.sheet", participant=participant, visit=visit) if keeps else of_person, 303
            )
    return _sheet(finish, seen, place, instruments, outcome)


def _wrong(
    finish: Callable[..., Any], instruments: list[Instrument], given: dict[str, str], *, keeps: bool
) -> Mistakes | None:
    """What is wrong with the values, told with a password that is missing: nobody types one to learn the next."""
    order = parse(Sheet, request.form, given)
    if isinstance(order, Mistakes):
        return None
    found = mistakes_of_sheet(instruments, by_instrument(order.readings), order.not_done, whole=not keeps)
    if not found:
        return None
    told = outcome_wording.outcome_mistakes({"mistakes": found}, VALUE_REMEDIES)
    signing = not keeps and spec_of(finish).sign and not request.form.get("password")
    return Mistakes((*told, *(unsigned().all if signing else ())))


def _sheet(function: Callable[..., Any], seen: Rated, place: Place, instruments: list[Instrument], outcome: Any) -> Any:
    drafts = {one.id: form for one in instruments if (form := seen.forms.get((place.visit, one.id)))}
    day = max((form.assessed_on for form in drafts.values() if form.assessed_on), default=None)
    fields = (Field("assessed_on", "day", value=(day or texts.today_at(seen.person.site)).isoformat()),)
    before = {f"readings.{name}.{key}": text for name, form in drafts.items() for key, text in form.readings.items()}
    before |= {f"not_done.{name}": form.reason for name, form in drafts.items() if form.reason}
    extract = outcome_shown.extract_of(seen, place) if Role.PHYSICIAN_ASSESSOR in seen.rating else []
    return shown(
        function, f"{seen.person.screening_number} · {place.name}", fields, "outcome_sheet.html",
        {"seen": seen, "place": place, "instruments": instruments, "before": before, "drafts": drafts, "keys": keys_of,
         "extract": extract, "wording": outcome_wording,
         "asks": bool(seen.roles & OPENERS) and _of_participant(seen, place),
         "back": url_for("outcomes.listed"), "when": seen.timing(place, texts.today_at(seen.person.site))},
        outcome,
    )  # fmt: skip


def _of_participant(seen: Rated, place: Place) -> bool:
    """Whether something is left that the participant can answer."""
    return any(one.rater == "participant" for one in seen.to_record(place, Role.COORDINATOR))


@form_page(pages, "/<participant>/<visit>/<instrument>/correct", roles=RATERS)
def corrected(participant: str, visit: str, instrument: str) -> Any:
    """Put one's own form right; while another visit waits to be judged, this one is not to be seen."""
    with reading() as session:
        seen = rating.rated(session, participant)
    place = seen.place(visit)
    which, form = _own_form(seen, place, instrument)
    here = url_for("outcomes.one", participant=participant)
    title = f"{seen.person.screening_number} · {place.name} · {outcome_wording.instrument_name(instrument)}"
    if seen.hidden(place.visit, which):
        text = _("Another visit of this participant waits for you. This one is shown again once that is rated.")
        return render_template("plain.html", title=title, text=text)
    day = form.assessed_on or texts.today_at(seen.person.site)
    before = {f"readings.{key}": text for key, text in form.readings.items()}
    return ask(
        correct, title=title, fields=(
            Field("assessed_on", "day", value=day.isoformat()),
            Field("revision", "shown", value=str(form.revision + 1)),
            Field("reason"),
        ),
        given={"participant": participant, "visit": place.visit, "instrument": instrument}, done=here, back=here,
        template="outcome_correct.html", one=which, keys=keys_of, before=before, wording=outcome_wording,
        lead=_("Change what is wrong. Without any value it was not done. What stood there stays to be read."),
    )  # fmt: skip


def _own_form(seen: Rated, place: Place, instrument: str) -> tuple[Instrument, OutcomeForm]:
    """The recorded form of an instrument that the person records; the page "not found" where there is none."""
    form = seen.forms.get((place.visit, instrument))
    which = next((one for one in rating.instruments_at(place) if one.id == instrument), None)
    if form is None or form.state == "draft" or which is None or rated_by(which) not in seen.rating:
        abort(404)
    return which, form
