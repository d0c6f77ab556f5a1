"""Draws of a named stream, Bayesian regression's imputations, Rubin's rule, and the false discovery rate."""

import hashlib
from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import t as student

from irt.analysis.methods import Draws, WrongInputError, benjamini_hochberg, impute, pooled, wilson_interval

SEED = bytes(range(32))


def philox(key, counter):
    """Philox 4 × 64 of ten rounds (Salmon et al. 2011), written out: four words of one counter."""
    whole, (k0, k1), (c0, c1, c2, c3) = 2**64, key, (counter, 0, 0, 0)
    for _ in range(10):
        first, second = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (second // whole) ^ c1 ^ k0, second % whole, (first // whole) ^ c3 ^ k1, first % whole
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) % whole, (k1 + 0xBB67AE8584CAA73B) % whole
    return [c0, c1, c2, c3]


def test_a_stream_is_the_counter_stream_of_seed_and_name():
    digest = hashlib.sha256(b"irt-draws-1|a|" + SEED).digest()
    key = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little"))
    words = philox(key, 1) + philox(key, 2)
    expected = [((word >> 11) + 0.5) / 2**53 for word in words]
    assert Draws(SEED, "a").uniform(8).tolist() == expected
    assert Draws(SEED, "b").uniform(8).tolist() != expected
    assert Draws(bytes(32), "a").uniform(8).tolist() != expected


def test_draws_follow_their_laws():
    draws = Draws(SEED, "laws")
    even = draws.uniform(20_000)
    assert 0 < even.min() < 0.001
    assert 0.999 < even.max() < 1
    normal = draws.normal(20_000)
    assert (normal.mean(), normal.std()) == pytest.approx((0, 1), abs=0.03)
    chi = np.array([draws.chi_square(7) for _ in range(4000)])
    assert (chi.mean(), chi.var()) == pytest.approx((7, 14), rel=0.1)


def test_imputations_have_the_predictive_law():
    """With an intercept alone, an imputed value is the mean + s √(1 + 1/n) t of n - 1 degrees."""
    values = np.array([1.0, 2.0, 4.0, 7.0, 9.0, 13.0])
    made = impute(values, np.ones((6, 1)), np.ones((1, 1)), Draws(SEED, "law"), 20_000)[:, 0]
    scale = values.std(ddof=1) * sqrt(1 + 1 / 6)
    for share in (0.1, 0.5, 0.9):
        expected = values.mean() + scale * student.ppf(share, 5)
        assert np.quantile(made, share) == pytest.approx(expected, abs=0.25)


def test_a_perfect_line_imputes_itself():
    design = np.column_stack([np.ones(5), np.arange(5.0)])
    made = impute(3 + 2 * np.arange(5.0), design, np.array([[1.0, 10.0]]), Draws(SEED, "line"), 10)
    assert made == pytest.approx(np.full((10, 1), 23.0), abs=1e-6)


def test_too_few_and_repeated_columns_are_refused():
    with pytest.raises(WrongInputError, match="too few"):
        impute(np.array([1.0, 2.0]), np.eye(2), np.eye(2), Draws(SEED, "x"), 2)
    with pytest.raises(WrongInputError, match="depend on each other"):
        impute(np.array([1.0, 2.0, 3.0]), np.ones((3, 2)), np.ones((1, 2)), Draws(SEED, "x"), 2)


def test_rubins_rule_by_hand():
    """Three sets: estimates 1, 2, 3 with variance 0.5: B = 1, T = 0.5 + 4/3, degrees 2 (T / (4/3))²."""
    told = pooled([1.0, 2.0, 3.0], [0.5] * 3)
    total = 0.5 + 4 / 3
    degrees = 2 * (total / (4 / 3)) ** 2
    assert (told.effect.value, told.effect.error) == pytest.approx((2.0, sqrt(total)))
    assert told.effect.degrees == pytest.approx(degrees)
    half = student.ppf(0.975, degrees) * sqrt(total)
    assert (told.effect.low, told.effect.high) == pytest.approx((2 - half, 2 + half))
    assert told.between == pytest.approx((4 / 3) / total)


def test_sets_that_agree_are_one():
    told = pooled([0.2] * 5, [0.01] * 5)
    assert (told.effect.degrees, told.between) == (inf, 0.0)
    assert (told.effect.low, told.effect.high) == pytest.approx((0.2 - 0.1959964, 0.2 + 0.1959964), abs=1e-6)
    with pytest.raises(WrongInputError, match="cannot be pooled"):
        pooled([0.2], [0.01])


def test_benjamini_and_hochbergs_own_example():
    """Their 1995 data (thrombolysis): at 0.05 the four smallest of fifteen count."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    adjusted = benjamini_hochberg(p)
    assert sum(one <= 0.05 for one in adjusted) == 4
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)
    assert adjusted == sorted(adjusted)
    turned = benjamini_hochberg(p[::-1])
    assert turned == adjusted[::-1]


def test_adjusting_refuses_what_is_no_p():
    for wrong in ([], [0.5, 1.2], [-0.1], [float("nan")]):
        with pytest.raises(WrongInputError, match="p: "):
            benjamini_hochberg(wrong)


@pytest.mark.parametrize(
    ("responders", "participants", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_as_newcombe_printed_it(responders, participants, low, high):
    told = wilson_interval(responders, participants)
    assert (told.low, told.high) == pytest.approx((low, high), abs=5e-5)
    assert told.value == responders / participants


def test_wilsons_interval_refuses_impossible_counts():
    for counts in ((3, 2), (-1, 4), (0, 0)):
        with pytest.raises(WrongInputError):
            wilson_interval(*counts)
