"""Each pair of events in both orders, from what was decided about them to the primary outcome."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from irt.outcomes.intercurrent import STOP, Event, adjudicated_events
from irt.outcomes.primary import Intercurrent
from tests.outcomes.test_primary_responder import EVENTS, MISSING, PAIRS, POLICY
from tests.outcomes.test_scoring import CK, DAY_1, PLANNED, STUDY, both, primary_of, without

VERDICTS = {"death": "death", "rescue": "rescue", "stop_ae": STOP, "stop_efficacy": STOP, "stop_other": "other"}
UNJUDGED = ("code_break", "wrong_kit")  # known to the analysis alone: nobody decides about them


def judged(*names: str) -> list[Intercurrent]:
    """These events as they count, each decided as it was proposed; the others as the analysis knows them."""
    events, rows = [], []
    for name in names:
        if name in VERDICTS:
            known = EVENTS[name]
            on = DAY_1 + timedelta(days=known.day - 1)
            event = Event(name, on, VERDICTS[name], {"intercurrent": known.reason or ""})
            events.append(event)
            rows.append(
                SimpleNamespace(
                    subject=name, revision=1, basis=event.basis, verdict=event.proposed, happened_on=on
                )
            )  # fmt: skip
    found = adjudicated_events(STUDY, PLANNED, events, list(reversed(rows)))
    return found + [EVENTS[name] for name in names if name in UNJUDGED]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("one", "other", "strategy", "decided"), PAIRS)
def test_one_strategy_wins_whatever_the_order(
    one: str, other: str, strategy: str, decided: str | None, turned: bool
) -> None:
    names = [name for name in ((other, one) if turned else (one, other)) if name != "missing"]
    rows = without(both(), "W12", "haq") if "missing" in (one, other) else both()
    events = judged(*names)
    assert len(events) == len(names)
    found = primary_of(STUDY, rows, CK, PLANNED, events)
    assert (found.strategy, found.event) == (strategy, EVENTS[decided] if decided else None)
    assert found.value == (1 if strategy == POLICY else 0)


def test_the_pairs_are_all_there() -> None:
    assert len(PAIRS) == 28
    assert {one for pair in PAIRS for one in pair[:2]} == {*VERDICTS, *UNJUDGED, "missing"}
    assert MISSING in {pair[2] for pair in PAIRS}


def test_what_was_decided_to_be_none_leaves_the_score() -> None:
    event = Event("medication.1", DAY_1, "rescue", {})
    none = SimpleNamespace(subject="medication.1", revision=1, basis=event.basis, verdict="none", happened_on=DAY_1)
    assert adjudicated_events(STUDY, PLANNED, [event], [none]) == []
    again = SimpleNamespace(**vars(none) | {"revision": 2, "verdict": "rescue"})
    assert adjudicated_events(STUDY, PLANNED, [event], [again, none]) == [Intercurrent("rescue", 1)]
    stale = SimpleNamespace(**vars(again) | {"basis": "of other facts"})
    assert adjudicated_events(STUDY, PLANNED, [event], [stale]) == []
