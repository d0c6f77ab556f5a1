"""A picture of what has come in over the weeks beside what was planned, as SVG. Pure; no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from irt.paper.drawing import INK, PALE, closed, line, opened, text

WIDTH, HEIGHT = 760, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 30, 46
REAL = "#13718a"


@dataclass(frozen=True)
class Words:
    """What stands beside the axes and the lines, and what is read out to those who do not see the picture."""

    title: str
    x: str
    real: str
    plan: str


def curve(counts: Sequence[int], target: int, weeks: int, words: Words) -> str:
    """The picture: `counts` at the end of each week from 0 on, and a straight plan up to `target` in `weeks`."""
    right = max(weeks, len(counts) - 1, 1)
    high = _round(max([target, *counts, 1]))

    def at_x(week: float) -> float:
        return LEFT + week / right * (WIDTH - LEFT - RIGHT)

    def at_y(count: float) -> float:
        return HEIGHT - BOTTOM - count / high * (HEIGHT - TOP - BOTTOM)

    parts = opened(words.title, WIDTH, HEIGHT)
    for step in range(5):
        value = high * step / 4
        parts.append(line(LEFT, at_y(value), WIDTH - RIGHT, at_y(value), PALE))
        parts.append(text(LEFT - 8, at_y(value) + 4, f"{value:g}", "end"))
    every = max(1, ceil(right / 12))
    for week in range(0, right + 1, every):
        parts.append(text(at_x(week), HEIGHT - BOTTOM + 18, str(week), "middle"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, words.x, "middle"))
    parts.append(line(at_x(0), at_y(0), at_x(weeks), at_y(target), INK, ' stroke-width="1.5" stroke-dasharray="6 4"'))
    points = " ".join(f"{at_x(week):.1f},{at_y(count):.1f}" for week, count in enumerate(counts))
    parts.append(f'<polyline points="{points}" fill="none" stroke="{REAL}" stroke-width="2.5"/>')
    if counts:
        parts.append(f'<circle cx="{at_x(len(counts) - 1):.1f}" cy="{at_y(counts[-1]):.1f}" r="4" fill="{REAL}"/>')
    for place, (told, colour, more) in enumerate(
        ((words.real, REAL, ' stroke-width="2.5"'), (words.plan, INK, ' stroke-width="1.5" stroke-dasharray="6 4"'))
    ):
        x = LEFT + place * 240
        parts.append(line(x, 14, x + 28, 14, colour, more))
        parts.append(text(x + 36, 18, told, "start"))
    return closed(parts)


def _round(value: int) -> int:
    """The least multiple of 4, 20, 40 … that is not below, so that the lines stand at whole numbers."""
    step = 4
    while value > step * 10:
        step *= 5 if str(step).startswith("4") else 2
    return ceil(value / step) * step
