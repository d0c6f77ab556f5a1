"""Differences by group with intervals: the forest plot, its numbers beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from irt.analysis.report.figures.canvas import ACTIVE, INK, SOFT, Drawn, canvas, drawn, quiet_grid
from irt.paper.letters import printable, width, wrap

ROW = 0.215  # inches
ACTIVE_AT, CONTROL_AT = 0.70, 0.91  # where the counts stand, in parts of the left side
NAME_ROOM, HEAD_ROOM = 47.0, 17.0  # millimetres


@dataclass(frozen=True)
class Line:
    """A line: a heading when it has no difference; `whole`: the result of all, drawn as a diamond."""

    name: str
    active: str = ""
    control: str = ""
    told: str = ""
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float = 1.0
    whole: bool = False
    heading: bool = False


@dataclass(frozen=True)
class Words:
    """What stands over the columns, under the axis, and at its two sides."""

    active: str
    control: str
    difference: str
    x: str
    worse: str
    better: str


def forest(lines: Sequence[Line], words: Words, name: str) -> Drawn:
    """Lines from top to bottom; squares are as large as their groups, and where an interval ends beyond the axis an
    arrow says so."""
    with canvas(ROW * (len(lines) + 2) + 0.75) as figure:
        left, axes, right = figure.subplots(1, 3, gridspec_kw={"width_ratios": [4.1, 2.9, 1.6], "wspace": 0.02})
        high = len(lines)
        for side in (left, right):
            side.set_axis_off()
            side.set_xlim(0, 1)
        for one in (left, axes, right):
            one.set_ylim(-0.6, high + 0.9)
        limit = _limit(lines)
        quiet_grid(axes, "x")
        axes.axvline(0, color=INK, linewidth=0.9)
        axes.set_xlim(-limit, limit)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(words.x, fontsize=8, labelpad=14)
        for text, shift, align in ((f"← {words.worse}", -4, "right"), (f"{words.better} →", 4, "left")):
            note = axes.annotate(text, (0, 0), (shift, -22), xycoords=("data", "axes fraction"), ha=align, va="center",
                                 textcoords="offset points", fontsize=7.5, annotation_clip=False)  # fmt: skip
            note.set_in_layout(False)  # it may reach under the columns beside the axis
        for at, text in ((ACTIVE_AT, words.active), (CONTROL_AT, words.control)):
            left.text(
                at,
                high + 0.1,
                "\n".join(wrap(text, HEAD_ROOM, 8)),
                ha="center",
                va="bottom",
                fontsize=8,
                linespacing=1.15,
            )
        right.text(0.5, high + 0.1, words.difference, ha="center", va="bottom", fontsize=8, linespacing=1.15)
        for place, line in enumerate(lines):
            _draw(left, axes, right, line, high - 1 - place, limit)
        return drawn(figure, name)


def fitting(name: str) -> str:
    """A name that ends before the counts begin; an ellipsis says that it goes on."""
    if width(printable(name), 8) <= NAME_ROOM:
        return name
    while name and width(printable(name + "…"), 8) > NAME_ROOM:
        name = name[:-1]
    return name.rstrip(" ,，") + "…"


def _draw(left: Axes, axes: Axes, right: Axes, line: Line, y: float, limit: float) -> None:
    indent = 0.0 if line.heading or line.whole else 0.03
    name = line.name if line.heading else fitting(line.name)
    left.text(indent, y, name, va="center", fontsize=8.5 if line.heading or line.whole else 8)
    if line.heading:
        left.plot([0, 1], [y - 0.42] * 2, color=SOFT, linewidth=0.3, clip_on=False)
        return
    left.text(ACTIVE_AT, y, line.active, va="center", ha="center", fontsize=8)
    left.text(CONTROL_AT, y, line.control, va="center", ha="center", fontsize=8)
    right.text(0.5, y, line.told, va="center", ha="center", fontsize=8)
    if line.difference is None or line.low is None or line.high is None:
        return
    low, high = max(line.low, -limit), min(line.high, limit)
    axes.plot([low, high], [y, y], color=INK, linewidth=1.1, solid_capstyle="butt")
    for end, beyond, marker in ((low, line.low < -limit, "<"), (high, line.high > limit, ">")):
        if beyond:
            axes.plot([end], [y], marker=marker, color=INK, markersize=4, clip_on=False)
    if line.whole:
        half = 0.26
        axes.fill([line.low, line.difference, line.high, line.difference], [y, y + half, y, y - half], color=ACTIVE)
    else:
        axes.plot([line.difference], [y], marker="s", color=ACTIVE, markersize=3 + 4.5 * line.weight**0.5)


def _limit(lines: Sequence[Line]) -> float:
    """The end of the axis at both sides: it holds every difference, and most intervals."""
    reach = [abs(end) for line in lines for end in (line.low, line.high) if end is not None]
    return min(100.0, max(20.0, 20.0 * -(-max(reach, default=20.0) // 20)))
