"""The kinds of fields that orders are made of: one definition for the web form, the command line and the API.

Plain pydantic takes more than people mean: full-width digits, `1_0`, `1e3` and dates counted from 1970. Here a number,
a day and a code are ASCII, and each kind takes its Python type or its text, and nothing else. Every mistake is a
`PydanticCustomError` whose type is the kind's name: the doors have a sentence in each language for it.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from irt.gate.scans import KIT_NUMBER, unscanned

FIRST_YEAR, LAST_YEAR = 1900, 2100
_NUMBER = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"[0-9]{4}")
_CODE = re.compile(r"[A-Za-z0-9._|-]{1,64}")
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
# Cc, Cs: control characters and lone surrogates; Zl, Zp: line separators; the bidirectional controls reorder a line
# under the reader's eyes.
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def _wrong(kind: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError(kind, remedy)


def _text_of(value: Any, kind: str, remedy: str) -> str:
    if not isinstance(value, str):
        raise _wrong(kind, remedy)
    return value.strip()


def _matching(kind: str, pattern: re.Pattern[str], remedy: str, *, lower: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        text = _text_of(value, kind, remedy)
        if lower and text.isascii():  # lower() would make an ASCII k of the Kelvin sign
            text = text.lower()
        if not pattern.fullmatch(text):
            raise _wrong(kind, remedy)
        return text

    return check


def _number(value: Any) -> int:
    remedy = "write a whole number in the digits 0 to 9, at most nine of them"
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = _text_of(value, "number", remedy)
    if not _NUMBER.fullmatch(text):
        raise _wrong("number", remedy)
    return int(text)


def _decimal(value: Any) -> Decimal:
    remedy = "write a number in the digits 0 to 9, with a point before decimals, such as 12.5"
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        value = str(value)
    text = _text_of(value, "decimal", remedy)
    if not _DECIMAL.fullmatch(text):
        raise _wrong("decimal", remedy)
    return Decimal(text)


def _day(value: Any) -> date:
    remedy = f"write a day that exists as YYYY-MM-DD, from {FIRST_YEAR} to {LAST_YEAR}"
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    text = _text_of(value, "day", remedy)
    if not _DAY.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise _wrong("day", remedy)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong("day", remedy) from None


def _year(value: Any) -> int:
    remedy = f"write a year in four digits, from {FIRST_YEAR} to {LAST_YEAR}"
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = _text_of(value, "year", remedy)
    if not _YEAR.fullmatch(text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise _wrong("year", remedy)
    return int(text)


def _kit_number(value: Any) -> str:
    remedy = "write the 7 to 10 digits on the kit's label"
    text = unscanned(_text_of(value, "kit_number", remedy))
    if not KIT_NUMBER.fullmatch(text):
        raise _wrong("kit_number", remedy)
    return text


def _text(shortest: int, longest: int, kind: str) -> Callable[[Any], str]:
    remedy = f"write {shortest} to {longest} characters on one line, without control characters"

    def check(value: Any) -> str:
        text = _text_of(value, kind, remedy)
        unseen = any(unicodedata.category(sign) in _UNSEEN or sign in _REORDERING for sign in text)
        if unseen or not shortest <= len(text) <= longest:
            raise _wrong(kind, remedy)
        return text

    return check


def day_of(text: str) -> date | None:
    """The calendar date that a text writes as YYYY-MM-DD; None when it writes none."""
    try:
        return _day(text)
    except PydanticCustomError:
        return None


Number = Annotated[int, BeforeValidator(_number)]
"""A whole number from 0 to 999 999 999."""
DecimalNumber = Annotated[Decimal, BeforeValidator(_decimal)]
"""An exact decimal as written, without exponent."""
CalendarDay = Annotated[date, BeforeValidator(_day)]
"""A calendar date."""
ClockTime = Annotated[
    str, BeforeValidator(_matching("time", _CLOCK_TIME, "write a time of the day as HH:MM, 00:00 to 23:59"))
]
"""A time of the day, as the clock at the site shows it."""
Year = Annotated[int, BeforeValidator(_year)]
"""A year of the common era."""
Code = Annotated[
    str, BeforeValidator(_matching("code", _CODE, "write 1 to 64 letters A to Z, digits, or the signs . _ | -"))
]
"""An identifier or a code of the study file."""
Text = Annotated[str, BeforeValidator(_text(1, 500, "text"))]
"""One line that a person wrote."""
Reason = Annotated[str, BeforeValidator(_text(3, 500, "reason"))]
"""Why something recorded earlier is changed."""
Login = Annotated[
    str,
    BeforeValidator(
        _matching(
            "login", _LOGIN, "write 3 to 40 letters a to z, digits, or the signs . _ -, a letter first", lower=True
        )
    ),
]
"""The name that a person signs in with; capitals are taken as small letters."""
Email = Annotated[str, BeforeValidator(_matching("email", _EMAIL, "write one address, such as name@hospital.example"))]
"""One mail address."""
KitNumber = Annotated[str, BeforeValidator(_kit_number)]
"""A kit's number as printed on its label, or as a scanner types the label's code."""
