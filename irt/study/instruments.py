"""Instruments and their raters, the core set that the responses are computed from, glucocorticoids made comparable."""

from typing import Literal

from pydantic import Field

from irt.study.part import Code, Count, Line, Many, Number, Part, Rater, Words

Direction = Literal["higher_is_better", "higher_is_worse", "none"]


class InstrumentField(Part):
    """One value of an instrument.

    `question`: what the participant is asked. `ends`: the value is read from a line between these two, on which one may
    set a mark. `below_detection`: `<0.5` may be written for what is below the least that the laboratory can tell.
    """

    id: Code
    label: Words
    type: Literal["number", "choice", "text"]
    unit: Line | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    step: Number | None = None
    choices: Many[Code] = ()
    items: Count = 1
    question: Words | None = None
    ends: Many[Words] = ()
    below_detection: bool = False
    direction: Direction = "none"
    required: bool = True


class Total(Part):
    """A value computed from fields of the same instrument: exact, never rounded to a step.

    `sum` needs every field; `mean_of_answered` divides by those answered, at least `minimum_answered` of them.
    """

    id: Code
    label: Words
    how: Literal["sum", "mean_of_answered"]
    of: Many[Code]
    minimum_answered: Count | None = None
    minimum: Number
    maximum: Number
    direction: Direction


class Instrument(Part):
    """What one rater records at a visit; one that can unmask is read by nobody else before release.

    `marks`: words for each step of its numbers, from the least on, to choose among.
    """

    id: Code
    name: Words
    rater: Rater
    can_unmask: bool = False
    shown_to_physician_assessor: bool = False
    marks: Many[Words] = ()
    fields: Many[InstrumentField]
    totals: Many[Total] = ()


class Enzyme(Part):
    """A muscle enzyme: its value, its upper limit of normal, and its range in multiples of that limit."""

    id: Code
    value: Line
    upper_limit: Line
    range_multiple: Number = Field(gt=0)


class CoreSet(Part):
    """The six core set measures by instrument and field, as `instrument.field`."""

    mmt: Line
    mmt_max: Number = Field(gt=0)
    physician_global: Line
    patient_global: Line
    haq: Line
    extramuscular: Line
    enzymes: Many[Enzyme]


class PrednisoneEquivalent(Part):
    """A glucocorticoid and the dose of it that equals 5 mg of prednisone."""

    drug: Code
    name: Words
    equal_to_5_mg: Number = Field(gt=0)
