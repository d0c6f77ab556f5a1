"""Totals of instruments from their items, exactly: steps are checked on items, never on totals."""

from collections.abc import Mapping
from fractions import Fraction

from irt.outcomes.measures import Values
from irt.outcomes.values import Reading

HAQ_CATEGORIES, HAQ_LARGEST, HAQ_ANSWERED = 8, 3, 6
MUSCLES, MUSCLE_LARGEST = 8, 10


def haq_total(categories: Values) -> Fraction | None:
    """HAQ-DI: the mean of the categories answered, None with fewer than six; of seven it is in sevenths.

    Eight categories by name, each a whole number from 0 to 3, or None where it was not answered.
    """
    answered = _items("haq", categories, HAQ_CATEGORIES, HAQ_LARGEST)
    return sum(answered, Fraction(0)) / len(answered) if len(answered) >= HAQ_ANSWERED else None


def mmt_total(muscles: Values) -> Fraction | None:
    """MMT-8 of one side: the sum of eight muscles, None if one was not tested.

    Eight muscles by name, each a whole number from 0 to 10, or None.
    """
    tested = _items("mmt", muscles, MUSCLES, MUSCLE_LARGEST)
    return sum(tested, Fraction(0)) if len(tested) == MUSCLES else None


def _items(field: str, given: Mapping[str, object], count: int, most: int) -> list[Fraction]:
    reading = Reading()
    if len(given) != count:
        reading.wrong(field, len(given), "items were given", f"give all {count}, and None for what is missing")
    read = [reading.whole(f"{field}.{name}", value, most) for name, value in given.items()]
    reading.end()
    return [one for one in read if one is not None]
