"""How many kits a site is sent when a box goes, and below which stock one goes.

The size follows from what everybody may know: shelf, expected visits, recruitment, calendar. Whether a box goes at all
is asked of the vault: decided by totals, what one type has too much of would hide what the other lacks, and one visit
in five found no kit (docs/decisions/0029). What a box holds is drawn in the vault too.
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


def levels(study: Study, per_day: float) -> tuple[int, int]:
    """Kits of a type beyond the known visits: below the first a box is ordered, to the second it fills up.

    Where nobody more is randomized, only a kit of each type is kept for what breaks.
    """
    plan = study.supply
    if per_day <= 0:
        return min(1, plan.minimum), min(2, plan.maximum)
    if plan.policy == "minimum_maximum":
        return plan.minimum, plan.maximum
    shares = [sum(arm.ratio for arm in study.arms if arm.kit_type == kind) for kind in kit_types(study)]
    busiest = per_day * max(shares) / sum(study.ratio)
    minimum = poisson_level(busiest * (plan.lead_days + plan.review_days), plan.service_level)
    return minimum, 1 + max(
        minimum, poisson_level(busiest * (plan.lead_days + 2 * plan.review_days), plan.service_level)
    )


def kit_types(study: Study) -> list[str]:
    """The types of kits that the arms of a study use."""
    return sorted({arm.kit_type for arm in study.arms})


def box_size(study: Study, outlook: Outlook) -> int:
    """How many kits a box for a site holds; never fewer than `smallest_box`."""
    _, maximum = levels(study, outlook.per_day)
    return max(study.supply.smallest_box, outlook.visits + len(kit_types(study)) * maximum - outlook.there)


def smaller_sizes(study: Study, size: int) -> list[int]:
    """The sizes to try for a box, the one wanted first: its halves, down to `smallest_box`.

    Asked for where no lot can fill the one before: a site is not left without what would cover its next visits.
    """
    least, found = study.supply.smallest_box, [size]
    while found[-1] > least:
        found.append(max(least, (found[-1] + 1) // 2))
    return found


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
