"""What tests of queries start from: a treated participant whose form broke a check, and the steps of a thread."""

from typing import Any

from irt.outcomes.queries import CloseQuery, RaiseQuery, WriteQuery, answer, ask_again, close, raise_one
from irt.outcomes.query_tables import Query, QueryMessage
from tests.cast import World
from tests.outcomes.written_forms import written
from tests.treated import Patient

DRUG = "glucocorticoid"


def slip(patient: Patient) -> Any:
    """No drug, but a dose: the query that a check raises about it."""
    written(patient.world, patient.id, "W0", DRUG, drug="none", dose="5")
    return patient.world.row(Query, check_id="no_drug_no_dose")


def asked(patient: Patient, instrument: str = "mmt8", by: str = "monitor", **other: Any) -> Any:
    """A query that a person raised about a recorded form."""
    world = patient.world
    query = world.do(raise_one, question(patient, instrument, **other), by=by)
    return world.row(Query, id=query)


def question(patient: Patient, instrument: str = "mmt8", **other: Any) -> RaiseQuery:
    """The order of one."""
    told = {"participant": patient.id, "visit": "W0", "instrument": instrument, "text": "Is this as in the source?"}
    return RaiseQuery(**{**told, **other})


def answered(world: World, query: Any, by: str, text: str = "Yes, as in the source.") -> Any:
    """The site answers; answers the row."""
    world.do(answer, WriteQuery(query=query.id, text=text), by=by)
    return world.row(Query, id=query.id)


def asked_again(world: World, query: Any, by: str) -> Any:
    """It is asked again."""
    world.do(ask_again, WriteQuery(query=query.id, text="Which page of it?"), by=by)
    return world.row(Query, id=query.id)


def closed(world: World, query: Any, by: str, text: str | None = None) -> Any:
    """It is closed."""
    world.do(close, CloseQuery(query=query.id, text=text), by=by)
    return world.row(Query, id=query.id)


def thread(world: World, query: Any) -> list[tuple[str, str | None]]:
    """The lines of a query."""
    found = sorted(world.rows(QueryMessage, query=query.id), key=lambda row: int(row.ordinal))
    assert [row.ordinal for row in found] == list(range(1, len(found) + 1))
    return [(row.kind, row.text) for row in found]
