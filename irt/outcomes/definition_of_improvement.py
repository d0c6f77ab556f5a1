"""DOI, the IMACS definition of improvement: percent of each participant's own baseline (Rider 2004).

Any three of six measures better by 20 % or more, no more than two worse by 25 % or more, the muscle test not among
them. Nothing of it is shared with TIS, whose percent is of the range (docs/decisions/0017).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from irt.outcomes.measures import MEASURES, CoreSet, Values, core_set
from irt.outcomes.values import Value

Status = Literal["improved", "worsened", "neither", "unchanged", "missing"]

_IMPROVED_FROM, _WORSENED_FROM = 20, -25  # percent; both count
_IMPROVED_NEEDED, _WORSENED_ALLOWED = 3, 2


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """How one measure changed: in percent of baseline (None where that is 0 or missing), and what that is."""

    measure: str
    percent: Fraction | None
    status: Status


@dataclass(frozen=True, slots=True)
class DefinitionOfImprovement:
    """Whether one participant improved at one visit; `met` is None while a measure is missing."""

    enzyme: str | None
    measures: tuple[MeasureChange, ...]
    met: bool | None
    missing: tuple[str, ...]

    @property
    def improved(self) -> int:
        """How many of the measures at hand improved."""
        return sum(one.status == "improved" for one in self.measures)

    @property
    def worsened(self) -> int:
        """How many of the measures at hand worsened."""
        return sum(one.status == "worsened" for one in self.measures)

    @property
    def mmt_worsened(self) -> bool:
        """Whether the muscle test is at hand and worsened."""
        return any(one.measure == "mmt" and one.status == "worsened" for one in self.measures)


def definition_of_improvement(
    baseline: Values, followup: Values, enzymes: Mapping[str, Values], mmt_max: Value
) -> DefinitionOfImprovement:
    """Whether the IMACS definition of improvement is met, exactly, with what each measure contributes.

    Arguments as in `core_set`. WrongValuesError names every mistake.
    """
    return improvement_of(core_set(baseline, followup, enzymes, mmt_max))


def improvement_of(core: CoreSet) -> DefinitionOfImprovement:
    """The definition of improvement applied to a core set that was read."""
    changes = tuple(_change(core, measure) for measure in MEASURES)
    counted = DefinitionOfImprovement(core.enzyme, changes, None, core.missing)
    if core.missing:
        return counted
    enough = counted.improved >= _IMPROVED_NEEDED and counted.worsened <= _WORSENED_ALLOWED
    return DefinitionOfImprovement(core.enzyme, changes, enough and not counted.mmt_worsened, ())


def _change(core: CoreSet, measure: str) -> MeasureChange:
    first, later = core.pairs[measure].baseline, core.pairs[measure].followup
    if first is None or later is None:
        return MeasureChange(measure, None, "missing")
    if first == 0:
        risen: Status = "improved" if measure == "mmt" else "worsened"
        return MeasureChange(measure, None, risen if later > 0 else "unchanged")
    change = (later - first) / first * 100
    percent = change if measure == "mmt" else -change
    if percent >= _IMPROVED_FROM:
        return MeasureChange(measure, percent, "improved")
    return MeasureChange(measure, percent, "worsened" if percent <= _WORSENED_FROM else "neither")
