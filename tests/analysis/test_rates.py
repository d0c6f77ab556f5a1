"""Events by exposure: Garwood's interval, units, no events, and refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from irt.analysis.methods import WrongInputError, exposure_adjusted_rate


@given(st.integers(1, 300), st.floats(0.1, 500), st.sampled_from([0.9, 0.95, 0.99]))
def test_the_bounds_are_garwoods_chi_squares_and_have_their_tails(events, exposure, confidence):
    told, tail = exposure_adjusted_rate(events, exposure, per=1, confidence=confidence), (1 - confidence) / 2
    assert told.value == pytest.approx(events / exposure)
    assert told.low == pytest.approx(chi2.ppf(tail, 2 * events) / 2 / exposure)
    assert told.high == pytest.approx(chi2.ppf(1 - tail, 2 * events + 2) / 2 / exposure)
    assert poisson.sf(events - 1, told.low * exposure) == pytest.approx(tail, rel=1e-6)
    assert poisson.cdf(events, told.high * exposure) == pytest.approx(tail, rel=1e-6)


def test_a_published_interval():
    """Garwood's table: 10 events have 95 % bounds 4.80 and 18.39."""
    told = exposure_adjusted_rate(10, 50.0)
    assert (told.value, told.low, told.high) == pytest.approx((20, 9.59, 36.78), abs=0.005)


def test_without_events_the_rate_is_0_and_has_an_upper_bound():
    told = exposure_adjusted_rate(0, 100.0)
    assert (told.value, told.low) == (0, 0)
    assert told.high == pytest.approx(3.6889, abs=1e-4)


@pytest.mark.parametrize(("argument", "values"), [
    ("events", {"events": -1}), ("events", {"events": 1.5}), ("events", {"events": True}),
    ("exposure", {"exposure": 0}),
    ("exposure", {"exposure": float("nan")}), ("per", {"per": 0}), ("confidence", {"confidence": 1}),
])  # fmt: skip
def test_what_is_no_rate_is_refused_by_name(argument, values):
    with pytest.raises(WrongInputError) as refused:
        exposure_adjusted_rate(**({"events": 3, "exposure": 10.0} | values))
    assert refused.value.argument == argument
