"""The primary endpoint: against the methods, against a count by hand, and where something is not known."""

from collections import Counter

import pytest

from irt.analysis.final import final_analysis
from irt.analysis.methods import (
    breslow_day,
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    miettinen_nurminen_interval,
    newcombe_interval,
    rerandomization_test,
    tabulate,
    wilson_interval,
)
from tests.analysis.analysed import LISTS, results, row, rows
from tests.analysis.invented import changed, invented

OPENED = invented(60, 5)
PEOPLE = [one for one in OPENED.tables["participants"] if one["full_analysis"] == "Y"]
RESPONSES = {
    one["participant"]: int(one["response"]) for one in OPENED.tables["responses"] if one["endpoint"] == "tis20_w12"
}
RESPONDED = [RESPONSES[one["participant"]] for one in PEOPLE]
ACTIVE = [int(one["arm"] == "IL2") for one in PEOPLE]
STRATA = [one["stratum_used"] for one in PEOPLE]
TABLE = tabulate(RESPONDED, ACTIVE, STRATA)


def method(name):
    return row(results(), "primary", method=name)


def test_arms_are_counted():
    counts = Counter((one["arm"], RESPONSES[one["participant"]]) for one in PEOPLE)
    for arm in ("IL2", "PBO"):
        found = row(results(), "primary_arms", arm=arm)
        n = counts[arm, 0] + counts[arm, 1]
        assert (found["participants"], found["responders"]) == (n, counts[arm, 1])
        told = wilson_interval(counts[arm, 1], n)
        assert (found["percent"], found["low"], found["high"]) == pytest.approx(
            (100 * told.value, 100 * told.low, 100 * told.high)
        )


def test_every_method_is_given_the_full_analysis_set():
    estimates = {
        "mantel_haenszel_risk_difference": mantel_haenszel_risk_difference(TABLE),
        "mantel_haenszel_odds_ratio": mantel_haenszel_odds_ratio(TABLE),
        "miettinen_nurminen_stratified": miettinen_nurminen_interval(TABLE),
        "miettinen_nurminen": miettinen_nurminen_interval(TABLE.sum(axis=0)),
        "newcombe": newcombe_interval(*(int(one) for arm in TABLE.sum(axis=0) for one in (arm[0], arm.sum()))),
    }
    for name, told in estimates.items():
        found = method(name)
        expected = (told.value, told.low, told.high)
        assert (found["estimate"], found["low"], found["high"]) == pytest.approx(expected, rel=1e-12), name
    for name, test in (("cochran_mantel_haenszel", cochran_mantel_haenszel), ("breslow_day", breslow_day)):
        assert (method(name)["statistic"], method(name)["p"]) == (test(TABLE).statistic, test(TABLE).p)


def test_the_list_is_redrawn_with_the_slots_of_everybody():
    position = {one["participant"]: int(one["position"]) for one in OPENED.tables["allocations"]}
    told = rerandomization_test(
        OPENED.plan, RESPONDED, ACTIVE, STRATA, seed=OPENED.rerandomization_seed, lists=LISTS,
        position=[position[one["participant"]] for one in PEOPLE], active_arm=0,
    )  # fmt: skip
    found = method("rerandomization_test")
    assert (found["p"], found["as_far"], found["lists"]) == (told.p, told.as_far, LISTS)
    assert len(PEOPLE) < 60, "somebody outside the set keeps their slot"


def test_a_list_that_was_brought_has_no_law_to_redraw():
    def brought(held):
        return [one for one in held if one["key"] not in ("block_sizes", "seed")]

    found = final_analysis(changed(OPENED, generation_record=brought), lists=LISTS)
    one = row(found, "primary", method="rerandomization_test")
    assert one["p"] is None
    assert one["note"].startswith("not_possible")
    assert row(found, "primary", method="cochran_mantel_haenszel")["p"] == method("cochran_mantel_haenszel")["p"]


def test_who_has_no_row_did_not_respond():
    number = next(one["participant"] for one in PEOPLE if RESPONSES[one["participant"]])

    def without(held):
        return [one for one in held if one["participant"] != number]

    found = final_analysis(changed(OPENED, responses=without), lists=LISTS)
    for arm in ("IL2", "PBO"):
        before, after = (row(one, "primary_arms", arm=arm) for one in (results(), found))
        assert after["participants"] == before["participants"]
    assert sum(one["responders"] for one in rows(found, "primary_arms")) == sum(RESPONDED) - 1


def test_what_decided_is_counted():
    decided = {one["participant"]: one["decided_by"] for one in OPENED.tables["responses"] if one["visit"] == "W12"}
    expected = Counter((decided[one["participant"]], one["arm"]) for one in PEOPLE)
    found = rows(results(), "responder_reasons")
    assert {(one["decided_by"], one["arm"]): one["participants"] for one in found if one["participants"]} == expected
    for reason in ("death", "rescue", "adverse_event", "lack_of_efficacy", "missing"):
        assert sum(one["responders"] for one in found if one["decided_by"] == reason) == 0
        assert any(one["participants"] for one in found if one["decided_by"] == reason)


def test_groups_add_up_to_the_whole():
    overall = row(results(), "forest", group_kind="overall")
    for kind in ("stratum", "site", "sex", "age"):
        held = rows(results(), "forest", group_kind=kind)
        for column in ("active_n", "active_responders", "control_n", "control_responders"):
            assert sum(one[column] for one in held) == overall[column], (kind, column)
    empty = [one for one in rows(results(), "forest") if not (one["active_n"] and one["control_n"])]
    assert all(one["difference"] is None and one["low"] is None for one in empty)


def test_who_is_fifty_is_of_the_older():
    def fifty(held):
        return [one | {"age": "50" if one["participant"] == PEOPLE[0]["participant"] else "49"} for one in held]

    found = final_analysis(changed(OPENED, participants=fifty), lists=LISTS)
    older, younger = (row(found, "forest", group_kind="age", group=one) for one in (">=50", "<50"))
    assert older["active_n"] + older["control_n"] == 1
    assert younger["active_n"] + younger["control_n"] == len(PEOPLE) - 1
