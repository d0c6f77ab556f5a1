"""Randomness, handed in: the system's own in service, a seeded stream in simulation and tests."""

import base64
import secrets
import unicodedata
from collections.abc import Sequence
from typing import Protocol, TypeVar

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

T = TypeVar("T")


class Entropy(Protocol):
    """A source of random bytes."""

    def take(self, count: int) -> bytes:
        """`count` random bytes."""
        ...


class SystemEntropy:
    """The operating system's generator."""

    def take(self, count: int) -> bytes:
        """`count` bytes from the operating system."""
        return secrets.token_bytes(count)


class SeededEntropy:
    """A ChaCha20 keystream under a 32-byte seed: the same seed gives the same bytes on every machine.

    For simulations and tests only; `irt.app` never makes one.
    """

    def __init__(self, seed: bytes) -> None:
        assert len(seed) == 32, "a seed has 32 bytes"
        self._stream = Cipher(algorithms.ChaCha20(seed, bytes(16)), mode=None).encryptor()

    def take(self, count: int) -> bytes:
        """The next `count` bytes of the stream."""
        return self._stream.update(bytes(count))


def below(entropy: Entropy, bound: int) -> int:
    """A uniformly random whole number in [0, bound); exact, by rejection."""
    assert bound > 0, "a bound is positive"
    width = (bound - 1).bit_length()
    size = max(1, (width + 7) // 8)
    while True:
        value = int.from_bytes(entropy.take(size), "big") >> (size * 8 - width) if width else 0
        if value < bound:
            return value


def choice(entropy: Entropy, items: Sequence[T]) -> T:
    """One of `items`, each equally likely."""
    return items[below(entropy, len(items))]


def shuffled(entropy: Entropy, items: Sequence[T]) -> list[T]:
    """`items` in a uniformly random order (Fisher and Yates)."""
    deck = list(items)
    for last in range(len(deck) - 1, 0, -1):
        other = below(entropy, last + 1)
        deck[last], deck[other] = deck[other], deck[last]
    return deck


# Crockford's base32, for codes that a person reads off paper by a poor light and types: no I, L, O and U.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AS_MEANT = str.maketrans("ILO", "110")


def spelled(entropy: Entropy, count: int) -> str:
    """A code of `count` random letters of 5 bits each."""
    size = (5 * count + 7) // 8
    bits = int.from_bytes(entropy.take(size), "big") >> (8 * size - 5 * count)
    return "".join(LETTERS[bits >> 5 * place & 31] for place in reversed(range(count)))


def grouped(code: str) -> str:
    """A code as it is printed: in groups of four letters."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_spelled(typed: str, count: int) -> str | None:
    """The code that somebody typed, in capitals or not, with blanks and dashes or without; None when it is none."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    letters = "".join(sign for sign in plain if sign.isalnum()).translate(_AS_MEANT)
    return letters if len(letters) == count and set(letters) <= set(LETTERS) else None


def new_id(entropy: Entropy) -> str:
    """A random identifier of 100 bits in 20 lower-case letters and digits: tells neither order nor time."""
    return base64.b32encode(entropy.take(13)).decode()[:20].lower()
