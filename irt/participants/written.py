"""Numbers as people write them into forms, judged one by one so that all mistakes of a form show at once. Pure."""

from decimal import Decimal
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from irt.gate.fields import DecimalNumber

Written = Annotated[str, StringConstraints(max_length=100)]
Mistake = dict[str, str]
_number: TypeAdapter[Decimal] = TypeAdapter(DecimalNumber)


def number_of(text: str) -> Decimal | None:
    """The number that a text writes in ASCII digits, exactly; None when it writes none."""
    try:
        return _number.validate_python(text)
    except ValidationError:
        return None


def out_of_range(
    text: str, minimum: Decimal | None, maximum: Decimal | None, step: Decimal | None = None
) -> Mistake | None:
    """The remedy, as a code with its limit, of a text that is no number, out of its range or between two steps.

    Remedies: write_a_number, at_least, at_most, in_steps_of. None: nothing is wrong.
    """
    number = number_of(text)
    if number is None:
        return {"remedy": "write_a_number"}
    if minimum is not None and (number < minimum or (number.is_signed() and minimum >= 0)):  # -0 is no value
        return {"remedy": "at_least", "limit": str(minimum)}
    if maximum is not None and number > maximum:
        return {"remedy": "at_most", "limit": str(maximum)}
    if step is not None and (number - (minimum or Decimal(0))) % step:
        return {"remedy": "in_steps_of", "limit": str(step)}
    return None
