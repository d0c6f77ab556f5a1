"""The room: the only code that can read an arm. Others enter by `blind` (door 1) and, from the lock on, by `reveal`.

`Vault` is the key in the gate's hand: it is made by `irt.app` alone, and shows nothing of itself.
"""

from pathlib import Path

from irt.entropy import Entropy
from irt.vault._seal import NONCE_BYTES, KeyUnusable, SealBroken, VaultKey, padded_length, seal

__all__ = ["KeyUnusable", "SealBroken", "Vault"]


class Vault:
    """The vault's key, held for the acts. It keeps no state besides, so that it can move into a process of its own."""

    __slots__ = ("key",)

    def __init__(self, key: VaultKey) -> None:
        self.key = key

    def __repr__(self) -> str:
        return f"<vault {self.key.key_id}>"

    @classmethod
    def open(cls, path: Path) -> "Vault":
        """The vault under the key in the file `path`; raises KeyUnusable with the remedy."""
        return cls(VaultKey.read(path))

    @staticmethod
    def create_key(path: Path, entropy: Entropy) -> None:
        """Lay down a new key file, readable by its owner only; never over an old one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        VaultKey.create(path, entropy.take(32))

    def seal_bytes(self, plaintext: bytes, bound_to: str, entropy: Entropy, *, pad_to: int = 32) -> bytes:
        """Ciphertext of `plaintext`, bound to the place where it is stored and padded to one length."""
        return seal(self.key, plaintext, bound_to, entropy.take(NONCE_BYTES), pad_to=pad_to)

    def seal_text(self, text: str, bound_to: str, entropy: Entropy) -> str:
        """Ciphertext of an unmasking value for the audit trail, in hex."""
        plaintext = text.encode()
        return self.seal_bytes(plaintext, bound_to, entropy, pad_to=padded_length(len(plaintext))).hex()
