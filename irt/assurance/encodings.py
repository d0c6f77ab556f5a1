"""How a rare string may be written: the byte patterns to look for, and what sure signs of it survive compression."""

import base64
import re
from collections.abc import Iterator
from functools import cache

SHORTEST = 6  # characters: anything shorter is met by chance
CORE = 5  # bytes: fewer are met too often
GROUP = 8  # PostgreSQL's pglz puts one control byte before every eight items of a value


@cache
def patterns(needle: str) -> tuple[tuple[str, bytes], ...]:
    """(encoding, bytes) for every way in which `needle` may stand in a file; raises ValueError for a short one."""
    if len(needle) < SHORTEST:
        raise ValueError(f"needle: {needle!r} is met by chance; take at least {SHORTEST} characters")
    return tuple(dict.fromkeys(_written(needle)))


def _written(needle: str) -> Iterator[tuple[str, bytes]]:
    for name, codec in (("UTF-8", "utf-8"), ("UTF-16 LE", "utf-16-le"), ("UTF-16 BE", "utf-16-be")):
        raw = needle.encode(codec)
        yield name, raw
        yield f"hex of {name}", raw.hex().encode()
        yield f"hex of {name}", raw.hex().upper().encode()
        for shift in range(3):
            for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
                yield f"base64 of {name}", _base64_core(alphabet(bytes(shift) + raw), shift, len(raw))


def _base64_core(encoded: bytes, shift: int, length: int) -> bytes:
    """The characters that are the same whatever stands before and after: `shift` bytes of a group stand before."""
    return encoded[-(-shift * 8 // 6) : (shift + length) * 8 // 6]


@cache
def split_cores(needle: str) -> tuple[bytes, ...]:
    """Pieces of which one stands wherever a longest piece of `split_patterns` does: two to look for, not eight."""
    raw = needle.encode()
    starts = ((raw.index(longest), longest) for longest, _ in split_patterns(needle))
    cores: list[tuple[int, int]] = []
    for start, end in sorted((start, start + len(longest)) for start, longest in starts):
        if cores and min(end, cores[-1][1]) - max(start, cores[-1][0]) >= CORE:
            cores[-1] = max(start, cores[-1][0]), min(end, cores[-1][1])
        else:
            cores.append((start, end))
    return tuple(raw[start:end] for start, end in cores)


@cache
def split_patterns(needle: str) -> tuple[tuple[bytes, re.Pattern[bytes]], ...]:
    """(longest piece, pattern) for the needle as pglz leaves text that it met for the first time: a foreign byte after
    every eight."""
    raw = needle.encode()
    found = []
    for first in range(1, GROUP + 1):
        pieces = [raw[:first], *(raw[start : start + GROUP] for start in range(first, len(raw), GROUP))]
        if len(pieces) > 1:
            found.append((max(pieces, key=len), re.compile(b".".join(map(re.escape, pieces)), re.DOTALL)))
    return tuple(found)
