"""Other endpoints: means by the model of all their visits, proportions as the primary one, the laboratory apart."""

import math

import numpy as np
import pytest

from irt.analysis.final import final_analysis
from irt.analysis.final.describing import ratio_of
from irt.analysis.final.modelling import modelled
from irt.analysis.final.reading import read_trial
from irt.analysis.methods import ancova, benjamini_hochberg, mixed_model_repeated_measures
from tests.analysis.analysed import LISTS, results, row, rows
from tests.analysis.invented import changed, invented

OPENED = invented(60, 5)
PEOPLE = [one for one in OPENED.tables["participants"] if one["full_analysis"] == "Y"]


def assessed(instrument, field, visit):
    return {
        one["participant"]: float(one["value"])
        for one in OPENED.tables["assessments"]
        if (one["instrument"], one["field"], one["visit"], one["timing"]) == (instrument, field, visit, "in_window")
    }


def endpoint(name):
    return row(results(), "secondary", endpoint=name)


def model_of(first, later, people):
    held = [one for one in people if one["participant"] in first and any(one["participant"] in at for at in later)]
    numbers = [one["participant"] for one in held]
    return mixed_model_repeated_measures(
        np.array([[at.get(number, np.nan) for at in later] for number in numbers]),
        [int(one["arm"] == "IL2") for one in held],
        [first[number] for number in numbers],
        [one["stratum_used"] for one in held],
    )


def test_a_measure_has_one_model_of_both_visits():
    told = model_of(
        assessed("cdasi", "activity", "W0"), [assessed("cdasi", "activity", one) for one in ("W12", "W24")], PEOPLE
    )
    for place, name in enumerate(("cdasi_w12", "cdasi_w24")):
        found, effect = endpoint(name), told.differences[place]
        assert found["method"] == "mmrm"
        assert (found["difference"], found["low"], found["high"], found["p"]) == pytest.approx(
            (effect.value, effect.low, effect.high, effect.p), rel=1e-6
        )


def test_a_dose_of_glucocorticoid_is_analysed_as_its_logarithm():
    def doses(visit):
        return {number: math.log(value + 1) for number, value in assessed("glucocorticoid", "dose", visit).items()}

    told = model_of(doses("W0"), [doses("W12"), doses("W24")], PEOPLE)
    found = endpoint("glucocorticoid_w24")
    assert found["scale"] == "log(x+1)"
    assert found["difference"] == pytest.approx(told.differences[1].value, rel=1e-6)


def test_another_drug_is_turned_into_its_equivalent():
    def other(held):
        return [
            one | {"value": "methylprednisolone" if one["field"] == "drug" else str(0.8 * float(one["value"]))}
            if one["instrument"] == "glucocorticoid"
            else one
            for one in held
        ]

    found = final_analysis(changed(OPENED, assessments=other), lists=LISTS)
    assert row(found, "secondary", endpoint="glucocorticoid_w12")["difference"] == pytest.approx(
        endpoint("glucocorticoid_w12")["difference"], rel=1e-6
    )


def test_with_one_visit_it_is_an_analysis_of_covariance():
    (told,) = modelled(read_trial(OPENED), "cdasi.activity", ["W12"])
    first, later = assessed("cdasi", "activity", "W0"), assessed("cdasi", "activity", "W12")
    held = [one for one in PEOPLE if one["participant"] in first and one["participant"] in later]
    expected = ancova(
        [later[one["participant"]] for one in held],
        [int(one["arm"] == "IL2") for one in held],
        [first[one["participant"]] for one in held],
        [one["stratum_used"] for one in held],
    ).difference
    assert (told.method, told.note) == ("ancova", "one visit")
    assert told.effect == expected


def test_where_the_mixed_model_gives_nothing_each_visit_has_its_own():
    def apart(held):
        """Nobody is measured at both visits."""
        return [
            one
            for one in held
            if one["instrument"] != "cdasi"
            or one["visit"] == "W0"
            or (int(one["participant"][-1]) % 2 == 0) == (one["visit"] == "W12")
        ]

    found = final_analysis(changed(OPENED, assessments=apart), lists=LISTS)
    for name in ("cdasi_w12", "cdasi_w24"):
        one = row(found, "secondary", endpoint=name)
        assert one["method"] == "ancova"
        assert "measured together" in one["note"]
        assert one["p"] is not None
    assert row(found, "secondary", endpoint="haq_w12")["method"] == "mmrm"


def test_a_value_out_of_its_window_does_not_count():
    late = [one for one in OPENED.tables["assessments"] if one["timing"] == "late" and one["field"] == "activity"]
    assert late
    n = sum(one["participant"] in assessed("cdasi", "activity", "W12") for one in PEOPLE)
    assert endpoint("cdasi_w12")["active_n"] + endpoint("cdasi_w12")["control_n"] == n


def test_proportions_are_the_responders_of_both_arms():
    for name in ("tis40_w12", "doi_w24"):
        arms = rows(results(), "responders", endpoint=name)
        found = endpoint(name)
        assert found["active_value"] == pytest.approx(arms[0]["responders"] / arms[0]["participants"])
        assert found["control_value"] == pytest.approx(arms[1]["responders"] / arms[1]["participants"])
        assert found["method"] == "mantel_haenszel"


def test_every_endpoint_is_somewhere():
    named = {one["endpoint"] for one in rows(results(), "secondary")}
    apart = {one.id for one in OPENED.study.analysis.endpoints} - named - {"tis20_w12"}
    assert apart == {f"cd4_{kind}_{visit}" for kind in ("number", "proportion") for visit in ("w12", "w24")}
    measures = {one["measure"] for one in rows(results(), "exploratory")}
    assert {"t_cells.cd4_number", "t_cells.cd4_proportion", "cytokines.il6", "blood_count.eosinophils"} <= measures


def test_the_laboratory_apart_is_ratios_with_adjusted_p():
    held = rows(results(), "exploratory")
    adjusted = benjamini_hochberg([one["p"] for one in held])
    assert [one["p_adjusted"] for one in held] == pytest.approx(adjusted)

    def values(visit):
        return {
            one["participant"]: math.log(float(one["value"]) / (2 if one["below"] == "Y" else 1))
            for one in OPENED.tables["laboratory"]
            if (one["instrument"], one["field"], one["visit"]) == ("cytokines", "il2", visit)
        }

    told = model_of(values("W0"), [values("W12"), values("W24")], PEOPLE)
    found = row(results(), "exploratory", measure="cytokines.il2", visit="W12")
    assert found["ratio"] == pytest.approx(math.exp(told.differences[0].value), rel=1e-6)
    assert any(one["below"] == "Y" for one in OPENED.tables["laboratory"])


def test_a_ratio_beyond_all_numbers_has_no_bound():
    """Few with values that differ beyond measure: the upper bound of the ratio is larger than any number."""
    few = [one["participant"] for arm in ("IL2", "PBO") for one in [one for one in PEOPLE if one["arm"] == arm][:6]]
    wild = few[::3]

    def apart(held):
        return [
            one | {"value": "1" + "0" * 300 if one["participant"] in wild and one["visit"] != "W0" else one["value"]}
            for one in held
            if one["participant"] in few and one["field"] == "il2"
        ]

    found = final_analysis(changed(OPENED, laboratory=apart), lists=LISTS)
    told = [one for one in rows(found, "exploratory") if one["measure"] == "cytokines.il2" and one["ratio"] is not None]
    assert told
    assert [one["high"] for one in told] == [None] * len(told)
    assert ratio_of(709.0) == pytest.approx(8.2e307, rel=0.01)
    assert (ratio_of(710.0), ratio_of(-800.0), ratio_of(None)) == (None, 0.0, None)


def test_scores_over_time_are_plain_means():
    scores = {
        one["participant"]: float(one["value"])
        for one in OPENED.tables["scores"]
        if (one["score"], one["visit"]) == ("tis", "W24") and one["value"]
    }
    for arm in ("IL2", "PBO"):
        values = [scores[one["participant"]] for one in PEOPLE if one["arm"] == arm and one["participant"] in scores]
        found = row(results(), "tis_over_time", visit="W24", arm=arm)
        assert (found["n"], found["mean"], found["week"]) == (len(values), pytest.approx(sum(values) / len(values)), 24)
