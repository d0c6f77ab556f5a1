"""What a value that change requests are about consists of, and how its parts are judged."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row

from irt.gate.act import Act
from irt.gate.fields import CalendarDay

Mistake = dict[str, str]
_DAY: TypeAdapter[date] = TypeAdapter(CalendarDay)


@dataclass(frozen=True)
class Kind:
    """One kind of value: its parts in order, what it is now, what is wrong with a wanted one, and how it changes."""

    parts: tuple[str, ...]
    present: Callable[[Act, Row[Any], str], str | None]
    judge: Callable[[Act, Row[Any], str, Mapping[str, str]], Iterator[Mistake]]
    make: Callable[[Act, Row[Any], str, Mapping[str, str], str], None]


def wrong(name: str, parts: Mapping[str, str], remedy: str, **facts: str) -> Mistake:
    """A mistake in one part: what stood there, and the remedy as a code with its limits."""
    return {"field": name, "value": parts.get(name, ""), "remedy": remedy if parts.get(name) else "fill_in"} | facts


def read(adapter: TypeAdapter[Any], parts: Mapping[str, str], name: str) -> Any:
    """A part as the adapter understands it; None where it does not."""
    try:
        return adapter.validate_python(parts.get(name, ""))
    except ValidationError:
        return None


def day_of(parts: Mapping[str, str], name: str = "day") -> date | None:
    """The day that a part says; None where it says none."""
    found: date | None = read(_DAY, parts, name)
    return found


def judge_day(parts: Mapping[str, str], earliest: date, latest: date, name: str = "day") -> Iterator[Mistake]:
    """Whether a part is a day from the earliest to the latest, both included."""
    day = day_of(parts, name)
    if day is None:
        yield wrong(name, parts, "write_a_day")
    elif day < earliest:
        yield wrong(name, parts, "at_least", limit=earliest.isoformat())
    elif day > latest:
        yield wrong(name, parts, "at_most", limit=latest.isoformat())
