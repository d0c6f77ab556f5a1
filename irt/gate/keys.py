"""The service key: keyed digests of requests, signatures, housekeeping rows and identity documents.

It is not the vault's key and opens no arm. It sits in a file of its own, outside database and backup.
"""

import base64
import hmac
import os
import stat
from collections.abc import Mapping, Sequence
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from irt.db import Base, canonical
from irt.entropy import Entropy
from irt.gate import rows

NAMED_ROWS = 10_000  # up to this many rows of a bulk keep a digest each, so that a changed one can be named


class KeyFileError(Exception):
    """The key file is missing or not what it should be; the message names the file and the remedy."""


class Keys:
    """Keyed digests under one 32-byte secret. Its repr tells nothing."""

    def __init__(self, secret: bytes) -> None:
        assert len(secret) == 32, "the service key has 32 bytes"
        self._secret = secret
        self._row = blake2b(digest_size=16, key=secret, person=b"irt-row")

    def __repr__(self) -> str:
        return "<service key>"

    def __reduce__(self) -> str:
        raise TypeError("a service key is not pickled")

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """The key in the file at `path`; raises KeyFileError."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            secret = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
        except FileNotFoundError:
            raise KeyFileError(f"service key: {path} is missing; restore it from its copy, or run `irt init`") from None
        except (ValueError, OSError) as fault:
            what = type(fault).__name__
            raise KeyFileError(f"service key: {path} cannot be read ({what}); restore its copy") from None
        if mode & 0o077:  # whoever has this key can forge a signature
            raise KeyFileError(f"service key: {path} can be read by others; run `chmod 0400 {path}`, find out who did")
        if len(secret) != 32:
            raise KeyFileError(f"service key: {path} does not hold 32 bytes in base64; restore its copy")
        return cls(secret)

    @staticmethod
    def create(path: Path, entropy: Entropy) -> None:
        """Write a new key, readable by its owner only; never over an old one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.b64encode(entropy.take(32)).decode() + "\n")

    def digest(self, purpose: str, text: str) -> str:
        """A keyed SHA-256 of `text` for one purpose, in hex."""
        return hmac.new(self._secret, f"{purpose}\0{text}".encode(), sha256).hexdigest()

    def derived(self, purpose: str) -> bytes:
        """32 bytes for another use, such as signing session cookies."""
        return hmac.new(self._secret, f"derive\0{purpose}".encode(), sha256).digest()

    def matches(self, purpose: str, text: str, digest: str) -> bool:
        """Whether `digest` is ours for `text`, compared in constant time."""
        return hmac.compare_digest(self.digest(purpose, text), digest)

    def row_digest(self, text: str) -> bytes:
        """A short keyed digest of one stored row."""
        digest = self._row.copy()
        digest.update(text.encode())
        return digest.digest()

    def bulk_digest(self, model: type[Base], values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What the audit trail holds of a bulk: count, digest over the rows in key order, and each row's digest."""
        columns = [column.name for column in rows.table_of(model).columns]
        keyed = sorted((rows.key_text(model, row), self.row_digest(rows.row_text(row, columns))) for row in values)
        bulk = {"count": len(keyed), "digest": sha256(b"".join(digest for _, digest in keyed)).hexdigest()}
        if len(keyed) <= NAMED_ROWS:
            bulk["rows"] = base64.b64encode(b"".join(digest for _, digest in keyed)).decode()
        return bulk

    def housekeeping_mac(self, model: type[Base], row: Mapping[str, Any]) -> str:
        """The keyed digest that every housekeeping row carries over its other columns.

        A column that came later (`info["later"]`) counts where it is not null: rows of before keep their digest.
        """
        table = rows.table_of(model)
        later = [name for name in table.info.get("later", ()) if row[name] is None]
        columns = [column.name for column in table.columns if column.name not in ("mac", *later)]
        return self.digest(f"housekeeping|{model.__tablename__}", rows.row_text(row, columns))


def digest_of(document: object) -> str:
    """The SHA-256 of a value's canonical text, in hex; for public things only."""
    return sha256(canonical(document).encode()).hexdigest()
