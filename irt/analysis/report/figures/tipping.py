"""The tipping-point grid: how many missing responders, arm by arm, it would take to change the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from irt.analysis.report.figures.canvas import INK, WIDE, Drawn, canvas, drawn
from irt.paper.letters import wrap

MOST_TOLD = 14  # beyond so many rows or columns the cells hold no numbers


@dataclass(frozen=True)
class Point:
    """If so many of the missing had responded in each arm: the p of the primary test, and how it is written."""

    active: int
    control: int
    p: float
    told: str


def tipping(points: Sequence[Point], alpha: float, x: str, y: str, words: tuple[str, str], name: str) -> Drawn:
    """A cell for each combination: white where a difference is still shown, grey where it is not; `words` say so."""
    columns = max(one.active for one in points) + 1
    rows = max(one.control for one in points) + 1
    told = max(rows, columns) <= MOST_TOLD
    high = min(7.0, max(2.5, 0.34 * rows + 1.1))
    with canvas(high, min(WIDE, max(4.2, 0.42 * columns + 1.6))) as figure:
        axes = figure.subplots()
        for one in points:
            lost = one.p > alpha
            axes.add_patch(_cell(one, lost))
            if told:
                axes.text(one.active, one.control, one.told, ha="center", va="center", fontsize=6.8,
                          color=INK)  # fmt: skip
        axes.set_xlim(-0.5, columns - 0.5)
        axes.set_ylim(-0.5, rows - 0.5)
        axes.set_xticks(range(0, columns, max(1, columns // 12)))
        axes.set_yticks(range(0, rows, max(1, rows // 12)))
        axes.set_xlabel(x)
        axes.set_ylabel("\n".join(wrap(y, (high - 0.8) * 25.4, 8.5)))
        for side in ("top", "right"):
            axes.spines[side].set_visible(True)
        _key(axes, words)
        return drawn(figure, name)


def _cell(one: Point, lost: bool) -> Rectangle:
    return Rectangle(
        (one.active - 0.5, one.control - 0.5), 1, 1, facecolor="#c9d1d9" if lost else "white",
        edgecolor="#8c959f", linewidth=0.5,
    )  # fmt: skip


def _key(axes: Axes, words: tuple[str, str]) -> None:
    handles = [
        Patch(facecolor="white", edgecolor="#8c959f", label=words[0]),
        Patch(facecolor="#c9d1d9", edgecolor="#8c959f", label=words[1]),
    ]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.3, fontsize=8)
