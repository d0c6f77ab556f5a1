"""The primary outcome: the reference cases, each pair of events in both orders, days, and what is refused."""

from itertools import combinations
from typing import Any

import pytest

from irt.outcomes.response import PRECEDENCE, Intercurrent, WrongValuesError, primary_responder
from tests.outcomes.reference import VECTORS

CASES = VECTORS["primary_endpoint"]
WEEK_12 = 85
EVENTS = {
    "death": Intercurrent("death", 60),
    "rescue": Intercurrent("rescue", 50),
    "stop_ae": Intercurrent("discontinuation", 40, "adverse_event"),
    "stop_efficacy": Intercurrent("discontinuation", 45, "lack_of_efficacy"),
    "stop_other": Intercurrent("discontinuation", 30, "other"),
    "code_break": Intercurrent("code_break", 20),
    "wrong_kit": Intercurrent("wrong_kit", 10),
}
COMPOSITE, MISSING, POLICY = "composite", "non_responder_imputation", "treatment_policy"
# Two at once, the strategy that wins, and which of the two decided; "missing" is a score that is not there.
PAIRS = [
    ("death", "rescue", COMPOSITE, "death"),
    ("death", "stop_ae", COMPOSITE, "death"),
    ("death", "stop_efficacy", COMPOSITE, "death"),
    ("death", "missing", COMPOSITE, "death"),
    ("death", "stop_other", COMPOSITE, "death"),
    ("death", "code_break", COMPOSITE, "death"),
    ("death", "wrong_kit", COMPOSITE, "death"),
    ("rescue", "stop_ae", COMPOSITE, "rescue"),
    ("rescue", "stop_efficacy", COMPOSITE, "rescue"),
    ("rescue", "missing", COMPOSITE, "rescue"),
    ("rescue", "stop_other", COMPOSITE, "rescue"),
    ("rescue", "code_break", COMPOSITE, "rescue"),
    ("rescue", "wrong_kit", COMPOSITE, "rescue"),
    ("stop_ae", "stop_efficacy", COMPOSITE, "stop_ae"),  # the first of the two
    ("stop_ae", "missing", COMPOSITE, "stop_ae"),
    ("stop_ae", "stop_other", COMPOSITE, "stop_ae"),
    ("stop_ae", "code_break", COMPOSITE, "stop_ae"),
    ("stop_ae", "wrong_kit", COMPOSITE, "stop_ae"),
    ("stop_efficacy", "missing", COMPOSITE, "stop_efficacy"),
    ("stop_efficacy", "stop_other", COMPOSITE, "stop_efficacy"),
    ("stop_efficacy", "code_break", COMPOSITE, "stop_efficacy"),
    ("stop_efficacy", "wrong_kit", COMPOSITE, "stop_efficacy"),
    ("missing", "stop_other", MISSING, None),
    ("missing", "code_break", MISSING, None),
    ("missing", "wrong_kit", MISSING, None),
    ("stop_other", "code_break", POLICY, "stop_other"),
    ("stop_other", "wrong_kit", POLICY, "stop_other"),
    ("code_break", "wrong_kit", POLICY, "wrong_kit"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_reference_cases_are_met(case: dict[str, Any]) -> None:
    assert len(CASES) == 8
    days = [one["week12_day"] for one in case["intercurrent"] if "week12_day" in one]
    events = [Intercurrent(one["type"], one["day"], one.get("reason")) for one in case["intercurrent"]]
    found = primary_responder(case["tis_week12"], events, assessment_day=(days or [WEEK_12])[0])
    assert found.value == case["primary_responder"]


def test_the_table_holds_every_pair() -> None:
    assert {frozenset(row[:2]) for row in PAIRS} == {*map(frozenset, combinations([*EVENTS, "missing"], 2))}
    assert len(PAIRS) == 28


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("one", "other", "strategy", "decided"), PAIRS)
def test_one_strategy_wins_whatever_the_order(
    one: str, other: str, strategy: str, decided: str | None, turned: bool
) -> None:
    names = [name for name in ((other, one) if turned else (one, other)) if name != "missing"]
    tis = None if "missing" in (one, other) else "60"
    found = primary_responder(tis, [EVENTS[name] for name in names], assessment_day=WEEK_12)
    assert (found.strategy, found.event) == (strategy, EVENTS[decided] if decided else None)
    assert found.value == (1 if strategy == POLICY else 0)


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize(("day", "counts"), [(WEEK_12 - 1, True), (WEEK_12, False), (WEEK_12 + 1, False)])
def test_only_what_came_before_the_assessment_counts(name: str, day: int, counts: bool) -> None:
    event = Intercurrent(EVENTS[name].kind, day, EVENTS[name].reason)
    found = primary_responder("20", [event], assessment_day=WEEK_12)
    assert found.event == (event if counts else None)
    expected = (0, COMPOSITE) if name in ("death", "rescue", "stop_ae", "stop_efficacy") else (1, POLICY)
    assert (found.value, found.strategy) == (expected if counts else (1, "observed"))


@pytest.mark.parametrize("name", ["stop_other", "code_break", "wrong_kit"])
@pytest.mark.parametrize(("tis", "value"), [("17.5", 0), ("20", 1)])
def test_treatment_policy_takes_the_score_as_it_is(name: str, tis: str, value: int) -> None:
    found = primary_responder(tis, [EVENTS[name]], assessment_day=WEEK_12)
    assert (found.value, found.strategy) == (value, POLICY)


def test_of_two_stops_the_first_decides() -> None:
    late = Intercurrent("discontinuation", 70, "adverse_event")
    for events in ([late, EVENTS["stop_efficacy"]], [EVENTS["stop_efficacy"], late]):
        assert primary_responder("60", events, assessment_day=WEEK_12).event == EVENTS["stop_efficacy"]


def test_another_precedence_names_another_event() -> None:
    order = ("missing", *(one for one in PRECEDENCE if one != "missing"))
    found = primary_responder(None, [EVENTS["death"]], assessment_day=WEEK_12, precedence=order)
    assert (found.value, found.strategy, found.event) == (0, MISSING, None)


def test_what_is_no_event_and_no_score_is_refused_at_once() -> None:
    events = [
        EVENTS["death"],
        Intercurrent("discontinuation", 40),
        Intercurrent("rescue", 40, "other"),
        Intercurrent("relapse", 40),
    ]
    with pytest.raises(WrongValuesError) as refused:
        primary_responder("19.9", events, assessment_day=WEEK_12, precedence=("death", "rescue"))
    assert [(one.field, one.value) for one in refused.value.mistakes] == [
        ("tis", "'19.9'"),
        ("event 2", "'discontinuation'"),
        ("event 3", "'rescue for other'"),
        ("event 4", "'relapse'"),
        ("precedence", "'death, rescue'"),
    ]
    with pytest.raises(WrongValuesError, match=r"tis: '102\.5' is above 100"):
        primary_responder("102.5", [], assessment_day=WEEK_12)
    with pytest.raises(TypeError, match="binary float"):
        primary_responder(20.0, [], assessment_day=WEEK_12)  # type: ignore[arg-type]
