"""Safety over all sites: every event in a list, and pooled over all who were treated. Nothing is split by arm."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from irt.actor import Role
from irt.paper.book import Column, table_csv
from irt.paper.rows import Bar, Strip, bars, strips
from irt.safety.grading import GRADES
from irt.safety.summary import Line, Onset, incidence, onsets, overall, under_treatment
from irt.web import downloads, lab_wording, texts, words
from irt.web.event_versions import criteria
from irt.web.pages import actor, holds, page, reading
from irt.web.safety_board import Entry, Pool, pool_of
from irt.web.wired import service

pages = Blueprint("safety", __name__, url_prefix="/safety")

LISTING = frozenset({Role.MEDICAL_MONITOR, Role.AUDITOR})
POOLED = LISTING | {Role.SPONSOR}
CODED = {  # of a version: as it is stored, and the table of its words
    "causality_drug": "CAUSALITIES", "causality_procedure": "CAUSALITIES", "action": "DRUG_ACTIONS",
    "outcome": "EVENT_OUTCOMES",
}  # fmt: skip
JUDGED = ("causality_drug", "causality_procedure", "action", "event_outcome")  # their fields
MOST = 15  # terms in a picture


@page(pages, "/", roles=LISTING)
def listed() -> Any:
    """Every event, the latest onset first, of one site, term or seriousness."""
    with reading() as session:
        pool = pool_of(session)
    return render_template(
        "safety.html", found=_chosen(pool), asked=request.args, pool=pool, terms=_terms(pool),
        sites=texts.site_choices(actor().sites(LISTING)), pooled=holds(*POOLED), criteria=criteria,
    )  # fmt: skip


@page(pages, "/listing.csv", roles=LISTING)
def as_csv() -> Any:
    """The same list, filtered alike, as CSV."""
    with reading() as session:
        pool = pool_of(session)
    labels = (
        words.field("site"), words.field("participant"), _("Event"), _("In the reporter's words"), _("Term"),
        _("Preferred term"), _("System organ class"), "MedDRA", words.field("grade"), _("Serious"),
        words.field("seriousness"), *map(words.field, JUDGED), _("Sponsor's causality"), words.field("expectedness"),
        _("Version that the sponsor judged"), _("Onset"), _("Study day"), _("End"), _("Treatment-emergent"),
        _("Version"),
    )  # fmt: skip
    rows = [_cells(one) for one in _chosen(pool)]
    csv = table_csv([Column(str(label)) for label in labels], rows)
    return downloads.csv(csv, "adverse-events", request.args.get("site"))


def _cells(one: Entry) -> list[Any]:
    told, code = one.told, one.code
    named = (code.pt_name, code.soc_name, code.version) if code else ("", "", "")
    judged = [words.word(getattr(told, name), table) for name, table in CODED.items()]
    return [
        one.person.site, one.person.screening_number, one.number, told.verbatim, lab_wording.term_name(told.term),
        *named, told.grade, _yes(one.serious), criteria(told) if one.serious else "", *judged, *_opinion(one),
        told.onset_on, one.day, told.ended_on, _yes(one.emergent), told.version,
    ]  # fmt: skip


def _opinion(one: Entry) -> list[Any]:
    """The sponsor's last opinion, and the version that it is about; the site may have told more since."""
    said = one.opinion
    if said is None:
        return ["", "", ""]
    return [words.word(said.causality_drug, "CAUSALITIES"), words.word(said.expectedness, "EXPECTEDNESS"), said.about]


def _yes(true: bool) -> str:
    return str(_("yes") if true else _("no"))


def _terms(pool: Pool) -> list[tuple[str, str]]:
    return sorted(((key, pool.words_of(key)) for key in {one.key for one in pool.entries}), key=lambda pair: pair[1])


def _chosen(pool: Pool) -> list[Entry]:
    """What the filter of the address lets through."""
    site, term, serious = (request.args.get(name, "") for name in ("site", "term", "serious"))
    return [
        one
        for one in pool.entries
        if (not site or one.person.site == site)
        and (not term or one.key == term)
        and (serious not in ("yes", "no") or one.serious == (serious == "yes"))
    ]


@page(pages, "/pooled", roles=POOLED)
def pooled() -> Any:
    """Incidence by term and worst grade, serious events, terms of special interest, time to onset."""
    with reading() as session:
        pool = pool_of(session)
    study = service().study
    counted = [one.happened for one in pool.entries]
    found = under_treatment(counted, pool.courses, study.safety.emergent_days_after_last_dose)
    lines, first = incidence(found), onsets(found, pool.courses)
    special = {one.id for one in study.adverse_event_terms if one.special_interest}
    return render_template(
        "safety_pooled.html", treated=len(pool.courses), lines=lines, total=overall(found), grades=GRADES,
        serious=[line for line in lines if line.serious_events],
        special=[line for line in lines if line.key in special], first=first, name=pool.words_of,
        before=len(counted) - len(found), may_list=holds(*LISTING),
        incidence_picture=_bars(lines, pool) if lines else None, onset_picture=_strips(first, pool) if first else None,
    )  # fmt: skip


def _bars(lines: list[Line], pool: Pool) -> Markup:
    rows = [Bar(pool.words_of(line.key), line.by_grade) for line in lines[:MOST]]
    grades = [str(_("Grade %(grade)s", grade=grade)) for grade in GRADES]
    title, under = _("Participants by term and worst grade"), _("Participants, all treated together")
    return Markup(bars(rows, grades, str(title), str(under)))  # noqa: S704 (bars escapes every text)


def _strips(first: list[Onset], pool: Pool) -> Markup:
    rows = [Strip(pool.words_of(one.key), one.days, one.middle) for one in first[:MOST]]
    title, under = _("Time to first onset by term"), _("Study day of the first onset; the stroke is the median")
    return Markup(strips(rows, str(title), str(under)))  # noqa: S704 (strips escapes every text)
