"""The flow of participants (CONSORT 2010): boxes from screening to analysis, lines between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from irt.analysis.report.figures.canvas import INK, TINT, WIDE, Drawn, canvas, drawn
from irt.paper.letters import wrap

SIZE = 8.0
LINE = 0.165  # inches from line to line
PAD = 0.09
GAP = 0.27
COLUMN = 2.95  # width of an arm's boxes
TOP_BOX, SIDE_BOX = 2.5, 2.6


@dataclass(frozen=True)
class Box:
    """A box: its lines (the first is set apart); lines that begin with a tab are within the one before."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A row of the flow: one box for all, or a box for each arm; `side`: who leaves here; `name`: of the stage."""

    boxes: tuple[Box, ...]
    side: Box | None = None
    name: str = ""


def flow(steps: Sequence[Step], name: str) -> Drawn:
    """The steps from top to bottom, joined by arrows; the first steps have one box, then every step one per arm."""
    broken = [[_broken(box, _width(step)) for box in step.boxes] for step in steps]
    sides = [_broken(step.side, SIDE_BOX) if step.side else [] for step in steps]
    heights = [max(map(_high, boxes)) for boxes in broken]
    gaps = [GAP if not side else max(GAP * 2, _high(side) + 0.16) for side in sides]
    total = sum(heights) + sum(gaps[:-1]) + 0.1
    with canvas(total) as figure:
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDE)
        axes.set_ylim(0, total)
        y = total - 0.05
        for place, (step, boxes, side) in enumerate(zip(steps, broken, sides, strict=True)):
            centres = _centres(len(boxes))
            for centre, lines in zip(centres, boxes, strict=True):
                _box(axes, centre - _width(step) / 2, y, _width(step), heights[place], lines, shaded=place == 0)
            bottom = y - heights[place]
            if place + 1 < len(steps):
                below = bottom - gaps[place]
                _join(axes, centres, _centres(len(steps[place + 1].boxes)), bottom, below)
                if side:
                    _leave(axes, bottom, below, side)
                y = below
        return drawn(figure, name)


def _width(step: Step) -> float:
    return TOP_BOX if len(step.boxes) == 1 else COLUMN


def _centres(count: int) -> list[float]:
    if count == 1:
        return [WIDE / 2]
    return [COLUMN / 2 + 0.05, WIDE - COLUMN / 2 - 0.05]


def _broken(box: Box, wide: float) -> list[tuple[str, bool]]:
    """The lines as they fit, and whether each is within another."""
    lines = []
    for line in box.lines:
        inner = line.startswith("\t")
        room = (wide - 2 * PAD - (0.14 if inner else 0.0)) * 25.4
        lines += [(piece, inner) for piece in wrap(line.strip("\t"), room, SIZE)]
    return lines


def _high(lines: Sequence[tuple[str, bool]]) -> float:
    return len(lines) * LINE + 2 * PAD


def _box(
    axes: Axes, x: float, top: float, wide: float, high: float, lines: Sequence[tuple[str, bool]], *, shaded: bool
) -> None:
    face = TINT if shaded else "white"
    axes.add_patch(Rectangle((x, top - high), wide, high, facecolor=face, edgecolor=INK, linewidth=0.8))
    centred = len(lines) == 1
    for place, (text, inner) in enumerate(lines):
        at = x + wide / 2 if centred else x + PAD + (0.14 if inner else 0.0)
        axes.text(at, top - PAD - (place + 0.5) * LINE, text, fontsize=SIZE, va="center",
                  ha="center" if centred else "left")  # fmt: skip


def _arrow(axes: Axes, x: float, y: float, to_x: float, to_y: float) -> None:
    axes.annotate("", (to_x, to_y), (x, y), arrowprops={
        "arrowstyle": "-|>", "color": INK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8,
    })  # fmt: skip


def _join(axes: Axes, above: Sequence[float], under: Sequence[float], bottom: float, top: float) -> None:
    if len(above) == len(under):
        for x in above:
            _arrow(axes, x, bottom, x, top)
        return
    middle = (bottom + top) / 2 if bottom - top < 2 * GAP + 0.01 else top + GAP
    axes.plot([above[0], above[0]], [bottom, middle], color=INK, linewidth=0.8)
    axes.plot([under[0], under[-1]], [middle, middle], color=INK, linewidth=0.8)
    for x in under:
        _arrow(axes, x, middle, x, top)


def _leave(axes: Axes, bottom: float, top: float, lines: Sequence[tuple[str, bool]]) -> None:
    """A box at the right between two steps."""
    high = _high(lines)
    middle = (bottom + top) / 2
    x = WIDE - SIDE_BOX - 0.05
    _arrow(axes, WIDE / 2, middle, x, middle)
    _box(axes, x, middle + high / 2, SIDE_BOX, high, lines, shaded=False)
