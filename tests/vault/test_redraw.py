"""Redrawn lists: their law is the production list's, from the first slot to the last, and none is the trial's own."""

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.vault import redraw
from irt.vault._blocks import Design, generate

SEED = bytes(range(32))


def drawn(lists, slots, sizes=(4, 6), ratio=(1, 1), weights=None, seed=SEED, stratum="all"):
    parts = list(redraw.redraws(ratio, sizes, weights, stratum=stratum, slots=slots, lists=lists, seed=seed))
    return np.concatenate(parts)


def law(slots, sizes, weights):
    """The exact probability of each list of 1:1 blocks, by enumeration: blocks until the slots are filled, then cut."""
    chances: Counter[tuple[int, ...]] = Counter()
    open_ends = {(): 1.0}
    while open_ends:
        following: Counter[tuple[int, ...]] = Counter()
        for begun, chance in open_ends.items():
            for size, weight in zip(sizes, weights, strict=True):
                orders = list(combinations(range(size), size // 2))
                for ones in orders:
                    block = tuple(int(place in ones) for place in range(size))
                    whole = (begun + block)[:slots]
                    target = chances if len(whole) == slots else following
                    target[whole] += chance * weight / sum(weights) / len(orders)
        open_ends = following
    return chances


@pytest.mark.parametrize(("slots", "sizes", "weights"), [
    (5, (4, 6), (1, 1)), (7, (2, 4), (1, 1)), (7, (2, 4), (3, 1)), (8, (4,), (1,)), (3, (6,), (1,)),
])  # fmt: skip
def test_every_list_has_its_exact_probability(slots, sizes, weights):
    lists, exact = 60_000, law(slots, sizes, weights)
    assert sum(exact.values()) == pytest.approx(1)
    seen = Counter(map(tuple, drawn(lists, slots, sizes, weights=weights).tolist()))
    assert set(seen) == set(exact)
    statistic = sum((seen[one] - lists * chance) ** 2 / (lists * chance) for one, chance in exact.items())
    degrees = len(exact) - 1
    assert statistic < degrees + 4.5 * (2 * degrees) ** 0.5


def test_the_law_is_the_production_generators():
    slots, lists = 15, 4000
    design = Design(("all",), (1, 1), (4, 6), slots)
    made = np.stack([generate(design, number.to_bytes(32, "big"))["all"].arms for number in range(lists)])
    again = drawn(lists, slots)
    for statistic in (lambda arms: arms.sum(axis=1), lambda arms: arms[:, ::2].sum(axis=1) - arms[:, 1::2].sum(axis=1)):
        one, other = (np.bincount(statistic(arms) + slots, minlength=2 * slots + 1) for arms in (made, again))
        both = one + other
        kept = both >= 10
        assert ((one - other)[kept] ** 2 / both[kept]).sum() < kept.sum() + 4.5 * (2 * kept.sum()) ** 0.5


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from([((1, 1), (4, 6)), ((2, 1), (3, 6)), ((1, 2), (3,)), ((1, 1, 1), (3, 6))]),
    st.integers(1, 70), st.integers(1, 50), st.binary(min_size=32, max_size=32),
)  # fmt: skip
def test_each_redraw_begins_with_a_block(design, slots, lists, seed):
    (ratio, sizes), share = design, sum(design[0])
    arms = drawn(lists, slots, sizes, ratio, seed=seed)
    assert arms.shape == (lists, slots)
    for one in arms:
        assert any(cut_by(one.tolist(), chosen, ratio, share) for chosen in sequences(slots, sizes))


def sequences(slots, sizes):
    return (chosen for chosen in product(sizes, repeat=min(3, -(-slots // min(sizes)))))


def cut_by(one, sizes, ratio, share):
    """Whether the first blocks of a list, as far as these sizes go, hold the ratio (the last may be cut)."""
    place = 0
    for size in sizes:
        block = one[place : place + size]
        held = [block.count(arm) for arm in range(len(ratio))]
        full = [part * size // share for part in ratio]
        if held != full and (len(block) == size or any(h > f for h, f in zip(held, full, strict=True))):
            return False
        place += size
    return True


def test_the_same_seed_gives_the_same_and_another_stratum_or_seed_does_not():
    assert (drawn(100, 60) == drawn(100, 60)).all()
    for other in (drawn(100, 60, stratum="other"), drawn(100, 60, seed=bytes(32))):
        assert 0.4 < (drawn(100, 60) == other).mean() < 0.6


def test_the_first_lists_do_not_depend_on_how_many_are_asked_for_where_a_part_is_full():
    part = redraw.PART_SLOTS // 66
    assert (drawn(part, 60) == drawn(2 * part, 60)[:part]).all()


def test_the_trials_own_seed_does_not_give_back_its_list():
    name = f"{redraw.ALGORITHM}|0|all"
    own = generate(Design(("all", name), (1, 1), (4, 6), 240), SEED)
    redrawn = drawn(1, 240)[0]
    for one in own.values():
        assert 0.35 < (one.arms == redrawn).mean() < 0.65


@pytest.mark.parametrize(("name", "wrong"), [
    ("block_sizes", {"sizes": (5,)}), ("block_sizes", {"sizes": ()}), ("weights", {"weights": (1,)}),
    ("ratio", {"ratio": (2, 2)}), ("seed", {"seed": b"short"}),
])  # fmt: skip
def test_what_is_no_design_is_refused_by_name(name, wrong):
    with pytest.raises(ValueError, match=name):
        drawn(10, 20, **wrong)
