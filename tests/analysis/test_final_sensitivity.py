"""Sensitivity: what changes when what is missing, who is counted, or the strata are taken otherwise."""

import numpy as np
import pytest

from irt.analysis.final import final_analysis
from irt.analysis.final.imputing import COPY_REFERENCE, IMPUTATIONS, MISSING_AT_RANDOM, imputed
from irt.analysis.final.reading import read_trial
from irt.analysis.final.responding import answers_of
from irt.analysis.methods import mantel_haenszel_risk_difference, tabulate
from tests.analysis.analysed import LISTS, results, row, rows
from tests.analysis.invented import changed, invented

OPENED = invented(60, 5)
PEOPLE = {one["participant"]: one for one in OPENED.tables["participants"] if one["full_analysis"] == "Y"}
ANSWERS = {
    one["participant"]: one
    for one in OPENED.tables["responses"]
    if one["endpoint"] == "tis20_w12" and one["participant"] in PEOPLE
}
MISSING = [number for number, one in ANSWERS.items() if one["decided_by"] == "missing"]


def difference(responded, stratum="stratum_used"):
    numbers = sorted(responded)
    return mantel_haenszel_risk_difference(
        tabulate(
            [responded[one] for one in numbers],
            [int(PEOPLE[one]["arm"] == "IL2") for one in numbers],
            [PEOPLE[one][stratum] or PEOPLE[one]["stratum_used"] for one in numbers],
        )
    )


def analysis(name):
    return row(results(), "sensitivity", analysis=name)


def test_the_trial_has_what_the_analyses_differ_by():
    assert len(MISSING) >= 4
    assert any(one["stratum_corrected"] for one in PEOPLE.values())
    assert sum(one["per_protocol"] == "N" for one in PEOPLE.values()) >= 4


@pytest.mark.parametrize(
    ("name", "stratum", "counted"),
    [
        ("primary", "stratum_used", lambda number: True),
        ("observed_cases", "stratum_used", lambda number: number not in MISSING),
        ("per_protocol", "stratum_used", lambda number: PEOPLE[number]["per_protocol"] == "Y"),
        ("corrected_strata", "stratum_corrected", lambda number: True),
    ],
)
def test_each_counts_whom_it_says(name, stratum, counted):
    responded = {number: int(one["response"]) for number, one in ANSWERS.items() if counted(number)}
    told, found = difference(responded, stratum), analysis(name)
    assert (found["estimate"], found["low"], found["high"]) == pytest.approx((told.value, told.low, told.high))
    assert found["active_n"] + found["control_n"] == len(responded)
    assert found["active_responders"] + found["control_responders"] == sum(responded.values())


def test_a_score_that_is_enough_without_what_is_missing_is_a_response():
    least = {
        one["participant"]: float(one["value"])
        for one in OPENED.tables["scores"]
        if (one["visit"], one["score"]) == ("W12", "tis_missing_as_zero")
    }
    responded = {
        number: int(least[number] >= 20) if number in MISSING else int(one["response"])
        for number, one in ANSWERS.items()
    }
    assert sum(responded.values()) > sum(int(one["response"]) for one in ANSWERS.values())
    assert analysis("missing_scored_zero")["estimate"] == pytest.approx(difference(responded).value)


def test_with_nothing_missing_imputation_is_the_observed_result():
    def filled(held):
        new = {"observed": "10", "response": "0", "decided_by": "observed"}
        return [one | new if one["decided_by"] == "missing" else one for one in held]

    found = final_analysis(changed(OPENED, responses=filled), lists=LISTS)
    first = row(found, "sensitivity", analysis="primary")
    for name in ("multiple_imputation", "copy_reference"):
        other = row(found, "sensitivity", analysis=name)
        for column in ("estimate", "low", "high", "active_responders", "control_responders"):
            assert other[column] == pytest.approx(first[column], abs=1e-12), (name, column)
    assert len(rows(found, "tipping_point")) == 1


def test_imputation_adds_responders_among_the_missing_only():
    first = analysis("primary")
    for name in ("multiple_imputation", "copy_reference"):
        found = analysis(name)
        for arm, label in (("active", "IL2"), ("control", "PBO")):
            most = sum(PEOPLE[one]["arm"] == label for one in MISSING)
            added = found[f"{arm}_responders"] - first[f"{arm}_responders"]
            assert 0 < added < most
            assert found[f"{arm}_n"] == first[f"{arm}_n"]
        assert found["low"] < found["estimate"] < found["high"]


def test_copying_the_reference_takes_the_control_arms_scores():
    """Where the control arm never responds and the active arm always does, the missing active ones do not."""

    def apart(held):
        found = []
        for one in held:
            arm = PEOPLE.get(one["participant"], {"arm": ""})["arm"]
            if one["observed"] and one["decided_by"] == "observed":
                value = {"IL2": "80", "PBO": "0"}.get(arm, one["observed"])
                one |= {"observed": value, "response": str(int(float(value) >= 20))}
            found.append(one)
        return found

    found = final_analysis(changed(OPENED, responses=apart), lists=LISTS)
    first, random, copied = (
        row(found, "sensitivity", analysis=name) for name in ("primary", "multiple_imputation", "copy_reference")
    )
    active_missing = sum(PEOPLE[one]["arm"] == "IL2" for one in MISSING)
    assert random["active_responders"] == pytest.approx(first["active_responders"] + active_missing)
    assert copied["active_responders"] == pytest.approx(first["active_responders"])


def test_copying_the_reference_draws_one_model_for_everybody_of_a_set():
    """What is imputed in both arms comes from one posterior draw: the means of both move together over the sets.

    With n donors of one mean and m imputed in each arm the correlation is m / (n + m); of two models it would be 0.
    """
    donors = sorted(one for one in PEOPLE if PEOPLE[one]["arm"] == "PBO")[:6]
    values = dict(zip(donors, ("5", "15", "20", "30", "45", "60"), strict=True))

    def few(held):
        found = []
        for one in held:
            if one["endpoint"] == "tis20_w12":
                value = values.get(one["participant"], "")
                one |= {"observed": value, "response": "0", "decided_by": "observed" if value else "missing"}
            found.append(one)
        return found

    trial = read_trial(changed(OPENED, responses=few))
    answers = answers_of(trial, "tis20_w12", trial.full)
    scores = imputed(trial, answers, COPY_REFERENCE)
    means = [
        scores[:, [at for at, one in enumerate(answers) if one.missing and one.person.arm == arm]].mean(axis=1)
        for arm in trial.arms
    ]
    assert np.isnan(scores).sum() == IMPUTATIONS * len(donors)
    assert np.corrcoef(*means)[0, 1] > 0.5


def test_at_random_each_arm_has_a_model_of_its_own():
    trial = read_trial(OPENED)
    answers = answers_of(trial, "tis20_w12", trial.full)
    scores = imputed(trial, answers, MISSING_AT_RANDOM)
    assert {one.person.number for at, one in enumerate(answers) if not np.isnan(scores[0, at])} == set(MISSING)
    means = [
        scores[:, [at for at, one in enumerate(answers) if one.missing and one.person.arm == arm]].mean(axis=1)
        for arm in trial.arms
    ]
    assert abs(np.corrcoef(*means)[0, 1]) < 0.25  # 200 pairs: 3.5 standard errors


def test_the_corners_of_the_grid_are_all_fail_and_all_respond():
    grid = {(one["added_active"], one["added_control"]): one for one in rows(results(), "tipping_point")}
    of_arm = {arm: [one for one in MISSING if PEOPLE[one]["arm"] == arm] for arm in ("IL2", "PBO")}
    assert len(grid) == (len(of_arm["IL2"]) + 1) * (len(of_arm["PBO"]) + 1)
    for active in (0, len(of_arm["IL2"])):
        for control in (0, len(of_arm["PBO"])):
            added = {*(of_arm["IL2"] if active else ()), *(of_arm["PBO"] if control else ())}
            told = difference({number: int(one["response"]) or int(number in added) for number, one in ANSWERS.items()})
            found = grid[active, control]
            assert (found["difference"], found["low"], found["high"]) == pytest.approx(
                (told.value, told.low, told.high)
            )
    assert grid[0, 0]["p"] == analysis("primary")["p"]


def test_the_grid_falls_with_responders_in_the_control_arm():
    grid = {(one["added_active"], one["added_control"]): one["difference"] for one in rows(results(), "tipping_point")}
    for (active, control), value in grid.items():
        if control:
            assert value < grid[active, control - 1]
        if active:
            assert value > grid[active - 1, control]
