"""Kit numbers that tell nothing: sparse, random, of one length, with a check digit."""

from collections.abc import Callable, Collection, Mapping

import numpy as np

from irt.gate.scans import check_digit

Entropy = Callable[[int], bytes]
"""Returns so many bytes from a cryptographic generator; handed in, as the gate does."""

SHORTEST, LONGEST = 7, 10
_SPARSENESS = 10


def valid_kit_number(text: str) -> bool:
    """Say whether `text` is a kit number: 7 to 10 ASCII digits, no zero in front, the last one the check digit.

    Numbers whose check character would be X are not made: all digits scan, type and sort alike. A zero in front
    would be lost in a spreadsheet.
    """
    if not (SHORTEST <= len(text) <= LONGEST and text.isascii() and text.isdigit() and text[0] != "0"):
        return False
    return check_digit(text[:-1]) == text[-1]


def make_kit_numbers(count: int, entropy: Entropy, digits: int = 6, known: Collection[str] = ()) -> list[str]:
    """Return `count` different kit numbers of `digits` + 1 characters, in random order, none of them `known`.

    Each is drawn uniformly from the whole range, so that neither number nor gap says anything about content or order.
    At most a tenth of the range is used: a mistyped or guessed number is then seldom another kit's. Raises ValueError
    when `digits` holds too few numbers.
    """
    if not SHORTEST - 1 <= digits <= LONGEST - 1:
        raise ValueError(f"digits: {digits} is not from {SHORTEST - 1} to {LONGEST - 1}; give a number in this range")
    lowest, highest = 10 ** (digits - 1), 10**digits
    most = (highest - lowest) // _SPARSENESS
    if not 0 <= count <= most - len(known):
        free = max(0, most - len(known))
        raise ValueError(f"count: {count} is not from 0 to {free} with {digits} digits; use more digits or fewer kits")
    span = highest - lowest
    below = 2**64 // span * span
    numbers: dict[str, None] = {}
    taken = frozenset(known)
    while len(numbers) < count:
        for word in np.frombuffer(entropy(8 * (count - len(numbers) + 16)), dtype="<u8").tolist():
            body = str(lowest + word % span)
            check = check_digit(body)
            if word < below and check != "X" and len(numbers) < count and body + check not in taken:
                numbers.setdefault(body + check)
    return list(numbers)


def scramble_types(counts: Mapping[str, int], entropy: Entropy) -> list[str]:
    """Return each kit type as often as `counts` says, in an order drawn uniformly from all orders.

    Laid beside `make_kit_numbers`, it makes a packager's list in which number and place say nothing about content.
    """
    laid_out = [kit_type for kit_type, count in counts.items() for _ in range(count)]
    words = np.frombuffer(entropy(16 * len(laid_out)), dtype="<u8").reshape(-1, 2)
    return [laid_out[place] for place in np.lexsort((words[:, 0], words[:, 1])).tolist()]
