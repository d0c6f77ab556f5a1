"""How many kits a site is sent, decided from what everybody may know: shelf, expected visits, recruitment, calendar.

Neither the day of a box nor its size depends on a kit type or an arm, so that neither can tell one (research: shipping
per type does). What a box holds is drawn in the vault, which sees to the types.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from math import exp

from irt.study import Study, Supply

PRIOR = 2.0  # the shape of the gamma distribution of sites' rates


@dataclass(frozen=True)
class Outlook:
    """A site on the night of a decision, by totals.

    `there`: kits on the shelf, ordered or under way that can still be given when the next box could be there;
    `visits`: kits that known participants need until then; `per_day`: randomizations that are expected a day.
    """

    there: int
    visits: int
    per_day: float


def covered_until(plan: Supply, today: date) -> date:
    """The day until which today's order must last: the next order arrives then."""
    return today + timedelta(days=plan.lead_days + plan.review_days)


def buffers(study: Study, per_day: float) -> tuple[int, int]:
    """Kits beyond the known visits, all types together: below the first a box is ordered, to the second it fills up.

    Where nobody more is randomized, only a kit of each type is kept for what breaks.
    """
    plan, types = study.supply, len({arm.kit_type for arm in study.arms})
    if per_day <= 0:
        return types * min(1, plan.minimum), types * min(2, plan.maximum)
    if plan.policy == "minimum_maximum":
        return types * plan.minimum, types * plan.maximum
    total = sum(study.ratio)
    low = high = 0
    for kind in sorted({arm.kit_type for arm in study.arms}):
        share = per_day * sum(arm.ratio for arm in study.arms if arm.kit_type == kind) / total
        low += poisson_level(share * (plan.lead_days + plan.review_days), plan.service_level)
        high += poisson_level(share * (plan.lead_days + 2 * plan.review_days), plan.service_level) + 1
    return low, high


def box_size(study: Study, outlook: Outlook) -> int:
    """How many kits to send to a site; 0 for none. A box is never smaller than `smallest_box`."""
    low, high = buffers(study, outlook.per_day)
    if outlook.there >= outlook.visits + low:
        return 0
    return max(study.supply.smallest_box, outlook.visits + high - outlook.there)


def recruitment_per_day(study: Study, randomized: int, days: int) -> float:
    """How many randomizations a day a site is expected to have, after `randomized` in `days`.

    The plan's even share and what was seen are weighed as a gamma prior of two randomizations is by Poisson arrivals.
    """
    planned = study.cap / (7 * study.supply.recruitment_weeks * len(study.sites))
    return (PRIOR + randomized) / (PRIOR / planned + days)


@lru_cache(maxsize=4096)
def poisson_level(mean: float, level: Decimal | float) -> int:
    """The least number that a Poisson variable of this mean does not exceed with probability `level` or more."""
    term = total = exp(-mean)
    number = 0
    while total < float(level):
        number += 1
        term *= mean / number
        total += term
    return number
