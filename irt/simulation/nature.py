"""What the service does not decide: who comes when, what is measured, who is late and who makes a mistake.

Seeded, and apart from the service's own randomness: the same seed gives the same people on either database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import numpy as np

from irt.study import BaselineField, Study

RATE_SHAPE = 2.0  # recruitment: gamma-distributed rates among sites, Poisson arrivals (Anisimov and Fedorov 2007)
SCREEN_FAILURE = 0.15
WITHDRAWAL = 0.04


@dataclass(frozen=True)
class Person:
    """Somebody who comes to a site. The document number is invented."""

    sex: Literal["female", "male"]
    birth_year: int
    document: str
    baseline: Mapping[str, str]
    fails_screening: bool
    withdraws_before_visit: int | None  # index of a dispensing visit that is no longer reached


class Chance:
    """A stream of chance of its own: what is drawn from it moves no other."""

    def __init__(self, seed: int, stream: int) -> None:
        self._chance = np.random.default_rng([seed, stream])

    def happens(self, probability: float) -> bool:
        """Whether a thing of this probability happens."""
        return bool(self._chance.random() < probability)

    def number(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, each equally likely."""
        return int(self._chance.integers(least, most + 1))

    def share(self, a: float, b: float) -> float:
        """A share between 0 and 1 (beta distribution)."""
        return float(self._chance.beta(a, b))

    def times(self, spread: float) -> float:
        """By what something is more or less than usual (lognormal, median 1)."""
        return float(self._chance.lognormal(0.0, spread))

    def pick(self, items: Sequence[Any]) -> Any:
        """One of several, each equally likely."""
        return items[int(self._chance.integers(len(items)))]

    def one_of(self, weights: Sequence[float]) -> int:
        """The place of one of several, likely by its weight."""
        place = self._chance.random() * sum(weights)
        return min(int(np.searchsorted(np.cumsum(weights), place, side="right")), len(weights) - 1)


class Nature(Chance):
    """The world outside, from one seed."""

    def __init__(self, study: Study, seed: int) -> None:
        super().__init__(seed, 0x17)
        self._study = study
        rates = self._chance.gamma(RATE_SHAPE, size=len(study.sites)) + 0.3  # no site recruits nobody
        planned = study.cap / (7 * study.supply.recruitment_weeks) / (1 - SCREEN_FAILURE)  # people a day
        shares = planned * rates / rates.sum()
        self._daily = {site.code: float(share) for site, share in zip(study.sites, shares, strict=True)}
        self._people = 0

    def arrivals(self, site: str) -> int:
        """How many people come to be screened at a site on a day."""
        return int(self._chance.poisson(self._daily[site]))

    def expected_days(self, participants: int) -> int:
        """About how long recruitment of so many takes."""
        return int(participants / (sum(self._daily.values()) * (1 - SCREEN_FAILURE))) + 1

    def person(self, today: date) -> Person:
        """The next person who comes."""
        self._people += 1
        visits = len(self._study.dispensing_visits)
        leaves = self.happens(WITHDRAWAL)
        return Person(
            sex="female" if self.happens(0.68) else "male",
            birth_year=today.year - int(self._chance.integers(20, 74)),
            document=f"EXAMPLE{self._people:06d}",
            baseline={field.id: self._measured(field) for field in self._study.baseline},
            fails_screening=self.happens(SCREEN_FAILURE),
            withdraws_before_visit=int(self._chance.integers(1, visits)) if leaves and visits > 1 else None,
        )

    def days_off(self, window_days: int) -> int:
        """How many days before or after the planned day a visit takes place, mostly none."""
        if not window_days or self.happens(0.5):
            return 0
        return int(self._chance.integers(-window_days, window_days + 1))

    def minutes(self) -> int:
        """Minutes between two doings at a clinic."""
        return int(self._chance.integers(2, 9))

    def _measured(self, field: BaselineField) -> str:
        if field.choices:
            return str(self.pick(field.choices))
        low, high = self._range(field)
        step = field.step or Decimal(1)
        place = int(self._chance.beta(2.0, 4.0) * int((high - low) / step))
        return str(low + step * place)

    def _range(self, field: BaselineField) -> tuple[Decimal, Decimal]:
        """The range of a number; on either side of a stratum's cut, equally likely, so that no stratum stays empty."""
        assert field.minimum is not None, f"{field.id}: a number has a least value"
        assert field.maximum is not None, f"{field.id}: a number has a greatest value"
        low, high = field.minimum, field.maximum
        for factor in self._study.strata:
            if factor.source == field.id and factor.cut is not None:
                low, high = (low, factor.cut) if self.happens(0.5) else (factor.cut, high)
        return low, high
