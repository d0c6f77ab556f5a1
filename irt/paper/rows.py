"""Pictures with a row for each name: bars in parts, and points along a line of days. Pure; SVG as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from irt.paper.drawing import INK, PALE, box, closed, dot, line, opened, shortened, text

WIDTH, LEFT, RIGHT, TOP, BOTTOM, ROW = 460, 168, 34, 30, 40, 24
NAME = 22  # letters beside a row
SHADES = ("#cfe3ea", "#8fbccb", "#4a8fa6", "#c98a2b", "#8f1d14")  # of the parts, ever graver
POINT = "#13718a"


@dataclass(frozen=True)
class Bar:
    """A name with the sizes of its parts."""

    name: str
    parts: Sequence[int]


@dataclass(frozen=True)
class Strip:
    """A name with its points and the one in the middle."""

    name: str
    points: Sequence[int]
    middle: float


def bars(rows: Sequence[Bar], parts: Sequence[str], title: str, under: str, largest: int | None = None) -> str:
    """Bars from 0 on, each in as many shades as it has parts, which `parts` names; a number at the end of each."""
    top = nice(max([1, *(sum(row.parts) for row in rows)]) if largest is None else largest)
    drawn = _frame(title, under, [row.name for row in rows], top, 0)
    apart = (WIDTH - 20) / max(1, len(parts))
    for place, (name, shade) in enumerate(zip(parts, SHADES, strict=False)):
        at = 20 + place * apart
        drawn += [box(at, 6, 11, 11, shade), text(at + 16, 16, name, "start")]
    for place, row in enumerate(rows):
        x: float = LEFT
        for size, name, shade in zip(row.parts, parts, SHADES, strict=False):
            width = size / top * (WIDTH - LEFT - RIGHT)
            if size:
                drawn.append(box(x, _y(place) - 8, width, 16, shade, f"{row.name}, {name}: {size}"))
            x += width
        drawn.append(text(x + 5, _y(place) + 4, str(sum(row.parts)), "start"))
    return closed(drawn)


def strips(rows: Sequence[Strip], title: str, under: str) -> str:
    """A point for each number, from 1 on, and a stroke at the one in the middle."""
    top = nice(max([7, *(day for row in rows for day in row.points)]))
    drawn = _frame(title, under, [row.name for row in rows], top, 1)
    for place, row in enumerate(rows):
        drawn += [dot(_x(day, 1, top), _y(place), POINT) for day in row.points]
        middle = _x(row.middle, 1, top)
        drawn.append(line(middle, _y(place) - 9, middle, _y(place) + 9, INK, ' stroke-width="2"'))
    return closed(drawn)


def nice(largest: int) -> int:
    """The end of an axis that holds `largest` and parts well."""
    step = next(one for one in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 10_000) if largest <= 5 * one)
    return step * ceil(largest / step)


def _frame(title: str, under: str, names: Sequence[str], top: int, first: int) -> list[str]:
    height = TOP + ROW * max(1, len(names)) + BOTTOM
    drawn = opened(title, WIDTH, height)
    step = max(1, top // 5)
    for value in range(0, top + 1, step):
        shown = max(first, value)
        x = _x(shown, first, top)
        drawn += [line(x, TOP, x, height - BOTTOM, PALE), text(x, height - BOTTOM + 16, str(shown), "middle")]
    drawn.append(text(WIDTH / 2, height - 6, under, "middle"))
    drawn += [text(LEFT - 8, _y(place) + 4, shortened(name, NAME), "end") for place, name in enumerate(names)]
    return drawn


def _x(value: float, first: int, top: int) -> float:
    return LEFT + (value - first) / max(1, top - first) * (WIDTH - LEFT - RIGHT)


def _y(place: int) -> float:
    return TOP + ROW * (place + 0.5)
