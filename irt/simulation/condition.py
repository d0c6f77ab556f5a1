"""How somebody is, and what every instrument would say of it: one severity, one response, all values from both.

The measures of one person go together because they come from the same two numbers. The response is the larger, the more
of the boxes given held the test drug, which nature alone knows. The size of it is an example.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from irt.outcomes.forms import BELOW, keys_of
from irt.simulation.nature import Chance
from irt.study import Instrument, InstrumentField, Study

OF_PLACEBO, OF_DRUG = (1.2, 3.4), (1.3, 6.5)  # shares of what can improve by week 12 (beta distributions)
WORSE = 0.18  # so much less for everybody: some do not improve, some get worse
DAYS = 40.0  # until most of the response is there
WEEK_12 = 85
NOISE, STEADY = 0.12, 0.04
SCREENED = {  # what was measured at screening already
    "physician_global.vas": "physician_global_cm", "patient_global.vas": "patient_global_cm",
    "mdaat.extramuscular": "extramuscular_cm", "mdaat.cutaneous": "cutaneous_cm", "cdasi.activity": "cdasi_activity",
}  # fmt: skip
HAQ, MMT = "haq", "mmt8_150"  # at screening: a mean, and a sum on another scale
EOSINOPHILS, RAISED = "eosinophils", 3
UNDETECTED = 0.3  # of cytokines
TABLET = Decimal("1.25")


@dataclass
class Condition:
    """One person: how ill at baseline, how much better by week 12 without and with the drug, and what was measured."""

    severity: float
    placebo: float
    drug: float
    first: dict[str, Decimal] = field(default_factory=dict)

    def improved(self, day: int, share: float) -> float:
        """The share of what can improve that has improved by a study day; below 0: it is worse."""
        grown = (1 - math.exp(-max(day - 1, 0) / DAYS)) / (1 - math.exp(-WEEK_12 / DAYS))
        return min(0.97, (self.placebo + share * self.drug - WORSE) * grown)


def condition_of(chance: Chance) -> Condition:
    """Draw the next person's."""
    return Condition(chance.share(3.0, 3.0), chance.share(*OF_PLACEBO), chance.share(*OF_DRUG))


class Instruments:
    """What each instrument says of a person on a day."""

    def __init__(self, study: Study, chance: Chance) -> None:
        self._study, self._chance = study, chance

    def readings(
        self, instrument: Instrument, person: Condition, screened: Mapping[str, str], day: int, share: float
    ) -> dict[str, str]:
        """The values of a form; `share`: of the boxes given so far, those that held the test drug."""
        if {one.id for one in instrument.fields} == {"drug", "dose"}:
            return self._glucocorticoid(person, screened, day, share)
        found = {}
        for key, one in keys_of(instrument).items():
            if one.type == "number":
                found[key] = self._number(f"{instrument.id}.{key}", one, person, screened, day, share)
            elif one.type == "choice":
                found[key] = one.choices[self._place(f"{instrument.id}.{key}", person, len(one.choices) - 1)]
        return found

    def _number(
        self, name: str, one: InstrumentField, person: Condition, screened: Mapping[str, str], day: int, share: float
    ) -> str:
        assert one.minimum is not None
        assert one.maximum is not None
        first = person.first.setdefault(name, self._first(name, one, person, screened))
        better = Decimal(f"{person.improved(day, share):.4f}")
        times = Decimal(f"{self._chance.times(NOISE):.4f}")
        if name.endswith("_uln"):
            return str(first)
        if one.direction == "higher_is_worse":
            value = one.minimum + (first - one.minimum) * (1 - better) * times
        elif one.direction == "higher_is_better":
            value = one.maximum - (one.maximum - first) * (1 - better) * times
        else:
            value = first * Decimal(f"{self._chance.times(STEADY):.4f}")
            if one.id == EOSINOPHILS and day > 1:
                value *= 1 + (RAISED - 1) * Decimal(f"{share:.4f}")
        if one.below_detection and self._chance.happens(UNDETECTED):
            return f"{BELOW}{one.step}"
        return self._written(one, value)

    def _first(self, name: str, one: InstrumentField, person: Condition, screened: Mapping[str, str]) -> Decimal:
        """The value at baseline: near what was screened, else as ill as the person is."""
        assert one.minimum is not None
        assert one.maximum is not None
        known = screened.get(SCREENED.get(name, one.id))
        if known is not None and not name.startswith(f"{HAQ}."):
            return Decimal(self._written(one, Decimal(known)))
        ill = min(0.98, max(0.02, person.severity * self._chance.times(0.3)))
        if name.startswith(f"{HAQ}.") and HAQ in screened:
            ill = float(Decimal(screened[HAQ]) / one.maximum) * self._chance.times(0.35)
        elif name.startswith("mmt8.") and MMT in screened:
            ill = (1 - float(Decimal(screened[MMT]) / 150)) * self._chance.times(0.3)
        elif one.direction == "none":
            ill = self._chance.share(2.0, 8.0) * (0.05 if one.below_detection else 1.0)
        span = one.maximum - one.minimum
        part = Decimal(f"{min(ill, 1.0):.4f}")
        return Decimal(self._written(one, one.maximum - span * part if one.direction == "higher_is_better" else
                                     one.minimum + span * part))  # fmt: skip

    def _place(self, name: str, person: Condition, last: int) -> int:
        """Which of several answers: most often the first that was given."""
        first = person.first.setdefault(name, Decimal(self._chance.number(0, max(0, last - 1))))
        return int(first) if self._chance.happens(0.8) else self._chance.number(0, max(0, last - 1))

    def _glucocorticoid(self, person: Condition, screened: Mapping[str, str], day: int, share: float) -> dict[str, str]:
        dose = Decimal(screened.get("prednisone_mg_per_day", "10"))
        less = Decimal(f"{max(0.0, person.improved(day, share)) / 2:.4f}")
        tablets = (dose * (1 - less) / TABLET).to_integral_value(ROUND_HALF_EVEN)
        dose = dose if day <= 1 else tablets * TABLET
        return {"drug": "prednisone" if dose else "none", "dose": str(dose)}

    @staticmethod
    def _written(one: InstrumentField, value: Decimal) -> str:
        low, high, step = one.minimum or Decimal(0), one.maximum, one.step or Decimal(1)
        assert high is not None
        steps = ((min(max(value, low), high) - low) / step).to_integral_value(ROUND_HALF_EVEN)
        return str((low + steps * step).quantize(step))
