"""Numbers as journals print them; what a cell holds is never changed, only how many decimals one reads."""

from decimal import ROUND_HALF_UP, Decimal

from irt.analysis.results import Cell

MINUS, NONE = "\N{MINUS SIGN}", "–"
LEAST_P = Decimal("0.001")
LONGEST = 12  # digits before the point; a longer number, as an interval of a few participants has, is written shorter


def fixed(value: Cell, digits: int = 1) -> str:
    """A number with so many decimals, halves away from zero; an en dash where there is none; 1.2e+35 where it is so
    large that no place of it tells anything."""
    number = decimal(value)
    if number is None:
        return NONE
    if number.adjusted() >= LONGEST:
        return f"{number:.1e}".replace("-", MINUS)
    rounded = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{abs(rounded):f}" if not rounded else f"{rounded:f}".replace("-", MINUS)


def whole(value: Cell) -> str:
    """A count, as 1,440; an en dash where there is none."""
    number = decimal(value)
    return NONE if number is None else f"{int(number):,}".replace("-", MINUS)


def points(value: Cell, digits: int = 1) -> str:
    """A proportion, or a difference of two, in percentage points."""
    number = decimal(value)
    return fixed(None if number is None else float(number * 100), digits)


def p_value(value: Cell) -> str:
    """p with three decimals; <0.001 and >0.999 at the ends."""
    number = decimal(value)
    if number is None:
        return NONE
    if number < LEAST_P:
        return "<0.001"
    return ">0.999" if number > 1 - LEAST_P else fixed(value, 3)


def said_p(value: Cell) -> str:
    """p as it follows the letter in a sentence: =0.031, <0.001; no blank at which a line could break."""
    told = p_value(value)
    return told if told[0] in "<>" else f"={told}"


def counted(count: Cell, of: Cell) -> str:
    """A count with its percentage, as 53 (44.2); the count alone where nobody could have been counted."""
    told, whole_number = decimal(count), decimal(of)
    if told is None:
        return NONE
    if not whole_number:
        return whole(count)
    return f"{whole(count)} ({fixed(float(told * 100 / whole_number))})"


def digits_for(spread: Cell) -> int:
    """How many decimals a mean is given with, from its standard deviation: two or three figures are meaningful."""
    size = decimal(spread)
    if size is None or not size:
        return 1
    return 2 if abs(size) < 1 else 1 if abs(size) < 100 else 0


def decimal(value: Cell) -> Decimal | None:
    """A cell as an exact number; None for nothing and for what is no number."""
    if value is None or value == "" or (isinstance(value, float) and value != value):  # noqa: PLR0124 (NaN)
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None
