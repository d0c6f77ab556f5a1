"""Values that cannot be scored are refused by field, value and remedy, all at once; a float is the caller's mistake."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from irt.outcomes.response import WrongValuesError, definition_of_improvement, total_improvement
from irt.outcomes.values import exact_text, rounded_text
from tests.outcomes.reference import plain

SCORES = pytest.mark.parametrize("score", [total_improvement, definition_of_improvement])
NO_NUMBERS = [
    "", " ", "x", "5,5", "NaN", "Infinity", "-inf", "５", "5．5", "1_0", "1e3", "0x5", "+5", ".5", "5.", " 5", "5 ",
    "5\n", "1/0", "1/-2", "10/7/2", "1.5/2", "--1", "٣", "9" * 13, "9" * 5000, True, [5], {}, b"5",
    Decimal("NaN"), Decimal("Infinity"), Decimal("1e999999"), Decimal("1e-999999"),
]  # fmt: skip


@SCORES
@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:20])
def test_what_is_no_number_is_refused(score: Any, value: object) -> None:
    with pytest.raises(WrongValuesError) as refused:
        score(**plain(haq=("2", value), CK=(value, "1", "200")))
    assert [one.field for one in refused.value.mistakes] == ["followup.haq", "enzymes.CK.baseline"]
    assert {one.problem for one in refused.value.mistakes} == {"is no number"}
    assert all("digits 0 to 9" in one.remedy and len(one.value) < 50 for one in refused.value.mistakes)


@SCORES
@pytest.mark.parametrize(
    ("field", "changed", "said"),
    [
        ("baseline.phga", {"phga": ("10.1", "1")}, "'10.1' is above 10; write what was measured on this scale"),
        ("followup.pga", {"pga": ("1", "80")}, "'80' is above 10; "),
        ("followup.extramuscular", {"extramuscular": ("1", "-0.1")}, "'-0.1' is below 0; write what was measured, or"),
        ("baseline.haq", {"haq": (Fraction(22, 7), "1")}, "'22/7' is above 3; "),
        ("followup.haq", {"haq": ("3", "3.000000000001")}, "'3.000000000001' is above 3; "),
        ("baseline.mmt", {"mmt": ("81", "70")}, "'81' is above 80; "),
        ("followup.mmt", {"mmt": ("70", 151), "mmt_max": "150"}, "151 is above 150; "),
        ("mmt_max", {"mmt_max": None}, "is missing; write the largest sum of the trial's muscle test"),
        ("mmt_max", {"mmt_max": "0"}, "'0' is not above 0; "),
        ("mmt_max", {"mmt_max": "-80"}, "'-80' is below 0; "),
        ("enzymes.CK.followup", {"CK": ("1", "-1", "200")}, "'-1' is below 0; "),
        (
            "enzymes.CK.uln",
            {"CK": ("1", "1", None)},
            "is missing; write the laboratory's upper limit of normal at base",
        ),
        ("enzymes.ALT.uln", {"ALT": ("1", "1", "0.0")}, "'0.0' is not above 0; "),
        ("enzymes.ALT.uln", {"ALT": (None, None, "-40")}, "'-40' is below 0; "),
        ("enzymes.GGT", {"GGT": ("1", "1", "60")}, "is not known; write one of CK, aldolase, LDH, AST, ALT"),
    ],
)
def test_a_wrong_value_is_refused_by_name(score: Any, field: str, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongValuesError) as refused:
        score(**plain(**changed))
    assert [one.field for one in refused.value.mistakes] == [field]
    assert str(refused.value).startswith(f"{field}: {said}")


@SCORES
@pytest.mark.parametrize(
    ("part", "given", "said"),
    [
        ("baseline", None, "baseline: is no group of values; write values by name: phga, pga, mmt, haq, extramuscular"),
        ("followup", {"HAQ": "1"}, "followup.HAQ: is not known; write one of phga"),
        ("enzymes", {"CK": {"ULN": "1"}}, "enzymes.CK.ULN: is not known; write one of baseline, followup, uln"),
        ("enzymes", {"CK": "200"}, "enzymes.CK: '200' is no group of values"),
    ],
)
def test_a_wrong_name_is_refused(score: Any, part: str, given: object, said: str) -> None:
    with pytest.raises(WrongValuesError) as refused:
        score(**{**plain(), part: given})
    assert str(refused.value).startswith(said)


@SCORES
def test_every_mistake_is_named_at_once(score: Any) -> None:
    with pytest.raises(WrongValuesError) as refused:
        score(**plain(phga=("x", "11"), mmt=("-1", "99"), CK=("1e3", "1", "0"), mmt_max="80"))
    assert [one.field for one in refused.value.mistakes] == [
        "baseline.phga", "followup.phga", "baseline.mmt", "followup.mmt", "enzymes.CK.baseline", "enzymes.CK.uln",
    ]  # fmt: skip


@SCORES
@pytest.mark.parametrize(
    "changed", [{"haq": ("2", 1.5)}, {"CK": (2000.0, 1, 200)}, {"mmt_max": 80.0}, {"phga": (float("nan"), "1")}]
)
def test_a_float_is_refused_as_a_mistake_of_the_caller(score: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="is a binary float and not exact"):
        score(**plain(**changed))


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("5", "5"), ("-25", "-25"), ("75/4", "18.75"), ("-50/3", "-50/3"), ("1/1024", "0.0009765625")],
)
def test_values_are_written_exactly(value: str, text: str) -> None:
    assert exact_text(Fraction(value)) == text
    assert Fraction(text) == Fraction(value)


@pytest.mark.parametrize(
    ("value", "text"), [("100/3", "33.33"), ("-50/3", "-16.67"), ("1/200", "0"), ("3/200", "0.02"), ("7", "7")]
)
def test_rounding_is_half_to_even(value: str, text: str) -> None:
    assert rounded_text(Fraction(value), 2) == text
