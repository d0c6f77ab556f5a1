"""How many kits of each type go into a box: by need and by chance. Pure.

Types are taken in the order in which they are given, that of the arms, and never by their names: with the names
exchanged the same is drawn.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import factorial, prod

from irt.entropy import Entropy, below, choice, shuffled


def shared_out(count: int, floor: int, needed: Mapping[str, int]) -> dict[str, int]:
    """Lower bounds that fit into a box of `count`: `floor` of each type, then what is needed, the worst lack first."""
    bounds = dict.fromkeys(needed, floor)
    for _ in range(count - sum(bounds.values())):
        kind = max(needed, key=lambda one: needed[one] - bounds[one])
        if needed[kind] <= bounds[kind]:
            break
        bounds[kind] += 1
    return bounds


def filled(
    entropy: Entropy, count: int, weights: Mapping[str, int], floor: int, lacking: Mapping[str, int], spare: int
) -> dict[str, int]:
    """Numbers of each type that sum to `count` and even out what a site has beyond its needs, roughly.

    Kits go one by one to the type that is shortest by its weight, a tie by chance; then count/4 times one kit goes from
    a random type to a random type, as long as none falls below `floor`, or below what it is `lacking` and `spare` more.
    Without that noise a box would state exactly how a site's stock stands.
    """
    box, order = dict.fromkeys(weights, floor), shuffled(entropy, list(weights))
    for _ in range(count - sum(box.values())):
        box[max(order, key=lambda one: (lacking[one] - box[one]) / weights[one])] += 1
    bounds = shared_out(count, floor, {kind: number + spare for kind, number in lacking.items()})
    for _ in range(count // 4):
        giver, taker = choice(entropy, order), choice(entropy, order)
        if box[giver] > bounds[giver]:
            box[giver] -= 1
            box[taker] += 1
    return box


def drawn(entropy: Entropy, count: int, weights: Mapping[str, int], floor: int) -> dict[str, int]:
    """Numbers of each type that sum to `count`: multinomial by `weights`, given that none is below `floor`.

    Exact: an integer is drawn among all ways to fill the box. With fixed equal numbers two kits of a box would be less
    often alike than chance has it, and the box would tell.
    """
    kinds = list(weights)
    boxes = list(_compositions(count, [floor] * len(kinds)))
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
