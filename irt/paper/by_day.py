"""A count on each of some days, drawn as SVG: bars at their days, so that days without one leave a gap. Pure."""

from collections.abc import Mapping
from datetime import date
from math import ceil

from irt.paper.drawing import INK, PALE, box, closed, line, opened, text

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE = 760, 200, 44, 12, 16, 168
BAR = "#13718a"
NARROW, WIDE = 2.0, 28.0
LABELS = 8


def by_day(counts: Mapping[date, int], title: str) -> str:
    """The picture: from the first day to the last, told the count where a pointer rests; 0 is a thin line."""
    first, last = min(counts), max(counts)
    days = (last - first).days + 1
    step = (WIDTH - LEFT - RIGHT) / days
    wide = max(NARROW, min(WIDE, step - 2))
    most = max(1, *counts.values())
    parts = opened(title, WIDTH, HEIGHT)
    for share in (0.5, 1):
        y = BASE - share * (BASE - TOP)
        parts.append(line(LEFT, y, WIDTH - RIGHT, y, PALE))
        parts.append(text(LEFT - 8, y + 4, f"{most * share:g}", "end"))
    parts.append(line(LEFT, BASE, WIDTH - RIGHT, BASE, INK))
    every = ceil(days / LABELS)
    for day, count in sorted(counts.items()):
        at = (day - first).days
        middle = LEFT + (at + 0.5) * step
        height = max(1.0, count / most * (BASE - TOP))
        parts.append(box(middle - wide / 2, BASE - height, wide, height, BAR, f"{day}: {count}"))
        if at % every == 0:
            parts.append(text(middle, BASE + 18, f"{day:%m-%d}", "middle"))
    return closed(parts)
