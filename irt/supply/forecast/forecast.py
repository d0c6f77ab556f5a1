"""The forecast: every policy on the same runs, what each comes to, which is recommended, and what masking costs."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import draw
from irt.supply.forecast.figures import (
    LIMIT,
    MADE_FOR,
    Figures,
    Price,
    as_document,
    figures_of,
    price_of_masking,
    recommended,
)
from irt.supply.forecast.policies import Policy
from irt.supply.forecast.run import lived
from irt.supply.forecast.world import Counted

AT_ONCE = 1000  # runs in one set of arrays: fewer waste calls, more fill the memory

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Forecast:
    """The lines of the policies, as they are and if types could ship apart; recruitment in weeks at 10, 50, 90 %."""

    runs: int
    seed: int
    lines: tuple[Figures, ...]
    apart: tuple[Figures, ...]
    weeks: tuple[float, float, float]

    @property
    def recommended(self) -> Figures | None:
        """The policy of least overage among those that pass."""
        return recommended(self.lines)

    @property
    def price(self) -> Price | None:
        """What masking costs."""
        return price_of_masking(self.lines, self.apart)

    def document(self) -> dict[str, Any]:
        """All of it, for a JSON object."""
        best, price = self.recommended, self.price
        return {
            "runs": self.runs,
            "seed": self.seed,
            "limit_per_1000": LIMIT,
            "kits_to_make_for": MADE_FOR,
            "recruitment_weeks": {name: round(x, 1) for name, x in zip(("q10", "q50", "q90"), self.weeks, strict=True)},
            "policies": [as_document(line) for line in self.lines],
            "recommended": best.policy if best else None,
            "if_types_shipped_apart": [as_document(line) for line in self.apart],
            "price_of_masking": {
                "recommended": price.masked, "apart": price.apart, "overage_points": round(price.points, 2),
            } if price else None,
        }  # fmt: skip


def forecast(
    trial: Trial, policies: Sequence[Policy], runs: int, seed: int, progress: Progress | None = None
) -> Forecast:
    """Live `runs` trials under each policy, and as many with types shipped apart; the same seed answers the same.

    `progress` is told how many trials are lived, and of how many.
    """
    found: dict[tuple[int, bool], list[Counted]] = {}
    weeks, done, all_ = [], 0, 2 * runs * len(policies)
    for start in range(0, runs, AT_ONCE):
        draws = draw(trial, min(AT_ONCE, runs - start), (seed, start))
        weeks.append(draws.recruited_on / 7)
        for place, policy in enumerate(policies):
            for apart in (False, True):
                found.setdefault((place, apart), []).append(lived(trial, policy, draws, apart=apart))
                done += draws.runs
                if progress is not None:
                    progress(done, all_)

    def lines(apart: bool) -> tuple[Figures, ...]:
        sets = [_together(found[place, apart]) for place in range(len(policies))]
        return tuple(map(figures_of, policies, sets, [trial.participants] * len(sets)))

    low, middle, high = np.quantile(np.concatenate(weeks), (0.1, 0.5, 0.9))
    return Forecast(runs, seed, lines(False), lines(True), (float(low), float(middle), float(high)))


def _together(sets: Sequence[Counted]) -> Counted:
    return Counted(*(np.concatenate(parts) for parts in zip(*map(astuple, sets), strict=True)))
