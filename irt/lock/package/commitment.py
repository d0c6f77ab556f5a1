"""What was published of the list, computed again from what stands in the package: written a second time, on purpose.

Whoever verifies a package does not take the vault's word for it. The construction, as docs/decisions/0052 states it:
salt key = HKDF-SHA256(seed, no salt, info "irt-salt-1"); slot = "irt-leaf-1", the stratum's UTF-8 length (4 bytes, big
end first) and UTF-8, the position (8 bytes); salt of a slot = HMAC-SHA256(salt key, slot); leaf = SHA-256(0x00, slot,
the arm's length and UTF-8, salt); node = SHA-256(0x01, left, right); a node without partner moves up.
"""

import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seed_sha256(seed: bytes) -> str:
    """The published hash of a seed, in hexadecimal."""
    return hashlib.sha256(b"irt-seed-1\x00" + seed).hexdigest()


def root_of(slots: Iterable[tuple[str, int, str]], seed: bytes) -> str:
    """The published Merkle root over (stratum, position, arm), in any order, in hexadecimal; ValueError for none."""
    salts = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"irt-salt-1").derive(seed)
    level = [_leaf(stratum, position, arm, salts) for stratum, position, arm in sorted(slots)]
    if not level:
        raise ValueError("a list has at least one slot")
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\x01" + level[place] + level[place + 1]).digest() for place in range(0, len(level) - 1, 2)
        ]
        level = paired + (level[-1:] if len(level) % 2 else [])
    return level[0].hex()


def analysis_seed(merkle_root: str) -> str:
    """The seed of every drawing of the analysis, in hex: fixed by what was published before the first participant, so
    that nobody chose it once outcomes were known, and everybody can check it. ValueError for a root that is no hex."""
    return hashlib.sha256(b"irt-analysis-1\x00" + bytes.fromhex(merkle_root)).hexdigest()


def _leaf(stratum: str, position: int, arm: str, salts: bytes) -> bytes:
    slot = b"irt-leaf-1" + _counted(stratum) + position.to_bytes(8, "big")
    salt = hmac.new(salts, slot, hashlib.sha256).digest()
    return hashlib.sha256(b"\x00" + slot + _counted(arm) + salt).digest()


def _counted(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(4, "big") + raw
