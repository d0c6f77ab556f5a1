"""The policies that are compared: numbers as in study.toml's [supply], and the rule that turns them into boxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from irt.study import Supply


@dataclass(frozen=True)
class Rule:
    """What the code decides beside the numbers. The defaults are what the service does.

    closed_gets_box: a site that is closed for randomization and has nothing under way is sent a box, by its public
    status. full_to_the_end: minimum and maximum stay when nobody more is randomized, else one or two of each type.
    contents_days: what a box holds looks so many days further ahead than its size does. by_type: the vault orders a box
    when a type falls short, whatever the total.
    """

    closed_gets_box: bool = False
    full_to_the_end: bool = False
    contents_days: int = 0
    by_type: bool = False


AS_BUILT = Rule()


@dataclass(frozen=True)
class Policy:
    """One line of the comparison. `now`: it is that of study.toml."""

    name: str
    plan: Supply
    rule: Rule = AS_BUILT
    now: bool = False


NUMBERS = ((0, 1), (1, 2), (2, 4), (3, 6), (5, 8), (5, 10), (7, 10), (8, 12), (10, 14))
LEVELS = ("0.95", "0.99", "0.999")


def named(plan: Supply) -> str:
    """How a policy is called: its numbers, and its shipping days where they matter."""
    if plan.policy == "predictive":
        return f"predictive {plan.service_level.normalize():f}"
    return f"{plan.minimum}/{plan.maximum}"


def grid(plan: Supply, rule: Rule = AS_BUILT) -> list[Policy]:
    """The policies to compare for a study's plan: fixed numbers that must fail and that may do, predictive ones, and
    its own numbers once a week instead of on its shipping days. Its own stands first.
    """
    fixed = [plan.model_copy(update={"policy": "minimum_maximum", "minimum": a, "maximum": b}) for a, b in NUMBERS]
    ahead = [plan.model_copy(update={"policy": "predictive", "service_level": Decimal(level)}) for level in LEVELS]
    found = [Policy(named(plan), plan, rule, now=True)]
    known = {found[0].name}
    for one in (*fixed, *ahead):
        if named(one) not in known:
            known.add(named(one))
            found.append(Policy(named(one), one, rule))
    weekly = plan.model_copy(update={"shipping_days": plan.shipping_days[:1]})
    if len(plan.shipping_days) > 1:
        found.append(Policy(f"{named(plan)} weekly", weekly, rule))
    return found


def chosen(policies: Sequence[Policy], names: Sequence[str]) -> list[Policy]:
    """The policies of these names; ValueError with the known names for one that there is not."""
    known = {one.name: one for one in policies}
    for name in names:
        if name not in known:
            raise ValueError(f"{name}: there is no such policy; write one of {', '.join(known)}")
    return [known[name] for name in names] or list(policies)
