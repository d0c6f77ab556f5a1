"""What happened? One guided page, a form for each answer, and a page for each mishap with all that is still open."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.actor import Role
from irt.dispensing.elsewhere import elsewhere, hand_over_elsewhere, not_collected
from irt.dispensing.ending import recover, sign_note
from irt.dispensing.lost import found, lost_or_damaged
from irt.dispensing.still_here import not_handed_over
from irt.dispensing.tables import Mishap
from irt.dispensing.wrong_kit import wrong_kit
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.participants.tables import Participant
from irt.web import mishap_notes, records, texts, words
from irt.web.asking import Field, ask
from irt.web.mishap_board import Board, latest_first
from irt.web.pages import actor, form_page, page, reading
from irt.web.participants import CARE, KIT_READERS
from irt.web.wired import service

pages = Blueprint("mishaps", __name__)


def its_page(done: Done) -> str:
    """The page of the mishap that was told."""
    return url_for("mishaps.one", mishap=done.answer)


def _today() -> str:
    sites = actor().sites(CARE)
    return texts.today_at(min(sites) if sites else "").isoformat()


def _who_and_when() -> tuple[Field, ...]:
    """Whose box, of which visit: proposed by the page that one came from."""
    with reading() as session:
        states = Participant.state.in_(("randomized", "withdrawn", "completed"))
        found = session.scalars(select(Participant).where(states).order_by(Participant.screening_number))
        people = tuple((row.id, row.screening_number) for row in found)
    visits = tuple((one.id, texts.said(one.name)) for one in service().study.dispensing_visits)
    return (
        Field("participant", "choice", choices=people, value=request.args.get("participant", "")),
        Field("visit", "choice", choices=visits, value=request.args.get("visit", "")),
    )


def _box(hint: Any) -> Field:
    return Field("kit", "scan", hint=hint, value=request.args.get("kit", ""))


def _told(*between: Field) -> tuple[Field, ...]:
    return (Field("happened_on", "day", value=_today()), *between, Field("told", "note"))


def _yes_no(name: str, **more: Any) -> Field:
    return Field(name, "radio", choices=tuple(words.YES_NO.items()), **more)


def _choice(name: str, of: dict[str, Any], **more: Any) -> Field:
    return Field(name, "choice", choices=tuple(of.items()), **more)


@page(pages, "/what-happened", roles=CARE)
def asked() -> Any:
    """Three plain questions that lead to the right form."""
    known = {name: request.args[name] for name in ("participant", "visit") if name in request.args}
    return render_template("what_happened.html", known=known)


@form_page(pages, "/what-happened/wrong-box", roles=spec_of(wrong_kit).roles)
def wrong() -> Any:
    """A participant has a box that was not set aside for them."""
    where = {name: words.BOXES[name] for name in ("with_participant", "recovered")}
    recovered = _(
        "“Came back” means back here and unopened. If it was opened, say that the participant has it; count it next."
    )
    fields = (
        *_who_and_when(),
        _box(_("The box that the participant has: the number on its label.")),
        *_told(
            _choice("box", where, hint=recovered), _choice("right_box", words.RIGHT_BOXES),
            _yes_no("replace", value="yes", hint=_("A visit that has its box keeps it.")),
        ),
    )  # fmt: skip
    return _form(wrong_kit, _("A wrong box was handed over"), fields)


@form_page(pages, "/what-happened/still-here", roles=spec_of(not_handed_over).roles)
def still_here() -> Any:
    """The books say handed over, and here it stands."""
    wanted = _("Will the participant still get it?")
    fields = (
        *_who_and_when(),
        _box(_("The box that is still here.")),
        *_told(_yes_no("wanted", label=wanted, value="yes")),
    )
    return _form(not_handed_over, _("A box was not handed over, although the books say so"), fields)


@form_page(pages, "/what-happened/lost-or-damaged", roles=spec_of(lost_or_damaged).roles)
def gone() -> Any:
    """A box is lost or damaged, on the shelf, set aside for somebody or at home."""
    used = _("Only of a box that was at home and is lost: how many of its vials were used before.")
    whose = _("Of a box that was nobody's yet, none is needed.")
    fields = (
        _box(_("The number on its label, or on the slip.")),
        _choice("what", words.LOST_OR_DAMAGED, label=_("What became of it?"), hint=_(
            "A box that is damaged at home is brought back and counted; until then it is with the participant."
        )),
        *_told(Field("used", "number", hint=used, optional=True), _yes_no("replace", value="yes", hint=whose)),
    )  # fmt: skip
    return _form(lost_or_damaged, _("A box is lost or damaged"), fields)


@form_page(pages, "/what-happened/another-site", roles=spec_of(elsewhere).roles)
def another_site() -> Any:
    """A participant of another site stands here with their card; `mishap`: what was told of them before."""
    sites = texts.site_choices(actor().sites(spec_of(elsewhere).roles))
    here, screening, number = _shown_before() or (sites[0][0] if sites else "", "", "")
    theirs = _("The number on its label, where it is known; else it is the box that they were last given.")
    used = _("Only if that box is lost: how many of its vials were used before.")
    fields = (
        Field("site", "choice", label=_("At which site are you?"), choices=sites, value=here),
        Field("screening_number", value=screening),
        Field("randomization_number", value=number, hint=_("Both numbers stand on the participant's emergency card.")),
        *_told(
            _choice("gone", words.GONE, value="no"),
            Field("kit", "kit", _("Which box is lost or damaged?"), hint=theirs, optional=True),
            Field("used", "number", hint=used, optional=True),
        ),
    )
    return _form(elsewhere, _("A participant of another site came"), fields)


def _shown_before() -> tuple[str, str, str] | None:
    """The site and the two numbers of a mishap that the address names."""
    if "mishap" not in request.args:
        return None
    with reading() as session:
        row = records.one(session, Mishap, id=request.args["mishap"])
    screening, _dot, number = (row.card or "").partition(" · ")
    return row.site, screening, number


def _form(function: Any, title: str, fields: tuple[Field, ...], **more: Any) -> Any:
    back = url_for("mishaps.asked")
    lead = _("Say what happened. The order does not matter, and nothing that was recorded is lost.")
    return ask(function, title=title, fields=fields, back=back, lead=lead, **{"done": its_page, **more})


@page(pages, "/mishaps", roles=KIT_READERS)
def listed() -> Any:
    """All mishaps, the newest first, with what is still open."""
    with reading() as session:
        board = latest_first(session)
    return render_template("mishaps.html", board=board)


@page(pages, "/mishaps/<mishap>", roles=KIT_READERS)
def one(mishap: str) -> Any:
    """One mishap: what was told, where the boxes are, what is open."""
    with reading() as session:
        row, board = _known(session, mishap)
        signature = mishap_notes.signature(session, row)
        who = records.names(session, row.reported_by)
    return render_template("mishap.html", mishap=row, board=board, signature=signature, who=who)


@page(pages, "/mishaps/<mishap>/note", roles=KIT_READERS)
def note(mishap: str) -> Any:
    """The note to file in both languages, to print."""
    with reading() as session:
        row, board = _known(session, mishap)
        notes, signature = mishap_notes.in_both(session, board, row), mishap_notes.signature(session, row)
    return render_template("mishap_note.html", mishap=row, board=board, notes=notes, signature=signature)


@page(pages, "/mishaps/<mishap>/note.pdf", roles=KIT_READERS)
def note_as_pdf(mishap: str) -> Any:
    """The same on paper."""
    from irt.web.mishap_paper import printed  # only who prints waits for the printing libraries

    with reading() as session:
        row, board = _known(session, mishap)
        notes, signature = mishap_notes.in_both(session, board, row), mishap_notes.signature(session, row)
    content = printed(notes, signature, row.site, service().study.id, service().clock.now())
    name = f'inline; filename="note-{row.kit}.pdf"'
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": name})


def _known(session: Any, mishap: str) -> tuple[Mishap, Board]:
    row = records.one(session, Mishap, id=mishap)
    return row, Board(session, [row])


def _about(function: Any, mishap: str, title: str, fields: tuple[Field, ...], **more: Any) -> Any:
    with reading(*KIT_READERS) as session:
        row, board = _known(session, mishap)
    here = url_for("mishaps.one", mishap=mishap)
    lead = _("Kit %(kit)s, %(day)s", kit=row.kit, day=row.happened_on)
    heading = f"{board.about(row)} · {title}"
    more = {"lead": lead, "given": {"mishap": mishap}, **more}
    return ask(function, title=heading, fields=fields, done=here, back=here, **more)


@form_page(pages, "/mishaps/<mishap>/box", roles=spec_of(recover).roles)
def recovered(mishap: str) -> Any:
    """The box came back and its vials are counted, or it is given up."""
    counts = tuple(Field(name, "number", value="0") for name in ("unused", "used", "broken", "lost"))
    fields = (Field("returned_on", "day", value=_today()), *counts, Field("told", "note"))
    lead = _(
        "Count every vial, also those that were counted before. If the box does not come back, write the vials that "
        "are missing under lost."
    )
    return _about(recover, mishap, _("The box came back, or it is lost"), fields, lead=lead)


@form_page(pages, "/mishaps/<mishap>/found", roles=spec_of(found).roles)
def turned_up(mishap: str) -> Any:
    """A box that was lost from the stock is here after all."""
    lead = _("It is put into quarantine, for nobody knows how it was kept: it is given to nobody.")
    return _about(found, mishap, _("The box was found again"), (), lead=lead, press=_("It was found"))


@form_page(pages, "/mishaps/<mishap>/hand-over", roles={Role.PHARMACIST})
def handed_over(mishap: str) -> Any:
    """Scan the box for the participant of another site."""
    why = _("Only if the visit's window has passed since the kit was set aside.")
    fields = (
        _box(_("Scan the label of the box in your hand, or type its number.")),
        Field("reason", "note", optional=True, hint=why),
    )
    return _about(hand_over_elsewhere, mishap, _("Hand over"), fields, said=_("Handed over."), press=_("Hand over"))


@form_page(pages, "/mishaps/<mishap>/not-collected", roles=spec_of(not_collected).roles)
def uncollected(mishap: str) -> Any:
    """The participant of another site did not collect the box: it is given to nobody."""
    scanned = _("Scan the label of the box in your hand, or type its number. None, where none is set aside.")
    lead = _(
        "The kit is not given any more: it waits to be destroyed or sent back. The participant's own site is told."
    )
    fields = (Field("kit", "scan", hint=scanned, optional=True), Field("reason", "note"))
    return _about(not_collected, mishap, _("Not collected"), fields, lead=lead, press=_("Not collected"))


@form_page(pages, "/mishaps/<mishap>/sign", roles=spec_of(sign_note).roles)
def signed(mishap: str) -> Any:
    """Read the note and sign it."""
    with reading(*spec_of(sign_note).roles) as session:
        row, board = _known(session, mishap)
        notes = mishap_notes.in_both(session, board, row)
        read = Field("covers", "shown", value=mishap_notes.covered(session, row))
    shown = url_for("mishaps.note", mishap=mishap)
    return ask(
        sign_note, title=_("Note to file"), given={"mishap": mishap}, fields=(read,), done=shown,
        back=url_for("mishaps.one", mishap=mishap), said=_("Signed."),
        template="mishap_sign.html", notes=notes, mishap=row,
    )  # fmt: skip
