"""TIS, the Total Improvement Score of the 2016 ACR/EULAR criteria for adults: percent of each measure's range.

Table: Rider 2017 (PMC5577002, Table 3), the same as Aggarwal 2017 (doi 10.1136/annrheumdis-2017-211400).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from irt.outcomes.measures import LARGEST, MEASURES, CoreSet, Values, core_set
from irt.outcomes.values import Reading, Value

# In multiples of the upper limit of normal.
ENZYME_RANGES: Mapping[str, Value] = {"CK": 15, "aldolase": 6, "LDH": 3, "AST": 3, "ALT": 3}

_CUTS, _MMT_CUTS = (5, 15, 25, 40), (2, 10, 20, 30)  # percent; a band is open below and closed above
_POINTS = {
    measure: tuple(map(Fraction, points))
    for measure, points in {
        "phga": ("0", "7.5", "15", "17.5", "20"),
        "pga": ("0", "2.5", "5", "7.5", "10"),
        "mmt": ("0", "10", "20", "27.5", "32.5"),
        "haq": ("0", "5", "7.5", "7.5", "10"),
        "enzyme": ("0", "2.5", "5", "7.5", "7.5"),
        "extramuscular": ("0", "7.5", "12.5", "15", "20"),
    }.items()
}
_CATEGORIES = ("minimal", "moderate", "major")
RESPONSE_LEVELS: Sequence[Value] = (20, 40, 60)  # of adults, one for each category
RESPONSE = 20


@dataclass(frozen=True, slots=True)
class MeasureScore:
    """What one measure gives: improvement in percent of its range (worsening is negative), and points from 0."""

    measure: str
    percent: Fraction | None
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class TotalImprovement:
    """The score of one participant at one visit; `total` and `category` are None while a measure is missing."""

    enzyme: str | None
    measures: tuple[MeasureScore, ...]
    total: Fraction | None
    category: str | None
    missing: tuple[str, ...]

    @property
    def responder(self) -> bool | None:
        """At least minimal improvement."""
        return None if self.total is None else self.total >= RESPONSE

    @property
    def total_if_missing_scored_0(self) -> Fraction:
        """The least that the total can be, whatever the missing measures were."""
        return sum((one.points for one in self.measures if one.points is not None), Fraction(0))


def total_improvement(
    baseline: Values,
    followup: Values,
    enzymes: Mapping[str, Values],
    mmt_max: Value,
    enzyme_ranges: Mapping[str, Value] = ENZYME_RANGES,
) -> TotalImprovement:
    """The Total Improvement Score, exactly: points and percent of each measure, total, category, what is missing.

    Arguments as in `core_set`; `enzyme_ranges` in multiples of the ULN. WrongValuesError names every mistake.
    """
    return total_of(core_set(baseline, followup, enzymes, mmt_max), enzyme_ranges)


def total_of(
    core: CoreSet, enzyme_ranges: Mapping[str, Value] = ENZYME_RANGES, levels: Sequence[Value] = RESPONSE_LEVELS
) -> TotalImprovement:
    """The Total Improvement Score of a core set that was read; `levels`: the least of each category, upwards."""
    scores = tuple(_score(core, measure, enzyme_ranges) for measure in MEASURES)
    missing, total, category = core.missing, None, None
    if not missing:
        total = sum((one.points for one in scores if one.points is not None), Fraction(0))
        reached = [name for least, name in zip(levels, _CATEGORIES, strict=True) if total >= Fraction(least)]
        category = reached[-1] if reached else "none"
    return TotalImprovement(core.enzyme, scores, total, category, missing)


def _score(core: CoreSet, measure: str, enzyme_ranges: Mapping[str, Value]) -> MeasureScore:
    before, after = core.pairs[measure].baseline, core.pairs[measure].followup
    if before is None or after is None:
        return MeasureScore(measure, None, None)
    better = after - before if measure == "mmt" else before - after
    percent = 100 * better / _range(core, measure, enzyme_ranges)
    cuts = _MMT_CUTS if measure == "mmt" else _CUTS
    # Cuts are whole: rounded up, a percent stays on its side of each.
    return MeasureScore(measure, percent, _POINTS[measure][bisect_left(cuts, ceil(percent))])


def _range(core: CoreSet, measure: str, enzyme_ranges: Mapping[str, Value]) -> Fraction:
    if measure == "mmt":
        return core.mmt_max
    if measure != "enzyme":
        return Fraction(LARGEST[measure])
    assert core.enzyme is not None and core.enzyme_limit is not None  # noqa: PT018 - one is there with the other
    reading = Reading()
    remedy = "write the range of this enzyme in multiples of its upper limit of normal"
    multiple = reading.above_0(f"enzyme_ranges.{core.enzyme}", enzyme_ranges.get(core.enzyme), remedy)
    reading.end()
    assert multiple is not None
    return multiple * core.enzyme_limit
