"""What every figure is drawn on: matplotlib with the house's font, the same bytes each time, readable without colour.

Letters become outlines, so that Chinese stands in every reader; arms differ by marker and fill besides their colour
(blue and orange of Okabe and Ito, which all kinds of colour vision tell apart and grey prints keep apart).
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager

from irt.paper.letters import font_file

WIDE = 6.7  # inches: the width of a page's text
INK, SOFT, PALE = "#1b1f24", "#57606a", "#d0d7de"
ACTIVE, CONTROL, TINT = "#0b5a8a", "#d98200", "#dcecf6"
MARKERS = ("o", "s")
COLOURS = (ACTIVE, CONTROL)


@dataclass(frozen=True)
class Drawn:
    """A drawing as SVG, and its size in points."""

    svg: str
    wide: float
    high: float


@lru_cache(maxsize=1)
def _family() -> str:
    path = str(font_file())
    fontManager.addfont(path)
    return FontProperties(fname=path).get_name()


def _settings() -> Any:
    return {
        "font.family": _family(), "font.size": 8.5, "axes.unicode_minus": True, "text.color": INK,
        "svg.hashsalt": "irt", "svg.fonttype": "path", "text.hinting": "none",
        "axes.edgecolor": INK, "axes.labelcolor": INK, "axes.linewidth": 0.7,
        "axes.spines.top": False, "axes.spines.right": False,
        "xtick.color": INK, "ytick.color": INK, "xtick.major.width": 0.7, "ytick.major.width": 0.7,
        "xtick.major.size": 3, "ytick.major.size": 3, "legend.frameon": False, "legend.fontsize": 8.5,
        "lines.linewidth": 1.3, "lines.markersize": 5.5, "figure.facecolor": "none", "savefig.facecolor": "none",
        "axes.facecolor": "none",
    }  # fmt: skip


@contextmanager
def canvas(high: float, wide: float = WIDE) -> Iterator[Figure]:
    """A figure of so many inches; what is drawn on it within the block has the house's settings."""
    with matplotlib.rc_context(_settings()):
        figure = Figure(figsize=(wide, high), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure


def drawn(figure: Figure, name: str) -> Drawn:
    """The figure as SVG that may stand in a page beside others: its ids begin with `name`, it names no address."""
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    wide, high = (float(size) * 72 for size in figure.get_size_inches())
    return Drawn(_alone(out.getvalue().decode(), name), wide, high)


def _alone(svg: str, name: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace("xlink:href", "href")
    svg = re.sub(r'<svg width="[^"]*" height="[^"]*"', "<svg", svg)
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg style="stroke-linejoin: round; stroke-linecap: butt" ', 1)
    wanted = set(re.findall(r'href="#([^"]+)"', svg)) | set(re.findall(r"url\(#([^)]+)\)", svg))
    svg = re.sub(r' id="([^"]+)"', lambda found: f' id="{name}_{found[1]}"' if found[1] in wanted else "", svg)
    svg = re.sub(r'href="#', f'href="#{name}_', svg)
    svg = re.sub(r"url\(#", f"url(#{name}_", svg)
    return re.sub(r"\s*\n\s*", "\n", svg).strip()


def quiet_grid(axes: Axes, axis: str = "y") -> None:
    """Pale lines behind the points."""
    axes.grid(axis=axis, color=PALE, linewidth=0.5)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
