"""A measure by arm over the visits, with intervals; and what the flow of participants looks like beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from irt.analysis.report.figures.canvas import COLOURS, MARKERS, Drawn, canvas, drawn, quiet_grid


@dataclass(frozen=True)
class Seen:
    """A mean at a week with its interval, and of how many."""

    week: float
    n: int
    mean: float
    low: float | None
    high: float | None


def course(
    arms: Mapping[str, Sequence[Seen]], x: str, y: str, number: str, name: str, least: float | None = None
) -> Drawn:
    """The means by week, arms a little apart so that no interval hides another; the numbers stand under the axis."""
    with canvas(3.6) as figure:
        axes = figure.subplots()
        quiet_grid(axes)
        weeks = sorted({one.week for seen in arms.values() for one in seen})
        apart = 0.012 * (max(weeks, default=1) - min(weeks, default=0) or 1)
        for place, (arm, seen) in enumerate(arms.items()):
            at = [one.week + apart * (2 * place - 1) for one in seen]
            mean = [one.mean for one in seen]
            below = [one.mean - (one.low if one.low is not None else one.mean) for one in seen]
            above = [(one.high if one.high is not None else one.mean) - one.mean for one in seen]
            axes.errorbar(
                at, mean, yerr=[below, above], marker=MARKERS[place], color=COLOURS[place], label=arm, capsize=3,
                markerfacecolor=COLOURS[place] if place == 0 else "white", linestyle="-" if place == 0 else (0, (5, 2)),
                elinewidth=1,
            )  # fmt: skip
        axes.set_xticks(weeks, [f"{week:g}" for week in weeks])
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.legend(loc="upper left", ncols=2, bbox_to_anchor=(0, 1.12), borderaxespad=0)
        axes.margins(x=0.06)
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]) if least is None else least)
        _counts(axes, arms, weeks, number)
        return drawn(figure, name)


def _counts(axes: Axes, arms: Mapping[str, Sequence[Seen]], weeks: Sequence[float], number: str) -> None:
    """How many were seen, arm by arm, under the weeks."""
    lines = [number, *arms]
    for row, (arm, seen) in enumerate(arms.items(), 1):
        counts = {one.week: one.n for one in seen}
        for week in weeks:
            axes.annotate(
                str(counts.get(week, "–")), (week, 0), (0, -38 - 12 * row), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="center", va="center", fontsize=8, annotation_clip=False,
            )  # fmt: skip
        axes.annotate(
            arm, (0, 0), (-8, -38 - 12 * row), xycoords="axes fraction", textcoords="offset points", ha="right",
            va="center", fontsize=8, annotation_clip=False,
        )  # fmt: skip
    axes.annotate(
        lines[0], (0, 0), (-8, -38), xycoords="axes fraction", textcoords="offset points", ha="right", va="center",
        fontsize=8, annotation_clip=False,
    )  # fmt: skip
