"""Errors about queries, planted through the gate in the trial of `plantings`."""

from typing import Any

from irt.gate.act import Act
from irt.outcomes.query_tables import Query, QueryMessage
from irt.participants.tables import Participant
from tests.assurance.plantings import Named, planting


def _line(act: Act, query: str, ordinal: int, kind: str, who: str | None = None) -> Named:
    of = act.find(Query, id=query) if who is None else act.find(Participant, id=who)
    key = act.add(
        QueryMessage, id=f"plant {query} {ordinal}", query=query, participant=who or of.participant, site=of.site,
        ordinal=ordinal, kind=kind, text="planted", written_at=act.now, written_by="a1",
    )  # fmt: skip
    return "query_message", key


def _query(act: Act, number: int) -> Any:
    who = act.find(Participant, id="p1")
    return act.add(
        Query, id="plant", participant=who.id, site=who.site, number=number, visit="W0", instrument="mmt8",
        origin="monitor", owner="assessor", state="open", raised_at=act.now, raised_by="a1",
    )  # fmt: skip


@planting("a query stands otherwise than its last line left it")
def _state(act: Act) -> Named:
    act.change(Query, act.find(Query, id="qu1"), state="answered")
    return "query", "qu1"


@planting("a query goes on after it was closed")
def _after_the_end(act: Act) -> Named:
    _line(act, "qu2", 2, "closed")
    return _line(act, "qu2", 3, "answered")


@planting("a line of a query's thread is left out")
def _gap(act: Act) -> Named:
    named = _line(act, "qu1", 3, "answered")
    act.change(Query, act.find(Query, id="qu1"), state="answered")
    return named


@planting("a line of a query is about somebody else")
def _of_another(act: Act) -> Named:
    named = _line(act, "qu1", 2, "closed", who="p3")
    act.change(Query, act.find(Query, id="qu1"), state="closed")
    return named


@planting("a query without a thread")
def _no_thread(act: Act) -> Named:
    return "query", _query(act, 2)


@planting("a number of a participant's queries is left out")
def _number(act: Act) -> Named:
    query = _query(act, 3)
    _line(act, query, 1, "raised")
    return "query", query
