"""The completeness board reckoned by hand: visits of every state, forms of every standing."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from irt.outcomes.completeness import Completeness, by_visit_and_instrument, completeness_of, counted, expected_forms
from irt.outcomes.completeness import gathered as gather
from tests.wiring import study_of_tests

STUDY = study_of_tests()
DAY_1 = date(2026, 3, 2)
LARGE, SMALL = 13, 2  # instruments of W0, W12, W24 and ET; of the visits between


def day(number: int) -> date:
    return DAY_1 + timedelta(days=number - 1)


def at(on: date) -> datetime:
    """Ten in the morning at the sites."""
    return datetime.combine(on, time(2), UTC)


def person(**other: Any) -> Any:
    told = {"id": "p", "site": "01", "first_dose_on": DAY_1, "ended_on": None, "state": "randomized"}
    return SimpleNamespace(**{**told, **other})


def visit(name: str, state: str = "done", on: date | None = None, revision: int = 1) -> Any:
    return SimpleNamespace(participant="p", visit=name, state=state, visited_on=on, revision=revision)


def form(name: str, instrument: str, state: str = "final", on: date = DAY_1, revision: int = 1) -> Any:
    return SimpleNamespace(
        participant="p", visit=name, instrument=instrument, state=state, assessed_on=on, revision=revision,
        id=f"{name}-{instrument}-{revision}",
    )  # fmt: skip


def gathered(on: date, who: Any = None, **rows: Any) -> Any:
    (found,) = gather(
        STUDY, at(on), [who or person()], [SimpleNamespace(participant="p", randomized_at=at(DAY_1))],
        rows.get("visits", ()), rows.get("forms", ()), rows.get("results", ()), rows.get("queries", ()),
        rows.get("checks", ()),
    )  # fmt: skip
    return found


def of(found: Any, name: str) -> list[str]:
    """The standings of one visit, each once."""
    return sorted({one.standing for one in expected_forms(STUDY, found) if one.visit == name})


def counts(found: Any) -> tuple[int, int]:
    told = counted(expected_forms(STUDY, found))
    return told.expected, told.complete


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (1, LARGE),
        (25, LARGE),  # week 4 is day 29, give or take 3
        (26, LARGE + SMALL),
        (81, LARGE + 2 * SMALL),
        (82, 2 * LARGE + 2 * SMALL),
        (165, 2 * LARGE + 4 * SMALL),
        (166, 3 * LARGE + 4 * SMALL),
        (400, 3 * LARGE + 4 * SMALL),  # the safety contact has no instruments
    ],
)
def test_what_is_due_by_a_day(on: int, due: int) -> None:
    assert counts(gathered(day(on))) == (due, 0)


@pytest.mark.parametrize(
    ("on", "records", "standing"),
    [
        (25, [], "not_yet"),
        (26, [], "due"),
        (32, [], "due"),
        (33, [], "due"),  # overdue: it may be held late
        (53, [], "due"),
        (54, [], "missing"),  # the window of week 8 has begun
        (29, [visit("W4", on=day(29))], "due"),  # held today: the forms are being written
        (32, [visit("W4", on=day(29))], "due"),
        (33, [visit("W4", on=day(29))], "missing"),
        (20, [visit("W4", on=day(20))], "due"),  # held early
        (29, [visit("W4", "skipped")], "missing"),
        (29, [visit("W4", "skipped"), visit("W4", "void", revision=2)], "due"),
    ],
)
def test_where_nothing_is_recorded(on: int, records: list[Any], standing: str) -> None:
    assert of(gathered(day(on), visits=records), "W4") == [standing]


def test_each_standing_of_a_form() -> None:
    forms = [
        form("W0", "mmt8"), form("W0", "cdasi", "draft"), form("W0", "haq", "not_done"),
        form("W0", "mdaat"), form("W0", "mdaat", "not_done", revision=2),
        form("W0", "patient_global", "draft"), form("W0", "patient_global", revision=2),
    ]  # fmt: skip
    found = expected_forms(STUDY, gathered(day(1), forms=forms))
    standing = {one.instrument: one.standing for one in found if one.visit == "W0" and one.standing != "due"}
    assert standing == {
        "mmt8": "done", "cdasi": "draft", "haq": "not_done", "mdaat": "not_done", "patient_global": "done",
    }  # fmt: skip
    assert counted(found) == Completeness(LARGE, 2)


def test_of_what_can_unmask_only_whether_it_is_there_or_was_not_done() -> None:
    results = [form("W0", "t_cells"), form("W0", "cytokines", "not_done"), form("W0", "blood_count", revision=2)]
    asked = [SimpleNamespace(participant="p", visit="W0", instrument="t_cells", state="open")]
    found = expected_forms(STUDY, gathered(day(1), results=results, queries=asked))
    told = {one.instrument: (one.standing, one.notes) for one in found if one.visit == "W0"}
    assert (told["t_cells"], told["cytokines"], told["blood_count"]) == (
        ("done", ()), ("not_done", ()), ("done", ())
    )  # fmt: skip
    assert counted(found).complete == 2


def test_late_outside_asked_about_and_compared() -> None:
    forms = [form("W4", "glucocorticoid", on=day(33)), form("W8", "glucocorticoid", on=day(53)),
             form("W12", "mmt8", on=day(85)), form("W12", "cdasi", on=day(110)),
             form("W0", "mmt8", on=day(-3))]  # fmt: skip
    asked = [SimpleNamespace(participant="p", visit="W12", instrument="mmt8", state="answered"),
             SimpleNamespace(participant="p", visit="W12", instrument="cdasi", state="closed")]  # fmt: skip
    checks = [SimpleNamespace(participant="p", form="W12-mmt8-1"), SimpleNamespace(participant="p", form="gone")]
    found = expected_forms(STUDY, gathered(day(120), forms=forms, queries=asked, checks=checks))
    notes = {(one.visit, one.instrument): one.notes for one in found if one.standing == "done"}
    assert notes == {
        ("W4", "glucocorticoid"): ("late",), ("W8", "glucocorticoid"): ("early",),
        ("W12", "mmt8"): ("query", "checked"), ("W12", "cdasi"): ("outside",), ("W0", "mmt8"): (),
    }  # fmt: skip


def test_whoever_left_owes_nothing_after_that() -> None:
    gone = person(state="withdrawn", ended_on=day(40))
    found = gathered(day(100), gone, visits=[visit("ET.1", on=day(40))], forms=[form("ET.1", "mmt8", on=day(40))])
    assert [one for one in ("W0", "W4", "W8", "W12", "ET.1") if of(found, one)] == ["W0", "W4", "ET.1"]
    assert (of(found, "W4"), of(found, "ET.1")) == (["missing"], ["done", "missing"])
    assert counts(found) == (LARGE + SMALL + LARGE, 1)


def test_an_early_termination_counts_once_it_took_place() -> None:
    records = [visit("ET.1", on=day(20)), visit("ET.2", on=day(21)), visit("ET.2", "void", revision=2)]
    found = gathered(day(20), visits=records)
    assert (of(found, "ET.1"), of(found, "ET.2")) == (["due"], [])
    assert counts(found) == (2 * LARGE, 0)
    assert of(gathered(day(21), visits=records), "ET.1") == ["missing"]


def test_of_a_visit_for_an_event_only_what_was_recorded() -> None:
    records = [visit("UV.1", on=day(20))]
    assert of(gathered(day(21), visits=records), "UV.1") == []
    assert counts(gathered(day(21), visits=records)) == (LARGE, 0)
    forms = [form("UV.1", "glucocorticoid", on=day(20)), form("UV.1", "muscle_enzymes", "draft", on=day(20))]
    found = gathered(day(21), visits=records, forms=forms, results=[form("UV.1", "blood_count", "not_done")])
    told = {one.instrument: one.standing for one in expected_forms(STUDY, found) if one.visit == "UV.1"}
    assert told == {"glucocorticoid": "done", "muscle_enzymes": "draft", "blood_count": "not_done"}
    assert counts(found) == (LARGE + 3, 1)


@pytest.mark.parametrize(
    ("on", "rows", "gap"),
    [
        (32, {}, False),
        (33, {}, True),  # its window is over, nothing is there
        (54, {}, True),  # missing
        (33, {"forms": [("final", "")], "results": ["final"]}, False),
        (33, {"forms": [("final", "open")], "results": ["final"]}, True),
        (33, {"forms": [("final", "answered")], "results": ["final"]}, True),
        (33, {"forms": [("final", "closed")], "results": ["final"]}, False),
        (33, {"forms": [("draft", "")], "results": ["final"]}, True),
        (54, {"forms": [("not_done", "")], "results": ["not_done"]}, False),
        (33, {"forms": [("final", "")], "results": []}, True),
    ],
)
def test_what_is_a_gap(on: int, rows: dict[str, Any], gap: bool) -> None:
    told = {"participant": "p", "visit": "W4", "instrument": "glucocorticoid"}
    forms = [form("W4", "glucocorticoid", state, day(29)) for state, _ in rows.get("forms", ())]
    results = [form("W4", "blood_count", state) for state in rows.get("results", ())]
    queries = [SimpleNamespace(**told, state=state) for _, state in rows.get("forms", ()) if state]
    found = gathered(day(on), forms=forms, results=results, queries=queries)
    assert any(one.gap for one in expected_forms(STUDY, found) if one.visit == "W4") is gap
    assert not any(one.gap for one in expected_forms(STUDY, found) if one.standing == "not_yet")


def test_before_the_first_dose_the_first_visit_is_due() -> None:
    waiting = person(first_dose_on=None)
    assert counts(gathered(day(1), waiting)) == (LARGE, 0)
    assert of(gathered(day(8), waiting), "W0") == ["due"]


def test_over_all_and_by_visit_and_instrument() -> None:
    others = [person(id=name, site=site) for name, site in (("p", "01"), ("q", "02"), ("screened", "01"))]
    done = [SimpleNamespace(participant=name, randomized_at=at(DAY_1)) for name in ("p", "q")]
    forms = [form("W0", "mmt8"), form("W0", "cdasi", "draft")]
    assert completeness_of(STUDY, at(day(1)), others, done, (), forms, ()) == Completeness(2 * LARGE, 1)
    people = gather(STUDY, at(day(1)), others, done, (), forms)
    told = by_visit_and_instrument(one for who in people for one in expected_forms(STUDY, who))
    assert told["W0", "mmt8"] == Completeness(2, 1)
    assert told["W0", "cdasi"] == Completeness(2, 0)
    assert {name for name, _ in told} == {"W0"}


def test_a_percentage_is_whole_only_when_nothing_is_left() -> None:
    assert (Completeness(200, 199).percent, Completeness(200, 200).percent, Completeness().percent) == (99, 100, 100)
