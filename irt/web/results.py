"""Results from which the treatment can be told: entered, corrected and read by the laboratory; a file of many.

No page tells the laboratory more of a participant than number and visit.
"""

import base64
import binascii
import zlib
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.actor import Role
from irt.gate.perform import Done
from irt.outcomes.forms import keys_of
from irt.outcomes.import_results import import_results
from irt.outcomes.results import correct_result, record_result
from irt.supply.manifest_file import MOST_BYTES
from irt.web import downloads, result_board, result_wording, result_words, texts
from irt.web.asking import Field, ask, minted
from irt.web.forms import REMEDIES, mistake
from irt.web.pages import form_page, page, reading
from irt.web.result_board import Shown, visit_word

pages = Blueprint("results", __name__, url_prefix="/results")

LABORATORY = frozenset({Role.LABORATORY})
PACKED = 400_000  # signs of a file within a form: a browser sends it again to take it in
ALONE = _l(
    "From these values the treatment can be told. The laboratory alone sees them: tell them to nobody at a site, and "
    "leave no printed page."
)


@page(pages, "/", roles=LABORATORY)
def listed() -> Any:
    """What waits for a result, and everybody of whom there may be one."""
    with reading() as session:
        waiting, people = result_board.open_of(session), result_board.everybody(session)
    return render_template("results.html", waiting=waiting, people=people, visit_word=visit_word)


@page(pages, "/template.csv", roles=LABORATORY)
def template() -> Any:
    """A file to be filled in: a row for each value that is open."""
    with reading() as session:
        return downloads.csv(result_board.template(session), "results")


@form_page(pages, "/import", roles=LABORATORY)
def imported() -> Any:
    """Take in a file of results: looked through first, and taken in at a second word."""
    here = url_for("results.listed")
    if request.method == "POST" and "packed" in request.form:
        given = {"filename": request.form.get("filename", ""), "content": base64.b64encode(_unpacked())}
        fields, title = (_file_field(),), _("Import results")
        return ask(import_results, title=title, fields=fields, given=given, done=here, back=here, said=_taken_in)
    sent = request.files.get("file")
    if request.method == "GET" or sent is None or not sent.filename:
        wrong = [] if request.method == "GET" else [mistake("file", "", str(REMEDIES["missing"])).sentence]
        return _import_page(wrong), 422 if wrong else 200
    data, filename = sent.read(), sent.filename[-200:]
    packed = base64.b64encode(zlib.compress(data, 9)).decode()
    with reading() as session:
        found = result_board.read_file(session, data, filename)
    if found.mistakes:
        return _import_page(mistakes=found.mistakes), 422
    if len(packed) > PACKED:
        return _import_page([_("The file is too large to be taken in at once. Split it into several.")]), 422
    return _import_page(found=found, packed=packed, filename=filename)


def _import_page(wrong: list[str] | None = None, **more: Any) -> str:
    shown = {"mistakes": (), "found": None, "packed": "", "filename": "", **more}
    return render_template(
        "results_import.html", wrong=wrong or [], field=_file_field(), request_id=minted(), visit_word=visit_word,
        place=result_wording.place_of, remedy=result_wording.remedy_of, **shown,
    )  # fmt: skip


def _file_field() -> Field:
    return Field("file", "file", hint=_("CSV (UTF-8 or GB 18030) or XLSX, at most 5 MB; one row for each value."))


def _unpacked() -> bytes:
    """The file that the page before held; nothing where that is broken."""
    try:
        packed = base64.b64decode(request.form["packed"], validate=True)
        return zlib.decompressobj().decompress(packed, MOST_BYTES + 1)
    except (binascii.Error, zlib.error):
        return b""


def _taken_in(done: Done) -> str:
    count, known = done.answer.results, done.answer.known
    return str(_("%(count)s results taken in; %(known)s rows were recorded so already.", count=count, known=known))


@page(pages, "/of/<participant>", roles=LABORATORY)
def one(participant: str) -> Any:
    """What is recorded of one participant, with what stood there before a correction."""
    with reading() as session:
        found = result_board.somebody(session, participant)
        shown = result_board.shown_of(session, found)
    return render_template(
        "results_of.html", one=found, shown=shown, lead=ALONE, visit_word=visit_word, values=result_board.values_of
    )


@form_page(pages, "/of/<participant>/<visit>/<instrument>/record", roles=LABORATORY)
def recorded(participant: str, visit: str, instrument: str) -> Any:
    """Record one instrument of one visit."""
    return _form(record_result, participant, visit, instrument)


@form_page(pages, "/of/<participant>/<visit>/<instrument>/correct", roles=LABORATORY)
def corrected(participant: str, visit: str, instrument: str) -> Any:
    """Put it right; the reason is chosen, for words would tell the value to readers of the trail."""
    why = Field("reason", "choice", choices=tuple(result_words.RESULT_WHY.items()))
    return _form(correct_result, participant, visit, instrument, why)


def _form(function: Any, participant: str, visit: str, instrument: str, *more: Field) -> Any:
    with reading() as session:
        of, shown = result_board.place_of(session, participant, visit, instrument)
        if more and shown.current is None:
            abort(404)
        fields = _fields(shown, before=bool(more))
        if shown.current is not None and more:
            more = (Field("revision", "shown", value=str(shown.current.revision + 1)), *more)
    title = f"{of.number} · {visit_word(shown.place)} · {texts.said(shown.instrument.name)}"
    here = url_for("results.one", participant=participant)
    return ask(
        function, title=title, done=here, back=here, lead=ALONE, fields=(*fields, *more),
        given={"participant": participant, "visit": visit, "instrument": instrument},
    )  # fmt: skip


def _fields(shown: Shown, *, before: bool) -> tuple[Field, ...]:
    """The day, each value, and in their place why there are none."""
    now = result_board.current_values(shown) if before else {}
    below = _("“<” and the limit, such as <0.5, where it is below what can be told.")
    values = tuple(
        Field(
            f"readings.{key}", "text" if field.below_detection else "decimal", texts.said(field.label),
            unit=field.unit or "", optional=not field.required, value=now.get(f"readings.{key}", ""),
            hint=below if field.below_detection else "",
        )
        for key, field in keys_of(shown.instrument).items()
    )  # fmt: skip
    day = Field("collected_on", "day", value=str(now.get("collected_on") or shown.place.day or ""), optional=True)
    without = _("Then leave day and values empty.")
    choices = tuple(result_words.NOT_DONE.items())
    not_done = Field(
        "not_done", "choice", choices=choices, optional=True, value=now.get("not_done") or "", hint=without
    )
    return (day, *values, not_done)
