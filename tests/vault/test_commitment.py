import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.vault._commitment import inclusion_proof, leaf, leaf_salt, merkle_root, salt_key, seed_hash, verify_inclusion

SEED = bytes(range(32))


def leaves_of(arms):
    key = salt_key(SEED)
    return [leaf("low", n, arm, leaf_salt(key, "low", n)) for n, arm in enumerate(arms, 1)]


@settings(deadline=None)
@given(st.integers(1, 40), st.data())
def test_every_leaf_is_shown_under_the_root_and_no_other(count, data):
    leaves = leaves_of("AB"[n % 2] for n in range(count))
    root = merkle_root(leaves)
    index = data.draw(st.integers(0, count - 1))
    proof = inclusion_proof(leaves, index)
    assert verify_inclusion(leaves[index], index, count, proof, root)
    forged = leaf("low", index + 1, "AB"[(index + 1) % 2], leaf_salt(salt_key(SEED), "low", index + 1))
    assert not verify_inclusion(forged, index, count, proof, root)
    assert not verify_inclusion(leaves[index], index, count, [*proof, root], root)
    assert not verify_inclusion(leaves[index], index, count, proof, bytes(32))
    assert not verify_inclusion(leaves[index], count, count, proof, root)
    if count > 1:
        assert not verify_inclusion(leaves[index], index, count, proof[:-1], root)
        assert not verify_inclusion(leaves[index], index ^ 1, count, proof, root)


def test_every_changed_swapped_dropped_or_added_slot_changes_the_root():
    arms = list("ABBAABABBA")
    root = merkle_root(leaves_of(arms))
    for place in range(len(arms)):
        assert merkle_root(leaves_of([*arms[:place], "C", *arms[place + 1 :]])) != root
        assert merkle_root(leaves_of([*arms[:place], *arms[place + 1 :]])) != root
    exchanged = leaves_of(arms)
    exchanged[0], exchanged[1] = exchanged[1], exchanged[0]
    assert merkle_root(exchanged) != root
    assert merkle_root(leaves_of([*arms, "A"])) != root


def test_fields_do_not_run_into_each_other_and_nodes_are_no_leaves():
    salt = bytes(32)
    assert leaf("ab", 1, "c", salt) != leaf("a", 1, "bc", salt)
    one, two = leaf("a", 1, "x", salt), leaf("a", 2, "x", salt)
    assert merkle_root([one, two]) != merkle_root([two, one])
    assert merkle_root([merkle_root([one, two])]) == merkle_root([one, two])  # so the count is published beside it


def test_salts_are_secret_and_of_one_slot():
    key = salt_key(SEED)
    salts = {leaf_salt(key, stratum, position) for stratum in ("low", "high") for position in range(1, 50)}
    assert len(salts) == 98
    assert leaf_salt(salt_key(bytes(32)), "low", 1) not in salts
    with pytest.raises(ValueError, match="exactly 32 bytes"):
        leaf("low", 1, "A", b"short")


def test_published_values_for_a_fixed_seed_stay_the_same():
    assert seed_hash(SEED).hex() == "bd3a9a1f84aeba05672cc4600eed0571c0dec872744da0973d3e30aba9faea30"
    assert merkle_root(leaves_of("ABBA")).hex() == "bce0b5b031442c9ccc65d2aed839b5c87183293bb4efe9bd17c8cfca08fcb4ad"


def test_nothing_cannot_be_committed():
    with pytest.raises(ValueError, match="at least one leaf"):
        merkle_root([])
    with pytest.raises(IndexError):
        inclusion_proof(leaves_of("AB"), 2)
