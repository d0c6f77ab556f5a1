"""A randomization design, and every mistake in one, named by its key."""

from dataclasses import dataclass
from math import gcd

ALGORITHM = "irt-blocks-1"
MOST_ARMS = 100
LARGEST_BLOCK = 1000
MOST_SLOTS = 10_000_000

Mistake = tuple[str, str, str]
"""(key, problem, remedy)"""


@dataclass(frozen=True, repr=False)
class Design:
    """What a list is generated from. It prints without its block sizes, which no masked person may learn.

    `ratio` holds one whole number per arm index; `weights`, if any, one whole number per block size (else all sizes
    are equally likely); `slots` is the number of slots in each stratum.
    """

    strata: tuple[str, ...]
    ratio: tuple[int, ...]
    block_sizes: tuple[int, ...]
    slots: int
    weights: tuple[int, ...] | None = None
    algorithm: str = ALGORITHM

    def __repr__(self) -> str:
        return f"<design {self.algorithm}: {len(self.strata)} strata>"


def check_design(design: Design, participants: int | None = None) -> list[Mistake]:
    """Return every mistake of a design as (key, problem, remedy); none means that `generate` takes it.

    Values of any type may stand in the design, as read from a file. `participants`, if given, is the number planned:
    all of them may fall into one stratum. A block size is named only where it is wrong, hence never one in use.
    """
    found: list[Mistake] = []
    if design.algorithm != ALGORITHM:
        found.append(("algorithm", f"{design.algorithm!r} is unknown", f"use {ALGORITHM!r}"))
    found += _check_strata(design.strata)
    found += _check_whole_numbers("ratio", design.ratio, MOST_ARMS)
    if isinstance(design.ratio, tuple) and len(design.ratio) == 1:
        found.append(("ratio", "names one arm only", "give one whole number for each of two or more arms"))
    if isinstance(design.ratio, tuple) and len(design.ratio) > MOST_ARMS:
        found.append(("ratio", f"names {len(design.ratio)} arms", f"name at most {MOST_ARMS}"))
    found += _check_whole_numbers("block_sizes", design.block_sizes, LARGEST_BLOCK)
    found += _check_sizes(design)
    if design.weights is not None:
        found += _check_whole_numbers("weights", design.weights, LARGEST_BLOCK)
        if isinstance(design.weights, tuple) and len(design.weights) != len(design.block_sizes or ()):
            found.append(("weights", f"{len(design.weights)} are given", "give one for each block size, or none"))
    found += _check_slots(design, participants)
    return found


def _check_strata(strata: object) -> list[Mistake]:
    if not isinstance(strata, tuple) or not strata:
        return [("strata", "none is named", "name at least one stratum")]
    wrong = [
        (f"strata[{place}]", f"{stratum!r} is no name", "write a text that is not empty")
        for place, stratum in enumerate(strata)
        if not isinstance(stratum, str) or not stratum.strip()
    ]
    twice = sorted({repr(stratum) for stratum in strata if strata.count(stratum) > 1})
    return wrong + [("strata", f"{stratum} is named twice", "name each stratum once") for stratum in twice]


def _check_whole_numbers(key: str, values: object, most: int) -> list[Mistake]:
    if not isinstance(values, tuple) or not values:
        return [(key, "is empty or no list", "give a list of whole numbers, 1 or more")]
    return [
        (f"{key}[{place}]", f"{value!r} is no whole number from 1 to {most}", "give a whole number in this range")
        for place, value in enumerate(values)
        if not _whole(value, most)
    ]


def _check_sizes(design: Design) -> list[Mistake]:
    sizes, ratio = design.block_sizes, design.ratio
    if not isinstance(sizes, tuple):
        return []
    found = [
        ("block_sizes", f"{size} is named twice", "name each size once; use weights to make one more likely")
        for size in sorted({size for size in sizes if _whole(size, LARGEST_BLOCK) and sizes.count(size) > 1})
    ]
    if not isinstance(ratio, tuple) or not ratio or not all(_whole(part, MOST_ARMS) for part in ratio):
        return found
    share = sum(ratio)
    for place, size in enumerate(sizes):
        if not _whole(size, LARGEST_BLOCK):
            continue
        if size < share:
            problem = f"{size} is smaller than the ratio's sum {share}"
        elif size % share:
            problem = f"{size} is no multiple of the ratio's sum {share}"
        else:
            continue
        found.append((f"block_sizes[{place}]", problem, f"use multiples of {share}, as {2 * share} or {3 * share}"))
    if gcd(*ratio) > 1:
        least = ":".join(str(part // gcd(*ratio)) for part in ratio)
        found.append(("ratio", f"{':'.join(map(str, ratio))} is not in lowest terms", f"write {least}"))
    return found


def _check_slots(design: Design, participants: int | None) -> list[Mistake]:
    if not _whole(design.slots, MOST_SLOTS):
        return [("slots", f"{design.slots!r} is no whole number from 1 to {MOST_SLOTS}", "give the slots per stratum")]
    if participants is not None and design.slots < participants:
        return [
            (
                "slots",
                f"{design.slots} per stratum are fewer than the {participants} participants planned, who may all fall "
                "into one stratum",
                f"give at least {participants}",
            )
        ]
    # The remedy gives a number that depends on no size, so that it does not tell the largest.
    sizes = [size for size in design.block_sizes or () if _whole(size, LARGEST_BLOCK)]
    if sizes and design.slots < max(sizes):
        return [
            ("slots", f"{design.slots} per stratum do not hold one block", "give the number of participants planned")
        ]
    return []


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most
