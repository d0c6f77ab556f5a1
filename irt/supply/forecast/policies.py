"""The policies that are compared: numbers as in study.toml's [supply]."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from irt.study import Supply


@dataclass(frozen=True)
class Policy:
    """One line of the comparison. `now`: it is that of study.toml."""

    name: str
    plan: Supply
    now: bool = False


NUMBERS = ((0, 1), (1, 2), (1, 3), (2, 4), (3, 5), (3, 6), (4, 8), (5, 10))
LEVELS = ("0.95", "0.99", "0.999")


def named(plan: Supply) -> str:
    """How a policy is called: its numbers, and its shipping days where they matter."""
    if plan.policy == "predictive":
        return f"predictive {plan.service_level.normalize():f}"
    return f"{plan.minimum}/{plan.maximum}"


def grid(plan: Supply) -> list[Policy]:
    """The policies to compare for a study's plan: fixed numbers that must fail and that may do, predictive ones, and
    its own numbers once a week instead of on its shipping days. Its own stands first.
    """
    fixed = [plan.model_copy(update={"policy": "minimum_maximum", "minimum": a, "maximum": b}) for a, b in NUMBERS]
    ahead = [plan.model_copy(update={"policy": "predictive", "service_level": Decimal(level)}) for level in LEVELS]
    found = [Policy(named(plan), plan, now=True)]
    known = {found[0].name}
    for one in (*fixed, *ahead):
        if named(one) not in known:
            known.add(named(one))
            found.append(Policy(named(one), one))
    weekly = plan.model_copy(update={"shipping_days": plan.shipping_days[:1]})
    if len(plan.shipping_days) > 1:
        found.append(Policy(f"{named(plan)} weekly", weekly))
    return found


def chosen(policies: Sequence[Policy], names: Sequence[str]) -> list[Policy]:
    """The policies of these names; ValueError with the known names for one that there is not."""
    known = {one.name: one for one in policies}
    for name in names:
        if name not in known:
            raise ValueError(f"{name}: there is no such policy; write one of {', '.join(known)}")
    return [known[name] for name in names] or list(policies)
