"""How rules read a draft: the elements that were readable, with their places."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from irt.study.design import BaselineField
from irt.study.instruments import InstrumentField
from irt.study.laboratory import LaboratoryTest
from irt.study.mistakes import Mistake, shown
from irt.study.part import Part

_P = TypeVar("_P", bound=Part)


def read(parts: Sequence[_P] | None, *fields: str) -> Iterator[tuple[int, _P]]:
    """Place and element of each element in which all of `fields` could be read."""
    for place, part in enumerate(parts or ()):
        if all(getattr(part, field) is not None for field in fields):
            yield place, part


def absent(part: Part, *names: str) -> list[str]:
    """Those of `names` that the file does not give, as opposed to those given but unreadable."""
    return [name for name in names if getattr(part, name) is None and name not in part.model_fields_set]


def ids_of(parts: Sequence[Part] | None, field: str = "id") -> set[str]:
    """The ids that could be read."""
    return {getattr(part, field) for _, part in read(parts, field)}


def unknown(key: str, value: object, known: Iterable[str], what: str) -> Mistake:
    """The mistake of a name that nothing has."""
    return Mistake(key, f"{shown(value)} is no {what}", f"write one of {', '.join(sorted(known)) or '(there is none)'}")


def range_mistakes(key: str, part: BaselineField | InstrumentField | LaboratoryTest) -> Iterator[Mistake]:
    """What is wrong with the range and step of a number."""
    for name in absent(part, "minimum", "maximum", "step"):
        yield Mistake(f"{key}.{name}", "is missing for a number", f"add {name}, or give choices instead")
    low, high, step = part.minimum, part.maximum, part.step
    if low is not None and high is not None and low >= high:
        yield Mistake(f"{key}.maximum", f"{high} is not above the minimum {low}", "write a larger maximum")
    elif step is not None and step <= 0:
        yield Mistake(f"{key}.step", f"found {step}", "write a step above 0")
    elif low is not None and high is not None and step is not None and (high - low) % step:
        remedy = "write a step that divides the range"
        yield Mistake(f"{key}.step", f"{step} does not lead from {low} to {high} in whole steps", remedy)
