"""A scanner types more than the number: each way it does is taken, and no number is mistaken for another."""

import random

import pytest
from pydantic import TypeAdapter, ValidationError

from irt.gate.fields import KitNumber
from irt.gate.scans import check_digit, unscanned

GS = "\x1d"
FIELD = TypeAdapter(KitNumber)
WAYS = [
    "{number}", " {number}\r\n", "21{number}", "]d221{number}", f"]d2{GS}21{{number}}", f"{GS}21{{number}}{GS}",
    "(21){number}", "]d2(21){number}", "010950600013435221{number}", f"]d2010950600013435221{{number}}{GS}",
    "(01)09506000134352(21){number}",
]  # fmt: skip


def numbers(count: int, digits: int) -> list[str]:
    drawn = random.Random(digits)
    found: list[str] = []
    while len(found) < count:
        body = str(drawn.randrange(10 ** (digits - 2), 10 ** (digits - 1)))
        if drawn.random() < 0.5:
            body = "21" + body[2:]
        if check_digit(body) != "X":
            found.append(body + check_digit(body))
    return found


@pytest.mark.parametrize("digits", [7, 8, 9, 10])
def test_every_way_of_scanning_gives_the_number(digits: int) -> None:
    seen = 0
    for number in numbers(500, digits):
        for way in WAYS:
            assert FIELD.validate_python(way.format(number=number)) == number, way
            seen += 1
    assert seen == 500 * len(WAYS)


def test_no_digits_are_two_numbers_at_once() -> None:
    """Never is `21…` a right number beside a right `…` of 7 or 8 digits, whose scan is as long as a number."""
    right = [number for digits in (7, 8) for number in numbers(2000, digits)]
    assert not [number for number in right if check_digit("21" + number[:-1]) == number[-1]]


@pytest.mark.parametrize(
    "text",
    ["", "21", "]d2", "]d2123456", "]d1211234567", "]C1211234567", "(10)L1(21)1234567", "211234567890123",
     "17281231211234567", "21 1234567", "21１234567", "]d221012345678", f"21{GS}1234567"],
)  # fmt: skip
def test_another_code_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="7 to 10 digits"):
        FIELD.validate_python(text)


def test_a_slip_of_the_pen_is_no_scan() -> None:
    """Digits from 21 on whose check digits are wrong either way are left for the sentence that names them."""
    (number,) = numbers(1, 7)
    slip = number[:-1] + str((int(number[-1]) + 1) % 10)
    wrong = next(text for text in (f"21{slip}", f"21{slip[1:]}0") if check_digit(text[:-1]) != text[-1])
    assert check_digit(wrong[2:-1]) != wrong[-1]
    assert unscanned(wrong) == wrong
    assert unscanned("A lot") == "A lot"
