"""Adherence of every participant by arm: each a point, with median and quartiles."""

from collections.abc import Mapping, Sequence
from math import floor
from statistics import quantiles

from irt.analysis.report.figures.canvas import COLOURS, INK, MARKERS, SOFT, Drawn, canvas, drawn, quiet_grid

STEP = 1.0  # percent: points nearer than this stand beside one another


def adherence(arms: Mapping[str, Sequence[float]], least: float, x: str, least_told: str, name: str) -> Drawn:
    """A band for each arm; `least`: a dashed line, below it is not per protocol."""
    with canvas(0.95 * len(arms) + 0.85) as figure:
        axes = figure.subplots()
        quiet_grid(axes, "x")
        for place, (arm, values) in enumerate(arms.items()):
            at = len(arms) - 1 - place
            xs, ys = _beside(values, at)
            axes.plot(
                xs, ys, linestyle="", marker=MARKERS[place], color=COLOURS[place], markersize=3.6, markeredgewidth=0.8,
                markerfacecolor=COLOURS[place] if place == 0 else "white", label=arm,
            )  # fmt: skip
            if len(values) > 1:
                first, middle, third = quantiles(values, n=4, method="inclusive")
                axes.plot([first, third], [at - 0.36] * 2, color=INK, linewidth=3, solid_capstyle="butt")
                axes.plot([middle], [at - 0.36], marker="|", color=INK, markersize=11, markeredgewidth=2)
        axes.axvline(least, color=SOFT, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(least_told, (least, 1), (-4, -2), xycoords=("data", "axes fraction"), fontsize=7.5,
                      textcoords="offset points", ha="right", va="top", color=SOFT)  # fmt: skip
        axes.set_yticks(range(len(arms) - 1, -1, -1), list(arms))
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-0.6, len(arms) - 0.4)
        axes.set_xlim(_left(arms, least), _right(arms))
        axes.set_xlabel(x)
        return drawn(figure, name)


def _left(arms: Mapping[str, Sequence[float]], least: float) -> float:
    """The start of the axis: a multiple of 10 that is below everybody, and below what is adequate."""
    lowest = min(value for values in arms.values() for value in values)
    return 10 * floor((min(lowest, least - 10) - 2) / 10)


def _right(arms: Mapping[str, Sequence[float]]) -> float:
    return max(102.0, *(value + 2 for values in arms.values() for value in values))


def _beside(values: Sequence[float], at: int) -> tuple[list[float], list[float]]:
    """Where the points stand: those that are nearly equal are stacked up and down around the middle of the band."""
    held: dict[int, int] = {}
    places = sorted(values)
    crowd: dict[int, int] = {}
    for value in places:
        crowd[round(value / STEP)] = crowd.get(round(value / STEP), 0) + 1
    step = min(0.07, 0.66 / max(crowd.values(), default=1))
    ys = []
    for value in places:
        seat = round(value / STEP)
        held[seat] = held.get(seat, 0) + 1
        ys.append(at - 0.2 + step * held[seat])
    return places, ys
