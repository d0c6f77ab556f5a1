"""The emergency code break: the form, what it shows once, that it happened, the second person, and the practice."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.conduct.tables import PracticeBreak
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.gate.tables import SignatureRow
from irt.participants.tables import Participant
from irt.safety.break_code import HOUR, agree, break_code
from irt.safety.emergency_tables import CodeBreak, SecondPerson
from irt.safety.practice import practise
from irt.safety.readings import current_events
from irt.safety.tables import AdverseEvent, EventVersion
from irt.web import emergency_words, records, texts, words
from irt.web.asking import Field, ask
from irt.web.event_log import READERS as OF_EVENTS
from irt.web.event_log import term_word
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.showing import let_show, practice_once, shown_once
from irt.web.signed import Signed
from irt.web.wired import service

pages = Blueprint("code_breaks", __name__)

BREAKERS = spec_of(break_code).roles
READERS = frozenset({
    Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER,
    Role.TRIAL_STATISTICIAN,
})  # fmt: skip
WARNING = _l(
    "You are about to learn what one participant was given. Do this only where it changes how they are treated now. "
    "It is shown once, to you alone, and recorded."
)


def told_roles() -> frozenset[Role]:
    """The person's roles by which study.toml lets them know that a code was broken; what they read, reaches no further.

    Somebody may be told at one site and read participants of others by another role.
    """
    return READERS & actor().roles & frozenset(map(Role, service().study.safety.code_break_recipients))


@form_page(pages, "/code-break", roles=BREAKERS, emergency=True)
def asked() -> Any:
    """By the number on a kit, or by participant, for whoever does not have the participant's page before them."""
    with reading() as read:
        found = list(read.scalars(_with_treatment().order_by(Participant.screening_number, Participant.id)))
        people = tuple((row.id, row.screening_number) for row in found)
        events = tuple((event, " · ".join(said)) for event, said in _events(read, found))
        late = _lately(read)
    whose = (
        Field("kit", "scan", hint=_("The number on the kit's label."), optional=True),
        Field("participant", "choice", choices=people, hint=_("Or choose the participant."), optional=True),
    )
    return _form((*whose, *_why(events), *_alone(late)), {}, url_for("home.worklist"), _("Emergency code break"))


@form_page(pages, "/participants/<participant>/code-break", roles=BREAKERS, emergency=True)
def of_participant(participant: str) -> Any:
    """Of the participant whose page this came from."""
    with reading() as read:
        person = records.one(read, Participant, id=participant)
        events = tuple((event, f"{number} · {term}") for event, (number, _whose, term) in _events(read, [person]))
        late = _lately(read)
    here = url_for("participants.one", participant=participant)
    title = f"{person.screening_number} · {_('Emergency code break')}"
    return _form((*_why(events), *_alone(late)), {"participant": participant}, here, title)


def _form(fields: tuple[Field, ...], given: dict[str, str], back: str, title: str) -> Any:
    return ask(
        break_code, title=title, fields=fields, given=given, done=_to_be_shown, back=back, lead=WARNING,
        press=_("Sign and show the treatment"), style="danger", said="",
    )  # fmt: skip


def _to_be_shown(done: Done) -> str:
    let_show(done.answer)  # also of a request sent again, whose first answer may never have arrived
    return url_for("code_breaks.shown", opening=done.answer)


def _events(read: Session, people: Iterable[Participant]) -> list[tuple[str, tuple[str, str, str]]]:
    """The events of these people that stand, each with its number, whose it is, and its term; in that order."""
    of = {row.id: row.screening_number for row in people}
    versions = select(EventVersion).where(EventVersion.participant.in_(of))
    events = select(AdverseEvent).where(AdverseEvent.participant.in_(of))
    found = current_events(read.scalars(events), read.scalars(versions))
    found.sort(key=lambda pair: (of[pair[0].participant], pair[0].number))
    return [(event.id, (str(event.number), of[event.participant], term_word(told))) for event, told in found]


def _with_treatment() -> Any:
    return select(Participant).where(Participant.state.in_(("randomized", "withdrawn", "completed")))


def _lately(read: Session) -> int:
    """The most breaks at one of the reader's sites within the hour: from when on a second person is asked for."""
    since = service().clock.now() - HOUR
    found = read.scalars(select(CodeBreak).where(CodeBreak.broken_at > since))
    counted: dict[str, int] = {}
    for row in found:
        counted[row.site] = counted.get(row.site, 0) + 1
    return max(counted.values(), default=0)


def _why(events: tuple[tuple[str, Any], ...]) -> tuple[Field, ...]:
    study = service().study
    stops = texts.offered(study.treatment.stop_reasons)
    return (
        Field("break_reason", "choice", choices=texts.offered(study.safety.code_break_reasons)),
        Field("told", "note", label=_("What has happened?")),
        *((Field("event", "choice", choices=events, optional=True),) if events else ()),
        Field("sponsor_told", "radio", choices=tuple(words.YES_NO.items()), value="no"),
        Field("treatment", "radio", label=_("Treatment with the study drug"), value=study.safety.code_break_default,
              choices=tuple(emergency_words.GO_ON.items())),
        Field("stop_reason", "choice", label=_("Why it stops"), choices=stops, value=_stop_reason(), optional=True),
        Field("stop_note", "note", label=_("Why it stops, in words"), optional=True,
              hint=_("Also those read it who do not learn of the code break.")),
    )  # fmt: skip


def _stop_reason() -> str:
    """The first reason that is an adverse event: what most emergencies are."""
    study = service().study
    found = (one.id for one in study.treatment.stop_reasons if one.intercurrent == "adverse_event")
    return next(found, "") if study.safety.code_break_default == "stop" else ""


def _alone(late: int) -> tuple[Field, ...]:
    if late < service().study.safety.code_breaks_an_hour and "alone" not in request.form:
        return ()
    hint = _(
        "Within the hour %(count)s codes were broken at this site. Nobody keeps you from going on: it is recorded, and "
        "others are told.",
        count=late,
    )
    choice = (("yes", _("Go on without a second person")),)
    return (Field("alone", "radio", label=_("A second person"), choices=choice, hint=hint, optional=True),)


@page(pages, "/code-breaks/<opening>/shown", roles=BREAKERS, emergency=True)
def shown(opening: str) -> Any:
    """The treatment, once: to the browser that asked for it."""
    with reading() as read:
        row = records.one(read, CodeBreak, id=opening)
        person = records.one(read, Participant, id=row.participant)
    warning = _(
        "Only those may know this who treat this participant in this emergency. Tell no assessor, laboratory, monitor "
        "or sponsor, nobody at another site, and write it into no record of the trial."
    )
    back = url_for("participants.one", participant=person.id)
    return shown_once(opening, person, title=_("Emergency code break"), warning=warning, back=back)


@page(pages, "/code-breaks/", roles=READERS, always=True)
def listed() -> Any:
    """That codes were broken, and why; never what was shown."""
    told = told_roles()
    if not told:
        abort(403)
    with reading(*told) as read:
        found = list(read.scalars(select(CodeBreak).order_by(CodeBreak.broken_at.desc(), CodeBreak.id)))
        people = {row.id: row for row in read.scalars(
            select(Participant).where(Participant.id.in_({row.participant for row in found}))
        )}  # fmt: skip
        given = {row.id: Signed(row) for row in records.rows(read, SignatureRow, act=spec_of(break_code).name)}
        agreed = {row.id: row for row in records.rows(read, SecondPerson)}
        who = records.names(read, *(row.agreed_by for row in agreed.values()))
        numbers = event_numbers(read)
    return render_template("code_breaks.html", found=found, people=people, given=given, seconds=agreed, who=who,
                           numbers=numbers, opens=holds(*OF_EVENTS))  # fmt: skip


def event_numbers(read: Session) -> dict[str, int]:
    """The numbers of the events that codes were broken for, by id; nothing else of them, for not all may read more."""
    asked = select(CodeBreak.event).where(CodeBreak.event.is_not(None))
    return {row.id: row.number for row in read.scalars(select(AdverseEvent).where(AdverseEvent.id.in_(asked)))}


def broken_of(participant: str) -> list[CodeBreak]:
    """The code breaks of a participant, for a reader who may know of them at that site; none for anybody else."""
    told = told_roles()
    if not told:
        return []
    mine = select(CodeBreak).where(CodeBreak.participant == participant)
    with reading(*told) as read:
        return list(read.scalars(mine.order_by(CodeBreak.broken_at, CodeBreak.id)))


@form_page(pages, "/code-breaks/agree", roles=spec_of(agree).roles, emergency=True)
def agreed() -> Any:
    """A second person agrees to further code breaks of the coming hour."""
    sites = texts.site_choices(actor().sites(spec_of(agree).roles))
    fields = (Field("site", "choice", choices=sites, value=sites[0][0] if len(sites) == 1 else ""), Field("reason"))
    lead = _("Your word holds for an hour, for codes that somebody else breaks at this site.")
    return ask(agree, title=_("Second person"), fields=fields, done=url_for("home.worklist"), lead=lead,
               back=url_for("home.worklist"), said=_("You agreed."))  # fmt: skip


@form_page(pages, "/sites/<site>/practice", roles=spec_of(practise).roles)
def practised(site: str) -> Any:
    """Break the practice code of a site: asked and signed in the same way, and nobody's treatment."""
    sites = actor().sites(spec_of(practise).roles)
    if sites is not None and site not in sites:
        abort(404)
    lead = _(
        "PRACTICE. This code belongs to nobody. The form is that of an emergency: invent one and answer as you would. "
        "That you practised is kept; your answers are not."
    )
    return ask(
        practise, title=_("Practice code of site %(site)s", site=site), given={"site": site}, fields=_why(()),
        lead=lead, done=_practice_to_be_shown, back=url_for("sites.one", code=site), said="",
        press=_("Sign and show the practice page"), style="danger",
    )  # fmt: skip


def _practice_to_be_shown(done: Done) -> str:
    let_show(done.answer)
    return url_for("code_breaks.practice_shown", practice=done.answer)


@page(pages, "/practices/<practice>/shown", roles=spec_of(practise).roles)
def practice_shown(practice: str) -> Any:
    """What the page of an emergency looks like, once: to the browser that asked for it."""
    with reading() as read:
        row = records.one(read, PracticeBreak, id=practice)
    warning = _(
        "PRACTICE – nobody's treatment. In an emergency: tell it only to those who treat this participant now; to no "
        "assessor, laboratory, monitor or sponsor, nobody at another site, and write it into no record of the trial."
    )
    back = url_for("sites.one", code=row.site)
    return practice_once(row, title=_("Practice code"), warning=warning, back=back)
