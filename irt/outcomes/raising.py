"""Queries that edit checks raise, and close once they hold, in the act that records a form."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act
from irt.outcomes.checks import Finding, as_of, findings
from irt.outcomes.query_tables import Query, QueryMessage
from irt.study import Instrument

STANDING = ("open", "answered")
CHECK = "check"


def settle_queries(
    act: Act,
    participant: Row[Any],
    forms: Collection[Any],
    choices: Collection[Any],
    owner_of: Callable[[Instrument], Role],
) -> None:
    """Raise a query for each check that does not hold and has none standing; close those of checks that hold by now.

    `forms`, `choices` (of an enzyme): all of the participant, who is locked. What somebody closed while it did not hold
    was explained, and is not asked again as long as the form reads the same.
    """
    known = act.rows(Query, participant=participant.id)
    mine = [row for row in known if row.origin == CHECK]
    found = findings(act.study, forms, choices)
    for row in mine:
        if row.state in STANDING and _about(row) not in found:
            add_message(act, row, "closed", None)
            act.change(Query, row, state="closed")
    standing = {_about(row) for row in mine if row.state in STANDING}
    number = len(known)
    for one in found:
        if one in standing or _explained(act, one, mine, forms, choices):
            continue
        number += 1
        owner = owner_of(act.study.instrument(one.instrument))
        raise_query(act, participant, one, number=number, origin=CHECK, owner=owner, text=None)


def raise_query(
    act: Act, participant: Row[Any], about: Finding, *, number: int, origin: str, owner: Role, text: str | None
) -> str:
    """Add a query with the first line of its thread; answers its id. `about.check` counts only where a check asks."""
    query = act.add(
        Query, id=new_id(act.entropy), participant=participant.id, site=participant.site, number=number,
        visit=about.visit, instrument=about.instrument, field=about.field, origin=origin,
        check_id=about.check if origin == CHECK else None, owner=str(owner), state="open", raised_at=act.now,
        raised_by=act.actor.account,
    )  # fmt: skip
    _add_line(act, query, participant.id, participant.site, 1, "raised", text)
    return query


def add_message(act: Act, query: Any, kind: str, text: str | None) -> None:
    """One more line of a query's thread; its participant is locked, so lines come one after the other."""
    ordinal = 1 + len(act.rows(QueryMessage, query=query.id))
    _add_line(act, query.id, query.participant, query.site, ordinal, kind, text)


def _add_line(act: Act, query: str, participant: str, site: str, ordinal: int, kind: str, text: str | None) -> None:
    act.add(
        QueryMessage, id=new_id(act.entropy), query=query, participant=participant, site=site, ordinal=ordinal,
        kind=kind, text=text, written_at=act.now, written_by=act.actor.account,
    )  # fmt: skip


def _about(query: Any) -> Finding:
    return Finding(query.check_id, query.visit, query.instrument, query.field)


def _explained(act: Act, one: Finding, mine: Collection[Any], forms: Collection[Any], choices: Collection[Any]) -> bool:
    """Whether a query about this was closed by somebody while the check did not hold, and the form reads as it did."""
    now = as_of(forms)[one.visit, one.instrument].readings
    for query in mine:
        if _about(query) != one or query.state != "closed":
            continue
        closed = max(act.rows(QueryMessage, query=query.id), key=lambda row: int(row.ordinal)).written_at
        then = as_of(forms, closed).get((one.visit, one.instrument))
        if then is not None and then.readings == now and one in findings(act.study, forms, choices, closed):
            return True
    return False
