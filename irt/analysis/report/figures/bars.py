"""Responders by arm as bars with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

from irt.analysis.report.figures.canvas import COLOURS, INK, WIDE, Drawn, canvas, drawn, quiet_grid
from irt.paper.letters import wrap

WIDTH = 0.38


@dataclass(frozen=True)
class Bar:
    """The share of one arm in percent with its interval, and how it was counted."""

    percent: float
    low: float
    high: float
    counted: str


def bars(
    groups: Sequence[str], arms: Sequence[str], shares: Sequence[Sequence[Bar | None]], y: str, name: str
) -> Drawn:
    """`shares`: for each arm a bar for each group. The control is white with a frame, so that grey prints tell."""
    room = (WIDE - 0.9) / max(1, len(groups)) * 25.4
    with canvas(3.5) as figure:
        axes = figure.subplots()
        quiet_grid(axes)
        for place, (arm, row) in enumerate(zip(arms, shares, strict=True)):
            known = [(at, bar) for at, bar in enumerate(row) if bar is not None]
            xs = [at + WIDTH * (place - 0.5) * 1.06 for at, _ in known]
            axes.bar(
                xs, [bar.percent for _, bar in known], WIDTH, label=arm, edgecolor=COLOURS[place], linewidth=1.2,
                color=COLOURS[place] if place == 0 else "white",
                yerr=[[max(0, bar.percent - bar.low) for _, bar in known],
                      [max(0, bar.high - bar.percent) for _, bar in known]],
                error_kw={"elinewidth": 1, "capsize": 3, "ecolor": INK},
            )  # fmt: skip
            for x, (_, bar) in zip(xs, known, strict=True):
                axes.annotate(bar.counted, (x, bar.high), (0, 3), textcoords="offset points", ha="center", fontsize=6.5)
        axes.set_xticks(range(len(groups)), ["\n".join(wrap(one, room - 1.5, 7.5)) for one in groups], fontsize=7.5)
        axes.set_xlim(-0.55, len(groups) - 0.45)
        axes.tick_params(axis="x", length=0)
        axes.set_ylim(0, 108)
        axes.set_yticks(range(0, 101, 20))
        axes.set_ylabel(y)
        axes.legend(loc="upper left", ncols=2, bbox_to_anchor=(0, 1.12), borderaxespad=0)
        return drawn(figure, name)
