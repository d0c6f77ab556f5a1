"""Sealing and unsealing of single values. Works on ciphertexts and holds no state, so that it can move into a process
of its own under another user without the rest noticing.

Layout of a sealed value: version byte 1 | nonce, 12 bytes | ciphertext of the padded plaintext | tag, 16 bytes.
"""

from cryptography.exceptions import InvalidTag

from irt.vault._key import KeyUnusable, VaultKey, cipher_of, derive
from irt.vault._sealed import Sealed, disclose

__all__ = [
    "NONCE_BYTES", "ROW_BYTES", "KeyUnusable", "SealBroken", "Sealed", "VaultKey",
    "derive", "disclose", "padded_length", "seal", "unseal",
]  # fmt: skip

NONCE_BYTES = 12
ROW_BYTES = 32
_BLOB_STEP = 64
_VERSION = b"\x01"
_TAG_BYTES = 16
_OVERHEAD = len(_VERSION) + NONCE_BYTES + _TAG_BYTES


class SealBroken(Exception):  # noqa: N818 -- named for what it says, as all refusals here
    """A sealed value is not what was sealed for this row with this key. The message holds no plaintext."""


def seal(key: VaultKey, plaintext: bytes, bound_to: str, nonce: bytes, *, pad_to: int = ROW_BYTES) -> bytes:
    """Return `plaintext` sealed for the row `bound_to`: AES-256-GCM (NIST SP 800-38D), 29 + `pad_to` bytes.

    `nonce` is 12 random bytes used once. `bound_to` names trial, table, row and column, so that a ciphertext moved to
    another row no longer opens. All values of a column share one `pad_to`, or their length would tell them apart; at
    most `pad_to` - 1 bytes fit (ISO/IEC 7816-4 padding). Longer things of which there is one, as the design, take
    `pad_to=padded_length(len(plaintext))`. Raises ValueError, which holds no plaintext, when a size is wrong.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce is exactly {NONCE_BYTES} bytes")
    if not bound_to:
        raise ValueError("a sealed value is bound to a row; bound_to is empty")
    if len(plaintext) >= pad_to:
        raise ValueError(f"the value to be sealed is longer than the {pad_to - 1} bytes that its column holds")
    padded = plaintext + b"\x80" + bytes(pad_to - len(plaintext) - 1)
    return _VERSION + nonce + cipher_of(key).encrypt(nonce, padded, bound_to.encode("utf-8"))


def unseal(key: VaultKey, sealed: bytes, bound_to: str) -> bytes:
    """Return what was sealed for `bound_to`; raises `SealBroken` if anything but that is handed in."""
    if len(sealed) <= _OVERHEAD or sealed[:1] != _VERSION:
        raise SealBroken(f"sealed value bound to {bound_to!r}: unknown layout ({len(sealed)} bytes)")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        padded = cipher_of(key).decrypt(nonce, body, bound_to.encode("utf-8"))
    except InvalidTag:
        raise SealBroken(
            f"sealed value bound to {bound_to!r}: changed, moved from another row, or sealed with another key than "
            f"{key.key_id}"
        ) from None
    plaintext, mark, rest = padded.rpartition(b"\x80")
    if not mark or rest.strip(b"\0"):
        raise SealBroken(f"sealed value bound to {bound_to!r}: padding is not ours")
    return plaintext


def padded_length(length: int) -> int:
    """Return the smallest multiple of 64 that holds `length` bytes and the padding mark."""
    return (length // _BLOB_STEP + 1) * _BLOB_STEP
