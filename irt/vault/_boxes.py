"""How many kits of each type go into a box: drawn at random within bounds. Pure; knows types as names only."""

from collections.abc import Iterator, Mapping, Sequence
from math import factorial, prod

from irt.entropy import Entropy, below


def shared_out(count: int, floor: int, needed: Mapping[str, int]) -> dict[str, int]:
    """Lower bounds that fit into a box of `count`: `floor` of each type, then what is needed, the worst lack first."""
    assert floor * len(needed) <= count, "the floors fit into the box"
    bounds = dict.fromkeys(needed, floor)
    for _ in range(count - sum(bounds.values())):
        kind = max(sorted(needed), key=lambda one: needed[one] - bounds[one])
        if needed[kind] <= bounds[kind]:
            break
        bounds[kind] += 1
    return bounds


def drawn(entropy: Entropy, count: int, weights: Mapping[str, int], bounds: Mapping[str, int]) -> dict[str, int]:
    """Numbers of each type that sum to `count`: multinomial by `weights`, given that none is below its bound.

    Exact: an integer is drawn among all ways to fill the box.
    """
    kinds = list(weights)
    boxes = list(_compositions(count, [bounds[kind] for kind in kinds]))
    ways = [_ways(box, [weights[kind] for kind in kinds]) for box in boxes]
    place = below(entropy, sum(ways))
    for box, number in zip(boxes, ways, strict=True):
        if place < number:
            return dict(zip(kinds, box, strict=True))
        place -= number
    raise AssertionError("a place among all ways belongs to a box")


def _compositions(count: int, least: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if len(least) == 1:
        yield (count,)
        return
    for first in range(least[0], count - sum(least[1:]) + 1):
        for rest in _compositions(count - first, least[1:]):
            yield (first, *rest)


def _ways(box: Sequence[int], weights: Sequence[int]) -> int:
    arrangements = factorial(sum(box)) // prod(map(factorial, box))
    chances = prod(int(weight) ** int(number) for weight, number in zip(weights, box, strict=True))
    return int(arrangements * chances)
