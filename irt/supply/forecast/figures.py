"""What a policy came to, over many runs, with limits that are honest about how few runs there are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from irt.supply.forecast.beta import clopper_pearson, student_quantile
from irt.supply.forecast.policies import Policy
from irt.supply.forecast.world import Counted

LIMIT = 1.0  # refused requests per 1,000 that a policy may have, by its upper 95 % limit
MADE_FOR = 0.95  # the share of runs for which the kits to make are enough
CONFIDENCE = 0.95

Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Figures:
    """One policy's line. Rates are per 1,000; counts are means over the runs, but for `kits_to_make`, a quantile.

    refused: requests for which not every kit type was there, of all requests; its upper 95 % limit. any_refused: the
    share of trials with such a request. put_off: randomizations that waited because their site was closed, of all.
    kits_to_make: shipped, or too old to ship before they were needed (stranded). overage: (kits to make - dispensed) /
    dispensed.
    """

    policy: str
    now: bool
    refused_per_1000: float
    refused_upper: float
    any_refused: float
    put_off_per_1000: float
    overage_percent: float
    kits_to_make: int
    kits_shipped: float
    dispensed: float
    boxes: float
    express: float
    stranded: float
    expired: float
    lost: float
    recruited: float

    @property
    def passes(self) -> bool:
        """Whether the policy refuses few enough requests, as far as these runs can tell."""
        return self.refused_upper <= LIMIT


def figures_of(policy: Policy, counted: Counted, participants: int) -> Figures:
    """The line of a policy, from what was counted in its runs."""
    made = int(np.ceil(np.quantile(counted.shipped + counted.stranded, MADE_FOR)))
    dispensed = float(counted.dispensed.mean())
    return Figures(
        policy=policy.name,
        now=policy.now,
        refused_per_1000=1000 * float(counted.refused.sum() / max(1, counted.requests.sum())),
        refused_upper=1000 * upper_limit(counted.refused, counted.requests),
        any_refused=float((counted.refused > 0).mean()),
        put_off_per_1000=1000 * float(counted.put_off.mean()) / participants,
        overage_percent=100 * (made - dispensed) / max(1.0, dispensed),
        kits_to_make=made,
        kits_shipped=float(counted.shipped.mean()),
        dispensed=dispensed,
        boxes=float(counted.boxes.mean()),
        express=float(counted.express.mean()),
        stranded=float(counted.stranded.mean()),
        expired=float(counted.expired.mean()),
        lost=float(counted.lost.mean()),
        recruited=float((counted.randomized >= participants).mean()),
    )


def upper_limit(refused: Counts, requests: Counts) -> float:
    """The upper end of a 95 % interval of the share of refused requests, which come in clusters: one run, one fate.

    The larger of two: the t limit of the ratio estimator over runs; and the exact limit of the share of runs with any
    refused request (Clopper and Pearson), times how many such a run has (at least one), over the requests of a run.
    The second alone says something where none was seen.
    """
    runs, mean = len(refused), float(requests.mean())
    if runs < 2 or not mean:
        return 1.0
    ratio = float(refused.sum() / requests.sum())
    error = float(np.std(refused - ratio * requests, ddof=1)) / (mean * sqrt(runs))
    by_ratio = ratio + student_quantile((1 + CONFIDENCE) / 2, runs - 1) * error
    affected = int((refused > 0).sum())
    in_each = float(refused.sum() / affected) if affected else 1.0
    by_run = clopper_pearson(affected, runs, (1 + CONFIDENCE) / 2) * in_each / mean
    return min(1.0, max(by_ratio, by_run))


def recommended(lines: Sequence[Figures]) -> Figures | None:
    """The policy of least overage among those that pass; None where none does."""
    return min((line for line in lines if line.passes), key=lambda line: line.overage_percent, default=None)


@dataclass(frozen=True)
class Price:
    """What it costs that no box may tell a kit type: the best policy as it is, the best if types could ship apart."""

    masked: str
    apart: str
    points: float  # percentage points of overage


def price_of_masking(masked: Sequence[Figures], apart: Sequence[Figures]) -> Price | None:
    """The difference of the least overages that pass; None where on either side no policy passes."""
    here, there = recommended(masked), recommended(apart)
    if here is None or there is None:
        return None
    return Price(here.policy, there.policy, here.overage_percent - there.overage_percent)


def as_document(line: Figures) -> dict[str, object]:
    """A line as it is printed, rounded."""
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(line).items()}
    return {**rounded, "passes": line.passes}
