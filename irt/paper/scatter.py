"""A picture of points with names as SVG: how much of one thing costs how much of another. Pure; no inline style.

Colours are attributes, not style, so that a page whose policy forbids inline style may hold it as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 20, 56
INK, PALE, GOOD, BAD = "#343a40", "#dee2e6", "#13718a", "#b42318"
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
            line["policy"], line["overage_percent"], line["refused_per_1000"], line["refused_upper"],
            good=line["passes"], chosen=line["policy"] == forecast["recommended"],
        )
        for line in forecast["policies"]
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

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(words.title)}" font-family="sans-serif" font-size="12" fill="{INK}">',
        f"<title>{escape(words.title)}</title>",
    ]
    power = LOWEST
    while power <= top * 1.001:
        parts.append(_line(LEFT, at_y(power), WIDTH - RIGHT, at_y(power), PALE))
        parts.append(_text(LEFT - 8, at_y(power) + 4, f"{'≤ ' if power == LOWEST else ''}{power:g}", "end"))
        power *= 10
    step = 10.0 if right - left <= 100 else 10.0 * ceil((right - left) / 100)
    x = left
    while x <= right:
        parts.append(_text(at_x(x), HEIGHT - BOTTOM + 18, f"{x:g}", "middle"))
        x += step
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, words.x, "middle"))
    parts.append(
        f'<text transform="translate(16 {(HEIGHT - BOTTOM + TOP) / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(words.y)}</text>"
    )
    parts.append(_line(LEFT, at_y(limit), WIDTH - RIGHT, at_y(limit), INK, ' stroke-dasharray="5 4"'))
    parts.append(_text(WIDTH - RIGHT + 6, at_y(limit) + 4, words.limit, "start"))
    for p in points:
        colour = GOOD if p.good else BAD
        parts.append(_line(at_x(p.x), at_y(p.y), at_x(p.x), at_y(p.high), colour))
        parts.append(f'<circle cx="{at_x(p.x):.1f}" cy="{at_y(p.y):.1f}" r="4.5" fill="{colour}"/>')
        if p.chosen:
            parts.append(
                f'<circle cx="{at_x(p.x):.1f}" cy="{at_y(p.y):.1f}" r="9" fill="none" stroke="{colour}" '
                'stroke-width="2"/>'
            )
        parts.append(_text(at_x(p.x) + 11, at_y(p.y) + 4, p.name, "start"))
    return "\n".join([*parts, "</svg>"])


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
