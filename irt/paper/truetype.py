"""The font as readers of PDF know it best: TrueType outlines of just the characters that are used.

The package holds cubic outlines keyed by character collection. Put into a PDF as they are, they print well, but widely
used readers (pypdf, pdfminer) get no Chinese text out. Quadratic outlines with plain numbering are read by all of them.
"""

import copy
import io
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from irt.paper.letters import font_file

PER_EM = 1000
TOLERANCE = 1.0  # of a thousandth of the size: a curve is nowhere farther off
NAMES = {"familyName": "Noto Sans SC", "styleName": "Regular", "psName": "NotoSansSC-Regular"}


class _Whole:
    """The package's font, read once in a process: opening it takes longer than all else that is done for a sheet."""

    def __init__(self) -> None:
        font = TTFont(io.BytesIO(font_file().read_bytes()), lazy=True)  # no open file that a forked process would share
        self.glyph_of: dict[int, str] = font.getBestCmap()
        self.metrics = font["hmtx"].metrics
        self.rise, self.fall = font["hhea"].ascent, font["hhea"].descent
        self.created = font["head"].created
        self._outlines = font.getGlyphSet()
        self._drawn: dict[str, Any] = {}
        self._one_at_a_time = Lock()  # outlines are read from the file when they are first drawn

    def quadratic(self, name: str) -> Any:
        """A glyph's outline in quadratic curves: a copy, as building a font writes the glyph's bounds into it."""
        with self._one_at_a_time:
            if name not in self._drawn:
                pen = TTGlyphPen(None)
                self._outlines[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
                self._drawn[name] = pen.glyph()
            return copy.copy(self._drawn[name])


@lru_cache(maxsize=1)
def _whole() -> _Whole:
    return _Whole()


def truetype(characters: Iterable[str]) -> bytes:
    """A TrueType font of these characters, each of which the font has; the same bytes for the same characters."""
    return _made("".join(sorted(set(characters))))


@lru_cache(maxsize=64)  # whoever prints prints the same sheet again, with other numbers
def _made(characters: str) -> bytes:
    whole = _whole()
    drawn = {ord(character): whole.glyph_of[ord(character)] for character in characters}
    order = [".notdef", *sorted(set(drawn.values()) - {".notdef"})]
    built = FontBuilder(PER_EM, isTTF=True)
    built.updateHead(created=whole.created, modified=whole.created)
    built.setupGlyphOrder(order)
    built.setupCharacterMap(drawn)
    built.setupGlyf({name: whole.quadratic(name) for name in order})
    built.setupHorizontalMetrics({name: whole.metrics[name] for name in order})
    rise, fall = whole.rise, whole.fall
    built.setupHorizontalHeader(ascent=rise, descent=fall)
    built.setupNameTable(NAMES)
    built.setupOS2(sTypoAscender=rise, sTypoDescender=fall, usWinAscent=rise, usWinDescent=-fall)
    built.setupPost()
    out = io.BytesIO()
    built.save(out)
    return out.getvalue()
