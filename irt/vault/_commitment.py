"""The commitment to a list: salted Merkle root and seed hash, published before the first participant.

Leaf = SHA-256(0x00 | canonical(stratum, position, arm) | salt), node = SHA-256(0x01 | left | right), as in RFC 9162;
a node without a partner moves up unchanged. Salts are essential: with two arms, an unsalted leaf is guessed at once.
"""

import hashlib
import hmac
from collections.abc import Sequence

from irt.vault._key import derive_from

SALT_BYTES = 32
_LEAF, _NODE = b"\x00", b"\x01"


def seed_hash(seed: bytes) -> bytes:
    """Return the published hash of a list's seed, SHA-256 with a prefix of its own."""
    return hashlib.sha256(b"irt-seed-1\x00" + seed).digest()


def salt_key(seed: bytes) -> bytes:
    """Return the 32-byte key that the salts of one list come from."""
    return derive_from(seed, "irt-salt-1")


def leaf_salt(key: bytes, stratum: str, position: int) -> bytes:
    """Return a slot's 32-byte salt from the list's salt key; shown for one slot, it says nothing about others."""
    return hmac.digest(key, _canonical(stratum, position), "sha256")


def leaf(stratum: str, position: int, arm: str, salt: bytes) -> bytes:
    """Return the 32-byte leaf of one slot; positions count from 1."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is exactly {SALT_BYTES} bytes")
    return hashlib.sha256(_LEAF + _canonical(stratum, position) + _field(arm) + salt).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the 32-byte root over the leaves in their order; raises ValueError without leaves."""
    if not leaves:
        raise ValueError("a commitment needs at least one leaf")
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the sibling hashes, leaf to root, that show leaf `index` (from 0) under the root."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    proof, level = [], list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level, index = _parents(level), index // 2
    return proof


def verify_inclusion(leaf_hash: bytes, index: int, count: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether `proof` shows the leaf as number `index` (from 0) of `count` under `root`."""
    if not 0 <= index < count:
        return False
    current, steps = leaf_hash, list(proof)
    while count > 1:
        if index ^ 1 < count:
            if not steps:
                return False
            sibling = steps.pop(0)
            left, right = (sibling, current) if index & 1 else (current, sibling)
            current = hashlib.sha256(_NODE + left + right).digest()
        index, count = index // 2, (count + 1) // 2
    return not steps and hmac.compare_digest(current, root)


def _parents(level: list[bytes]) -> list[bytes]:
    digest = hashlib.sha256
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [digest(_NODE + left + right).digest() for left, right in pairs]
    return above + level[-1:] if len(level) % 2 else above


def _canonical(stratum: str, position: int) -> bytes:
    return b"irt-leaf-1" + _field(stratum) + position.to_bytes(8, "big")


def _field(text: str) -> bytes:
    raw = text.encode("utf-8")
    return len(raw).to_bytes(4, "big") + raw
