import numpy as np
import pytest

from irt.supply.tails import association, chi_square_tail, normal_tail


@pytest.mark.parametrize(
    ("statistic", "degrees", "expected"),  # critical values of any printed table of chi-square
    [(3.841459, 1, 0.05), (5.991465, 2, 0.05), (7.814728, 3, 0.05), (16.91898, 9, 0.05), (18.30704, 10, 0.05),
     (10.82757, 1, 0.001), (27.87716, 9, 0.001), (29.5883, 10, 0.001), (0, 4, 1.0), (124.3421, 100, 0.05)],
)  # fmt: skip
def test_chi_square_tail_equals_printed_tables(statistic, degrees, expected):
    assert chi_square_tail(statistic, degrees) == pytest.approx(expected, rel=1e-5)


def test_tails_do_not_overflow():
    assert chi_square_tail(5000, 9) == 0
    assert chi_square_tail(5000, 4999) == pytest.approx(0.4924, abs=1e-3)


def test_normal_tail_equals_printed_table():
    assert normal_tail(1.959964) == pytest.approx(0.05, rel=1e-5)
    assert normal_tail(-3.290527) == pytest.approx(0.001, rel=1e-5)


def test_association_of_a_table_computed_by_hand():
    # 2 x 2 with 10, 20 / 20, 10: chi-square = 60 * (100 - 400)**2 / 30**4 = 6.6667
    groups = np.repeat([0, 0, 1, 1], [10, 20, 20, 10])
    in_type = np.repeat([True, False, True, False], [10, 20, 20, 10])
    assert association(groups, in_type) == pytest.approx(0.009823, rel=1e-3)
    assert association(np.zeros(9, dtype=int), np.arange(9) > 4) == 1.0
