"""Edit checks: for each kind, values on the edge, one step off it, and those that are not there."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from irt.outcomes.checks import Finding, findings
from irt.study import Check, Study
from tests.outcomes.written_forms import plain
from tests.wiring import study_of_tests

STUDY = study_of_tests()
DAY_1 = date(2026, 3, 2)
THEN = datetime(2026, 3, 2, 3, tzinfo=UTC)
VISIT_DAYS = {one.id: DAY_1 + timedelta(days=one.day - 1) for one in STUDY.visits}


def form(visit: str, instrument: str, *, revision: int = 1, state: str = "final", **other: Any) -> Any:
    """A row as it is stored; `on`, `at`: another day, another moment."""
    on, at = other.pop("on", VISIT_DAYS.get(visit, DAY_1)), other.pop("at", THEN)
    readings = {key: text for key, text in plain(instrument, **other).items() if text}
    return SimpleNamespace(
        visit=visit, instrument=instrument, revision=revision, state=state, assessed_on=on, readings=readings,
        recorded_at=at,
    )  # fmt: skip


def chosen(enzyme: str | None, revision: int = 1, at: datetime = THEN) -> Any:
    """A row that says which enzyme is followed."""
    return SimpleNamespace(enzyme=enzyme, revision=revision, chosen_at=at)


def said(*forms: Any, study: Study = STUDY, choices: Collection[Any] = ()) -> list[tuple[str, str]]:
    return [(one.check, one.visit) for one in findings(study, forms, choices)]


HAQ = list(plain("haq"))
ENZYMES, DRUG, LUNG = "muscle_enzymes", "glucocorticoid", "pulmonary_function"
OF_ONE_VISIT = [
    (ENZYMES, {}, []),
    (ENZYMES, {"aldolase": ""}, ["aldolase_together"]),
    (ENZYMES, {"aldolase_uln": ""}, ["aldolase_together"]),
    (ENZYMES, {"aldolase": "", "aldolase_uln": ""}, []),
    (ENZYMES, {"ck_uln": "79"}, ["ck_uln_plausible"]),
    (ENZYMES, {"ck_uln": "80"}, []),
    (ENZYMES, {"ck_uln": "500"}, []),
    (ENZYMES, {"ck_uln": "501"}, ["ck_uln_plausible"]),
    (DRUG, {}, []),
    (DRUG, {"drug": "none", "dose": "0"}, []),
    (DRUG, {"drug": "none", "dose": "0.00"}, []),
    (DRUG, {"drug": "none", "dose": "0.01"}, ["no_drug_no_dose"]),
    (DRUG, {"drug": "betamethasone", "dose": "0"}, ["drug_has_dose"]),
    (DRUG, {"drug": "betamethasone", "dose": "0.01"}, []),
    (DRUG, {"dose": "120"}, []),
    (DRUG, {"dose": "120.01"}, ["dose_plausible"]),
    (DRUG, {"drug": "none", "dose": "120.01"}, ["no_drug_no_dose", "dose_plausible"]),
    (LUNG, {"fvc": "50", "dlco": "80"}, []),
    (LUNG, {"fvc": "50", "dlco": "80.1"}, ["dlco_beside_fvc"]),
    (LUNG, {"fvc": "50.1", "dlco": "80.2"}, ["dlco_beside_fvc"]),  # 80.16 is the limit: exact, and no tenth
    (LUNG, {"fvc": "", "dlco": "80.1"}, []),
    (LUNG, {"fvc": "50", "dlco": ""}, []),
    ("haq", {}, []),
    ("haq", dict.fromkeys(HAQ[6:], ""), []),
    ("haq", dict.fromkeys(HAQ[5:], ""), ["haq_given"]),
    ("haq", dict.fromkeys(HAQ[1:], ""), ["haq_given"]),
]


@pytest.mark.parametrize(("instrument", "values", "expected"), OF_ONE_VISIT)
def test_a_check_within_one_form(instrument: str, values: dict[str, str], expected: list[str]) -> None:
    assert said(form("W4", instrument, **values)) == [(one, "W4") for one in expected]


CHANGES = [  # values at W0, W12 and W24; what is found
    (ENZYMES, [{"ck_uln": "200"}, {"ck_uln": "200.0"}, {}], []),
    (ENZYMES, [{}, {"ck_uln": "201"}, {"ck_uln": "201"}], [("ck_uln_changed", "W12"), ("ck_uln_changed", "W24")]),
    (ENZYMES, [{"ck": "100"}, {"ck": "2000"}, {"ck": "100"}], []),
    (ENZYMES, [{"ck": "100"}, {"ck": "2001"}, {"ck": "101"}], [("ck_changed", "W12")]),
    (ENZYMES, [{"ck": "2001"}, {"ck": "100"}, {"ck": "2000"}], [("ck_changed", "W12")]),
    (ENZYMES, [{"ck": "0"}, {"ck": "0"}, {"ck": "1"}], [("ck_changed", "W24")]),
    (ENZYMES, [{"ck": "100"}, None, {"ck": "2001"}], [("ck_changed", "W24")]),
    ("mmt8", [{"deltoid": "0", "biceps": "0"}, {"deltoid": "10", "biceps": "10"}, {}], []),
    ("mmt8", [{"deltoid": "0"}, {"deltoid": "10", "biceps": "10", "quadriceps": "1"}, {"deltoid": "10"}],
     [("mmt8_changed", "W12")]),
    ("cdasi", [{"activity": "60"}, {"activity": "25"}, {"activity": "61"}], [("cdasi_changed", "W24")]),
]  # fmt: skip


@pytest.mark.parametrize(("instrument", "visits", "expected"), CHANGES)
def test_a_change(instrument: str, visits: list[dict[str, str] | None], expected: list[tuple[str, str]]) -> None:
    names = ("W0", "W12", "W24")
    forms = [form(v, instrument, **w) for v, w in zip(names, visits, strict=True) if w is not None]
    assert said(*forms) == expected
    assert said(*reversed(forms)) == expected


def test_a_total_that_is_no_decimal_is_judged_exactly() -> None:
    """Seven answered give sevenths: 3 - 3/2 is 1.5 and holds, 3 - 10/7 does too, 3 - 9/7 does not."""
    worst = dict.fromkeys(plain("haq"), "3")

    def haq(total: int, answered: int) -> dict[str, str]:
        keys = list(plain("haq"))
        given = dict.fromkeys(keys[answered:], "")
        for place in range(answered):
            given[keys[place]] = str(total // answered + (place < total % answered))
        return given

    for (total, answered), holds in {
        (12, 8): True,
        (11, 7): True,
        (10, 7): False,
        (9, 6): True,
        (11, 8): False,
    }.items():
        found = said(form("W0", "haq", **worst), form("W12", "haq", **haq(total, answered)))
        assert (3 - Fraction(total, answered) <= Fraction(3, 2)) is holds
        assert (found == []) is holds, (total, answered)


def test_without_a_total_nothing_is_asked_but_for_the_total() -> None:
    few = dict.fromkeys(HAQ[5:], "")
    assert said(form("W0", "haq", **dict.fromkeys(HAQ, "3")), form("W12", "haq", **few)) == [("haq_given", "W12")]


NO_ALDOLASE = {"aldolase": "", "aldolase_uln": ""}
FOLLOWED = [  # what was chosen, one after the other; the enzymes of a form; whether it is asked about at W0, W12, UV.1
    (["aldolase"], {}, []),
    (["aldolase"], NO_ALDOLASE, ["UV.1", "W12"]),
    (["ck"], NO_ALDOLASE, []),
    ([None], NO_ALDOLASE, []),
    ([], NO_ALDOLASE, []),
    (["aldolase", "ck"], NO_ALDOLASE, []),
    (["ck", "aldolase"], NO_ALDOLASE, ["UV.1", "W12"]),
]


@pytest.mark.parametrize(("enzymes", "values", "expected"), FOLLOWED)
def test_the_enzyme_that_is_followed_is_there_at_later_visits(
    enzymes: list[str | None], values: dict[str, str], expected: list[str]
) -> None:
    choices = [chosen(one, revision) for revision, one in enumerate(enzymes, 1)]
    for visit in ("W0", "W12", "UV.1"):
        found = said(form(visit, ENZYMES, **values), choices=choices[::-1])
        assert found == [("followed_enzyme", one) for one in expected if one == visit]
    undone = form("W12", ENZYMES, revision=2, state="not_done")
    assert said(form("W12", ENZYMES, **values), undone, choices=choices) == []


def test_the_enzyme_that_is_followed_is_asked_for_at_its_field() -> None:
    found = findings(STUDY, [form("W12", ENZYMES, **NO_ALDOLASE)], [chosen("aldolase")])
    assert found == [Finding("followed_enzyme", "W12", ENZYMES, "aldolase")]


def test_a_choice_made_since_says_nothing_of_an_earlier_moment() -> None:
    forms, choices = [form("W12", ENZYMES, **NO_ALDOLASE)], [chosen("aldolase", at=THEN + timedelta(hours=1))]
    assert findings(STUDY, forms, choices, THEN) == []
    assert [one.check for one in findings(STUDY, forms, choices)] == ["followed_enzyme"]


def test_a_choice_can_be_asked_for() -> None:
    check = Check(id="x", kind="given", value="chest_imaging.ild", message=STUDY.checks[0].message)
    study = STUDY.model_copy(update={"checks": (check,)})
    assert said(form("W12", "chest_imaging"), study=study) == []
    assert said(form("W12", "chest_imaging", ild=""), study=study) == [("x", "W12")]
    assert said(form("W12", "mmt8"), study=study) == []


def test_a_total_is_about_the_whole_form_and_a_value_about_its_field() -> None:
    forms = [form("W0", "mmt8"), form("W12", "mmt8", deltoid="10", biceps="10", quadriceps="10")]
    assert findings(STUDY, forms, ()) == [Finding("mmt8_changed", "W12", "mmt8", None)]
    lone = [form("W12", ENZYMES, aldolase="")]
    assert findings(STUDY, lone, ()) == [Finding("aldolase_together", "W12", ENZYMES, "aldolase")]


def test_only_what_counts_is_judged() -> None:
    wrong = {"drug": "none", "dose": "5"}
    assert said(form("W4", DRUG, state="draft", **wrong)) == []
    assert said(form("W4", DRUG, **wrong), form("W4", DRUG, revision=2)) == []
    assert said(form("W4", DRUG), form("W4", DRUG, revision=2, **wrong)) == [("no_drug_no_dose", "W4")]
    undone = form("W4", DRUG, revision=2, state="not_done")
    assert said(form("W4", DRUG, **wrong), undone) == []


def test_the_visit_before_is_the_one_of_the_day_before_also_outside_the_plan() -> None:
    forms = [form("W0", ENZYMES, ck="100"), form("UV.1", ENZYMES, ck="1000", on=VISIT_DAYS["W12"] - timedelta(days=9)),
             form("W12", ENZYMES, ck="2100")]  # fmt: skip
    assert said(*forms) == []
    assert said(forms[0], forms[2]) == [("ck_changed", "W12")]


def test_how_it_stood_at_an_earlier_moment() -> None:
    later = THEN + timedelta(hours=1)
    forms = [form("W4", DRUG, drug="none"), form("W4", DRUG, revision=2, at=later)]
    assert findings(STUDY, forms, ()) == []
    assert [one.check for one in findings(STUDY, forms, (), THEN)] == ["no_drug_no_dose"]
