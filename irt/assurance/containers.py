"""What is packed inside a run of bytes: ZIP (so XLSX, DOCX), gzip, zlib, pg_dump, PDF streams, base64 and hex of those.

Found by their signatures at any offset, so that a file inside a database page, a log or a memory image is opened too.
"""

import base64
import binascii
import bz2
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LARGEST = 64 * 1024 * 1024  # bytes unpacked of one container; what is larger is looked at up to here, and reported

_MEMBER = re.compile(rb"PK\x03\x04")
_GZIP = re.compile(rb"\x1f\x8b\x08")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_STREAM = re.compile(rb"obj\b((?:(?!endobj|stream).){0,4000}?)stream\r?\n(.*?)endstream", re.DOTALL)
_FILTERS = re.compile(rb"/(FlateDecode|Fl|ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|Crypt)\b")
_STRING = re.compile(rb"\(((?:\\.|[^\\()])*)\)|<([0-9A-Fa-f\s]+)>", re.DOTALL)
_RUN = re.compile(rb"[A-Za-z0-9+/_=\r\n-]{64,}")
_HEX_RUN = re.compile(rb"[0-9A-Fa-f]{64,}")
_SIGNATURES = (b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


@dataclass(frozen=True)
class Unpacked:
    """The contents of one container; `whole` is false when it could not be read to its end."""

    place: str
    content: bytes
    whole: bool = True


def unpack(raw: bytes) -> Iterator[Unpacked]:
    """Every container that begins anywhere in `raw`, one level deep."""
    for open_all in (_zip_members, _gzip, _zlib, _pg_dump, _pdf, _encoded):
        yield from open_all(raw)


def _inflate(raw: bytes, start: int, window: int) -> Unpacked | None:
    """What inflates from `start`; None when nothing does. A damaged stream gives what came before the damage."""
    stream, content = zlib.decompressobj(window), bytearray()
    try:
        for at in range(start, len(raw), 65536):
            content += stream.decompress(raw[at : at + 65536], LARGEST - len(content))
            if stream.eof or len(content) >= LARGEST:
                break
    except zlib.error:
        return Unpacked("", bytes(content), whole=False) if len(content) >= 16 else None
    return Unpacked("", bytes(content), whole=stream.eof) if content else None


def _named(name: str, found: Unpacked | None) -> Iterator[Unpacked]:
    if found is not None:
        yield Unpacked(name, found.content, found.whole)


def _zip_members(raw: bytes) -> Iterator[Unpacked]:
    """Members by their own headers: also of an archive that lost its directory."""
    for match in _MEMBER.finditer(raw):
        header = raw[match.start() : match.start() + 30]
        if len(header) < 30:
            continue
        flags, method, _, _, packed, _, name_length, extra = struct.unpack("<6xHHIIIIHH", header)
        start = match.end() + 26 + name_length + extra
        name = raw[match.end() + 26 : match.end() + 26 + name_length].decode("utf-8", "replace")
        if flags & 1 or method not in (0, 8, 12):
            yield Unpacked(f"zip:{name}", b"", whole=False)
        elif method == 8:
            yield from _named(f"zip:{name}", _inflate(raw, start, -15))
        elif method == 12:
            try:
                yield Unpacked(f"zip:{name}", bz2.BZ2Decompressor().decompress(raw[start:], LARGEST))
            except (OSError, EOFError):
                yield Unpacked(f"zip:{name}", b"", whole=False)
        elif packed:  # stored: its bytes stand in `raw`, but a container inside is told apart here
            yield Unpacked(f"zip:{name}", raw[start : start + packed])


def _gzip(raw: bytes) -> Iterator[Unpacked]:
    for match in _GZIP.finditer(raw):
        yield from _named("gzip", _inflate(raw, match.start(), 31))


def _zlib(raw: bytes) -> Iterator[Unpacked]:
    for match in _ZLIB.finditer(raw):
        if int.from_bytes(match.group(), "big") % 31 == 0:
            yield from _named("zlib", _inflate(raw, match.start(), 15))


def _pg_dump(raw: bytes) -> Iterator[Unpacked]:
    """The tables of pg_dump's custom format: a zlib stream cut into pieces, each behind a sign and its length."""
    if b"PGDMP" not in raw:
        return
    for match in _ZLIB.finditer(raw):
        pieces, at = [], match.start() - 5
        while raw[at : at + 1] == b"\0" and (length := int.from_bytes(raw[at + 1 : at + 5], "little")):
            pieces.append(raw[at + 5 : at + 5 + length])
            at += 5 + length
        if len(pieces) > 1:
            yield from _named("pg_dump", _inflate(b"".join(pieces), 0, 15))


def _pdf(raw: bytes) -> Iterator[Unpacked]:
    if b"%PDF" not in raw:
        return
    for match in _STREAM.finditer(raw):
        content, whole = match[2], True
        for name in _FILTERS.findall(match[1]):
            decode = _DECODERS.get(name)
            decoded = decode(content) if decode else None
            if decoded is None:
                whole = False
                break
            content = decoded
        yield Unpacked("pdf stream", content, whole)
        words = b"".join(_words(content))
        if words:
            yield Unpacked("pdf text", words)


def _words(content: bytes) -> Iterator[bytes]:
    """The strings of a page in order, joined: kerning splits a word into several."""
    for literal, hexadecimal in _STRING.findall(content):
        if hexadecimal:
            digits = b"".join(hexadecimal.split())
            yield binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        else:
            yield re.sub(rb"\\([()\\])", rb"\1", literal)


def _flate(content: bytes) -> bytes | None:
    found = _inflate(content, 0, 15)
    return found.content if found else None


def _ascii_hex(content: bytes) -> bytes | None:
    digits = b"".join(content.split(b">")[0].split())
    try:
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    except binascii.Error:
        return None


def _ascii85(content: bytes) -> bytes | None:
    body = content.strip().removeprefix(b"<~").split(b"~")[0]
    try:
        return base64.a85decode(body)
    except ValueError:
        return None


_DECODERS: dict[bytes, Callable[[bytes], bytes | None]] = {
    b"FlateDecode": _flate, b"Fl": _flate, b"ASCIIHexDecode": _ascii_hex, b"AHx": _ascii_hex,
    b"ASCII85Decode": _ascii85, b"A85": _ascii85,
}  # fmt: skip


def _encoded(raw: bytes) -> Iterator[Unpacked]:
    """Base64 or hex, MIME's lines joined; decoded where a container begins, and as text where it has line breaks."""
    for match in _HEX_RUN.finditer(raw):
        run = match.group()
        yield from _if_packed("hex", binascii.unhexlify(run[: len(run) // 2 * 2]))
    for match in _RUN.finditer(raw):
        joined = match.group().translate(None, b"\r\n=")
        broken = b"\n" in match.group()
        for shift in range(4 if broken else 1):
            run = joined[shift:].translate(bytes.maketrans(b"-_", b"+/"))
            decoded = base64.b64decode(run[: len(run) // 4 * 4])
            yield from _if_packed("base64", decoded)
            if broken:
                yield Unpacked("base64 lines", decoded)


def _if_packed(name: str, decoded: bytes) -> Iterator[Unpacked]:
    if decoded.startswith(_SIGNATURES):
        yield Unpacked(name, decoded)
