"""The font as readers of PDF know it best: TrueType outlines of just the characters that are used.

The package holds cubic outlines keyed by character collection. Put into a PDF as they are, they print well, but widely
used readers (pypdf, pdfminer) get no Chinese text out. Quadratic outlines with plain numbering are read by all of them.
"""

import io
from collections.abc import Iterable
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from irt.paper.letters import font_file

PER_EM = 1000
TOLERANCE = 1.0  # of a thousandth of the size: a curve is nowhere farther off
NAMES = {"familyName": "Noto Sans SC", "styleName": "Regular", "psName": "NotoSansSC-Regular"}


def truetype(characters: Iterable[str]) -> bytes:
    """A TrueType font of these characters, each of which the font has; the same bytes for the same characters."""
    with TTFont(font_file(), lazy=True) as font:
        glyph_of = font.getBestCmap()
        drawn = {ord(character): glyph_of[ord(character)] for character in sorted(set(characters))}
        order = [".notdef", *sorted(set(drawn.values()) - {".notdef"})]
        outlines = font.getGlyphSet()
        built = FontBuilder(PER_EM, isTTF=True)
        built.updateHead(created=font["head"].created, modified=font["head"].created)
        built.setupGlyphOrder(order)
        built.setupCharacterMap(drawn)
        built.setupGlyf({name: _quadratic(outlines[name]) for name in order})
        built.setupHorizontalMetrics({name: font["hmtx"][name] for name in order})
        rise, fall = font["hhea"].ascent, font["hhea"].descent
        built.setupHorizontalHeader(ascent=rise, descent=fall)
        built.setupNameTable(NAMES)
        built.setupOS2(sTypoAscender=rise, sTypoDescender=fall, usWinAscent=rise, usWinDescent=-fall)
        built.setupPost()
        out = io.BytesIO()
        built.save(out)
    return out.getvalue()


def _quadratic(outline: Any) -> Any:
    pen = TTGlyphPen(None)
    outline.draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
    return pen.glyph()
