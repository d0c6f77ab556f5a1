import hashlib
import itertools
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.vault._blocks import Design, check_design, generate

SEED = bytes(range(32))
TWO = ("low|neg", "low|pos", "high|neg", "high|pos")


def design(**changes):
    return Design(**({"strata": TWO, "ratio": (1, 1), "block_sizes": (4, 6), "slots": 240} | changes))


DESIGNS = st.integers(0, 3).flatmap(
    lambda which: st.builds(
        lambda sizes, slots, ratio: design(
            ratio=ratio, block_sizes=tuple(sum(ratio) * m for m in sorted(sizes)), slots=slots
        ),
        st.sets(st.integers(1, 5), min_size=1, max_size=3),
        st.integers(20, 200),
        st.just([(1, 1), (2, 1), (1, 1, 1), (3, 2)][which]),
    ).filter(lambda d: d.slots >= max(d.block_sizes))
)


@settings(deadline=None, max_examples=60)
@given(DESIGNS, st.binary(min_size=32, max_size=32))
def test_each_full_block_holds_the_ratio_and_the_last_is_cut(drawn, seed):
    assert check_design(drawn) == []
    lists = generate(drawn, seed)
    assert {stratum: len(one.arms) for stratum, one in lists.items()} == dict.fromkeys(TWO, drawn.slots)
    for one in lists.values():
        sizes = np.bincount(one.blocks)
        assert one.arms.dtype == np.int8
        assert (np.diff(one.blocks) >= 0).all()
        for block, size in enumerate(sizes):
            held = np.bincount(one.arms[one.blocks == block], minlength=len(drawn.ratio))
            if block < len(sizes) - 1:
                assert size in drawn.block_sizes
            if size in drawn.block_sizes and block < len(sizes) - 1:
                assert (held == np.array(drawn.ratio) * (size // sum(drawn.ratio))).all()
            else:
                assert size <= max(drawn.block_sizes)
                assert (held <= np.array(drawn.ratio) * (max(drawn.block_sizes) // sum(drawn.ratio))).all()


@settings(deadline=None, max_examples=40)
@given(st.binary(min_size=32, max_size=32))
def test_imbalance_at_one_to_one_is_never_above_half_a_block(seed):
    for one in generate(design(), seed).values():
        difference = np.cumsum(1 - 2 * one.arms.astype(int))
        assert np.abs(difference).max() <= 3
        assert difference[np.flatnonzero(np.diff(one.blocks))].tolist() == [0] * int(one.blocks[-1])


@pytest.mark.parametrize(("ratio", "size"), [((1, 1), 4), ((1, 1), 6), ((2, 1), 3), ((2, 1), 6), ((1, 1, 1), 3)])
def test_every_order_of_a_block_is_equally_likely(ratio, size):
    one = generate(design(strata=("all",), ratio=ratio, block_sizes=(size,), slots=size * 20_000), SEED)["all"]
    seen = Counter(map(bytes, one.arms.reshape(-1, size)))
    laid_out = [arm for arm, share in enumerate(ratio) for _ in range(share * size // sum(ratio))]
    orders = set(itertools.permutations(laid_out))
    assert len(seen) == len(orders)
    expected = 20_000 / len(orders)
    statistic = sum((count - expected) ** 2 / expected for count in seen.values())
    degrees = len(orders) - 1
    assert statistic < degrees + 4 * (2 * degrees) ** 0.5  # four standard deviations of chi-square


@pytest.mark.parametrize(("weights", "shares"), [(None, (1 / 3, 1 / 3, 1 / 3)), ((1, 2, 5), (1 / 8, 2 / 8, 5 / 8))])
def test_sizes_follow_their_law_and_do_not_depend_on_each_other(weights, shares):
    one = generate(design(strata=("all",), block_sizes=(2, 4, 6), weights=weights, slots=200_000), SEED)["all"]
    sizes = np.bincount(one.blocks)[:-1]
    for size, share in zip((2, 4, 6), shares, strict=True):
        assert abs(np.mean(sizes == size) - share) < 4 * (share * (1 - share) / len(sizes)) ** 0.5
    assert abs(np.corrcoef(sizes[1:], sizes[:-1])[0, 1]) < 4 / len(sizes) ** 0.5


def test_each_arm_is_as_likely_as_its_ratio_at_every_place():
    firsts = np.array([generate(design(strata=("all",), slots=12), bytes([n % 256, n // 256] * 16))["all"].arms
                       for n in range(2000)])  # fmt: skip
    assert np.abs(firsts.mean(axis=0) - 0.5).max() < 4 * 0.5 / 2000**0.5


def test_seeds_and_strata_have_lists_of_their_own():
    here = generate(design(), SEED)
    there = generate(design(), SEED[::-1])
    everything = [one.arms.tobytes() for lists in (here, there) for one in lists.values()]
    assert len(set(everything)) == 8
    again = generate(design(strata=TWO[::-1]), SEED)
    assert all((again[name].arms == here[name].arms).all() for name in TWO)


def test_longer_list_begins_with_the_shorter_one():
    short, long = generate(design(slots=101), SEED), generate(design(slots=5003), SEED)
    assert all((long[name].arms[:101] == short[name].arms).all() for name in TWO)


def test_list_for_a_fixed_seed_stays_the_same():
    # A changed hash means a changed algorithm: then give it a new name, for lists sealed before are replayed by it.
    digest = hashlib.sha256()
    for drawn in (design(), design(ratio=(2, 1), block_sizes=(3, 6, 9), weights=(1, 2, 3), slots=1000)):
        for name, one in generate(drawn, SEED).items():
            digest.update(name.encode() + one.arms.tobytes() + one.blocks.astype("<i4").tobytes())
    assert digest.hexdigest() == "55966f2aee1fb142c5b8c39033bdef40f6ee064ff04ff369993924e51262b529"


def test_million_slots_take_under_a_second():
    started = time.perf_counter()
    lists = generate(design(slots=250_000), SEED)
    assert time.perf_counter() - started < 1.0
    assert sum(len(one.arms) for one in lists.values()) == 1_000_000


def test_design_and_list_print_without_sizes_and_arms():
    one = generate(design(block_sizes=(74, 96)), SEED)["low|neg"]
    assert repr(design(block_sizes=(74, 96))) == "<design irt-blocks-1: 4 strata>"
    assert repr(one) == "<sealed list of 240 slots>"


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"block_sizes": (4, 5)}, "block_sizes[1]", "5 is no multiple of the ratio's sum 2"),
        ({"ratio": (2, 1), "block_sizes": (2,)}, "block_sizes[0]", "2 is smaller than the ratio's sum 3"),
        ({"block_sizes": (4, 4)}, "block_sizes", "4 is named twice"),
        ({"block_sizes": (4, 6.0)}, "block_sizes[1]", "6.0 is no whole number"),
        ({"block_sizes": ("4",)}, "block_sizes[0]", "'4' is no whole number"),
        ({"block_sizes": (True,)}, "block_sizes[0]", "True is no whole number"),
        ({"block_sizes": (0,)}, "block_sizes[0]", "0 is no whole number"),
        ({"block_sizes": (1002,)}, "block_sizes[0]", "1002 is no whole number from 1 to 1000"),
        ({"block_sizes": ()}, "block_sizes", "is empty"),
        ({"block_sizes": None}, "block_sizes", "is empty or no list"),
        ({"ratio": ()}, "ratio", "is empty"),
        ({"ratio": (1,)}, "ratio", "one arm only"),
        ({"ratio": (1, -1)}, "ratio[1]", "-1 is no whole number"),
        ({"ratio": (2, 2)}, "ratio", "not in lowest terms"),
        ({"weights": (1,)}, "weights", "1 are given"),
        ({"weights": (1, 0)}, "weights[1]", "0 is no whole number"),
        ({"slots": 239}, "slots", "fewer than the 240 participants"),
        ({"slots": 0}, "slots", "0 is no whole number"),
        ({"slots": "240"}, "slots", "'240' is no whole number"),
        ({"strata": ()}, "strata", "none is named"),
        ({"strata": ("a", "a")}, "strata", "'a' is named twice"),
        ({"strata": ("a", " ")}, "strata[1]", "' ' is no name"),
        ({"algorithm": "dice"}, "algorithm", "'dice' is unknown"),
    ],
)
def test_mistakes_are_named_by_key_with_a_remedy(changes, key, words):
    found = check_design(design(**changes), participants=240)
    assert [k for k, problem, remedy in found if words in problem and remedy] == [key]
    if changes != {"slots": 239}:
        with pytest.raises(ValueError, match="design: "):
            generate(design(**changes), SEED)


def test_all_mistakes_come_in_one_run_and_good_sizes_are_not_named():
    found = check_design(design(strata=("a", "a"), block_sizes=(88, 5, 7), slots=10), participants=240)
    assert [key for key, _, _ in found] == ["strata", "block_sizes[1]", "block_sizes[2]", "slots"]
    assert "88" not in str(found)


def test_too_few_slots_for_a_block_do_not_tell_its_size():
    found = check_design(design(block_sizes=(88,), slots=10))
    assert [key for key, _, _ in found] == ["slots"]
    assert "88" not in str(found)


def test_seed_has_32_bytes():
    with pytest.raises(ValueError, match="exactly 32 bytes"):
        generate(design(), SEED[:31])
