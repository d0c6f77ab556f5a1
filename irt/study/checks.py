"""Edit checks: what is asked of recorded values beyond their ranges; what does not hold raises a query."""

from typing import Literal

from irt.study.part import Code, Line, Many, Number, Part, Words

CheckKind = Literal["plausible", "together", "implies", "at_most_other", "change", "given"]
FOLLOWED_ENZYME = "followed_enzyme"  # asked by the house itself: at every later visit, the enzyme fixed at the first


class Check(Part):
    """One question that a recorded value raises by itself. Values are named as `instrument.key`, totals alike.

    plausible: `value` lies from `minimum` to `maximum`. together: all of `values` are given, or none. implies: where
    the choice `when` is one of `one_of`, `value` lies from `minimum` to `maximum`. at_most_other: `value` is at most
    `factor` times `other` (1 unless told). change: `value` differs from the one `since` by no more than `amount`, or is
    at most `factor` times as large or as small. given: `value` is there once its form is final. A value that is not
    there breaks no check but `together` and `given`.
    """

    id: Code
    kind: CheckKind
    message: Words
    value: Line | None = None
    values: Many[Line] = ()
    when: Line | None = None
    one_of: Many[Code] = ()
    minimum: Number | None = None
    maximum: Number | None = None
    other: Line | None = None
    factor: Number | None = None
    since: Literal["baseline", "previous"] | None = None
    amount: Number | None = None
