"""Arms, sites, strata, and the baseline values and criteria that eligibility is decided from."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from irt.study.part import Code, Count, Line, Many, Number, Part, Words


class Arm(Part):
    """A treatment to which participants are randomized; nothing on a page or label names it.

    `label` stands in the protocol's paragraphs alone, where the arms of a trial are no secret. `also_called` are other
    names of it, by which nobody may write it into a report. `control`: differences are those from this one.
    """

    id: Code
    kit_type: Code
    ratio: Count
    control: bool = False
    label: Words | None = None
    also_called: Many[Line] = ()


class Site(Part):
    """A place that recruits; without a telephone number, what participants carry has a line to write it on."""

    code: Code
    name: Words
    time_zone: Line
    cap: Count
    planned: Count | None = None
    telephone: Line | None = None
    example: bool = False


class Factor(Part):
    """A stratification factor, derived from a baseline value or from the site.

    With `cut`, a value at or below it is the first level and a value above it the second.
    """

    id: Code
    source: Code
    levels: Many[Code] = ()
    cut: Number | None = None
    label: Words | None = None
    also_called: Many[Line] = ()


class BaselineField(Part):
    """A value entered at screening: a number with range, step and unit, or one of `choices`."""

    id: Code
    label: Words
    unit: Line | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    step: Number | None = None
    choices: Many[Code] = ()
    required: bool = True


Comparison = Literal["at_least", "at_most", "above", "below"]


class Threshold(Part):
    """A limit shown beside the criteria, computed from baseline values; the physician decides.

    The value compared is `value`, divided by the baseline value `per` where there is one (an upper limit, a weight).
    """

    id: Code
    measure: Code
    label: Words
    value: Code
    per: Code | None = None
    comparison: Comparison
    limit: Number

    def met(self, baseline: Mapping[str, Decimal | str]) -> bool | None:
        """Whether the baseline values meet it; None while one of them is missing or divides by zero."""
        value, per = baseline.get(self.value), baseline.get(self.per) if self.per else Decimal(1)
        if value is None or per is None or Decimal(per) <= 0:
            return None
        found, edge = Decimal(value), self.limit * Decimal(per)  # multiplied, not divided: exact at the edge
        return {
            "at_least": found >= edge,
            "at_most": found <= edge,
            "above": found > edge,
            "below": found < edge,
        }[self.comparison]


class ActivityRoute(Part):
    """One way in which disease counts as active: `threshold` met, and at least `abnormal` measures `among` abnormal."""

    id: Code
    label: Words
    threshold: Code
    abnormal: Count
    among: Many[Code]


class Criterion(Part):
    """One question of eligibility, answered by a physician."""

    id: Code
    kind: Literal["inclusion", "exclusion"]
    text: Words
    thresholds: Many[Code] = ()
    example: bool = False
