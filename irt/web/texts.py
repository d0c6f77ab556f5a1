"""What the study names, in the reader's language; and times in a site's zone."""

from datetime import date, datetime
from typing import Any

from irt.clock import local_day
from irt.study import Choice
from irt.study.design import Factor
from irt.web import language, words
from irt.web.wired import service


def said(text: Any) -> str:
    """A text of study.toml in the reader's language."""
    return str(text.zh if language.chosen() == "zh_Hans_CN" else text.en)


def zone_of(site: str | None) -> str:
    """The time zone of a site; for what belongs to no site, the study's first site's."""
    sites = service().study.sites
    return str(next((one.time_zone for one in sites if one.code == site), sites[0].time_zone))


def site_moment(instant: datetime | None, site: str | None = None) -> str:
    """An instant in a site's zone, with the offset."""
    return language.moment(instant, zone_of(site))


def cell_moment(instant: datetime | None, site: str | None) -> str:
    """The same in the cell of a table, whose head names the zone."""
    return language.moment(instant, zone_of(site), named=False)


def today_at(site: str | None) -> date:
    """The calendar day that it is at a site; for what belongs to no site, at the study's first."""
    return day_of(service().clock.now(), site)


def day_of(instant: datetime, site: str | None) -> date:
    """The calendar day of an instant at a site."""
    return local_day(instant, zone_of(site))


def site_name(code: str | None) -> str:
    """A site's code and name."""
    for one in service().study.sites:
        if one.code == code:
            return f"{code} {said(one.name)}"
    return code or ""


def site_choices(sites: frozenset[str] | None) -> tuple[tuple[str, str], ...]:
    """The sites to choose from; None: all."""
    return tuple((one.code, site_name(one.code)) for one in service().study.sites if sites is None or one.code in sites)


def visit_name(visit: str) -> str:
    """A visit in words; of those without a planned day, such as `UV.2`, with its ordinal."""
    study = service().study
    first, _, ordinal = visit.partition(".")
    names = {one.id: said(one.name) for one in study.visits}
    names |= {one.id: said(one.name) for one in study.unscheduled_visits}
    if visit in names or first not in names:
        return names.get(visit, visit)
    once = study.early_termination is not None and first == study.early_termination.id
    return names[first] if once else f"{names[first]} {ordinal}"


def medication_name(code: str) -> str:
    """A rescue or prohibited medication of the study's list; one that it no longer has by its code."""
    return next((said(one.name) for one in service().study.interfering_medications if one.id == code), code)


def study_label(kind: str, code: str) -> str:
    """The words of a criterion (`answers`) or of a baseline value (`values`)."""
    study = service().study
    if kind == "answers":
        return next((said(one.text) for one in study.criteria if one.id == code), code)
    return next((said(one.label) for one in study.baseline if one.id == code), code)


def choice_word(code: str) -> str:
    """The word of a choice among baseline values; the study's own code where there is none."""
    return words.word(code, "CHOICES")


def stratum_words(stratum: str) -> str:
    """A stratum by the words of its levels, each with its factor where the study names one."""
    factors = service().study.strata
    return " · ".join(_level(factors, index, level) for index, level in enumerate(stratum.split("|")))


def _level(factors: tuple[Factor, ...], index: int, level: str) -> str:
    factor = factors[index] if index < len(factors) else None
    if factor is None or factor.label is None:
        return choice_word(level)
    if factor.cut is not None and level in factor.levels:
        unit = next((one.unit for one in service().study.baseline if one.id == factor.source), None)
        limit = f"{'≤' if level == factor.levels[0] else '>'} {factor.cut}"
        return " ".join(filter(None, (said(factor.label), limit, unit)))
    return f"{said(factor.label)}: {choice_word(level)}"


def offered(choices: tuple[Choice, ...]) -> tuple[tuple[str, str], ...]:
    """The answers that the study offers, each with its words."""
    return tuple((one.id, said(one.name)) for one in choices)


def code_break_reason(code: str) -> str:
    """The words of a reason for a code break."""
    return next((said(one.name) for one in service().study.safety.code_break_reasons if one.id == code), code)


def treatment_word(kind: str, code: str | None) -> str:
    """The words of an answer by the list of study.toml that offers it, such as `injection_sites`."""
    return dict(offered(getattr(service().study.treatment, kind))).get(code or "", code or "")
