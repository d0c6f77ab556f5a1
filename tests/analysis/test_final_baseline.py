"""Table 1: numbers described and levels counted, in the full analysis set by the arm as randomized."""

import statistics

import pytest

from tests.analysis.analysed import results, row, rows
from tests.analysis.invented import invented

OPENED = invented(60, 5)
PEOPLE = [one for one in OPENED.tables["participants"] if one["full_analysis"] == "Y"]


def test_numbers_are_described():
    weights = {
        one["participant"]: float(one["value"]) for one in OPENED.tables["baseline"] if one["field"] == "weight_kg"
    }
    for arm in ("IL2", "PBO", "all"):
        values = [weights[one["participant"]] for one in PEOPLE if arm in (one["arm"], "all")]
        quartiles = statistics.quantiles(values, n=4, method="inclusive")
        found = row(results(), "baseline_characteristics", variable="weight_kg", arm=arm)
        expected = (
            len(values),
            statistics.mean(values),
            statistics.stdev(values),
            *quartiles,
            min(values),
            max(values),
        )
        names = ("n", "mean", "sd", "q1", "median", "q3", "minimum", "maximum")
        assert tuple(found[one] for one in names) == pytest.approx(expected)


def test_levels_are_counted_of_those_with_a_value():
    for variable, column in (("sex", "sex"), ("site", "site"), ("stratum", "stratum_used")):
        for level in {one[column] for one in PEOPLE}:
            there = sum(one[column] == level for one in PEOPLE)
            found = row(results(), "baseline_characteristics", variable=variable, level=level, arm="all")
            assert (found["count"], found["n"]) == (there, len(PEOPLE))
            assert found["percent"] == pytest.approx(100 * there / len(PEOPLE))


def test_a_value_that_some_lack_is_described_of_the_others():
    found = row(results(), "baseline_characteristics", variable="aldolase", arm="all")
    assert 0 < found["n"] < len(PEOPLE)


def test_outcome_measures_have_their_baseline():
    named = {one["variable"] for one in rows(results(), "baseline_characteristics")}
    assert {"mmt8.total", "cdasi.activity", "haq.total", "glucocorticoid.dose", "stratum.glucocorticoid"} <= named
