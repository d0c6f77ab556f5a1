"""The forms of instruments: keys, totals, prednisone equivalents, the enzyme that is followed. Pure."""

from decimal import Decimal
from fractions import Fraction

import pytest

from irt.outcomes.enzyme import most_abnormal
from irt.outcomes.forms import Measured, keys_of, measured, mistakes_in, prednisone_equivalent, totals_of, value_of
from tests.outcomes.sheets import CATEGORIES, MUSCLES, by_rater
from tests.wiring import study_of_tests

STUDY = study_of_tests()


def test_items_have_a_key_each() -> None:
    keys = list(keys_of(STUDY.instrument("mdaat")))
    assert (len(keys), keys[-26], keys[-1]) == (35, "item.1", "item.26")


def test_a_whole_visit_has_no_mistake() -> None:
    for readings in by_rater().values():
        names = {name.partition(".")[0] for name in readings}
        for name in names:
            own = {key.partition(".")[2]: text for key, text in readings.items() if key.startswith(f"{name}.")}
            assert list(mistakes_in(STUDY.instrument(name), own, whole=True)) == []


@pytest.mark.parametrize("answered", range(9))
def test_the_haq_is_the_mean_of_what_was_answered(answered: int) -> None:
    given = {name: str(place % 4) for place, name in enumerate(CATEGORIES[:answered])}
    found = totals_of(STUDY.instrument("haq"), given)["total"]
    assert found == (Fraction(sum(map(int, given.values())), answered) if answered >= 6 else None)


def test_the_haq_of_seven_is_in_sevenths() -> None:
    given = dict(zip(CATEGORIES, "1112221", strict=False))
    assert totals_of(STUDY.instrument("haq"), given)["total"] == Fraction(10, 7)


def test_mmt8_is_the_sum_of_all_or_nothing() -> None:
    given = dict.fromkeys(MUSCLES, "9")
    assert totals_of(STUDY.instrument("mmt8"), given)["total"] == 72
    del given["biceps"]
    assert totals_of(STUDY.instrument("mmt8"), given)["total"] is None


def test_below_what_can_be_told_is_no_number() -> None:
    il6 = keys_of(STUDY.instrument("cytokines"))["il6"]
    assert measured(il6, "<0.5") == measured(il6, "< 0.5") == Measured(Decimal("0.5"), below=True)
    assert value_of(STUDY, "cytokines.il6", {"cytokines": {"il6": "<0.5"}}) is None
    assert value_of(STUDY, "cytokines.il6", {"cytokines": {"il6": "0.5"}}) == Fraction(1, 2)
    for text in ("<0", "< 0.0", "-0", "<-1"):
        assert [one["remedy"] for one in mistakes_in(STUDY.instrument("cytokines"), {"il6": text}, whole=False)]
    ck = keys_of(STUDY.instrument("muscle_enzymes"))["ck"]
    assert measured(ck, "<5") is None
    wrong = list(mistakes_in(STUDY.instrument("muscle_enzymes"), {"ck": "<5"}, whole=False))
    assert wrong == [{"field": "ck", "value": "<5", "remedy": "write_a_number"}]


@pytest.mark.parametrize(
    ("drug", "dose", "expected"),
    [("prednisone", "10", 10), ("methylprednisolone", "8", 10), ("dexamethasone", "0.75", 5),
     ("betamethasone", "1", Fraction(25, 3)), ("none", "0", 0), ("hydrocortisone", "30", Fraction(15, 2)),
     ("aspirin", "1", None)],
)  # fmt: skip
def test_glucocorticoids_are_made_comparable(drug: str, dose: str, expected: Fraction | None) -> None:
    assert prednisone_equivalent(STUDY, drug, Decimal(dose)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ck": "1400", "ck_uln": "200", "ldh": "300", "ldh_uln": "250"}, ("ck", 200)),
        ({"ck": "400", "ck_uln": "200", "ldh": "750", "ldh_uln": "250"}, ("ldh", 250)),
        ({"ck": "400", "ck_uln": "200", "aldolase": "16", "aldolase_uln": "8"}, ("ck", 200)),  # a tie: the first
        ({"ck": "400", "ldh": "750", "ldh_uln": "250"}, ("ldh", 250)),  # no limit, no multiple
        ({"ck": "0", "ck_uln": "200"}, ("ck", 200)),  # 0 is a value
        ({"ck": "400"}, None),
    ],
)
def test_the_most_abnormal_enzyme_is_followed(values: dict[str, str], expected: tuple[str, int] | None) -> None:
    found = most_abnormal(STUDY, {"muscle_enzymes": values})
    assert (found and (found.enzyme.id, found.upper_limit)) == expected
