"""Masked progress: recruitment against plan, completeness; for the trial statistician alone pooled distributions.

Nothing here is by arm. What tells of efficacy is pooled over the whole trial, never by site, and switched off unless
study.toml says otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from markupsafe import Markup

from irt.actor import Role
from irt.dispensing.planned import planned_visits
from irt.outcomes.completeness import Person, by_visit_and_instrument, counted, expected_forms
from irt.outcomes.measures import CoreSet
from irt.outcomes.scoring import core_set_of, tis_of
from irt.outcomes.tables import EnzymeChoice, OutcomeForm
from irt.outcomes.whereabouts import first_visit
from irt.paper.curve import Words, curve
from irt.paper.histogram import Bin, binned, histogram
from irt.study import Instrument, Study
from irt.web import outcome_wording, records, texts
from irt.web.completeness_rows import people_of
from irt.web.pages import actor, page, reading
from irt.web.wired import service

pages = Blueprint("progress", __name__, url_prefix="/progress")

READERS = frozenset({
    Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER, Role.TRIAL_STATISTICIAN, Role.SPONSOR,
    Role.QUALITY, Role.AUDITOR,
})  # fmt: skip
POOLED = frozenset({Role.TRIAL_STATISTICIAN})
FEWEST = 10  # participants in a figure: of fewer, somebody who knows one of them could read off the others
WEEK = 7


@dataclass(frozen=True)
class Figure:
    """A distribution over all participants who have the value; nothing of it where they are too few."""

    title: str
    count: int
    bins: Sequence[Bin] = ()

    @property
    def picture(self) -> Markup:
        """The distribution, drawn."""
        return Markup(histogram(self.bins, self.title))  # noqa: S704 (histogram escapes its texts)


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """Recruitment and completeness at the reader's sites; pooled distributions for whom they are."""
    study, sites = service().study, actor().sites(READERS)
    with reading() as session:
        people = people_of(session)
    expected = [one for person in people for one in expected_forms(study, person)]
    mine = [one for one in study.sites if sites is None or one.code in sites]
    target = sum(one.planned or one.cap for one in mine)
    weeks = by_week([person.randomized_on for person in people], max((one.today for one in people), default=None))
    by_site = [(one, sum(person.row.site == one.code for person in people)) for one in mine]
    pooled = _pooled() if actor().sites(POOLED) is None and POOLED & actor().roles else None
    return render_template(
        "progress.html", target=target, weeks=weeks, by_site=by_site, planned_weeks=study.supply.recruitment_weeks,
        picture=_picture(weeks, target), cells=by_visit_and_instrument(expected), total=counted(expected),
        columns=[*(one.id for one in study.visits if one.instruments), *(one.id for one in study.unscheduled_visits)],
        instruments=study.instruments, is_statistician=bool(POOLED & actor().roles), pooled=pooled, fewest=FEWEST,
        wording=outcome_wording,
    )  # fmt: skip


def by_week(days: Sequence[date], today: date | None) -> list[int]:
    """How many were randomized by the end of each week, counted from the day of the first; week 0 is none."""
    if not days or today is None:
        return [0]
    first = min(days)
    last = (max(today, *days) - first).days // WEEK + 1
    return [0, *(sum((day - first).days // WEEK < week for day in days) for week in range(1, last + 1))]


def _picture(weeks: Sequence[int], target: int) -> Markup:
    words = Words(
        title=_("Participants randomized, by week"),
        x=_("Weeks since the first randomization"),
        real=_("randomized"),
        plan=_("planned"),
    )
    return Markup(curve(weeks, target, service().study.supply.recruitment_weeks, words))  # noqa: S704 (curve escapes)


def _pooled() -> list[tuple[str, list[Figure]]] | None:
    """The distributions of each visit over all participants; None where the study has them switched off."""
    study = service().study
    if not study.capture.pooled_efficacy:
        return None
    with reading(*POOLED) as session:
        people = people_of(session)
        forms, choices = (records.by_participant(records.rows(session, model)) for model in (OutcomeForm, EnzymeChoice))
    visits = [one.id for one in study.visits if study.core_set.mmt.partition(".")[0] in one.instruments]
    return [(texts.visit_name(one), _figures(study, people, forms, choices, one)) for one in visits]


def _figures(
    study: Study, people: Iterable[Person], forms: dict[str, list[Any]], choices: dict[str, list[Any]], visit: str
) -> list[Figure]:
    cores: list[CoreSet] = []
    scores: list[Fraction] = []
    for person in people:
        of = (forms.get(person.row.id, []), choices.get(person.row.id, []),
              planned_visits(study, person.randomized_on, person.row.first_dose_on), visit)  # fmt: skip
        cores.append(core_set_of(study, *of))
        if visit != first_visit(study) and (total := tis_of(study, *of).total) is not None:
            scores.append(total)
    figures = [
        _figure(title, [value for core in cores if (value := read(core, name)) is not None], Fraction(high))
        for name, (title, high) in _measures(study).items()
        for read in [_at_baseline if visit == first_visit(study) else _at_followup]
    ]
    if visit == first_visit(study):
        return figures
    return [_figure(_("Total Improvement Score"), scores, Fraction(100)), *figures]


def _measures(study: Study) -> dict[str, tuple[str, Any]]:
    """The six measures: title and the end of the scale."""
    named = {one.id: one for one in study.instruments}
    core = study.core_set
    pointers = {"mmt": core.mmt, "phga": core.physician_global, "pga": core.patient_global, "haq": core.haq,
                "extramuscular": core.extramuscular}  # fmt: skip
    found = {
        name: _value(named[pointer.partition(".")[0]], pointer.partition(".")[2]) for name, pointer in pointers.items()
    }
    return {**found, "enzyme": (_("Muscle enzyme followed, × ULN at baseline"), 10)}


def _value(instrument: Instrument, part: str) -> tuple[str, Any]:
    """The words of a value or total, and the end of its scale."""
    totals = {one.id: (one.label, one.maximum) for one in instrument.totals}
    label, most = (totals | {one.id: (one.label, one.maximum) for one in instrument.fields})[part]
    return texts.said(label), most


def _at_baseline(core: CoreSet, name: str) -> Fraction | None:
    return _scaled(core, name, core.pairs[name].baseline)


def _at_followup(core: CoreSet, name: str) -> Fraction | None:
    return _scaled(core, name, core.pairs[name].followup)


def _scaled(core: CoreSet, name: str, value: Fraction | None) -> Fraction | None:
    if name != "enzyme" or value is None:
        return value
    return value / core.enzyme_limit if core.enzyme_limit else None


def _figure(title: str, values: Sequence[Fraction], high: Fraction) -> Figure:
    if len(values) < FEWEST:
        return Figure(title, len(values))
    return Figure(title, len(values), binned(values, Fraction(0), high, 10))
