"""Codes and seals of envelopes: as typed by people, bound to one trial, participant and serial, of one length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.entropy import LETTERS, SeededEntropy
from irt.vault.envelopes import (
    Code,
    CodeMistyped,
    StaysShut,
    binding,
    open_with_code,
    read_code,
    seal_with_code,
)

NONCE = bytes(range(12))
WHERE = binding("TRIAL", "01-0001", 1)


def minted(seed: int = 0) -> Code:
    return Code.mint(SeededEntropy(seed.to_bytes(32, "big")))


def test_a_code_is_a_hundred_random_bits() -> None:
    entropy = SeededEntropy(bytes(32))
    codes = [Code.mint(entropy).letters for _ in range(2000)]
    assert len(set(codes)) == len(codes)
    for place in range(20):
        seen = {code[place] for code in codes}
        assert seen == set(LETTERS), f"letter {place} does not take all 32 values"
    assert len(LETTERS) ** 20 == 2**100


@given(st.binary(min_size=13, max_size=13))
def test_what_is_printed_is_read(raw: bytes) -> None:
    class Given:
        def take(self, count: int) -> bytes:
            return raw[:count]

    code = Code.mint(Given())
    assert int("".join(format(LETTERS.index(one), "05b") for one in code.letters), 2) == int.from_bytes(raw) >> 4
    assert read_code(code.grouped) == code
    assert not set("ILOU") & set(code.letters)


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDEF-GH1J", "0123456789abcdefgh1j", " 0123 4567 89ab cdef ghij ".replace("ghij", "gh1j"),
        "o123-4567-89ab-cdef-ghLj", "O123.4567.89AB.CDEF.GHIJ", "０１２３－４５６７－８９ＡＢ－ＣＤＥＦ－ＧＨ１Ｊ",
        "0123\u20144567\u201489AB\u2014CDEF\u2014GH1J", "0123\t4567\n89AB CDEF GH1J",
    ],
)  # fmt: skip
def test_forgiving_when_typed(typed: str) -> None:
    assert read_code(typed).grouped == "0123-4567-89AB-CDEF-GH1J"


@pytest.mark.parametrize(
    "typed", ["", "-", "0123-4567-89AB-CDEF-GH1", "0123-4567-89AB-CDEF-GH1JK", "U123-4567-89AB-CDEF-GH1J", "零" * 20]
)
def test_what_is_no_code_is_said_so(typed: str) -> None:
    with pytest.raises(CodeMistyped):
        read_code(typed)


def test_opens_with_its_code_in_its_place_alone() -> None:
    sealed = seal_with_code(b"told", minted(), WHERE, NONCE)
    assert open_with_code(sealed, minted(), WHERE) == b"told"
    others = [
        (sealed, minted(1), WHERE),
        (sealed, minted(), binding("OTHER", "01-0001", 1)),
        (sealed, minted(), binding("TRIAL", "01-0002", 1)),
        (sealed, minted(), binding("TRIAL", "01-0001", 2)),
        (sealed[:-1], minted(), WHERE),
        (b"", minted(), WHERE),
    ]
    flipped = (sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in (0, 1, 20, 4000, len(sealed) - 1))
    others += [(blob, minted(), WHERE) for blob in flipped]
    for blob, code, where in others:
        with pytest.raises(StaysShut):
            open_with_code(blob, code, where)


@given(st.binary(max_size=8000))
def test_every_ciphertext_is_of_one_length(told: bytes) -> None:
    sealed = seal_with_code(told, minted(), WHERE, NONCE)
    assert len(sealed) == 8192 + 29
    assert open_with_code(sealed, minted(), WHERE) == told


def test_what_is_too_long_is_refused_without_being_said() -> None:
    with pytest.raises(ValueError, match="longer than") as told:
        seal_with_code(b"secret" * 2000, minted(), WHERE, NONCE)
    assert "secret" not in str(told.value)
