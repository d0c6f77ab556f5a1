"""The vault's key: 32 bytes in a file of their own, outside the database and its backup."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, Self, SupportsIndex

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_HEADING = "irt-vault-key-1:"
_LINE_LENGTH = len(_HEADING) + 2 * KEY_BYTES


class KeyUnusable(Exception):  # noqa: N818 -- named for what it says, as all refusals here
    """A key file cannot be used; the message names the path and the remedy, never a byte of the key."""


class VaultKey:
    """A trial's 256-bit secret, shown only by its id.

    It cannot be changed, copied, pickled, compared or hashed, so that it does not stray into a log, a cache or a core
    of another process. Read it with `VaultKey.read`; make it once per trial with `VaultKey.create`.
    """

    __slots__ = ("__cipher", "__secret", "key_id")

    __cipher: AESGCM
    __secret: bytes
    key_id: str

    def __init__(self, secret: bytes) -> None:
        if not isinstance(secret, bytes) or len(secret) != KEY_BYTES:
            raise ValueError(f"a vault key is exactly {KEY_BYTES} bytes")
        put: Callable[[str, object], None] = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        put("_VaultKey__secret", secret)
        put("key_id", hashlib.sha256(derive(self, "key id")).hexdigest()[:8])
        # Built once: a key schedule per sealed row would be most of the cost of sealing a long list.
        put("_VaultKey__cipher", AESGCM(derive(self, "seal AES-256-GCM")))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the key in the file `path`; raises `KeyUnusable` when it is missing, readable by others or malformed.

        Permissions are asked of the open file, not of its name, so that the file cannot be exchanged in between.
        """
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise KeyUnusable(
                f"key file {path}: not found; restore it from its escrow copy (a new key opens nothing sealed before), "
                "or run `irt init` if this trial has no key yet"
            ) from None
        except OSError as failure:
            raise KeyUnusable(
                f"key file {path}: cannot be read ({failure.strerror}); let the service's user own it, mode 0400"
            ) from None
        try:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise KeyUnusable(f"key file {path}: not a regular file; name the file that holds the key")
            mode = stat.S_IMODE(facts.st_mode)
            if mode & 0o077:
                raise KeyUnusable(
                    f"key file {path}: mode {mode:04o} lets other users at it; run `chmod 0400 {path}` and find out "
                    "who could have read it"
                )
            content = os.read(handle, _LINE_LENGTH + 2)
        finally:
            os.close(handle)
        return cls(_parse(content, path))

    @classmethod
    def create(cls, path: Path, token: bytes) -> Self:
        """Lay `token` (32 random bytes) down as a new key file, mode 0400, and return the key.

        An existing file is never overwritten: what it sealed would be lost for good.
        """
        key = cls(token)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        except FileExistsError:
            raise KeyUnusable(
                f"key file {path}: exists already and is kept; use it, or name another path for another trial"
            ) from None
        except OSError as failure:
            raise KeyUnusable(
                f"key file {path}: cannot be created ({failure.strerror}); create its folder and let the service's "
                "user own it"
            ) from None
        with os.fdopen(handle, "wb") as file:
            file.write(f"{_HEADING}{token.hex()}\n".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(Path(path).parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return key

    def __repr__(self) -> str:
        return f"<vault key {self.key_id}>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a vault key cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a vault key cannot be changed")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("vault keys are compared by key_id only")

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a vault key is never pickled or copied")

    def __copy__(self) -> NoReturn:
        raise TypeError("a vault key is never pickled or copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a vault key is never pickled or copied")


def derive(key: VaultKey, purpose: str) -> bytes:
    """Return 32 bytes for one purpose, from which neither the key nor another purpose's bytes follow (RFC 5869)."""
    return derive_from(key._VaultKey__secret, f"irt-vault-1|{purpose}")  # type: ignore[attr-defined]


def derive_from(secret: bytes, info: str) -> bytes:
    """Return HKDF-SHA256(secret, empty salt, info as UTF-8), 32 bytes (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode("utf-8")).derive(secret)


def cipher_of(key: VaultKey) -> AESGCM:
    """Return the key's AES-256-GCM cipher, for `_seal` alone."""
    return key._VaultKey__cipher  # type: ignore[attr-defined, no-any-return]


def _parse(content: bytes, path: Path) -> bytes:
    text = content.removesuffix(b"\n").removesuffix(b"\r")
    body = text.removeprefix(_HEADING.encode("ascii"))
    if body == text:
        raise KeyUnusable(
            f"key file {path}: wrong format (no line that starts with {_HEADING!r}); name the file `irt init` laid out"
        )
    if len(text) != _LINE_LENGTH:
        raise KeyUnusable(
            f"key file {path}: wrong length (not {2 * KEY_BYTES} hexadecimal digits); restore it from its escrow copy"
        )
    try:
        # bytes.fromhex() skips blanks, so the length of the result is asked again.
        secret = bytes.fromhex(body.decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyUnusable(
            f"key file {path}: wrong format (not {2 * KEY_BYTES} hexadecimal digits); restore it from its escrow copy"
        )
    return secret
