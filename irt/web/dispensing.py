"""From a visit to a kit in a hand: asked for, scanned, handed over, with the slip."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.dispensing.allowance import allow_kit
from irt.dispensing.dispense import assign, cancel, hand_over, put_by
from irt.dispensing.tables import Mishap
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.supply.tables import Assignment, Express, Kit
from irt.web import records, texts
from irt.web.asking import Field, ask
from irt.web.pages import form_page, page, reading
from irt.web.participants import CARE, KIT_READERS
from irt.web.visits import due_words, reason_field, visit_of

pages = Blueprint("dispensing", __name__)


@page(pages, "/dispensing", roles=CARE)
def listed() -> Any:
    """The kits that are set aside and wait to be handed over."""
    with reading() as session:
        waiting = list(session.scalars(select(Assignment).filter_by(state="assigned").order_by(Assignment.assigned_at)))
        wanted = {row.participant for row in waiting}
        people = {row.id: row for row in session.scalars(select(Participant).where(Participant.id.in_(wanted)))}
        away = records.waiting_elsewhere(session, waiting)
    return render_template("dispensing.html", waiting=waiting, people=people, away=away)


@form_page(pages, "/participants/<participant>/visits/<visit>/assign", roles=spec_of(assign).roles)
def assigned(participant: str, visit: str) -> Any:
    """Ask for the kit of a visit; asked again, the same kit is the answer."""
    person, one = visit_of(participant, visit)
    title = f"{person.screening_number} · {texts.visit_name(visit)} · {_('Ask for the kit')}"
    given = {"participant": participant, "visit": visit}
    slip = url_for("dispensing.slip", participant=participant, visit=visit)
    back = url_for("participants.one", participant=participant)
    lead = _("The service chooses a kit that is in date until the next visit, and sets it aside.")
    return ask(
        assign, title=title, given=given, done=lambda done: slip if done.answer.kit else back, back=back,
        lead=f"{due_words(one)} {lead}", said=_answered, press=_("Ask for the kit"),
    )  # fmt: skip


def _answered(done: Done) -> str:
    """What asking for a kit came to: one text whichever kit was lacking."""
    if done.answer.kit:
        return str(_("The kit is set aside."))
    if done.answer.shipment:
        return str(_("A kit is on its way with shipment %(number)s. Ask again when it has arrived.",
                     number=done.answer.shipment))  # fmt: skip
    return str(_("No kit can be sent now. The trial manager has been told; ask again tomorrow."))


@form_page(pages, "/participants/<participant>/visits/<visit>/allow", roles=spec_of(allow_kit).roles)
def allowed(participant: str, visit: str) -> Any:
    """Let a visit whose kits are gone have one more."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        told = list(session.scalars(select(Mishap).filter_by(participant=participant, visit=visit)))
        set_aside = {row.kit for row in records.rows(session, Assignment, participant=participant)}
        sent = records.rows(session, Express, participant=participant, visit=visit)
    never_given = [row for row in sent if row.kit not in set_aside]
    title = f"{person.screening_number} · {texts.visit_name(visit)} · {_('Allow another kit')}"
    lead = _(
        "%(count)s times something happened to a kit of this visit. Read what was told, speak with the site, then "
        "allow one more kit.",
        count=len(told) + len(never_given),
    )
    return ask(
        allow_kit, title=title, given={"participant": participant, "visit": visit}, fields=(Field("reason"),),
        done=url_for("home.worklist"), back=url_for("mishaps.listed"), lead=lead,
        said=_("The site may ask for the kit."), press=_("Allow another kit"),
    )  # fmt: skip


@form_page(pages, "/participants/<participant>/visits/<visit>/cancel", roles=spec_of(cancel).roles)
def cancelled(participant: str, visit: str) -> Any:
    """The kit of a visit is not needed now."""
    lead = _("Kit %(kit)s stays set aside for this participant: asked for again, it is the answer.")
    return _instead(cancel, participant, visit, lead, press=_("Not needed now"))


@form_page(pages, "/participants/<participant>/visits/<visit>/put-by", roles=spec_of(put_by).roles)
def kept_back(participant: str, visit: str) -> Any:
    """A kit set aside is never given."""
    lead = _("Kit %(kit)s is not given any more: it waits to be destroyed or sent back.")
    return _instead(put_by, participant, visit, lead, fields=(Field("reason"),))


def _instead(function: Callable[..., Any], participant: str, visit: str, lead: str, **more: Any) -> Any:
    """The form of an act by which a kit that stands set aside is not handed over."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        kit = records.kit_of_visit(session, participant, visit)
    title = f"{person.screening_number} · {texts.visit_name(visit)}"
    here = url_for("participants.one", participant=participant)
    given = {"participant": participant, "visit": visit}
    return ask(function, title=title, given=given, done=here, back=here, lead=lead % {"kit": kit.kit}, **more)


@form_page(pages, "/participants/<participant>/visits/<visit>/hand-over", roles=spec_of(hand_over).roles)
def handed_over(participant: str, visit: str) -> Any:
    """Scan the box in hand; any box but the assigned one is refused."""
    person, one = visit_of(participant, visit)
    with reading() as session:
        kit = records.kit_of_visit(session, participant, visit)
    title = f"{person.screening_number} · {texts.visit_name(visit)} · {_('Hand over')}"
    here = url_for("dispensing.slip", participant=participant, visit=visit)
    fields: tuple[Field, ...] = (
        Field("kit", "scan", hint=_("Scan the label of the box in your hand, or type its number.")),
    )
    if one.record is None:
        fields += reason_field(texts.today_at(person.site), one)
    return ask(
        hand_over, title=title, given={"participant": participant, "visit": visit}, fields=fields, done=here,
        back=url_for("dispensing.listed"), said=_("Handed over; the visit is recorded."), press=_("Hand over"),
        lead=_("Set aside for this visit: kit %(kit)s", kit=kit.kit), template="hand_over.html",
        known={"participant": participant, "visit": visit},
    )  # fmt: skip


@page(pages, "/participants/<participant>/visits/<visit>/slip", roles=KIT_READERS)
def slip(participant: str, visit: str) -> Any:
    """The slip of a visit, to print and sign as the investigator's order."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        given = records.kit_of_visit(session, participant, visit)
        kit = records.one(session, Kit, number=given.kit)
        done = records.one(session, Randomization, participant=participant)
        who = records.names(session, given.assigned_by, given.handed_over_by)
    return render_template("slip.html", person=person, given=given, kit=kit, done=done, who=who)
