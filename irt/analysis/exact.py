"""The re-randomization test with every list counted, where the blocks are few or small: exact, in fractions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, prod

from irt.analysis.inputs import WrongInputError

Exact = int | Fraction


@dataclass(frozen=True)
class Enumerated:
    """All equally likely lists by the sum of the active arm's responses: how many give each, and both exact p."""

    lists: int
    sums: dict[Fraction, int]
    observed: Fraction
    expected: Fraction
    p_upper: Fraction
    p_two_sided: Fraction


def enumerated_test(blocks: Sequence[int], responses: Sequence[Exact], active: Sequence[int]) -> Enumerated:
    """Count every list of 1:1 blocks of these sizes in this order, by the sum of responses in the active arm.

    `responses` are whole numbers or fractions in entry order, so that ties are exact; `active` is 1 or 0. Two-sided:
    as far from the expectation or farther. The list as it was counts once. Assumes the sizes as given, not drawn, and
    all blocks full. Source: Fisher (1935). Raises WrongInputError for lists that such blocks cannot give.
    """
    if any(size < 2 or size % 2 for size in blocks) or sum(blocks) != len(responses):
        raise WrongInputError("blocks", "do not hold the responses", "give even sizes that sum to their number")
    if len(active) != len(responses):
        raise WrongInputError("active", f"has {len(active)} entries", f"give {len(responses)}")
    if any(isinstance(one, float) for one in responses):
        raise WrongInputError("responses", "hold binary floats", "give whole numbers or fractions")
    sums: Counter[Fraction] = Counter({Fraction(0): 1})
    observed, place = Fraction(0), 0
    for size in blocks:
        held, treated = responses[place : place + size], active[place : place + size]
        if set(treated) != {0, 1} or sum(treated) != size // 2:
            raise WrongInputError("active", f"is not balanced in the block at {place + 1}", "give half of each 1 and 0")
        observed += sum((Fraction(one) for one, arm in zip(held, treated, strict=True) if arm), Fraction())
        of_block = Counter(Fraction(sum(chosen)) for chosen in combinations(held, size // 2))
        sums = _added(sums, of_block)
        place += size
    lists = prod(comb(size, size // 2) for size in blocks)
    expected = sum((Fraction(one) for one in responses), Fraction()) / 2
    far = abs(observed - expected)
    upper = sum(count for value, count in sums.items() if value >= observed)
    two_sided = sum(count for value, count in sums.items() if abs(value - expected) >= far)
    return Enumerated(
        lists, dict(sorted(sums.items())), observed, expected, Fraction(upper, lists), Fraction(two_sided, lists)
    )


def _added(left: Counter[Fraction], right: Counter[Fraction]) -> Counter[Fraction]:
    both: Counter[Fraction] = Counter()
    for value, ways in left.items():
        for other, more in right.items():
            both[value + other] += ways * more
    return both
