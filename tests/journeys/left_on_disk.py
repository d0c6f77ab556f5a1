"""What a browser left in its profile: every file searched for words, as they are and as the cache packs them."""

import gzip
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from werkzeug import Request, Response

from tests.journeys.served import listening

# Chromium's Simple Cache (net/disk_cache/simple/simple_entry_format.h): a header, the key, then the answer as it came.
ENTRY, HEADER = 0xFCFB6D1BA7725C30, struct.Struct("<QIII4x")
GZIP = b"\x1f\x8b\x08"
PACKED = (31, 15, -15)  # gzip, zlib, bare deflate: what a browser asks for where no TLS is


def found(profile: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """Each word that stands in a file of `profile`, with the names of these files."""
    wanted = list(words)
    left: dict[str, set[str]] = {}
    for file in sorted(one for one in profile.rglob("*") if one.is_file() and not one.is_symlink()):
        held = list(_readings(file.read_bytes()))
        for word in wanted:
            if any(form in data for form in _forms(word) for data in held):
                left.setdefault(word, set()).add(str(file.relative_to(profile)))
    return left


def _forms(word: str) -> tuple[bytes, ...]:
    escaped = word.encode("ascii", "backslashreplace")  # as JSON has it
    return word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), escaped, quote(word).encode()


def _readings(data: bytes) -> Iterator[bytes]:
    """A file as it is, and all that can be unpacked from it."""
    yield data
    starts = [place for place in range(len(data)) if data.startswith(GZIP, place)] if GZIP in data else []
    if len(data) > HEADER.size and HEADER.unpack_from(data)[0] == ENTRY:
        starts.append(HEADER.size + HEADER.unpack_from(data)[2])
    for start in starts:
        for bits in PACKED:
            if unpacked := _unpacked(data[start:], bits):
                yield unpacked


def _unpacked(data: bytes, bits: int) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(data)
    except zlib.error:
        return b""


@contextmanager
def planted(words: dict[str, str]) -> Iterator[str]:
    """An address whose pages a browser keeps: `/plain`, `/gzip` and `/deflate`, each with its word."""
    pack = {"plain": lambda data: data, "gzip": gzip.compress, "deflate": zlib.compress}

    @Request.application
    def answer(request: Request) -> Response:
        way = request.path.strip("/")
        if way not in words:
            return Response(status=404)
        page = f"<!doctype html><title>planted</title><p>{words[way]}</p>" + "<p>filler</p>" * 50
        headers = {"Cache-Control": "max-age=3600"} | ({} if way == "plain" else {"Content-Encoding": way})
        return Response(pack[way](page.encode()), content_type="text/html; charset=utf-8", headers=headers)

    with listening(answer) as address:
        yield address
