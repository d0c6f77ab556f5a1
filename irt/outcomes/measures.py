"""The six core set measures at baseline and follow-up; of the muscle enzymes, the one that is followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from irt.outcomes.values import Reading, Value

MEASURES = ("phga", "pga", "mmt", "haq", "enzyme", "extramuscular")
RATED = ("phga", "pga", "mmt", "haq", "extramuscular")
LARGEST = {"phga": 10, "pga": 10, "haq": 3, "extramuscular": 10}  # that of mmt is the trial's
ENZYMES = ("CK", "aldolase", "LDH", "AST", "ALT")  # in a tie the first is chosen
ENZYME_PARTS = ("baseline", "followup", "uln")

Values = Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class Pair:
    """A measure at baseline and follow-up; None is missing, 0 is a value."""

    baseline: Fraction | None
    followup: Fraction | None


@dataclass(frozen=True, slots=True)
class CoreSet:
    """The six measures, each checked against its scale.

    `enzyme` is the name of the most abnormal at baseline (value / ULN) and `enzyme_limit` its ULN then; both None if
    none was measured.
    """

    pairs: Mapping[str, Pair]
    mmt_max: Fraction
    enzyme: str | None
    enzyme_limit: Fraction | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The measures that lack a value at baseline or follow-up."""
        return tuple(one for one in MEASURES if None in (self.pairs[one].baseline, self.pairs[one].followup))


def core_set(baseline: Values, followup: Values, enzymes: Mapping[str, Values], mmt_max: Value) -> CoreSet:
    """Read the core set of one participant, exactly; WrongValuesError names every mistake, TypeError a float.

    `baseline` and `followup` by name in RATED, `enzymes` by name in ENZYMES with baseline, followup and uln. What is
    not there or None is missing. `mmt_max` is the largest sum of the trial's muscle test.
    """
    reading = Reading()
    largest = reading.above_0("mmt_max", mmt_max, "write the largest sum of the trial's muscle test, such as 80")
    pairs: dict[str, Pair] = {}
    before, after = reading.named("baseline", baseline, RATED), reading.named("followup", followup, RATED)
    for name in RATED:
        most = LARGEST.get(name, largest)
        first = reading.number(f"baseline.{name}", before.get(name), most)
        pairs[name] = Pair(first, reading.number(f"followup.{name}", after.get(name), most))
    enzyme, limit = None, None
    pairs["enzyme"], worst = Pair(None, None), Fraction(-1)
    for name, (pair, uln) in _measured(reading, enzymes).items():
        if pair.baseline is not None and uln is not None and pair.baseline / uln > worst:
            pairs["enzyme"], worst = pair, pair.baseline / uln
            enzyme, limit = name, uln
    reading.end()
    assert largest is not None
    return CoreSet(pairs, largest, enzyme, limit)


def _measured(reading: Reading, enzymes: Mapping[str, Values]) -> dict[str, tuple[Pair, Fraction | None]]:
    """Each enzyme's pair and upper limit, in the order of ENZYMES."""
    given, found = reading.named("enzymes", enzymes, ENZYMES), {}
    for name in ENZYMES:
        if name not in given:
            continue
        field = f"enzymes.{name}"
        parts = reading.named(field, given[name], ENZYME_PARTS)
        first = reading.number(f"{field}.baseline", parts.get("baseline"))
        pair = Pair(first, reading.number(f"{field}.followup", parts.get("followup")))
        uln = parts.get("uln")
        needed = parts.get("baseline") is not None or uln is not None
        remedy = "write the laboratory's upper limit of normal at baseline"
        found[name] = (pair, reading.above_0(f"{field}.uln", uln, remedy) if needed else None)
    return found
