"""How somebody lives with the treatment: what is injected, forgotten, broken and lost, and what befalls them.

Drawn once for each participant; the doses themselves are drawn one by one as they fall due.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from irt.simulation.nature import Nature
from irt.study import Study

NEVER_DOSED, FIRST_AT_HOME = 0.02, 0.15
HELD, STOPPED = 0.08, 0.06
LATE, PARTIAL, TAKEN_ALL_THE_SAME = 0.012, 0.004, 0.4
BROKEN, MISLAID = 0.05, 0.02  # of a kit: a vial
FORGETS_DIARY, FORGETS_BOX = 0.04, 0.025  # of a visit

What = Literal["taken", "late", "partial", "missed"]


@dataclass(frozen=True)
class Habits:
    """One participant's course as nature has it; days are counted from the first dose."""

    first_dose_after: int | None  # days from randomization; None: never
    forgets: float  # the chance that a dose is missed
    hold_on: int | None  # the study day on which treatment is held
    hold_days: int
    stop_on: int | None


def habits_of(nature: Nature, study: Study) -> Habits:
    """Draw the habits of the next participant."""
    after: int | None = None
    if not nature.happens(NEVER_DOSED):
        most = study.dosing.first_dose_within_days
        after = nature.number(1, most) if most and nature.happens(FIRST_AT_HOME) else 0
    last = study.dosing.last_day
    held, stopped = nature.happens(HELD), nature.happens(STOPPED)
    return Habits(
        first_dose_after=after,
        forgets=nature.share(1.4, 26.0),
        hold_on=nature.number(5, last - 20) if held else None,
        hold_days=nature.number(4, 14),
        stop_on=nature.number(10, last - 5) if stopped else None,
    )


def becomes_of(nature: Nature, habits: Habits) -> What:
    """What becomes of one dose."""
    if nature.happens(habits.forgets):
        return "missed"
    if nature.happens(LATE):
        return "late"
    return "partial" if nature.happens(PARTIAL) else "taken"


@dataclass
class Box:
    """A box in somebody's hands, and what became of its vials."""

    kit: str
    vials: int
    since: date
    used: int = 0
    broken: int = 0
    mislaid: int = 0

    @property
    def left(self) -> int:
        """Vials that are still good."""
        return self.vials - self.used - self.broken - self.mislaid

    def mishandled(self, nature: Nature) -> None:
        """Now and then a vial breaks or cannot be found."""
        if self.left and nature.happens(BROKEN):
            self.broken += 1
        if self.left and nature.happens(MISLAID):
            self.mislaid += 1
