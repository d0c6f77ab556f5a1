"""What the kits' labels say: a trade item number that is one."""

import re
from collections.abc import Iterator

from irt.study.mistakes import Mistake
from irt.study.whole import StudyFile

_GTIN = re.compile(r"[0-9]{14}")


def trade_item(study: StudyFile) -> Iterator[Mistake]:
    """A GTIN has 14 digits, the last of which is its check digit; scanners refuse a code that breaks it."""
    label = study.label
    if label is None or label.gtin is None:
        return
    if not _GTIN.fullmatch(label.gtin):
        remedy = "write its 14 digits, or leave the key out"
        yield Mistake("label.gtin", f"{label.gtin!r} is not a GTIN of 14 digits", remedy)
    elif (right := _check_digit(label.gtin[:-1])) != label.gtin[-1]:
        remedy = f"compare it with the certificate; with these digits it would end in {right}"
        yield Mistake("label.gtin", f"{label.gtin} has another check digit", remedy)


def _check_digit(digits: str) -> str:
    """By the GS1 General Specifications, 7.9: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


RULES = (trade_item,)
