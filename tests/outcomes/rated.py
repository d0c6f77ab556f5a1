"""Core sets as they are recorded: the readings of a visit by instrument, and their way through the acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from irt.actor import Role
from irt.outcomes.capture import Sheet, rate, rated_by, record, sheet_of
from irt.study import Study
from tests.cast import World

MUSCLES = (
    "neck_flexors", "deltoid", "biceps", "wrist_extensors", "gluteus_maximus", "gluteus_medius", "quadriceps",
    "ankle_dorsiflexors",
)  # fmt: skip
CATEGORIES = ("dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities")
RATERS = {"assessor": rate, "physician_assessor": rate, "coordinator": record}
Readings = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Row:
    """A form as its row reads."""

    visit: str
    instrument: str
    assessed_on: date
    readings: Mapping[str, str]
    revision: int = 1
    state: str = "final"


@dataclass(frozen=True)
class Choice:
    """A choice of the enzyme as its row reads."""

    enzyme: str | None
    upper_limit: Any
    revision: int = 1


@dataclass(frozen=True)
class Core:
    """The core set of one visit: totals that items can make up, and enzymes with limits."""

    mmt: int = 40
    phga: str = "8"
    pga: str = "8"
    haq: tuple[int | None, ...] = (2,) * 8
    extramuscular: str = "6"
    enzymes: Mapping[str, str] = field(default_factory=lambda: {"ck": "2000", "ldh": "500", "ast": "90", "alt": "80"})
    limits: Mapping[str, str] = field(default_factory=lambda: {"ck": "200", "ldh": "250", "ast": "40", "alt": "40"})

    def readings(self) -> Readings:
        """By instrument."""
        low, more = divmod(self.mmt, len(MUSCLES))
        return {
            "mmt8": {name: str(low + (place < more)) for place, name in enumerate(MUSCLES)},
            "physician_global": {"vas": self.phga},
            "patient_global": {"vas": self.pga},
            "haq": {
                name: str(one) for name, one in zip(CATEGORIES, self.haq, strict=True) if one is not None
            },
            "mdaat": {"extramuscular": self.extramuscular},
            "muscle_enzymes": dict(self.enzymes) | {f"{name}_uln": one for name, one in self.limits.items()},
        }  # fmt: skip


def forms(visit: str, on: date, core: Core, **changed: Any) -> list[Row]:
    """The forms of a visit, all of one day."""
    return [Row(visit, name, on, readings, **changed) for name, readings in core.readings().items()]


def whole(study: Study, instrument: str, readings: Mapping[str, str]) -> dict[str, str]:
    """The readings with the least value wherever the instrument requires one."""
    least = {}
    for one in study.instrument(instrument).fields:
        for number in range(1, one.items + 1):
            key = one.id if one.items == 1 else f"{one.id}.{number}"
            if one.required:
                least[key] = one.choices[0] if one.choices else str(one.minimum or 0)
    return least | dict(readings)


def sheets_of(study: Study, visit: str, core: Core) -> dict[str, dict[str, str]]:
    """What each rater writes down at a visit, all their instruments whole: by role, then by `instrument.key`."""
    given = core.readings()
    sheets: dict[str, dict[str, str]] = {name: {} for name in RATERS}
    for one in (each for role in map(Role, RATERS) for each in sheet_of(study, visit, role)):
        for key, text in whole(study, one.id, given.get(one.id, {})).items():
            sheets[rated_by(one)][f"{one.id}.{key}"] = text
    return {name: readings for name, readings in sheets.items() if readings}


def record_visit(world: World, participant: str, visit: str, on: date, core: Core | None = None) -> None:
    """Each rater of site 01 records their sheet of the visit."""
    for name, readings in sheets_of(world.study, visit, core or Core()).items():
        order = Sheet(participant=participant, visit=visit, assessed_on=on, readings=readings)
        world.do(RATERS[name], order, by=f"{name}_01")
