"""Adverse events: percent by arm as dots, and the difference with its interval beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from irt.analysis.report.figures.canvas import COLOURS, INK, MARKERS, PALE, Drawn, canvas, drawn, quiet_grid
from irt.paper.letters import wrap

ROW = 0.2
LABEL_ROOM = 50.0  # millimetres under the right side


@dataclass(frozen=True)
class Term:
    """A term: percent of each arm, and the difference in percentage points with its interval."""

    name: str
    percents: tuple[float, float]
    difference: float | None
    low: float | None
    high: float | None


def dots(terms: Sequence[Term], arms: Sequence[str], x: str, x_difference: str, name: str) -> Drawn:
    """Terms from top to bottom in the order given."""
    with canvas(ROW * len(terms) + 1.15) as figure:
        left, right = figure.subplots(1, 2, sharey=True, gridspec_kw={"width_ratios": [1, 1]})
        places = list(range(len(terms) - 1, -1, -1))
        for axes in (left, right):
            quiet_grid(axes, "x")
            axes.set_ylim(-0.7, len(terms) - 0.3)
            axes.tick_params(axis="y", length=0)
            for place in places:
                axes.axhline(place, color=PALE, linewidth=0.5, zorder=0)
        for place, arm in enumerate(arms):
            left.plot(
                [term.percents[place] for term in terms], places, linestyle="", marker=MARKERS[place], label=arm,
                color=COLOURS[place], markerfacecolor=COLOURS[place] if place == 0 else "white", markeredgewidth=1.2,
                clip_on=False,
            )  # fmt: skip
        left.set_yticks(places, [term.name for term in terms])
        left.set_xlim(left=-0.025 * max((max(term.percents) for term in terms), default=1.0) - 0.2)
        left.set_xlabel(x)
        left.legend(loc="lower left", ncols=2, bbox_to_anchor=(0, 1.0), borderaxespad=0.3)
        right.axvline(0, color=INK, linewidth=0.9)
        for term, place in zip(terms, places, strict=True):
            if term.difference is not None and term.low is not None and term.high is not None:
                right.plot([term.low, term.high], [place, place], color=INK, linewidth=1)
                right.plot([term.difference], [place], marker="D", color=INK, markersize=4)
        right.set_xlabel("\n".join(wrap(x_difference, LABEL_ROOM, 8.5)))
        right.spines["left"].set_visible(False)
        return drawn(figure, name)
