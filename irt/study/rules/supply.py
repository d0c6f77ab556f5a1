"""How sites are kept in stock: numbers that fit together, days on which boxes go, a time zone that there is."""

from collections.abc import Iterator
from decimal import Decimal

from irt.study.mistakes import Mistake
from irt.study.rules.enrolment import known_zones
from irt.study.whole import StudyFile


def levels(study: StudyFile) -> Iterator[Mistake]:
    """The maximum is above the minimum, and a service level is a probability that can be reached."""
    plan = study.supply
    if plan is None:
        return
    if plan.minimum is not None and plan.maximum is not None and plan.maximum <= plan.minimum:
        problem = f"{plan.maximum} is not above supply.minimum, {plan.minimum}"
        yield Mistake("supply.maximum", problem, f"write {plan.minimum + 1} or more")
    if plan.service_level is not None and not Decimal("0.5") <= plan.service_level <= Decimal("0.9999"):
        problem = f"{plan.service_level} is not from 0.5 to 0.9999"
        yield Mistake("supply.service_level", problem, "write a probability, such as 0.99")


def shipping(study: StudyFile) -> Iterator[Mistake]:
    """There is a day on which boxes leave, each day once, in a time zone that there is."""
    plan = study.supply
    if plan is None:
        return
    if plan.shipping_days == ():
        yield Mistake("supply.shipping_days", "is empty", 'name at least one day, such as ["monday"]')
    elif plan.shipping_days is not None and len(set(plan.shipping_days)) < len(plan.shipping_days):
        yield Mistake("supply.shipping_days", "names a day twice", "name each day once")
    if plan.depot_time_zone is not None and plan.depot_time_zone not in known_zones():
        problem = f"{plan.depot_time_zone!r} is no time zone"
        remedy = "write a name of the IANA database, such as Asia/Shanghai"
        yield Mistake("supply.depot_time_zone", problem, remedy)


def lead(study: StudyFile) -> Iterator[Mistake]:
    """A kit that is shipped can still be given when it arrives."""
    plan, kit = study.supply, study.kit
    if plan is None or kit is None or None in (plan.lead_days, kit.do_not_ship_days, kit.do_not_dispense_days):
        return
    most = kit.do_not_ship_days - kit.do_not_dispense_days
    if 0 <= most < plan.lead_days:  # below 0 it is that key's own mistake
        problem = f"a kit shipped {kit.do_not_ship_days} days before its expiry arrives too late to be given"
        yield Mistake("supply.lead_days", problem, f"write at most {most}, or a longer kit.do_not_ship_days")


RULES = (levels, shipping, lead)
