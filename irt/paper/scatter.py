"""A picture of points with names as SVG: how much of one thing costs how much of another. Pure; no inline style.

Colours are attributes, not style, so that a page whose policy forbids inline style may hold it as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

from irt.paper.drawing import INK, PALE, closed, line, opened, text

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 20, 56
GOOD, BAD = "#13718a", "#b42318"
LOWEST = 0.01  # what is less stands on the lowest line


@dataclass(frozen=True)
class Point:
    """A point by name; `high`: the upper end of the line through it; `good`: its colour; `chosen`: with a ring."""

    name: str
    x: float
    y: float
    high: float
    good: bool
    chosen: bool = False


@dataclass(frozen=True)
class Words:
    """What stands beside the axes and at the limit, and what is read out to those who do not see the picture."""

    title: str
    x: str
    y: str
    limit: str


def points_of(forecast: Mapping[str, Any]) -> list[Point]:
    """The points of a supply forecast's document: for each policy refused requests per 1,000 by overage."""
    return [
        Point(
            one["policy"], one["overage_percent"], one["refused_per_1000"], one["refused_upper"],
            good=one["passes"], chosen=one["policy"] == forecast["recommended"],
        )
        for one in forecast["policies"]
    ]  # fmt: skip


def scatter(points: Sequence[Point], limit: float, words: Words) -> str:
    """The picture: x from 0 upwards, y by powers of ten, a dashed line at the `limit` of y."""
    top = 10.0 ** ceil(log10(max([limit, LOWEST * 10, *(max(p.y, p.high) for p in points)])))
    right = 10.0 * max(1, ceil(max([1.0, *(p.x for p in points)]) / 10))
    left = min(0.0, 10.0 * floor(min([0.0, *(p.x for p in points)]) / 10))

    def at_x(x: float) -> float:
        return LEFT + (x - left) / (right - left) * (WIDTH - LEFT - RIGHT)

    def at_y(y: float) -> float:
        share = (log10(max(y, LOWEST)) - log10(LOWEST)) / (log10(top) - log10(LOWEST))
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = opened(words.title, WIDTH, HEIGHT)
    power = LOWEST
    while power <= top * 1.001:
        parts.append(line(LEFT, at_y(power), WIDTH - RIGHT, at_y(power), PALE))
        parts.append(text(LEFT - 8, at_y(power) + 4, f"{'≤ ' if power == LOWEST else ''}{power:g}", "end"))
        power *= 10
    step = 10.0 if right - left <= 100 else 10.0 * ceil((right - left) / 100)
    x = left
    while x <= right:
        parts.append(text(at_x(x), HEIGHT - BOTTOM + 18, f"{x:g}", "middle"))
        x += step
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, words.x, "middle"))
    parts.append(
        f'<text transform="translate(16 {(HEIGHT - BOTTOM + TOP) / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(words.y)}</text>"
    )
    parts.append(line(LEFT, at_y(limit), WIDTH - RIGHT, at_y(limit), INK, ' stroke-dasharray="5 4"'))
    parts.append(text(WIDTH - RIGHT + 6, at_y(limit) + 4, words.limit, "start"))
    for p in points:
        colour = GOOD if p.good else BAD
        parts.append(line(at_x(p.x), at_y(p.y), at_x(p.x), at_y(p.high), colour))
        parts.append(f'<circle cx="{at_x(p.x):.1f}" cy="{at_y(p.y):.1f}" r="4.5" fill="{colour}"/>')
        if p.chosen:
            parts.append(
                f'<circle cx="{at_x(p.x):.1f}" cy="{at_y(p.y):.1f}" r="9" fill="none" stroke="{colour}" '
                'stroke-width="2"/>'
            )
        parts.append(text(at_x(p.x) + 11, at_y(p.y) + 4, p.name, "start"))
    return closed(parts)
