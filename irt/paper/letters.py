"""The one font of everything printed: Noto Sans SC, how wide its letters are and where a line of them may break."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn

POINT = 25.4 / 72  # millimetres

_OPENING = "（《「『【〔〈“‘"
_CLOSING = "，。、；：！？）》」』】〕〉”’％…—·"
_WIDE = "⺀-鿿豈-﫿＀-￯\U00020000-\U0003ffff"
_BLANK = re.compile(r"[\t\r\f\v]")
_PIECE = re.compile(
    rf"[{_OPENING}]*(?:(?![{_OPENING}{_CLOSING}])[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_CLOSING}]+)[{_CLOSING}]*|\s+|\S"
)


def font_file() -> Path:
    """Where the font lies: in a package that the lock file names, never in this repository."""
    return pylopdf_fonts_zh_cn.sans_path()


@lru_cache(maxsize=1)
def _advances() -> dict[str, int]:
    """How far each character of the font moves on, in thousandths of its size."""
    from fontTools.ttLib import TTFont  # loaded by who prints, as in Sheet.bytes

    with TTFont(font_file(), lazy=True) as font:
        widths, per_em = font["hmtx"], font["head"].unitsPerEm
        return {chr(code): round(widths[glyph][0] * 1000 / per_em) for code, glyph in font.getBestCmap().items()}


def printable(text: str) -> str:
    """The same text with what the font has no letter for written out, as `[U+1F600]`: nothing vanishes on paper."""
    known, text = _advances(), _BLANK.sub(" ", text)
    if known.keys() >= set(text):
        return text
    return "".join(letter if letter in known else f"[U+{ord(letter):04X}]" for letter in text)


def width(text: str, size: float) -> float:
    """How wide a printable text is, in millimetres, at a size in points."""
    return sum(map(_advances().__getitem__, text)) * size * POINT / 1000


def wrap(text: str, room: float, size: float) -> list[str]:
    """The lines of a text within `room` millimetres at a size in points; at least one, and no letter is lost.

    Chinese breaks between characters, but no line starts with closing punctuation or ends with opening; a word breaks
    where it alone is wider than the room. A line feed begins a new line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(printable(paragraph), room, size):
            if line and width(line + piece.rstrip(), size) > room:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return lines


def _pieces(text: str, room: float, size: float) -> Iterator[str]:
    for piece in _PIECE.findall(text):
        if width(piece, size) <= room:
            yield piece
        else:
            yield from piece  # letter by letter
