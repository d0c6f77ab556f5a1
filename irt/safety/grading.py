"""The grade of a laboratory value, from the limits in study.toml; and Hy's law. Pure and exact: Decimal only.

Source of the grades: Common Terminology Criteria for Adverse Events (CTCAE) v5.0, National Cancer Institute, 27 Nov
2017, system organ class Investigations: alanine and aspartate aminotransferase, alkaline phosphatase, GGT, blood
bilirubin and creatinine increased, platelet count decreased; and Blood: eosinophilia. Since v5.0 a value is graded in
multiples of the baseline, and not of the upper limit of normal, where the baseline was abnormal. Limits that need no
limit of normal hold without one: multiples of the baseline, and platelets from grade 2 on.

Source of Hy's law: FDA, Guidance for Industry, Drug-Induced Liver Injury: Premarketing Clinical Evaluation, July 2009,
sections III and IV: aminotransferases 3 × ULN or more with total bilirubin above 2 × ULN, without findings of
cholestasis (alkaline phosphatase below 2 × ULN), and no other cause. The cause is for a person to find.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from irt.study import LaboratoryTest, Study

GRADES = (1, 2, 3, 4, 5)
AMINOTRANSFERASE_TIMES, BILIRUBIN_TIMES, CHOLESTASIS_TIMES = 3, 2, 2


@dataclass(frozen=True)
class Measured:
    """A value with the limits of normal that the laboratory printed beside it."""

    value: Decimal
    lower: Decimal | None = None
    upper: Decimal | None = None

    @property
    def raised(self) -> bool:
        """Whether it is above its upper limit of normal."""
        return self.upper is not None and self.value > self.upper


def by_worst_grade(events: Iterable[tuple[str, int]]) -> tuple[int, ...]:
    """How many participants have each of GRADES as their worst, from the participant and the grade of every event."""
    worst: dict[str, int] = {}
    for participant, reached in events:
        worst[participant] = max(worst.get(participant, 0), reached)
    counted = list(worst.values())
    return tuple(counted.count(one) for one in GRADES)


def grade(test: LaboratoryTest, found: Measured, baseline: Measured | None) -> int:
    """The grade of a value, 0 for none; without a baseline it is graded as if that had been normal.

    A limit is left above it: 3.0 × ULN is grade 1 of ALT, anything more is grade 2. Only the first multiple of the
    baseline counts from its edge on where the criteria say so (`first_at_edge`: "1.5 - 3.0 × baseline").
    """
    if test.below:
        return _below(test.below, found)
    by_limit = 0 if found.upper is None else _above(test.above, found.value, found.upper)
    if baseline is None or not test.above_baseline:
        return by_limit
    by_baseline = _above(test.above_baseline, found.value, baseline.value, at_edge=test.first_at_edge)
    if test.by_baseline == "also":
        return max(by_limit, by_baseline)
    if test.by_baseline == "both":
        return min(by_limit, by_baseline)
    return by_baseline if baseline.raised else by_limit


def _above(limits: Sequence[Decimal], value: Decimal, of: Decimal, *, at_edge: bool = False) -> int:
    first = bool(limits) and at_edge and value >= limits[0] * of > 0
    return max(int(first), sum(value > limit * of for limit in limits))


def _below(limits: Sequence[Decimal], found: Measured) -> int:
    reached = sum(found.value < limit for limit in limits)
    if reached:
        return 1 + reached
    return int(found.lower is not None and found.value < found.lower)


@dataclass(frozen=True)
class Liver:
    """Whether one sample fulfils the laboratory part of Hy's law.

    `by_limit`: by the upper limits of normal; `by_baseline`: also by the baselines where these were raised, as
    aminotransferases are by myositis. `cholestasis`: whether alkaline phosphatase speaks against it; None: not known.
    """

    by_limit: bool
    by_baseline: bool
    cholestasis: bool | None


def liver(study: Study, sample: Mapping[str, Measured], baselines: Mapping[str, Measured]) -> Liver:
    """Hy's law for the values of one sample, by the id of their test."""
    of: dict[str | None, list[str]] = {}
    for test in study.safety_laboratory:
        if test.id in sample:
            of.setdefault(test.liver, []).append(test.id)

    def reached(kind: str, times: int, *, at_edge: bool, relative: bool) -> bool:
        for test in of.get(kind, ()):
            upper = sample[test].upper
            if upper is None:
                continue
            before = baselines.get(test)
            edge = times * (before.value if relative and before is not None and before.raised else upper)
            if sample[test].value > edge or (at_edge and sample[test].value == edge):
                return True
        return False

    def law(*, relative: bool) -> bool:
        return reached("transaminase", AMINOTRANSFERASE_TIMES, at_edge=True, relative=relative) and reached(
            "bilirubin", BILIRUBIN_TIMES, at_edge=False, relative=relative
        )

    known = [test for test in of.get("alkaline_phosphatase", ()) if sample[test].upper is not None]
    blocked = reached("alkaline_phosphatase", CHOLESTASIS_TIMES, at_edge=True, relative=False) if known else None
    by_limit = law(relative=False)
    return Liver(by_limit, by_limit and law(relative=True), blocked)
