"""The canary search: rare strings that stand for arms and kit types must be nowhere outside the vault's ciphertexts."""

import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from irt.assurance.containers import unpack
from irt.assurance.encodings import patterns, split_cores, split_patterns

DEEPEST = 6  # containers inside one another
WINDOW = 64 * 1024 * 1024  # bytes of a file looked at in one piece
OVERLAP = 1024 * 1024  # a string or a small container at the edge of two pieces is seen whole in the second

Source = Path | bytes | tuple[str, bytes]  # a file or folder; bytes; bytes with a name


class Hit(NamedTuple):
    """A needle that was found: where (containers joined by ` > `), and how it was written."""

    place: str
    needle: str
    encoding: str


@dataclass
class Hits:
    """What a search found, and how much it looked at: a search that saw nothing proves nothing."""

    found: list[Hit] = field(default_factory=list)
    bytes: int = 0  # read, before unpacking
    unpacked: int = 0  # bytes that came out of containers
    files: int = 0
    containers: int = 0
    unread: list[str] = field(default_factory=list)  # containers that were not read to their end

    def __str__(self) -> str:
        return (
            f"{len(self.found)} hits in {self.bytes} bytes of {self.files} files and texts, and {self.unpacked} bytes "
            f"unpacked from {self.containers} containers ({len(self.unread)} not read to their end)"
        )


def search(sources: Iterable[Source], needles: Sequence[str]) -> Hits:
    """Look for every needle in files, folders (whole trees, names too) and bytes.

    Encodings: UTF-8, UTF-16 in both orders, and base64 (any alignment, both alphabets) and hex of those; inside ZIP,
    XLSX, DOCX, PDF, gzip and zlib at any offset, also those in base64 or hex, up to DEEPEST; and UTF-8 in values that
    PostgreSQL compressed. Raises ValueError for a needle so short that chance would meet it, or for none.
    """
    if not needles:
        raise ValueError("needles: none given; name at least one rare string")
    for needle in needles:
        patterns(needle)
    hits = Hits()
    for name, raw in _pieces(sources, hits):
        hits.bytes += len(raw)
        _look(name, raw, needles, hits, 0)
    hits.found = list(dict.fromkeys(hits.found))
    return hits


def _pieces(sources: Iterable[Source], hits: Hits) -> Iterator[tuple[str, bytes]]:
    for number, source in enumerate(sources, 1):
        if isinstance(source, Path):
            for path in _files(source):
                hits.files += 1
                yield f"name of {path}", str(path.relative_to(source.parent)).encode()
                yield from _windows(path)
        else:
            hits.files += 1
            yield source if isinstance(source, tuple) else (f"bytes {number}", source)


def _files(path: Path) -> list[Path]:
    """The regular files of a tree; one that vanishes meanwhile is not missed by anybody."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: is not there to be searched")
    every = [path] if path.is_file() else sorted(path.rglob("*"))
    return [one for one in every if not one.is_symlink() and stat.S_ISREG(one.stat().st_mode)]


def _windows(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        tail = b""
        while piece := file.read(WINDOW):
            yield str(path), tail + piece
            tail = piece[-OVERLAP:]


def _stands_split(raw: bytes, needle: str) -> bool:
    if not any(core in raw for core in split_cores(needle)):
        return False
    return any(longest in raw and pattern.search(raw) for longest, pattern in split_patterns(needle))


def _look(place: str, raw: bytes, needles: Sequence[str], hits: Hits, depth: int) -> None:
    for needle in needles:
        for encoding, pattern in patterns(needle):
            if pattern in raw:
                hits.found.append(Hit(place, needle, encoding))
        if _stands_split(raw, needle):
            hits.found.append(Hit(place, needle, "UTF-8, compressed by PostgreSQL"))
    for inner in unpack(raw):
        inside = f"{place} > {inner.place}"
        hits.containers += 1
        hits.unpacked += len(inner.content)
        if not inner.whole or depth + 1 >= DEEPEST:
            hits.unread.append(inside)
        if depth + 1 < DEEPEST:
            _look(inside, inner.content, needles, hits, depth + 1)
