"""Fields take the Python type or its plain text, and refuse what people never mean, saying what to write instead."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from irt.gate import fields
from irt.gate.act import Order

TAKEN: list[tuple[Any, object, object]] = [
    (fields.Number, "8", 8),
    (fields.Number, 8, 8),
    (fields.Number, " 008 ", 8),
    (fields.DecimalNumber, "12.50", Decimal("12.50")),
    (fields.DecimalNumber, "-0.5", Decimal("-0.5")),
    (fields.DecimalNumber, Decimal("7.1"), Decimal("7.1")),
    (fields.DecimalNumber, 7, Decimal(7)),
    (fields.CalendarDay, "2026-02-28", date(2026, 2, 28)),
    (fields.CalendarDay, date(2026, 2, 28), date(2026, 2, 28)),
    (fields.Year, "1961", 1961),
    (fields.Year, 1961, 1961),
    (fields.Code, "dose|high-1._", "dose|high-1._"),
    (fields.Text, "  病史已核对 ", "病史已核对"),
    (fields.Reason, "typing slip", "typing slip"),
    (fields.Login, "Chen.Li", "chen.li"),
    (fields.Email, "chen.li@hospital.example", "chen.li@hospital.example"),
    (fields.KitNumber, "1234567", "1234567"),
    (fields.ClockTime, " 08:05", "08:05"),
]
FULL_WIDTH, ARABIC, KELVIN = "１２３", "٣", "\u212a"
REFUSED: list[tuple[Any, object]] = [
    *((fields.Number, bad) for bad in (FULL_WIDTH, ARABIC, "1_0", "1e3", "+1", "-1", "1.0", "", "²", "9" * 10)),
    *((fields.Number, bad) for bad in (True, 1.0, None, -1, Decimal(1), b"1")),
    *((fields.DecimalNumber, bad) for bad in (FULL_WIDTH, "1e3", "1_0", "NaN", "Infinity", ".5", "5.", "1,5", "")),
    *((fields.DecimalNumber, bad) for bad in (Decimal("1E+3"), Decimal("NaN"), 0.5, True, None)),
    *((fields.CalendarDay, bad) for bad in ("2026-02-29", "20260228", "2026-2-8", "1772236800", "28.02.2026", "")),
    *((fields.CalendarDay, bad) for bad in ("2026-02-28T00:00", "２０２６-02-28", "0001-01-01", 1772236800, 0)),
    (fields.CalendarDay, datetime(2026, 2, 28, tzinfo=UTC)),
    *((fields.Year, bad) for bad in ("61", "1899", "2101", FULL_WIDTH, 61, True, 1961.0)),
    *((fields.Code, bad) for bad in ("", "a b", "é", "a/b", "x" * 65, "a\nb", KELVIN, 7)),
    *((fields.Text, bad) for bad in ("", "   ", "a\nb", "a\x00b", "a\u202eb", "a\u2028b", "\ud800", "x" * 501, 7)),
    *((fields.Reason, bad) for bad in ("", "ab", " ab ", "a\tb", "x" * 501)),
    *((fields.Login, bad) for bad in ("ab", "1abc", "a b c", KELVIN + "elvin", "x" * 41, "chen\n.li")),
    *(
        (fields.Email, bad)
        for bad in ("a", "a@b", "a@b.c", "a@b.example\nBcc: c@d.example", "a b@c.example", "@c.example")
    ),
    *((fields.ClockTime, bad) for bad in ("", "8:05", "24:00", "12:60", "12.30", "08:05:00", "１２:00", 805)),
    *((fields.KitNumber, bad) for bad in ("123456", "0234567", "12345678901", "１２３４５６７", "123456X", 1234567)),
]


def ident(value: object) -> str:
    name = next((name for name, kind in vars(fields).items() if kind is value), None)
    return name or ascii(value)[:40]


@pytest.mark.parametrize(("kind", "given", "meant"), TAKEN, ids=ident)
def test_what_is_meant_is_taken(kind: Any, given: object, meant: object) -> None:
    assert TypeAdapter(kind).validate_python(given) == meant


@pytest.mark.parametrize(("kind", "given"), REFUSED, ids=ident)
def test_what_is_not_meant_is_refused_with_what_to_write(kind: Any, given: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(kind).validate_python(given)
    (mistake,) = refusal.value.errors()
    assert mistake["msg"].startswith("write ")


class EveryField(Order):
    number: fields.Number
    decimal: fields.DecimalNumber
    day: fields.CalendarDay
    year: fields.Year
    code: fields.Code
    text: fields.Text


def test_all_mistakes_of_an_order_are_listed_at_once_by_kind() -> None:
    wrong = dict.fromkeys(EveryField.model_fields, "\x07")
    with pytest.raises(ValidationError) as refusal:
        EveryField.model_validate(wrong)
    assert {mistake["loc"][0]: mistake["type"] for mistake in refusal.value.errors()} == {
        name: name for name in EveryField.model_fields
    }


def test_an_order_is_the_same_from_its_types_and_from_their_text() -> None:
    typed = EveryField(number=3, decimal=Decimal("1.50"), day=date(2026, 1, 2), year=1970, code="a", text="b")
    again = EveryField.model_validate({name: str(value) for name, value in typed})
    assert again == typed
    assert EveryField.model_validate(typed.model_dump(mode="json")) == typed
