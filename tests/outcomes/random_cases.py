"""Random cases for TIS: counted in steps of a scale, mostly on a cut point of the table or one step beside it."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from tests.outcomes.reference import MULTIPLES, most_abnormal

CUTS, MMT_CUTS = (5, 15, 25, 40), (2, 10, 20, 30)
LIMITS = {"CK": ("200", "180"), "aldolase": ("7.5", "8"), "LDH": ("250",), "AST": ("40",), "ALT": ("40", "55")}


@dataclass(frozen=True)
class Scale:
    """A measure in steps of one size: how many its range has, and the largest value (none of an enzyme)."""

    step: Fraction
    range_steps: int
    up: bool = False

    def cuts(self) -> list[int]:
        """The cut points that are whole steps."""
        percents = MMT_CUTS if self.up else CUTS
        return [self.range_steps * one // 100 for one in percents if self.range_steps * one % 100 == 0]


VAS = Scale(Fraction(1, 10), 100)
HAQ = (Scale(Fraction(1, 20), 60), Scale(Fraction(1, 8), 24), Scale(Fraction(1, 7), 21))
MMT = {"80": Scale(Fraction(1, 5), 400, up=True), "150": Scale(Fraction(1), 150, up=True)}


@dataclass
class Drawn:
    """A case, and on which of its measures the change is on a cut point or one step off it."""

    case: dict[str, Any]
    edges: set[str]
    scales: dict[str, Scale]


def draw(chance: Random) -> Drawn:
    """A case with values on their scales; each measure is on an edge in half of the cases, where it has one."""
    mmt_max = chance.choice(("80", "150"))
    scales = dict.fromkeys(("phga", "pga", "extramuscular"), VAS)
    scales |= {"haq": chance.choice(HAQ), "mmt": MMT[mmt_max]}
    drawn = Drawn({"baseline": {}, "followup": {}, "enzymes": {}, "mmt_max": mmt_max}, set(), scales)
    for name, scale in scales.items():
        first, later = _pair(chance, drawn, name, scale, scale.range_steps)
        drawn.case["baseline"][name], drawn.case["followup"][name] = _written(chance, first), _written(chance, later)
    chosen = chance.choice(list(MULTIPLES))
    limit = chance.choice(LIMITS[chosen])
    steps = 100 * MULTIPLES[chosen]
    scales["enzyme"] = Scale(Fraction(limit) / 100, steps)
    first, later = _pair(chance, drawn, "enzyme", scales["enzyme"], steps * 3 // 2)
    drawn.case["enzymes"][chosen] = {"baseline": first, "followup": later, "uln": limit}
    other = chance.choice(list(MULTIPLES))
    if other != chosen:  # seldom the more abnormal, sometimes as abnormal
        share = chance.choice((Fraction(1, 2), Fraction(9, 10), Fraction(1), Fraction(101, 100)))
        second = first / Fraction(limit) * share * Fraction(LIMITS[other][0])
        drawn.case["enzymes"][other] = {"baseline": second, "followup": first, "uln": LIMITS[other][0]}
    if most_abnormal(drawn.case["enzymes"]) != chosen:
        drawn.edges.discard("enzyme")
    return drawn


def improve(chance: Random, drawn: Drawn) -> str:
    """Make one measure alone better at follow-up by some steps, in the case drawn; answers which."""
    name = chance.choice(list(drawn.scales))
    scale, steps, case = drawn.scales[name], chance.choice((1, 1, 2, 5, 20)), drawn.case
    if name == "enzyme":
        chosen = most_abnormal(case["enzymes"])
        later = max(case["enzymes"][chosen]["followup"] - steps * scale.step, Fraction(0))
        case["enzymes"][chosen]["followup"] = later
    else:
        later = Fraction(case["followup"][name]) + steps * scale.step * (1 if scale.up else -1)
        case["followup"][name] = min(max(later, Fraction(0)), scale.range_steps * scale.step)
    drawn.edges.discard(name)
    return name


def _pair(chance: Random, drawn: Drawn, name: str, scale: Scale, most: int) -> tuple[Fraction, Fraction]:
    cuts = scale.cuts()
    if cuts and chance.random() < 0.5:
        change = chance.choice(cuts) + chance.choice((-1, 0, 1))
        drawn.edges.add(name)
        low = chance.randint(0, most - change)
        pair = (low + change, low)
    else:
        pair = (chance.randint(0, most), chance.randint(0, most))
    first, later = reversed(pair) if scale.up else pair
    return first * scale.step, later * scale.step


def _written(chance: Random, value: Fraction) -> Any:
    """The value in one of the forms in which it may be given."""
    if value.denominator in (3, 7):
        return str(value) if chance.random() < 0.5 else value
    decimal = Decimal(value.numerator) / value.denominator
    return chance.choice((str(value), value, decimal, f"{decimal:f}"))
