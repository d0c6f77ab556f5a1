"""Exact values of outcomes: read from what was written, refused by name, written out again without loss."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Value = str | int | Decimal | Fraction

_WRITTEN = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,12})|/([0-9]{1,12}))?")
_MOST_PLACES = 12
_REMEDY = "write digits 0 to 9, at most 12, with a point before decimals, such as 7.5, or a fraction such as 10/7"
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong value: of which field, what stood there, why it is refused, what to do."""

    field: str
    value: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.value + ' ' if self.value else ''}{self.problem}; {self.remedy}"


class WrongValuesError(ValueError):
    """What was given cannot be scored; every mistake of it is named."""

    def __init__(self, mistakes: Collection[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class Reading:
    """Reads values one after the other and keeps every mistake, so that all are named at once."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def wrong(self, field: str, value: object, problem: str, remedy: str) -> None:
        """Keep a mistake."""
        self.mistakes.append(Mistake(field, shown(value), problem, remedy))

    def number(self, field: str, value: object, most: Fraction | int | None = None) -> Fraction | None:
        """The value, exactly, from 0 to `most`; None where it is missing or refused. A float raises TypeError."""
        if value is None:
            return None
        exact = _exact(value, field)
        if exact is None:
            self.wrong(field, value, "is no number", _REMEDY)
        elif exact.numerator < 0:
            self.wrong(field, value, "is below 0", "write what was measured, or leave it missing")
            return None
        elif most is not None and exact > most:
            self.wrong(field, value, f"is above {exact_text(Fraction(most))}", "write what was measured on this scale")
            return None
        return exact

    def above_0(self, field: str, value: object, remedy: str) -> Fraction | None:
        """The value, which is required and above 0; None where it is refused."""
        before = len(self.mistakes)
        exact = self.number(field, value)
        if not exact and len(self.mistakes) == before:
            self.wrong(field, value, "is missing" if value is None else "is not above 0", remedy)
        return exact or None

    def whole(self, field: str, value: object, most: int) -> Fraction | None:
        """The value of an item, a whole number from 0 to `most`; None where it is missing or refused."""
        exact = self.number(field, value, most)
        if exact is not None and exact.denominator != 1:
            self.wrong(field, value, "is between two steps", f"write a whole number from 0 to {most}")
            return None
        return exact

    def named(self, field: str, value: object, known: Collection[str]) -> Mapping[str, object]:
        """The parts of a group by name; a name that is not known is refused, one that is not there is missing."""
        if not isinstance(value, Mapping):
            self.wrong(field, value, "is no group of values", f"write values by name: {', '.join(known)}")
            return {}
        for name in value:
            if name not in known:
                self.wrong(f"{field}.{shown_name(name)}", None, "is not known", f"write one of {', '.join(known)}")
        return value

    def end(self) -> None:
        """Refuse all that was read if there was a mistake in it."""
        if self.mistakes:
            raise WrongValuesError(self.mistakes)


def _exact(value: object, field: str) -> Fraction | None:
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, float):
        raise TypeError(f"{field}: {value!r} is a binary float and not exact; pass text, Decimal or Fraction")
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, Decimal):
        few = value.is_finite() and -_MOST_PLACES <= value.adjusted() < _MOST_PLACES
        return Fraction(value) if few else None
    return None


def _of_text(text: str) -> Fraction | None:
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    sign, whole, places, divisor = written.groups()
    if divisor is not None:
        return Fraction(int(sign + whole), int(divisor)) if int(divisor) else None
    if places is None:
        return Fraction(int(sign + whole))
    return Fraction(int(sign + whole + places), 10 ** len(places))


def exact_text(value: Fraction) -> str:
    """The value in decimals where they end, else as a fraction: 18.75, 100/3."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return str(value)
    return rounded_text(value, max(twos, fives))


def rounded_text(value: Fraction, places: int) -> str:
    """The value in decimals, rounded to so many places (half to even), without zeros at the end."""
    scaled = round(value * 10**places)
    whole, part = divmod(abs(scaled), 10**places)
    decimals = f"{part:0{places}d}".rstrip("0") if places else ""
    return ("-" if scaled < 0 else "") + str(whole) + (f".{decimals}" if decimals else "")


def shown(value: object) -> str:
    """A value as a mistake shows it: in quotes, cut where it is long; nothing where there was none."""
    if value is None:
        return ""
    text = repr(str(value) if isinstance(value, Decimal | Fraction) else value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def shown_name(name: object) -> str:
    """A name that somebody wrote, as a mistake shows it."""
    text = str(name)
    return text if text.isprintable() and 0 < len(text) <= _SHOWN else shown(text)
