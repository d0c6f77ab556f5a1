"""The root and the seed's hash, written a second time, are what the vault published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.lock.package.commitment import root_of, seed_sha256
from irt.vault._commitment import seed_hash
from irt.vault._sealing import commitment

STRATA = st.sampled_from(["gc_low|negative", "gc_low|positive", "高|阳性", "a", "ab"])
LISTS = st.dictionaries(STRATA, st.lists(st.sampled_from(["IL2", "PBO", "对照"]), min_size=1, max_size=20), min_size=1)


@given(LISTS, st.binary(min_size=32, max_size=32), st.randoms(use_true_random=False))
def test_both_ways_give_one_root(lists, seed: bytes, chance) -> None:
    slots = [(stratum, place, arm) for stratum, arms in lists.items() for place, arm in enumerate(arms, 1)]
    chance.shuffle(slots)
    published = commitment(lists, seed)
    assert root_of(slots, seed) == published.merkle_root
    assert seed_sha256(seed) == published.seed_sha256 == seed_hash(seed).hex()


@given(LISTS, st.binary(min_size=32, max_size=32), st.data())
def test_another_arm_or_seed_gives_another_root(lists, seed: bytes, data) -> None:
    slots = [(stratum, place, arm) for stratum, arms in lists.items() for place, arm in enumerate(arms, 1)]
    place = data.draw(st.integers(0, len(slots) - 1))
    stratum, position, arm = slots[place]
    other = [*slots[:place], (stratum, position, f"{arm}x"), *slots[place + 1 :]]
    assert root_of(other, seed) != root_of(slots, seed)
    assert root_of(slots, bytes([seed[0] ^ 1]) + seed[1:]) != root_of(slots, seed)


def test_a_list_without_slots_has_no_root() -> None:
    with pytest.raises(ValueError, match="at least one slot"):
        root_of([], bytes(32))
