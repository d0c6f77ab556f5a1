"""The re-randomization test: had the trial been dealt another list, how often would the arms differ as much?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from irt.analysis.inputs import Floats, Whole, WrongInputError, numbers, same_length, strata_codes, zeros_and_ones
from irt.randomization.blocks_plan import BlocksPlan
from irt.vault.redraw import ALGORITHM, redraws

Statistic = Literal["score", "difference"]
_TIE = 1e-9  # of the largest possible statistic: sums of floats that are equal on paper differ by less


@dataclass(frozen=True)
class Rerandomized:
    """p = (b + 1) / (m + 1), where b of m redrawn lists were as far from no effect as the trial's, or farther.

    `seed`, in hex, with `algorithm` and the inputs gives the same again; `margin` is the 95 % Monte Carlo error of p.
    """

    p: float
    as_far: int
    lists: int
    observed: float
    statistic: Statistic
    seed: str
    algorithm: str
    margin: float


def rerandomization_test(
    plan: BlocksPlan,
    response: npt.ArrayLike,
    active: npt.ArrayLike,
    stratum: Sequence[object] | None = None,
    *,
    seed: bytes,
    lists: int = 99_999,
    statistic: Statistic = "score",
    position: Sequence[int] | None = None,
    active_arm: int = 1,
) -> Rerandomized:
    """Test against the law of the list itself: two-sided, of no effect on anybody; p is never 0.

    `plan` gives the block law (ratio of two arms, sizes, weights); `response` is 0/1 or any number per participant,
    `active` 1 or 0, both in entry order within each `stratum`. `position`: each participant's slot in the stratum's
    list, from 1, where some slots' participants are not analysed; else 1, 2, 3 …. `active_arm`: the active arm's index
    in the ratio. The whole list is redrawn, sizes too, the last block cut where the trial stopped; responses stay.

    Statistic "score": over strata, the active arm's responses less its size times the stratum's mean: the numerator of
    Cochran-Mantel-Haenszel, and for numbers of the difference weighted by n1 n0 / N. "difference": that divided by the
    sum of weights, which change with the redrawn arm sizes. Values closer than one part in 10⁹ of the largest possible
    statistic tie, and ties count against the trial.

    Assumes responses that did not depend on the list, and nobody allocated but by the list. Source: Phipson & Smyth
    (2010) for p; Rosenberger & Lachin (2016) ch. 6. Raises WrongInputError, which names the argument.
    """
    values, treated = numbers("response", response), zeros_and_ones("active", active)
    same_length(response=values, active=treated)
    codes = strata_codes(stratum, len(values))
    _check(plan, seed, lists, statistic, active_arm)
    slots = _slots(position, codes)
    far, weights, seen, weight, scale = np.zeros(lists), np.zeros(lists), 0.0, 0.0, 0.0
    for code in range(int(codes.max()) + 1):
        inside = codes == code
        centred, columns = values[inside] - values[inside].mean(), slots[inside] - 1
        length, people = int(columns.max()) + 1, len(columns)
        placed = np.zeros((length, 2))
        placed[columns, 0], placed[columns, 1] = centred, 1
        begun = 0
        for drawn in redraws(
            plan.ratio, plan.block_sizes, plan.weights,
            stratum=str(code), slots=length, lists=lists, seed=seed,
        ):  # fmt: skip
            chosen = (drawn if active_arm == 1 else 1 - drawn).astype(np.float64)
            sums = chosen @ placed
            here = slice(begun, begun + len(drawn))
            far[here] += sums[:, 0]
            weights[here] += sums[:, 1] * (people - sums[:, 1]) / people
            begun += len(drawn)
        mine = int(treated[inside].sum())
        seen += float(centred[treated[inside] == 1].sum())
        weight += mine * (people - mine) / people
        scale += float(np.abs(centred).sum())
    if statistic == "difference":
        far = np.divide(far, weights, out=np.zeros(lists), where=weights > 0)
        seen, scale = (seen / weight if weight else 0.0), scale / max(weight, 1.0)
    return _told(far, seen, scale, statistic, seed)


def monte_carlo_p(as_far: int, lists: int) -> float:
    """Return (b + 1) / (m + 1): the trial's own list counts once among the lists that are as far."""
    if not 0 <= as_far <= lists or lists < 1:
        raise WrongInputError("as_far", f"{as_far} of {lists} lists is impossible", f"give 0 to {lists}")
    return (as_far + 1) / (lists + 1)


def _told(far: Floats, seen: float, scale: float, statistic: Statistic, seed: bytes) -> Rerandomized:
    lists = len(far)
    as_far = int((np.abs(far) >= abs(seen) - _TIE * scale).sum())
    p = monte_carlo_p(as_far, lists)
    margin = 1.959964 * float(np.sqrt(p * (1 - p) / lists))
    return Rerandomized(p, as_far, lists, seen, statistic, seed.hex(), ALGORITHM, margin)


def _check(plan: BlocksPlan, seed: bytes, lists: int, statistic: str, active_arm: int) -> None:
    if len(plan.ratio) != 2:
        raise WrongInputError("plan", f"names {len(plan.ratio)} arms", "give a ratio of two")
    if active_arm not in (0, 1):
        raise WrongInputError("active_arm", f"{active_arm} is no index of two arms", "give 0 or 1")
    if not isinstance(seed, bytes) or len(seed) != 32:
        raise WrongInputError("seed", "has not 32 bytes", "give 32 random bytes, and record them")
    if lists < 1:
        raise WrongInputError("lists", f"{lists} lists tell nothing", "give at least 1, as 99999")
    if statistic not in ("score", "difference"):
        raise WrongInputError("statistic", f"{statistic!r} is unknown", "give 'score' or 'difference'")


def _slots(position: Sequence[int] | None, codes: Whole) -> Whole:
    """Return each participant's place in its stratum's list, from 1."""
    if position is None:
        places = np.empty(len(codes), dtype=np.int64)
        for code in range(int(codes.max()) + 1):
            inside = codes == code
            places[inside] = np.arange(1, inside.sum() + 1)
        return places
    given = numbers("position", np.asarray(position))
    same_length(response=codes, position=given)
    if (given < 1).any() or (given != np.floor(given)).any():
        raise WrongInputError("position", "holds what is no slot", "give whole numbers from 1")
    places = given.astype(np.int64)
    if len(set(zip(codes.tolist(), places.tolist(), strict=True))) < len(codes):
        raise WrongInputError("position", "names a slot of a stratum twice", "give each participant's own")
    return places
