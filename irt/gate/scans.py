"""What a scanner types for the code on a kit's label, and the kit number in it.

A keyboard-wedge scanner types the whole GS1 element string, some with the symbology's name before it and the
separator FNC1 as the character GS, some with neither: `]d2`, GS, `01` and a GTIN, `21` and the number, GS.
"""

import re

KIT_NUMBER = re.compile(r"[1-9][0-9]{6,9}")
_MARKED = re.compile(r"(?:\]d2)?\x1d?(?:(?:01|\(01\))[0-9]{14}\x1d?)?(?:21|\(21\))([1-9][0-9]{6,9})\x1d?")
_UNMARKED = re.compile(r"21([1-9][0-9]{6,7})")


def check_digit(digits: str) -> str:
    """Return the check character, 0 to 9 or X, of ISO/IEC 7064 MOD 11-2.

    This system finds every single wrong digit and every exchange of two neighbours. The hybrid systems (MOD 11,10 and
    MOD 37,36) miss some exchanges, which is why they are not used here.
    """
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def unscanned(text: str) -> str:
    """The kit number in what a scanner typed; any other text as it is.

    Nine or ten digits from 21 on may be a number themselves, or 21 and a shorter one: the check digit says which, for
    it cannot be right in both (21 adds 5 · 2ⁿ to the sum, which 11 never divides). Both wrong: the text as it is.
    """
    if (found := _UNMARKED.fullmatch(text)) is not None:
        return found[1] if _checks(found[1]) and not _checks(text) else text
    found = _MARKED.fullmatch(text)
    return found[1] if found is not None else text


def _checks(number: str) -> bool:
    return check_digit(number[:-1]) == number[-1]
