"""A small world of sites, boxes and visits, in which the rule of picking, the numbers and the boxes can be changed.

Leaks are planted here: what finds them must find them, and says nothing where the rule is the service's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import numpy as np

from tests.masking.attack.facts import Rule
from tests.masking.attack.history import Box, Event, History, Kit, Truth

FIRST_DAY = date(2026, 1, 5)
SHELF_LIFE = timedelta(days=730)
VISIT_DAYS, VISITS, MARGIN, LEAD = 28, 6, 3, 7
IN_DATE = timedelta(days=33)
DIGITS = 7


@dataclass(frozen=True)
class Setting:
    """What the world is like; the numbers are those of one site.

    `boxes`: each kit's type drawn by itself; filled, that is drawn around what brings the shelf to equal numbers; or
    equal numbers of both types. `drift`: how many standard deviations the numbers of the second type lie higher.
    `per_box` None: as many as the site lacks.
    """

    rule: Rule = "uniform"
    sites: int = 8
    participants: int = 16
    weeks: int = 32  # over which they come
    lot_weeks: int = 26  # a lot is shipped for so long, then the next
    minimum: int = 4  # kits of both types together beyond known visits; below it a box is asked for
    maximum: int = 8
    boxes: Literal["drawn", "filled", "equal"] = "drawn"
    per_box: int | None = None
    drift: float = 0.0
    balanced: bool = False  # whether each site has as many of one arm as of the other; strata are central otherwise


@dataclass
class _World:
    setting: Setting
    chance: np.random.Generator
    kits: dict[str, Kit] = field(default_factory=dict)
    second: dict[str, bool] = field(default_factory=dict)
    arms: dict[str, bool] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    home: dict[str, str] = field(default_factory=dict)
    enrolled: dict[str, datetime] = field(default_factory=dict)


@dataclass
class _Site:
    world: _World
    code: str
    shelf: list[str] = field(default_factory=list)
    coming: list[tuple[int, Box]] = field(default_factory=list)
    visits: dict[int, list[str]] = field(default_factory=dict)  # day → who comes, again where there was no kit

    def day(self, day: int) -> None:
        """Boxes arrive, people come, and once a week a box is asked for."""
        for when, box in list(self.coming):
            if when == day:
                self.coming.remove((when, box))
                self.shelf += box.kits
                self._tell("arrived", day, *box.kits)
        for who in self.visits.pop(day, []):
            self._comes(who, day)
        if day % 7 == 0:
            self._order(day)

    def _comes(self, who: str, day: int) -> None:
        world, until = self.world, _date(day) + IN_DATE
        in_date = [kit for kit in self.shelf if world.kits[kit].expiry >= until]
        fitting = [kit for kit in in_date if world.second[kit] == world.arms[who]]
        if len({world.second[kit] for kit in in_date}) < 2:
            self._tell("refused", day)
            self.visits.setdefault(day + 1, []).append(who)
            return
        kit = _chosen(world, fitting)
        self.shelf.remove(kit)
        self._tell("drawn", day, kit, participant=who)

    def _tell(self, kind: str, day: int, *kits: str, participant: str = "") -> None:
        at, until = _moment(day), _date(day) + IN_DATE
        for kit in kits or ("",):
            self.world.events.append(Event(kind, at, self.code, kit, participant, (until, until)))  # type: ignore[arg-type]

    def _order(self, day: int) -> None:
        setting = self.world.setting
        ahead = sum(len(people) for when, people in self.visits.items() if when <= day + LEAD + 7 and when > day)
        there = len(self.shelf) + sum(len(box.kits) for _, box in self.coming)
        if there >= ahead + setting.minimum:
            return
        size = setting.per_box or max(8, ahead + setting.maximum - there)
        self.coming.append((day + LEAD, self._box(size + size % 2, day)))

    def _box(self, size: int, day: int) -> Box:
        world = self.world
        lot = day // (7 * world.setting.lot_weeks)
        expiry = _date(lot * 7 * world.setting.lot_weeks) + SHELF_LIFE
        types = _types(world, self._lacks(size), size)
        numbers = [_number(world, second) for second in types]
        box = Box(f"B{len(world.boxes)}", self.code, tuple(sorted(numbers)), "", _moment(day), _moment(day + LEAD))
        for line, (number, second) in enumerate(sorted(zip(numbers, types, strict=True))):
            world.kits[number] = Kit(number, expiry, f"L{lot}", box.id, line)
            world.second[number] = bool(second)
        world.boxes.append(box)
        return box

    def _lacks(self, size: int) -> int:
        """How many of the second type bring the site to equal numbers: what the vault looks at."""
        there = [*self.shelf, *(kit for _, box in self.coming for kit in box.kits)]
        second = sum(self.world.second[kit] for kit in there)
        return (len(there) + size) // 2 - second


def play(setting: Setting, seed: int) -> tuple[History, Truth]:
    """A trial lived in this setting, and the truth about it; the same seed gives the same."""
    world = _World(setting, np.random.default_rng([seed, 0x516E]))
    days = 7 * setting.weeks + VISITS * VISIT_DAYS + 60
    for number in range(setting.sites):
        site = _Site(world, f"{number + 1:02}")
        arms = world.chance.random(setting.participants) < 0.5
        if setting.balanced:
            arms = world.chance.permutation(np.arange(setting.participants) % 2 == 1)
        for order, arm in enumerate(arms):
            who, day = f"{site.code}-{order:03}", int(world.chance.integers(14, 14 + 7 * setting.weeks))
            world.arms[who], world.home[who], world.enrolled[who] = bool(arm), site.code, _moment(day)
            for visit in range(VISITS):
                off = int(world.chance.integers(-MARGIN, MARGIN + 1)) if visit else 0
                site.visits.setdefault(day + visit * VISIT_DAYS + off, []).append(who)
        for day in range(days):
            site.day(day)
    history = History(world.kits, tuple(world.boxes), tuple(world.events), world.home, world.enrolled)
    return history, Truth(world.arms, world.second)


def _chosen(world: _World, fitting: list[str]) -> str:
    orders: dict[Rule, Callable[[str], object]] = {
        "uniform": lambda _kit: 0,
        "lowest_number": lambda kit: kit,
        "earliest_expiry": lambda kit: world.kits[kit].expiry,
    }
    first = orders[world.setting.rule]
    best = min(map(first, fitting))  # type: ignore[type-var]
    return str(world.chance.choice([kit for kit in fitting if first(kit) == best]))


def _types(world: _World, lacks: int, size: int) -> list[bool]:
    if world.setting.boxes == "equal":
        second = size // 2
    else:
        share = np.clip(lacks / size, 0.25, 0.75) if world.setting.boxes == "filled" else 0.5
        second = int(np.clip(world.chance.binomial(size, share), size // 4, size - size // 4))
    return [bool(kind) for kind in world.chance.permutation(np.arange(size) < second)]


def _number(world: _World, second: bool) -> str:
    """A number that nobody has yet, drawn anywhere; higher for the second type where that is planted."""
    while True:
        place = world.chance.normal(world.setting.drift if second else 0.0)
        share = place if world.setting.drift else world.chance.uniform(-5, 5)
        number = f"{int(10**DIGITS * (np.clip(share, -4.99, 4.99) + 5) / 10):0{DIGITS}}"
        if number not in world.kits:
            return number


def _date(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)


def _moment(day: int) -> datetime:
    return datetime.combine(_date(day), datetime.min.time(), UTC) + timedelta(hours=9)
