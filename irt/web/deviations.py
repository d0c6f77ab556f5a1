"""Deviations: the log with its filter and as CSV, one reported, one classified."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.actor import Role
from irt.conduct.classifying import CLASSIFIERS, classify
from irt.conduct.tables import Deviation, DeviationClass
from irt.gate.act import spec_of
from irt.paper.book import Column, table_csv
from irt.participants.report import report
from irt.participants.tables import Participant
from irt.web import book_words, downloads, records, texts, words
from irt.web.asking import Field, ask
from irt.web.deviation_log import Shown, shown
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.participants import CARE

pages = Blueprint("deviations", __name__, url_prefix="/deviations")

READERS = CARE | {
    Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER, Role.TRIAL_STATISTICIAN, Role.AUDITOR,
}  # fmt: skip


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """The deviations of the reader's sites, the newest first, of one site, kind or standing."""
    chosen = _chosen()
    return render_template(
        "deviations.html", found=chosen, asked=request.args, sites=texts.site_choices(actor().sites(READERS)),
        kinds=book_words.DEVIATIONS, standings=book_words.DEVIATION_STANDINGS, may_report=holds(*spec_of(report).roles),
        may_classify=holds(*CLASSIFIERS), classifiers=CLASSIFIERS,
    )  # fmt: skip


def _chosen() -> list[Shown]:
    """What the filter of the address lets through."""
    wanted = select(Deviation).order_by(Deviation.happened_on.desc(), Deviation.noted_at.desc(), Deviation.id)
    for name, column in (("site", Deviation.site), ("kind", Deviation.kind)):
        if value := request.args.get(name, ""):
            wanted = wanted.where(column == value)
    with reading() as session:
        found = shown(session, session.scalars(wanted))
    state = request.args.get("standing", "")
    return [one for one in found if not state or one.standing.state == state]


@page(pages, "/deviations.csv", roles=READERS)
def as_csv() -> Any:
    """The same list, filtered alike, as CSV."""
    labels = (
        words.field("site"), words.field("participant"), words.field("kind"), words.field("happened_on"),
        _("What happened"), _("Stands"), words.field("told"), _("Noted before"), _("Noted"), _("Standing"),
        words.field("per_protocol"),
    )  # fmt: skip
    columns = [Column(str(label)) for label in labels]
    for role in CLASSIFIERS:
        columns += [Column(words.word(role, "ROLES")), Column(f"{words.word(role, 'ROLES')}: {words.field('reason')}")]
    rows = [[*_cells(one), *(cell for role in CLASSIFIERS for cell in _words(one, role))] for one in _chosen()]
    return downloads.csv(table_csv(columns, rows), "deviations", request.args.get("site"))


def _cells(one: Shown) -> list[Any]:
    row = one.row
    effect = words.word(one.standing.per_protocol, "PER_PROTOCOL") if one.standing.per_protocol else ""
    return [
        row.site, one.number, words.word(row.kind, "DEVIATIONS"), one.now.happened_on, one.said,
        _("yes") if one.now.stands else _("no longer"), row.told or "", "; ".join(said for said, _why in one.before),
        texts.site_moment(row.noted_at, row.site), words.word(one.standing.state, "DEVIATION_STANDINGS"), effect,
    ]  # fmt: skip


def _words(one: Shown, role: Role) -> tuple[str, str]:
    said = one.word_of(role)
    if said is None:
        return "", ""
    return f"{words.word(said.severity, 'SEVERITIES')}; {words.word(said.per_protocol, 'PER_PROTOCOL')}", said.reason


@form_page(pages, "/report", roles=spec_of(report).roles)
def reported() -> Any:
    """Report what no rule sees, of a participant (`?participant=`) or of a site."""
    fields: tuple[Field, ...] = (Field("happened_on", "day"), Field("told", "note"))
    title, back, given = _("Report a deviation"), url_for("deviations.listed"), {}
    if wanted := request.args.get("participant", ""):
        with reading() as session:
            person = records.one(session, Participant, id=wanted)
        given = {"participant": person.id, "site": person.site}
        title, back = f"{person.screening_number} · {title}", url_for("participants.one", participant=person.id)
    else:
        sites = texts.site_choices(actor().sites(spec_of(report).roles))
        first = sites[0][0] if len(sites) == 1 else ""
        fields = (Field("site", "choice", choices=sites, value=first), _people(), *fields)
    return ask(report, title=title, fields=fields, given=given, done=back, back=back)


def _people() -> Field:
    with reading() as session:
        found = list(session.scalars(select(Participant).order_by(Participant.screening_number)))
    choices = tuple((row.id, row.screening_number) for row in found)
    return Field("participant", "choice", choices=choices, optional=True, hint=_("Empty: it is about the site."))


@form_page(pages, "/<deviation>/classify", roles=CLASSIFIERS)
def classified(deviation: str) -> Any:
    """Say what a deviation is, or say it anew; what was said before stays."""
    with reading() as session:
        (found,) = shown(session, [records.one(session, Deviation, id=deviation)])
        earlier = sorted(
            records.rows(session, DeviationClass, deviation=deviation), key=lambda row: (row.classified_at, row.role)
        )
        who = records.names(session, *(row.classified_by for row in earlier), found.row.noted_by)
    fields = (
        Field("about", "shown", value=str(found.revision)),
        Field("severity", "radio", choices=tuple(book_words.SEVERITIES.items())),
        Field("per_protocol", "radio", choices=tuple(book_words.PER_PROTOCOL.items())),
        Field("reason", "note"),
    )
    here = url_for("deviations.listed")
    return ask(
        classify, title=_("Classify a deviation"), fields=fields, given={"deviation": deviation}, done=here, back=here,
        template="classify.html", found=found, earlier=earlier, who=who,
    )  # fmt: skip
