"""Harm: participants counted once, worst grades, arms as treated, periods, rates; the laboratory, and the course."""

import pytest

from irt.analysis.final import WrongTablesError, final_analysis
from irt.analysis.final.harm import events_of
from irt.analysis.final.reading import read_trial
from irt.analysis.methods import exposure_adjusted_rate, newcombe_interval
from tests.analysis.analysed import LISTS, results, row, rows
from tests.analysis.invented import changed, invented

OPENED = invented(60, 5)
SAFETY = {one["participant"]: one for one in OPENED.tables["participants"] if one["safety"] == "Y"}
ACTIVE = sorted(number for number, one in SAFETY.items() if one["actual_arm"] == "IL2")
CONTROL = sorted(number for number, one in SAFETY.items() if one["actual_arm"] == "PBO")


def event(number, participant, pt, grade, **other):
    first = OPENED.tables["adverse_events"][0]
    cells = {
        "participant": participant, "event": str(number), "pt": pt, "soc": "Investigations", "grade": str(grade),
        "study_day": "20", "emergent": "Y", "serious": "N", "special_interest": "N", "action": "none",
        "outcome": "recovered", "causality_drug": "unrelated", "sponsor_causality": "", "term": "", "verbatim": "words",
    }  # fmt: skip
    return {name: cells.get(name, "") for name in first} | other


@pytest.fixture(scope="module")
def planted():
    one, two, three = ACTIVE[:3]
    events = [
        event(1, one, "Fever", 1), event(2, one, "Fever", 3), event(3, one, "Chills", 2),
        event(1, two, "Fever", 2, causality_drug="possible"),
        event(2, two, "Fever", 4, study_day="175", serious="Y", seriousness="hospitalisation"),
        event(1, three, "Fever", 5, emergent="N"),
        event(1, CONTROL[0], "", 1, soc="", term="myalgia", special_interest="Y", sponsor_causality="definite"),
        event(2, CONTROL[0], "", 2, soc="", verbatim="a headache", outcome="fatal", action="withdrawn"),
    ]  # fmt: skip
    return final_analysis(changed(OPENED, adverse_events=lambda _: events), lists=LISTS)


def line(found, table, **named):
    one = row(found, table, **named)
    return one["participants"], one["events"]


def test_a_participant_counts_once_under_the_worst_grade(planted):
    fever = row(planted, "adverse_events_by_term", pt="Fever", arm="IL2")
    assert (fever["participants"], fever["events"]) == (2, 3)
    assert [fever[f"grade_{grade}"] for grade in range(1, 6)] == [0, 1, 1, 0, 0]
    whole = row(planted, "adverse_events_by_term", soc="Investigations", pt="", arm="IL2")
    assert (whole["participants"], whole["events"]) == (2, 4)
    assert line(planted, "adverse_events_by_term", soc="", pt="", arm="PBO") == (1, 2)
    grades = [one["participants"] for one in rows(planted, "adverse_events_by_grade", arm="IL2")]
    assert grades == [0, 1, 1, 0, 0]


def test_an_onset_after_the_last_visit_is_outside_the_24_weeks(planted):
    at = {"category": "any", "arm": "IL2"}
    assert line(planted, "adverse_events_summary", period="week_24", **at) == (2, 4)
    assert line(planted, "adverse_events_summary", period="emergent", **at) == (2, 5)
    assert line(planted, "serious", soc="", pt="", arm="IL2") == (1, 1)
    assert [one["participant"] for one in rows(planted, "serious_events")] == [ACTIVE[1]]


@pytest.mark.parametrize(
    ("category", "active", "control"),
    [
        ("related", (1, 1), (1, 1)), ("grade_3_or_more", (2, 2), (0, 0)), ("serious", (1, 1), (0, 0)),
        ("serious_related", (0, 0), (0, 0)), ("special_interest", (0, 0), (1, 1)), ("led_to_stop", (0, 0), (1, 1)),
        ("fatal", (0, 0), (1, 1)),
    ],
)  # fmt: skip
def test_each_category_counts_its_events(planted, category, active, control):
    for arm, expected in (("IL2", active), ("PBO", control)):
        assert line(planted, "adverse_events_summary", period="emergent", category=category, arm=arm) == expected


def test_what_has_no_code_is_under_its_term_or_its_words(planted):
    assert {one["pt"] for one in rows(planted, "adverse_events_by_term", soc="uncoded")} == {
        "",
        "myalgia",
        "a headache",
    }


def test_a_difference_has_newcombes_interval(planted):
    told = newcombe_interval(2, len(ACTIVE), 0, len(CONTROL))
    found = row(planted, "adverse_events_by_term", pt="Fever", arm="IL2")
    assert (found["difference"], found["low"], found["high"]) == (told.value, told.low, told.high)
    assert "p" not in found


def test_rates_are_by_time_at_risk(planted):
    found = row(planted, "exposure_adjusted", soc="", pt="", arm="PBO")
    assert 0 < found["years"] < len(CONTROL) * 198 / 365.25
    told = exposure_adjusted_rate(2, found["years"])
    assert (found["rate"], found["low"], found["high"]) == (told.value, told.low, told.high)


def test_who_was_given_the_active_kit_counts_there():
    kit = next(one for one in OPENED.tables["dispensing"] if one["match"] == "N")
    assert kit["arm_of_participant"] == "PBO"
    assert kit["participant"] in ACTIVE
    assert row(results(), "adverse_events_summary", period="week_24", category="any", arm="IL2")["n"] == len(ACTIVE)
    randomized = sum(one["arm"] == "IL2" for one in SAFETY.values())
    assert len(ACTIVE) == randomized + 1


def test_the_laboratory_moves_from_before_to_the_highest_after():
    held = rows(results(), "laboratory_shifts", analyte="alt", arm="IL2")
    assert sum(one["participants"] for one in held) == len(ACTIVE)
    above = {
        one["participant"]
        for one in OPENED.tables["safety_laboratory"]
        if one["analyte"] == "alt" and int(one["study_day"]) > 1 and float(one["value"]) > float(one["upper"])
    }
    assert sum(one["participants"] for one in held if one["after"] == "high") == len(above & set(ACTIVE))


@pytest.mark.parametrize(
    ("participant", "other", "told"),
    [
        ("nobody", {}, "adverse_events disagrees with doses on any treatment"),
        ("", {"grade": ""}, "adverse_events disagrees with itself on what every event has"),
        ("", {"study_day": ""}, "adverse_events disagrees with itself on what every event has"),
    ],
)
def test_an_emergent_event_that_cannot_be_counted_stops_the_analysis(participant, other, told):
    wrong = event(1, participant or ACTIVE[0], "Fever", 2) | other
    with pytest.raises(WrongTablesError, match=f"^{participant or ACTIVE[0]}: {told}"):
        events_of(read_trial(changed(OPENED, adverse_events=lambda _: [wrong])))
    without = wrong | {"emergent": "N"}
    assert events_of(read_trial(changed(OPENED, adverse_events=lambda _: [without]))) == []


def test_numbers_are_in_the_order_of_their_values():
    """Event 10 comes after event 9, and of samples of one day the tenth is the last before the first dose."""
    events = [
        event(number, ACTIVE[0], "Fever", 3, serious="Y", seriousness="hospitalisation", study_day=str(number))
        for number in (10, 2, 1, 9)
    ]

    def sampled(held):
        first = held[0]
        cells = {"participant": ACTIVE[0], "taken_on": "2027-01-04", "study_day": "1", "analyte": "alt", "upper": "50"}
        made = {name: cells.get(name, "") for name in first}
        return [made | {"sample": sample, "value": value} for sample, value in (("10", "80"), ("2", "30"), ("9", "40"))]

    found = final_analysis(
        changed(OPENED, adverse_events=lambda _: events, safety_laboratory=sampled), lists=LISTS
    )  # fmt: skip
    assert [one["study_day"] for one in rows(found, "serious_events")] == [1, 2, 9, 10]
    assert [one["before"] for one in rows(found, "laboratory_shifts") if one["participants"]] == ["high"]


def test_exposure_adherence_holds_and_stops():
    taken = [int(SAFETY[number]["doses_taken"]) for number in ACTIVE]
    found = row(results(), "exposure", variable="doses_taken", arm="IL2")
    assert (found["n"], found["mean"], found["maximum"]) == (
        len(taken), pytest.approx(sum(taken) / len(taken)), max(taken),
    )  # fmt: skip
    below = sum(float(SAFETY[number]["adherence_diary"]) < 80 for number in (*ACTIVE, *CONTROL))
    told = rows(results(), "adherence_summary", variable="adherence_diary")
    assert sum(one["below"] for one in told) == below == 1
    assert len(rows(results(), "adherence")) == len(SAFETY)
    assert sum(one["days"] for one in rows(results(), "holds", reason="fever")) == 10
    stopped = sum(bool(one["stop_reason"]) for one in SAFETY.values())
    assert sum(one["participants"] for one in rows(results(), "stops")) == stopped
