"""Recruitment as Anisimov and Fedorov (2007) have it: sites' rates are gamma, arrivals at each are Poisson.

Of the time to n participants with N sites, all open from the start and none full, everything is known: it is the scale
of the rates times a beta prime of n and the sum of their shapes (Pearson VI). Times are in days.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from irt.supply.forecast.beta import beta_quantile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rates:
    """How sites' rates are spread: a gamma of this `shape` about `gamma_mean`, and `least` beside it, both a day."""

    shape: float
    gamma_mean: float
    least: float = 0.0

    def times(self, draws: np.random.Generator, runs: int, sites: int, each: int) -> Floats:
        """Return the days (runs × sites × each) on which people come to the sites, in order at each site."""
        rates = draws.gamma(self.shape, self.gamma_mean / self.shape, size=(runs, sites, 1)) + self.least
        return np.cumsum(draws.standard_exponential((runs, sites, each)), axis=2) / np.maximum(rates, 1e-12)


def days_until(times: Floats, participants: int) -> Floats:
    """Return for each run the day on which the last of so many `participants` came, wherever."""
    together: Floats = np.partition(times.reshape(len(times), -1), participants - 1, axis=1)[:, participants - 1]
    return together


@dataclass(frozen=True)
class TimeToRecruit:
    """The closed form of the time to `participants`, of `sites` whose rates are gamma without a least rate."""

    participants: int
    sites: int
    rates: Rates

    @property
    def _shape(self) -> float:
        return self.rates.shape * self.sites

    @property
    def _scale(self) -> float:
        return self.rates.shape / self.rates.gamma_mean

    @property
    def mean(self) -> float:
        """The mean; asks for shapes that sum to more than 1."""
        return self._scale * self.participants / (self._shape - 1)

    @property
    def sd(self) -> float:
        """The standard deviation; asks for shapes that sum to more than 2."""
        n, a = self.participants, self._shape
        return self._scale * sqrt(n * (n + a - 1) / ((a - 2) * (a - 1) ** 2))

    def quantile(self, share: float) -> float:
        """Return the time that is not exceeded with probability `share`."""
        x = beta_quantile(share, self.participants, self._shape)
        return self._scale * x / (1 - x)
