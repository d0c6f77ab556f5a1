"""The exact sizes that the simulation is held against, and the simulation itself on a few trials."""

import numpy as np
import pytest
from scipy.stats import binom

from irt.analysis.methods import cochran_mantel_haenszel
from tests.analysis import operating_characteristics as simulated


def test_the_exact_size_agrees_with_drawn_tables():
    """4,000 trials' tables drawn and tested by the method itself."""
    chance = np.random.Generator(np.random.PCG64(3))
    drawn = chance.binomial(30, [simulated.ACTIVE, simulated.PLACEBO], size=(4000, 4, 2))
    tables = np.stack([drawn, 30 - drawn], axis=3)
    rejected = sum(cochran_mantel_haenszel(table).p <= simulated.LEVEL for table in tables)
    low, high = binom.interval(0.9999, 4000, simulated.exact_chi_square(simulated.ACTIVE, simulated.PLACEBO))
    assert low <= rejected <= high


def test_the_exact_values_are_those_of_the_plan():
    assert simulated.exact_chi_square(simulated.ACTIVE, simulated.PLACEBO) == pytest.approx(0.873, abs=0.001)
    assert 0.045 < simulated.exact_chi_square(0.44, 0.44) < 0.05
    assert 0.03 < simulated.exact_redrawing(0.44, 0.44) < 0.05
    assert simulated.exact_redrawing(0.64, 0.44) < simulated.exact_chi_square(0.64, 0.44)


def test_the_simulation_rejects_what_is_plain_and_nothing_else():
    assert simulated.rejections(1, 3, 0.56) == (3, 3)
    assert max(simulated.rejections(2, 10, 0.0)) < 6
