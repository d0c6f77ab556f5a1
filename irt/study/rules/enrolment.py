"""Arms, sites with their caps and time zones, strata."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

from irt.study.design import BaselineField, Factor, Site
from irt.study.mistakes import Mistake, shown
from irt.study.rules.reading import absent, ids_of, read, unknown
from irt.study.whole import StudyFile


@cache
def known_zones() -> frozenset[str]:
    """The zones that mean the same on every machine: "localtime" is whatever the server's clock is set to."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def several_arms(study: StudyFile) -> Iterator[Mistake]:
    """A randomized trial compares."""
    if study.arms is not None and len(study.arms) < 2:
        yield Mistake("arms", f"found {len(study.arms)} arm(s)", "give at least two arms to randomize between")


def one_control(study: StudyFile) -> Iterator[Mistake]:
    """One arm is the control that the others are compared with."""
    if study.arms is None or len(study.arms) < 2 or any(one.control is None for one in study.arms):
        return
    controls = [i for i, one in enumerate(study.arms) if one.control]
    if len(controls) != 1:
        key = f"arms[{controls[1]}].control" if controls else "arms[1].control"
        yield Mistake(key, f"{len(controls)} arms are the control", "mark exactly one arm with control = true")


def filled(study: StudyFile) -> Iterator[Mistake]:
    """Lists without which there is no trial. No strata is allowed: then there is one stratum."""
    for name in ("sites", "criteria", "visits", "instruments", "baseline"):
        if getattr(study, name) == ():
            yield Mistake(name, "is empty", f"add at least one under [[{name}]]")


def caps(study: StudyFile) -> Iterator[Mistake]:
    """The study's cap is no less than what sites plan, no more than what they may take; no site's is above it."""
    sites = _distinct(study)
    if study.cap is None or not sites:
        return
    planned = sum(site.planned for _, site in sites if site.planned is not None)
    if study.cap < planned:
        remedy = f"raise the cap to {planned} or more, or lower what the sites plan"
        yield Mistake("cap", f"{study.cap} is below the sum {planned} of the sites' planned participants", remedy)
    if all(site.cap is not None for site in study.sites):
        allowed = sum(site.cap for _, site in sites)
        if allowed < study.cap:
            remedy = f"lower the cap to {allowed} or raise the sites' caps: it could never be reached"
            yield Mistake("cap", f"the sum {allowed} of the sites' caps is below the study's {study.cap}", remedy)
    for i, site in read(study.sites, "cap"):
        if site.cap > max(study.cap, planned):
            yield Mistake(f"sites[{i}].cap", f"{site.cap} is above the study's cap {study.cap}", "write a smaller cap")


def site_plans(study: StudyFile) -> Iterator[Mistake]:
    """A site plans no more than it may."""
    for i, site in read(study.sites, "cap", "planned"):
        if site.planned is not None and site.planned > site.cap:
            remedy = f"raise the cap to {site.planned}, or plan fewer"
            yield Mistake(f"sites[{i}].cap", f"{site.cap} is below the {site.planned} that the site plans", remedy)


def _distinct(study: StudyFile) -> list[tuple[int, Site]]:
    """Each site once: one that stands there twice over is one mistake, not also a wrong sum."""
    found: dict[object, tuple[int, Site]] = {}
    for i, site in read(study.sites):
        found.setdefault((site.code, site.name) if site.code is not None else i, (i, site))
    return list(found.values())


def time_zones(study: StudyFile) -> Iterator[Mistake]:
    """The time zones of sites and sponsor are of the IANA time zone database."""
    zones = [(f"sites[{i}].time_zone", site.time_zone) for i, site in read(study.sites, "time_zone")]
    if study.safety is not None and study.safety.sponsor_time_zone is not None:
        zones.append(("safety.sponsor_time_zone", study.safety.sponsor_time_zone))
    for key, zone in zones:
        if zone not in known_zones():
            remedy = "write a name of the IANA database, such as Asia/Shanghai"
            yield Mistake(key, f"{shown(zone)} is no time zone", remedy)


def strata(study: StudyFile) -> Iterator[Mistake]:
    """Every factor is derived from the site or a required baseline value, and has a level for whatever that may be."""
    fields = {one.id: one for _, one in read(study.baseline, "id")}
    known = {"site", *ids_of(study.baseline)}
    for i, factor in read(study.strata, "source"):
        key = f"strata[{i}]"
        if factor.source == "site":
            if factor.levels or factor.cut is not None:
                yield Mistake(f"{key}.levels", "the sites are the levels of this factor", "remove levels and cut")
        elif factor.source not in known:
            if study.baseline is not None:
                yield unknown(f"{key}.source", factor.source, known, "baseline value, nor the site")
        else:
            field = fields[factor.source]
            if field.required is False:
                remedy = f"make {field.id} required = true: nobody can be randomized without a stratum"
                yield Mistake(f"{key}.source", f"{shown(field.id)} may be left empty", remedy)
            if factor.levels is not None and len(set(factor.levels)) == len(factor.levels):
                yield from _levels(key, factor, field)


def _levels(key: str, factor: Factor, field: BaselineField) -> Iterator[Mistake]:
    if field.choices:
        if factor.cut is not None:
            yield Mistake(f"{key}.cut", f"{shown(field.id)} is a choice, not a number", "remove the cut")
        if set(factor.levels) != set(field.choices):
            remedy = f"write them as the choices of {field.id}: {', '.join(field.choices)}"
            yield Mistake(f"{key}.levels", f"found {shown(factor.levels)}", remedy)
        return
    if field.choices is None:
        return
    if absent(factor, "cut"):
        remedy = "add the value up to which the first level goes"
        yield Mistake(f"{key}.cut", f"is missing: {shown(field.id)} is a number", remedy)
    elif factor.cut is not None and _splits_nothing(factor.cut, field):
        remedy = f"write a value from {field.minimum} to below {field.maximum}"
        yield Mistake(f"{key}.cut", f"{factor.cut} leaves a level that nobody can be in", remedy)
    if len(factor.levels) != 2:
        remedy = "write two: up to the cut, and above it"
        yield Mistake(f"{key}.levels", f"found {len(factor.levels)} level(s) for one cut", remedy)


def _splits_nothing(cut: Decimal, field: BaselineField) -> bool:
    low, high = field.minimum, field.maximum
    return low is not None and high is not None and not low <= cut < high


RULES = (several_arms, one_control, filled, caps, site_plans, time_zones, strata)
