"""What our pictures are drawn with: SVG as text, no inline style (the pages' policy forbids it), every text escaped."""

from collections.abc import Sequence
from html import escape

INK, PALE = "#343a40", "#dee2e6"


def opened(title: str, width: float, height: float) -> list[str]:
    """The beginning of a picture, which is read out by its title."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12" fill="{INK}">',
        f"<title>{escape(title)}</title>",
    ]


def closed(parts: Sequence[str]) -> str:
    """The whole picture."""
    return "\n".join([*parts, "</svg>"])


def line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    """A line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def text(x: float, y: float, told: str, anchor: str) -> str:
    """A text: from x on (start), around it (middle), up to it (end)."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(told)}</text>'


def box(x: float, y: float, width: float, height: float, colour: str, told: str = "") -> str:
    """A filled rectangle, with what a pointer over it is told."""
    title = f"<title>{escape(told)}</title>" if told else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}">{title}</rect>'


def dot(x: float, y: float, colour: str) -> str:
    """A point; where points lie over one another they are darker."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}" fill-opacity="0.45"/>'


def shortened(told: str, longest: int) -> str:
    """A text that fits beside a picture; signs that are twice as wide as Latin letters count twice."""
    width = 0
    for place, sign in enumerate(told):
        width += 2 if ord(sign) > 0x2E7F else 1
        if width > longest:
            return told[: max(1, place - 1)] + "…"
    return told
