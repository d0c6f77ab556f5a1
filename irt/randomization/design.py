"""What a design gives away and how balanced it is, said before it is used.

The assessment shows block sizes by implication: it is for the statistician who holds the design, and for no log, mail
or page of a masked role.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from irt.randomization.balance import simulate, typical, worst_in_list, worst_overall
from irt.randomization.blocks_plan import BlocksPlan
from irt.randomization.guessing import Guessed, guess
from irt.randomization.predictability import bias_factor, expected_certain, expected_right, long_run

__all__ = ["Assessment", "BlocksPlan", "assess", "describe"]

KNOWN_SHARES = (1.0, 0.25, 0.05)
LARGE_DIFFERENCE = 10

Progress = Callable[[float], None]


@dataclass(frozen=True, repr=False)
class Assessment:
    """A plan's figures; it prints without them. Proportions are of all participants, evenly spread over the lists.

    `right`, `certain_size_known`: exact, every past arm known. `guessed`: by share of past arms known, the sizes known
    as a set only. Differences between arms as in `balance`.
    """

    plan: BlocksPlan
    expected_right: Fraction
    right: Fraction
    right_long_run: Fraction
    certain_size_known: Fraction
    guessed: tuple[tuple[float, Guessed], ...]
    worst_in_list: int
    worst_overall: int
    typical_difference: float
    simulated_difference: float
    large_difference: float
    sites: int

    def __repr__(self) -> str:
        return "<assessment of a design>"

    @property
    def certain_set_known(self) -> float:
        """The proportion of certain guesses when all past arms and the set of sizes, not the current one, are known."""
        return dict(self.guessed)[1.0].certain


def assess(
    plan: BlocksPlan,
    sites: int,
    seed: int = 1,
    *,
    lists: int = 800,
    trials: int = 5000,
    progress: Progress | None = None,
) -> Assessment:
    """Return a plan's figures; the same plan and seed give the same. `progress` is told the share done, 0 to 1.

    `sites` recruit unevenly in the simulation; they split the lists only if `plan.sites` says so.
    """
    report: Progress = progress if progress is not None else lambda _: None
    sizes = plan.cell_sizes
    right = sum((expected_right(plan, size) * sizes.count(size) for size in sorted(set(sizes))), Fraction())
    certain = sum((expected_certain(plan, size) * sizes.count(size) for size in sorted(set(sizes))), Fraction())
    report(0.1)
    guessed = []
    for number, share in enumerate(KNOWN_SHARES):
        begun = 0.1 + 0.7 * number / len(KNOWN_SHARES)
        told = guess(
            plan, max(sizes), share, seed + number, lists=lists,
            progress=lambda done, begun=begun: report(begun + 0.7 * done / len(KNOWN_SHARES)),  # type: ignore[misc]
        )  # fmt: skip
        guessed.append((share, told))
    ends = simulate(plan, sites, seed, trials=trials, progress=lambda done: report(0.8 + 0.2 * done))
    report(1.0)
    return Assessment(
        plan=plan,
        expected_right=right,
        right=right / plan.participants,
        right_long_run=long_run(plan)[0],
        certain_size_known=certain / plan.participants,
        guessed=tuple(guessed),
        worst_in_list=worst_in_list(plan),
        worst_overall=worst_overall(plan),
        typical_difference=typical(plan),
        simulated_difference=float(ends.std()),
        large_difference=float((np.abs(ends) >= LARGE_DIFFERENCE).mean()),
        sites=plan.sites or sites,
    )


def describe(assessment: Assessment) -> str:
    """Return the assessment as a table of text, for the terminal of the statistician who holds the design."""
    plan, found = assessment.plan, assessment
    equal = len(set(plan.ratio)) == 1
    who = "by running counts alone" if equal else "at most: block size known"
    lines = [
        ("Design", ""),
        ("  ratio", ":".join(map(str, plan.ratio))),
        ("  block sizes", ", ".join(f"{size} ({float(chance):.0%})" for size, chance in plan.chances)),
        ("  participants, lists", f"{plan.participants}, {plan.cells}"),
        ("Predictability, all past arms known", ""),
        (
            f"  right guesses, {who}",
            f"{float(found.expected_right):.1f} of {plan.participants}, {_share(found.right)}",
        ),
        ("  the same in an endless list", _share(found.right_long_run)),
        ("  certain, current size known", _share(found.certain_size_known)),
        ("  certain, only the set of sizes known", _share(found.certain_set_known)),
    ]
    if plan.ratio == (1, 1):
        lines.append(("  bias of the mean difference", f"{bias_factor(float(found.right)):.3f} x shift in enrolment"))
    lines.append(("Predictability, a share of past arms known, best guesser", ""))
    lines += [
        (f"  {share:.0%} known", f"right {_share(told.right)}, certain {_share(told.certain)}, AUC {told.auc:.2f}")
        for share, told in found.guessed
    ]
    unit = "participants" if plan.ratio == (1, 1) else "in shares of the ratio, two smallest arms"
    lines += [
        (f"Difference between arms ({unit})", ""),
        ("  worst within a list", str(found.worst_in_list)),
        ("  worst overall", str(found.worst_overall)),
        ("  SD (Hallstrom & Davis 1988)", f"{found.typical_difference:.1f}"),
        (f"  SD, {found.sites} uneven sites simulated", f"{found.simulated_difference:.1f}"),
        (f"  {LARGE_DIFFERENCE} or more", _share(found.large_difference)),
    ]
    warning = "Shows block sizes: for the unmasked statistician only. Do not mail, print or file it with the protocol."
    return "\n".join([warning, *(f"{name:<58}{value}".rstrip() for name, value in lines)]) + "\n"


def _share(value: Fraction | float) -> str:
    return f"{float(value):.1%}"
