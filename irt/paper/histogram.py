"""How many values lie in each of some ranges, counted exactly and drawn as SVG. Pure; no inline style."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from irt.paper.drawing import INK, box, closed, line, opened, text

WIDTH, HEIGHT, BASE, TOP = 300, 150, 122, 18
BAR = "#13718a"


@dataclass(frozen=True)
class Bin:
    """A range, closed below and open above but for the last, and how many values lie in it."""

    low: Fraction
    high: Fraction
    count: int

    @property
    def label(self) -> str:
        """The range as it is written."""
        return f"{float(self.low):g}–{float(self.high):g}"


def binned(values: Iterable[Fraction], low: Fraction, high: Fraction, bins: int) -> list[Bin]:
    """Values in equal ranges from low to high; what lies beyond counts in the range at that end."""
    width = (high - low) / bins
    counts = [0] * bins
    for value in values:
        counts[max(0, min(bins - 1, (value - low) // width))] += 1
    return [Bin(low + place * width, low + (place + 1) * width, count) for place, count in enumerate(counts)]


def histogram(bins: Sequence[Bin], title: str) -> str:
    """The picture: a bar for each range with its count above it."""
    most = max([1, *(one.count for one in bins)])
    wide = (WIDTH - 20) / max(1, len(bins))
    parts = opened(title, WIDTH, HEIGHT)
    for place, one in enumerate(bins):
        height = one.count / most * (BASE - TOP)
        left = 10 + place * wide
        if one.count:
            parts.append(box(left + 1, BASE - height, wide - 2, height, BAR, f"{one.label}: {one.count}"))
            parts.append(text(left + wide / 2, BASE - height - 4, str(one.count), "middle"))
    parts.append(line(10, BASE, WIDTH - 10, BASE, INK))
    for place, value, anchor in ((0, bins[0].low, "start"), (len(bins), bins[-1].high, "end")):
        parts.append(text(10 + place * wide, BASE + 18, f"{float(value):g}", anchor))
    return closed(parts)
