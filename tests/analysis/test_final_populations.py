"""Populations: sets as decided masked, arms as treated by kits and doses, contradictions refused by name."""

import pytest

from irt.analysis.final import WrongTablesError, arm_as_treated, final_analysis
from tests.analysis.analysed import results, row, rows
from tests.analysis.invented import changed, invented

OPENED = invented(60, 5)


def person(**named):
    return next(one for one in OPENED.tables["participants"] if all(one[key] == value for key, value in named.items()))


def wrong_kit():
    return next(row for row in OPENED.tables["dispensing"] if row["match"] == "N")


def altered(table, number, **cells):
    def change(held):
        return [one | cells if one["participant"] == number else one for one in held]

    return changed(OPENED, **{table: change})


def test_sets_are_counted_by_arm():
    people = [one for one in OPENED.tables["participants"] if one["arm"]]
    found = results()
    for name, column in (("full_analysis", "full_analysis"), ("per_protocol", "per_protocol"), ("safety", "safety")):
        for arm in ("IL2", "PBO"):
            of = "actual_arm" if name == "safety" else "arm"
            expected = sum(one[column] == "Y" and one[of] == arm for one in people)
            assert row(found, "populations", set=name, arm=arm)["participants"] == expected > 0
    assert row(found, "populations", set="randomized", arm="all")["participants"] == 60


def test_who_is_out_is_named_with_the_reason():
    found = results()
    error = person(full_analysis="N", in_error="Y")
    assert row(found, "populations_excluded", participant=error["participant"], set="full_analysis")["reason"] == (
        "randomized_in_error never_dosed"
    )
    never = person(safety="N", in_error="N", state="withdrawn", full_analysis="Y")
    assert row(found, "populations_excluded", participant=never["participant"], set="safety")["reason"] == "no_dose"


def test_a_wrong_kit_of_the_active_type_makes_them_active_for_safety_alone():
    kit = wrong_kit()
    found = row(results(), "treated_otherwise", kit=kit["kit"])
    assert (found["participant"], found["arm_randomized"], found["arm_treated"]) == (kit["participant"], "PBO", "IL2")
    assert row(results(), "adherence", participant=kit["participant"])["arm"] == "IL2"


@pytest.mark.parametrize(
    ("given", "randomized", "arm"),
    [
        ({"IL2"}, "IL2", "IL2"), ({"PBO"}, "PBO", "PBO"), ({"IL2", "PBO"}, "PBO", "IL2"),
        ({"PBO"}, "IL2", "PBO"), ({"IL2", "PBO"}, "IL2", "IL2"), ((), "PBO", "PBO"), ((), "IL2", "IL2"),
    ],
)  # fmt: skip
def test_the_arm_as_treated(given, randomized, arm):
    assert arm_as_treated(given, randomized, "IL2", "PBO") == arm


def test_disposition_follows_everybody():
    found = results()
    people = OPENED.tables["participants"]

    def count(step, detail="", arm="all"):
        return row(found, "disposition", step=step, detail=detail, arm=arm)["participants"]

    assert count("screened") == len(people) == count("not_randomized") + count("randomized")
    assert count("treated") + count("never_dosed") == count("randomized") == 60
    assert count("died") == 1
    assert count("in_error") == 2
    assert count("stopped") == sum(
        one["participants"] for one in rows(found, "disposition", step="stopped", arm="all") if one["detail"]
    )
    assert count("completed", "W12") == sum(
        one["visit"] == "W12" and one["state"] == "done" for one in OPENED.tables["visits"]
    )
    for step in ("randomized", "treated", "stopped", "left"):
        assert count(step) == count(step, arm="IL2") + count(step, arm="PBO")


def test_an_arm_as_treated_that_kits_do_not_show_is_refused():
    number = wrong_kit()["participant"]
    with pytest.raises(
        WrongTablesError, match=rf"^{number}: participants disagrees with dispensing on the arm as treated"
    ):
        final_analysis(altered("participants", number, actual_arm="PBO"), lists=99)


def test_a_refusal_names_no_arm():
    with pytest.raises(WrongTablesError) as told:
        final_analysis(altered("participants", wrong_kit()["participant"], actual_arm="PBO"), lists=99)
    assert not {"IL2", "PBO"} & set(str(told.value).split())


@pytest.mark.parametrize(
    ("table", "whose", "cells", "told"),
    [
        ("participants", {"safety": "Y"}, {"safety": "N", "actual_arm": ""}, "doses on the safety set"),
        ("participants", {"safety": "N", "full_analysis": "Y"}, {"safety": "Y"}, "doses on the safety set"),
        ("participants", {"safety": "Y"}, {"stratum_used": "gc_low|unknown"}, "allocations on stratum_used"),
        ("participants", {"safety": "Y", "arm": "IL2"}, {"arm": "PBO"}, "allocations on arm"),
        ("allocations", {"safety": "Y", "arm": "IL2"}, {"position": "59"}, "randomization_list on the slot"),
        ("participants", {"full_analysis": "N", "in_error": "Y"}, {"per_protocol": "Y"}, "itself on the sets"),
        ("participants", {"safety": "Y", "arm": "IL2"}, {"arm": "OTHER"}, "the study on the arms"),
    ],
)  # fmt: skip
def test_tables_that_contradict_each_other_are_refused_by_name(table, whose, cells, told):
    number = person(**whose)["participant"]
    with pytest.raises(WrongTablesError, match=rf"^{number}: .*disagrees with {told}"):
        final_analysis(altered(table, number, **cells), lists=99)


def test_an_allocation_of_nobody_is_refused():
    number = person(safety="Y")["participant"]

    def without(held):
        return [one for one in held if one["participant"] != number]

    with pytest.raises(WrongTablesError, match=number):
        final_analysis(changed(OPENED, participants=without), lists=99)
    with pytest.raises(WrongTablesError, match=number):
        final_analysis(changed(OPENED, allocations=without), lists=99)
