"""Grades of laboratory values against CTCAE v5.0, edge by edge, and Hy's law; every expectation is written by hand."""

from decimal import Decimal

import pytest

from irt.safety.grading import GRADES, Liver, Measured, by_worst_grade, grade, liver
from tests.wiring import study_of_tests

D = Decimal


def measured(value: str, upper: str | None = "40", lower: str | None = None) -> Measured:
    return Measured(D(value), D(lower) if lower else None, D(upper) if upper else None)


def graded(test: str, value: Measured, baseline: Measured | None = None) -> int:
    found = study_of_tests().laboratory_test(test)
    assert found is not None
    return grade(found, value, baseline)


NORMAL, RAISED = measured("40"), measured("100")  # of 40: at the limit is normal
EDGES = [
    # ALT, AST: > ULN - 3.0 × ULN; > 3.0 - 5.0; > 5.0 - 20.0; > 20.0
    ("alt", None, [("40", 0), ("40.1", 1), ("120", 1), ("120.1", 2), ("200", 2), ("200.1", 3), ("800", 3),
                  ("800.1", 4)]),
    ("ast", NORMAL, [("40", 0), ("40.1", 1), ("120", 1), ("120.1", 2), ("800.1", 4)]),
    # baseline abnormal: 1.5 - 3.0 × baseline; > 3.0 - 5.0; > 5.0 - 20.0; > 20.0
    ("alt", RAISED, [("100", 0), ("149.9", 0), ("150", 1), ("300", 1), ("300.1", 2), ("500", 2), ("500.1", 3),
                     ("2000", 3), ("2000.1", 4)]),
    # GGT, ALP: > ULN - 2.5; > 2.5 - 5.0; > 5.0 - 20.0; > 20.0; abnormal: 2.0 - 2.5 × baseline
    ("ggt", NORMAL, [("40", 0), ("40.1", 1), ("100", 1), ("100.1", 2), ("200.1", 3), ("800.1", 4)]),
    ("ggt", RAISED, [("199.9", 0), ("200", 1), ("250", 1), ("250.1", 2), ("500.1", 3), ("2000.1", 4)]),
    ("alp", RAISED, [("199.9", 0), ("200", 1), ("250.1", 2)]),
    # bilirubin: > ULN - 1.5; > 1.5 - 3.0; > 3.0 - 10.0; > 10.0; abnormal: > 1.0 - 1.5 × baseline
    ("bilirubin", NORMAL, [("40", 0), ("40.1", 1), ("60", 1), ("60.1", 2), ("120", 2), ("120.1", 3), ("400.1", 4)]),
    ("bilirubin", RAISED, [("100", 0), ("100.1", 1), ("150", 1), ("150.1", 2), ("300.1", 3), ("1000", 3),
                           ("1000.1", 4)]),
    # creatinine: > ULN - 1.5 × ULN; > 1.5 - 3.0 × baseline or ULN; > 3.0 × baseline or > 3.0 - 6.0 × ULN; > 6.0 × ULN
    ("creatinine", measured("20"), [("30", 0), ("30.1", 2), ("60", 2), ("60.1", 3), ("240", 3), ("240.1", 4)]),
    ("creatinine", measured("80"), [("80", 2), ("60", 1), ("120", 2), ("120.1", 3), ("240.1", 4)]),
    # eosinophilia: > ULN and > baseline
    ("eosinophils", RAISED, [("99", 0), ("100", 0), ("100.1", 1)]),
    ("eosinophils", NORMAL, [("40", 0), ("40.01", 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("test", "baseline", "edges"), EDGES)
def test_every_edge_falls_where_ctcae_puts_it(
    test: str, baseline: Measured | None, edges: list[tuple[str, int]]
) -> None:
    assert [(value, graded(test, measured(value), baseline)) for value, _ in edges] == edges


def test_platelets_are_graded_downwards() -> None:
    edges = [("150", 0), ("149", 1), ("75", 1), ("74", 2), ("50", 2), ("49", 3), ("25", 3), ("24", 4), ("0", 4)]
    found = [(value, graded("platelets", measured(value, None, "150"))) for value, _ in edges]
    assert found == edges


def test_platelets_from_grade_2_on_need_no_lower_limit() -> None:
    """< 75 - 50 × 10⁹/L is grade 2 where the laboratory calls 70 normal, or names no limit."""
    assert [graded("platelets", measured(value, None, "70")) for value in ("75", "74", "49")] == [0, 2, 3]
    assert [graded("platelets", measured(value, None)) for value in ("140", "75", "74", "24")] == [0, 0, 2, 4]


def test_multiples_of_a_baseline_need_no_upper_limit() -> None:
    """Creatinine > 1.5 and > 3.0 × baseline, whatever the baseline was; ALT where it was abnormal."""
    creatinine = [graded("creatinine", measured(value, None), measured("20")) for value in ("30", "30.1", "60.1")]
    assert creatinine == [0, 2, 3]
    assert [graded("alt", measured(value, None), RAISED) for value in ("149.9", "150", "300.1")] == [0, 1, 2]
    assert graded("eosinophils", measured("900", None), NORMAL) == 0, "it has to be above the limit as well"


def test_a_multiple_of_the_limit_of_normal_needs_it() -> None:
    assert graded("alt", measured("5000", None), NORMAL) == 0
    assert graded("alt", measured("5000", None)) == 0


def test_a_baseline_of_nought_raises_no_alarm() -> None:
    assert graded("alt", measured("0"), measured("0", "0.5")) == 0
    assert graded("ggt", measured("0"), Measured(D(0), None, D(40))) == 0


def test_a_value_at_an_edge_is_exact_where_floats_are_not() -> None:
    """1.1 × 3 is 3.3000000000000003 in binary."""
    assert graded("alt", measured("3.3", "1.1")) == 1
    assert graded("alt", measured("3.30000000001", "1.1")) == 2


def law(values: dict[str, str], raised: dict[str, str] | None = None) -> Liver:
    sample = {name: measured(value) for name, value in values.items()}
    return liver(study_of_tests(), sample, {name: measured(value) for name, value in (raised or {}).items()})


def test_hys_law_needs_both_at_their_edges() -> None:
    assert law({"alt": "120", "bilirubin": "80.1"}) == Liver(True, True, None)
    assert law({"alt": "119.9", "bilirubin": "80.1"}) == Liver(False, False, None)
    assert law({"ast": "120", "bilirubin": "80"}) == Liver(False, False, None)
    assert law({"ast": "120", "alt": "30", "bilirubin": "81"}).by_limit
    assert not law({"alt": "900"}).by_limit
    assert not law({"bilirubin": "900"}).by_limit


def test_where_myositis_raised_them_before_the_baseline_is_the_measure() -> None:
    """ALT 100 of 40 at baseline: 3 × ULN is reached at 120, 3 × baseline at 300 only."""
    assert law({"alt": "299", "bilirubin": "81"}, {"alt": "100"}) == Liver(True, False, None)
    assert law({"alt": "300", "bilirubin": "81"}, {"alt": "100"}) == Liver(True, True, None)
    assert law({"alt": "120", "bilirubin": "81"}, {"alt": "40"}) == Liver(True, True, None), "40 of 40 is normal"


def test_alkaline_phosphatase_speaks_against_it_from_twice_its_limit_on() -> None:
    assert law({"alt": "120", "bilirubin": "81", "alp": "79.9"}).cholestasis is False
    assert law({"alt": "120", "bilirubin": "81", "alp": "80"}).cholestasis is True


def test_a_participant_counts_once_by_the_worst_grade() -> None:
    assert GRADES == (1, 2, 3, 4, 5)
    assert by_worst_grade([("a", 1), ("b", 2), ("a", 3), ("a", 2), ("c", 5)]) == (0, 1, 1, 0, 1)
    assert by_worst_grade([]) == (0, 0, 0, 0, 0)
