"""What the methods take: arrays that are checked once, at the door, and refused by the name of the argument."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, ndtr, ndtri

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class WrongInputError(ValueError):
    """An argument that a method cannot take: which one, what is wrong, and what to give instead."""

    def __init__(self, argument: str, problem: str, remedy: str) -> None:
        super().__init__(f"{argument}: {problem}; {remedy}")
        self.argument, self.problem, self.remedy = argument, problem, remedy


def counts_of(table: npt.ArrayLike) -> Floats:
    """Return 2 × 2 counts by stratum as floats of shape (strata, 2, 2); one table alone is one stratum."""
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim == 2:
        counts = counts[None]
    if counts.ndim != 3 or counts.shape[1:] != (2, 2) or not len(counts):
        raise WrongInputError("table", f"has shape {counts.shape}", "give (strata, 2, 2): arm by response")
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts != np.floor(counts)).any():
        raise WrongInputError("table", "holds what is no count", "give whole numbers of 0 or more")
    return counts


def tabulate(response: npt.ArrayLike, active: npt.ArrayLike, stratum: Sequence[object] | None = None) -> Floats:
    """Return the counts (strata, 2, 2) of one 0/1 response per participant; strata in the order of their sorted names.

    Rows: active arm (`active` is 1), then control; columns: responder (`response` is 1), then none.
    """
    responded, treated = zeros_and_ones("response", response), zeros_and_ones("active", active)
    same_length(response=responded, active=treated)
    codes = strata_codes(stratum, len(responded))
    counts = np.zeros((int(codes.max()) + 1, 2, 2))
    np.add.at(counts, (codes, 1 - treated, 1 - responded), 1)
    return counts


def numbers(argument: str, values: npt.ArrayLike, dimensions: int = 1) -> Floats:
    """Return finite numbers as floats; raises WrongInputError for another shape, for text, for NaN and infinity."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise WrongInputError(argument, "holds what is no number", "give numbers") from None
    if array.ndim != dimensions or not len(array):
        raise WrongInputError(argument, f"has shape {array.shape}", f"give an array of {dimensions} dimension(s)")
    if not np.isfinite(array).all():
        raise WrongInputError(argument, "holds missing or infinite values", "leave out or impute before")
    return array


def zeros_and_ones(argument: str, values: npt.ArrayLike) -> Whole:
    """Return an array of 0 and 1; raises WrongInputError for anything else."""
    array = numbers(argument, values)
    if not np.isin(array, (0, 1)).all():
        raise WrongInputError(argument, "holds values besides 0 and 1", "give 1 or 0 for each participant")
    return array.astype(np.int64)


def strata_codes(stratum: Sequence[object] | None, participants: int) -> Whole:
    """Return each participant's stratum as its place in the sorted names; without strata all are in one."""
    if stratum is None:
        return np.zeros(participants, dtype=np.int64)
    if len(stratum) != participants:
        raise WrongInputError("stratum", f"has {len(stratum)} entries for {participants} participants", "give one each")
    return np.unique(np.asarray(stratum), return_inverse=True)[1].astype(np.int64)


def same_length(**arrays: npt.NDArray[np.generic]) -> None:
    """Raise WrongInputError unless all arrays have an entry for each participant."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise WrongInputError(list(lengths)[-1], f"lengths differ ({told})", "give one entry per participant")


def two_sided_z(confidence: float) -> float:
    """Return the normal quantile of a two-sided interval, 1.959964 for 0.95."""
    return float(ndtri((1 + checked_confidence(confidence)) / 2))


def checked_confidence(confidence: float) -> float:
    """Return the confidence level; raises WrongInputError unless it lies between 0 and 1."""
    if not 0 < confidence < 1:
        raise WrongInputError("confidence", f"{confidence} is no level", "give a number between 0 and 1, as 0.95")
    return confidence


def normal_tails(z: float) -> float:
    """Return the two-sided p of a standard normal deviate."""
    return float(2 * ndtr(-abs(z)))


def chi_square_tail(statistic: float, degrees: int) -> float:
    """Return the upper tail of chi-square; 1 when there are no degrees of freedom."""
    return float(chdtrc(degrees, statistic)) if degrees else 1.0
