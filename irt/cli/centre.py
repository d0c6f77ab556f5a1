"""The on-call centre's half of the envelopes: one file of ciphertexts by participant, which opens nothing alone."""

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from irt.entropy import Entropy, new_id

FORMAT = "irt-envelopes-1"


@dataclass(frozen=True)
class Entry:
    """One participant's envelope that counts: its serial, when it was issued, and the ciphertext in base64."""

    site: str
    serial: int
    issued_on: str
    sealed: str

    @property
    def ciphertext(self) -> bytes:
        """What a code opens; bytes that open nothing where the file was changed."""
        try:
            return base64.b64decode(self.sealed, validate=True)
        except (binascii.Error, ValueError):
            return b""


@dataclass(frozen=True)
class Centre:
    """What the file holds: the trial, and the entries by the participants' numbers."""

    trial: str
    entries: Mapping[str, Entry]


def read_centre(path: Path) -> Centre:
    """The file as it is; ClickException with the remedy where it is not one of ours."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise ValueError(FORMAT)
        return Centre(told["trial"], {number: Entry(**one) for number, one in told["envelopes"].items()})
    except OSError as fault:
        raise click.ClickException(
            f"{path}: cannot be read ({fault.strerror}); name the on-call centre's file"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise click.ClickException(
            f"{path}: is no file of envelopes, or was damaged; name the file that `irt envelopes export` wrote"
        ) from None


def add_to_centre(path: Path, trial: str, new: Mapping[str, Entry], entropy: Entropy) -> Centre:
    """Put entries into the file, each in place of the participant's earlier one; answers what it holds now.

    The old file stays whole until the new one is on the disk; two who write wait for one another.
    """
    with _alone(path.parent):
        known = read_centre(path).entries if path.exists() else {}
        centre = Centre(trial, {**known, **new})
        told = {
            "format": FORMAT, "trial": trial,
            "envelopes": {number: asdict(one) for number, one in sorted(centre.entries.items())},
        }  # fmt: skip
        beside = path.with_name(f".{path.name}.{new_id(entropy)}")
        try:
            write_new(beside, json.dumps(told, indent=1).encode())
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(path.parent)
    return centre


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, for its owner alone, and wait until the disk has it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
