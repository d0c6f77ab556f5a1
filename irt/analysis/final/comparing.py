"""Two arms' proportions compared as the primary analysis compares them; where they cannot be, it says why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from irt.analysis.final.reading import Trial
from irt.analysis.final.responding import Answer
from irt.analysis.inputs import Floats
from irt.analysis.methods import (
    WrongInputError,
    cochran_mantel_haenszel,
    mantel_haenszel_risk_difference,
    newcombe_interval,
    tabulate,
)

Found = TypeVar("Found")
NOT_ESTIMABLE = "not_estimable"


@dataclass(frozen=True)
class Counts:
    """Participants and responders of both arms, and the counts by stratum; None where nobody is there."""

    active: int
    active_responders: int
    control: int
    control_responders: int
    by_stratum: Floats | None

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """Participants and responders, active then control."""
        return self.active, self.active_responders, self.control, self.control_responders


@dataclass(frozen=True)
class Compared:
    """The Mantel-Haenszel risk difference with Sato's interval, and the Cochran-Mantel-Haenszel p."""

    counts: Counts
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    variance: float | None = None
    note: str = ""


def counts_of(
    trial: Trial, answers: Sequence[Answer], responded: Sequence[int] | None = None, *, corrected: bool = False
) -> Counts:
    """The counts of these answers by arm and by stratum as used, or as corrected; `responded` in their place."""
    given = [one.responded for one in answers] if responded is None else list(responded)
    active = [int(one.person.arm == trial.arms[0]) for one in answers]
    strata = [one.person.corrected if corrected else one.person.stratum for one in answers]
    both = list(zip(given, active, strict=True))
    return Counts(
        sum(active), sum(one for one, arm in both if arm), len(active) - sum(active),
        sum(one for one, arm in both if not arm), tabulate(given, active, strata) if answers else None,
    )  # fmt: skip


def compared(trial: Trial, counts: Counts) -> Compared:
    """The comparison; without both arms in any stratum nothing but the counts."""
    if counts.by_stratum is None:
        return Compared(counts, note=NOT_ESTIMABLE)
    table = counts.by_stratum
    told, why = attempted(lambda: mantel_haenszel_risk_difference(table, confidence=trial.confidence))
    if told is None:
        return Compared(counts, note=why)
    test = cochran_mantel_haenszel(table)
    return Compared(counts, told.value, told.low, told.high, test.p, told.error**2)


def newcombe(trial: Trial, counts: Counts) -> tuple[float | None, float | None, float | None]:
    """The difference of proportions without strata with Newcombe's interval; nothing where an arm is empty."""
    if not counts.active or not counts.control:
        return None, None, None
    told = newcombe_interval(
        counts.active_responders, counts.active, counts.control_responders, counts.control,
        confidence=trial.confidence,
    )  # fmt: skip
    return told.value, told.low, told.high


def attempted(method: Callable[[], Found]) -> tuple[Found | None, str]:
    """What a method gives, and nothing; or None, and why it gives nothing."""
    try:
        return method(), ""
    except WrongInputError as wrong:
        return None, f"{NOT_ESTIMABLE}: {wrong.argument} {wrong.problem}"
    except np.linalg.LinAlgError:
        return None, f"{NOT_ESTIMABLE}: the equations have no solution"
