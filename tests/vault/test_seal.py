import copy
import dataclasses
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.vault._seal import (
    ROW_BYTES,
    SealBroken,
    Sealed,
    VaultKey,
    disclose,
    padded_length,
    seal,
    unseal,
)

KEY = VaultKey(bytes(range(32)))
NONCE = bytes(range(12))


@given(st.binary(max_size=31), st.text(min_size=1), st.binary(min_size=12, max_size=12))
def test_what_was_sealed_comes_back_and_has_one_length(plaintext, bound_to, nonce):
    bound_to = bound_to.encode("utf-8", "replace").decode()
    sealed = seal(KEY, plaintext, bound_to, nonce)
    assert len(sealed) == 1 + 12 + ROW_BYTES + 16
    assert sealed[0] == 1
    assert sealed[1:13] == nonce
    assert unseal(KEY, sealed, bound_to) == plaintext


@given(st.binary(max_size=300))
def test_long_things_are_padded_in_steps_of_64(plaintext):
    length = padded_length(len(plaintext))
    assert length % 64 == 0
    assert len(plaintext) < length <= len(plaintext) + 64
    sealed = seal(KEY, plaintext, "design|1", NONCE, pad_to=length)
    assert len(sealed) == 29 + length
    assert unseal(KEY, sealed, "design|1") == plaintext


def test_value_that_would_stick_out_is_refused_unshown():
    with pytest.raises(ValueError, match="longer than the 31 bytes") as refusal:
        seal(KEY, b"RARE" * 8, "kit|1", NONCE)
    assert "RARE" not in str(refusal.value)


@pytest.mark.parametrize("nonce", [b"", bytes(11), bytes(13)])
def test_nonce_has_12_bytes(nonce):
    with pytest.raises(ValueError, match="exactly 12 bytes"):
        seal(KEY, b"x", "kit|1", nonce)


def test_seal_is_bound_to_a_row():
    with pytest.raises(ValueError, match="bound_to is empty"):
        seal(KEY, b"x", "", NONCE)


def test_every_changed_byte_breaks_the_seal():
    sealed = seal(KEY, b"RARE", "kit|1", NONCE)
    for place in range(len(sealed)):
        for bit in (1, 0x80):
            forged = bytearray(sealed)
            forged[place] ^= bit
            with pytest.raises(SealBroken) as refusal:
                unseal(KEY, bytes(forged), "kit|1")
            assert "RARE" not in str(refusal.value)
    for length in (0, 1, 28, 29, 60):
        with pytest.raises(SealBroken):
            unseal(KEY, sealed[:length], "kit|1")


def test_moved_seal_and_wrong_key_are_named():
    sealed = seal(KEY, b"RARE", "kit|1", NONCE)
    with pytest.raises(SealBroken, match=r"'kit\|2': changed, moved from another row"):
        unseal(KEY, sealed, "kit|2")
    with pytest.raises(SealBroken, match="another key than"):
        unseal(VaultKey(bytes(32)), sealed, "kit|1")


def test_ciphertext_bytes_do_not_tell_two_types_apart():
    # The mean of every byte over 4,000 seals differs between two plaintexts by no more than chance allows.
    nonces = np.random.default_rng(5).bytes(12 * 4000)
    rows = [seal(KEY, b"A" if n % 2 else b"B", f"kit|{n}", nonces[12 * n : 12 * n + 12]) for n in range(4000)]
    table = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(4000, -1)[:, 13:].astype(float)
    gap = table[1::2].mean(axis=0) - table[0::2].mean(axis=0)
    assert np.abs(gap).max() < 4.5 * 73.9 * np.sqrt(2 / 2000)


def test_sealed_value_shows_itself_nowhere():
    value = Sealed("RARE")
    assert repr(value) == str(value) == f"{value}" == f"{value:>20}" == "%s" % value == "<sealed>"  # noqa: UP031
    assert repr([value]) == "[<sealed>]"
    assert disclose(value) == "RARE"
    acts = (
        pickle.dumps, copy.copy, copy.deepcopy, json.dumps, hash, bool, vars, len, iter, list,
        lambda v: v == v, lambda v: v != v, lambda v: v == "RARE", lambda v: v < v,
        lambda v: {v: 1}, lambda v: v in ["RARE"], lambda v: json.dumps({"arm": v}),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(TypeError) as refusal:
            act(value)
        assert "RARE" not in str(refusal.value)
    with pytest.raises(AttributeError):
        value.arm = "PBO"
    with pytest.raises(AttributeError):
        del value._Sealed__value


def test_sealed_value_does_not_leave_with_its_dataclass():
    @dataclasses.dataclass
    class Row:
        arm: Sealed[str]

    row = Row(Sealed("RARE"))
    assert "RARE" not in repr(row)
    with pytest.raises(TypeError):
        dataclasses.asdict(row)
