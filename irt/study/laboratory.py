"""Tests of a site's safety laboratory: the range of a value, and from where on it counts as an adverse event."""

from typing import Literal

from irt.study.part import Code, Line, Many, Number, Part, Words


class LaboratoryTest(Part):
    """One test: a number with range, step and unit, and the limits of its grades in the study's CTCAE version.

    Grade n is a value above the n-th of `above` times the upper limit of normal, or below the lower limit (n = 1) or
    the (n - 1)-th of `below`, in its unit. What `above_baseline` does, times the value at baseline, is told by
    `by_baseline`: it takes the place of `above` where the baseline was abnormal, counts also where it is the worse,
    or has to be met as well. `first_at_edge`: the first of it is met by a value that equals it.
    """

    id: Code
    label: Words
    unit: Line
    minimum: Number
    maximum: Number
    step: Number
    shown_to: Literal["site", "investigator"] = "site"
    term: Code | None = None
    baseline: Code | None = None
    baseline_limit: Code | None = None
    above: Many[Number] = ()
    above_baseline: Many[Number] = ()
    first_at_edge: bool = False
    by_baseline: Literal["instead", "also", "both"] = "instead"
    below: Many[Number] = ()
    liver: Literal["transaminase", "bilirubin", "alkaline_phosphatase", "beside"] | None = None

    @property
    def grades(self) -> int:
        """The highest grade that the limits tell apart; 0: it is not graded."""
        return len(self.above) or (len(self.below) + 1 if self.below else 0)
