"""Queries between people: raised by a data manager or monitor, answered by the site, closed by whoever raised them.

Their words are a channel: they are read by raters, who must not learn of adverse events or of a treatment. Words that
name a treatment are refused here; the rest is said to the writer on the page.
"""

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import Row

from irt.actor import SITE_ROLES, Actor, Role
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Text
from irt.gate.state import CLEANING
from irt.outcomes.capture import current_forms, rated_by
from irt.outcomes.checks import Finding
from irt.outcomes.forms import keys_of
from irt.outcomes.query_tables import Query
from irt.outcomes.raising import CHECK, add_message, raise_query
from irt.outcomes.tables import OutcomeForm
from irt.participants.tables import Participant
from irt.people.tables import Account, RoleGrant
from irt.safety.unblindings import require_no_treatment

RAISERS = (Role.DATA_MANAGER, Role.MONITOR)
OWNERS = (Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR, Role.INVESTIGATOR, Role.COORDINATOR)
State = Literal["open", "answered", "closed"]
Step = Literal["answered", "asked_again", "closed"]
NEXT: dict[State, dict[Step, State]] = {
    "open": {"answered": "answered", "closed": "closed"},
    "answered": {"asked_again": "open", "closed": "closed"},
    "closed": {},
}
assert set(OWNERS) <= SITE_ROLES, "an owner is of the site"


class RaiseQuery(Order):
    """A question about a recorded form, or about one value of it."""

    participant: Code
    visit: Code
    instrument: Code
    field: Code | None = None
    text: Text


class WriteQuery(Order):
    """One more line of a query's thread."""

    query: Code
    text: Text


class CloseQuery(Order):
    """A query that is settled; `text`: what settled it, where that needs saying."""

    query: Code
    text: Text | None = None


@act("query.raise", roles=RAISERS, during=CLEANING)
def raise_one(act: Act, order: RaiseQuery) -> str:
    """Ask the site about what it recorded; answers the query's id.

    Refused: not_found (also of a draft, and of what can unmask), treatment_named.
    """
    participant = act.find(Participant, id=order.participant)
    require_no_treatment(act, order.text)
    known = {one.id: one for one in act.study.instruments if not one.can_unmask}
    rows = act.rows(OutcomeForm, participant=participant.id, visit=order.visit, instrument=order.instrument)
    form = current_forms(rows).get((order.visit, order.instrument))
    if order.instrument not in known or form is None or form.state == "draft":
        act.refuse("not_found", what="outcome_form")
    instrument = known[order.instrument]
    if order.field is not None and order.field not in keys_of(instrument):
        act.refuse("not_found", what="field")
    sites = act.actor.sites(frozenset({Role.DATA_MANAGER}))
    asks = Role.DATA_MANAGER if sites is None or participant.site in sites else Role.MONITOR
    about = Finding("", order.visit, order.instrument, order.field)
    number = 1 + len(act.rows(Query, participant=participant.id))
    return raise_query(
        act, participant, about, number=number, origin=str(asks), owner=rated_by(instrument), text=order.text
    )


@act("query.answer", roles=OWNERS, during=CLEANING)
def answer(act: Act, order: WriteQuery) -> None:
    """Answer a query, by the role that answers for its instrument at the site.

    Refused: not_found, query_state, treatment_named.
    """
    query = _find(act, order.query)
    sites = act.actor.sites(frozenset({Role(query.owner)}))
    if sites is not None and query.site not in sites:
        act.refuse("not_found", what="query")
    _step(act, query, "answered", order.text)


@act("query.ask_again", roles=RAISERS, during=CLEANING)
def ask_again(act: Act, order: WriteQuery) -> None:
    """Say why the answer does not settle a query. Refused: not_found, query_not_yours, query_state, treatment_named."""
    query = _find(act, order.query)
    _require_raiser(act, query)
    _step(act, query, "asked_again", order.text)


@act("query.close", roles=RAISERS, during=CLEANING)
def close(act: Act, order: CloseQuery) -> None:
    """Close a query that is settled, or that need not be answered. Refused: as `ask_again`."""
    query = _find(act, order.query)
    _require_raiser(act, query)
    _step(act, query, "closed", order.text)


def _find(act: Act, query: str) -> Row[Any]:
    """A query, after its participant was locked: acts that record forms lock them in this order too."""
    found = act.find(Query, id=query, lock=False)
    act.find(Participant, id=found.participant)
    return act.find(Query, id=query)


def _step(act: Act, query: Row[Any], step: Step, text: str | None) -> None:
    state: State = query.state
    if step not in NEXT[state]:
        act.refuse("query_state", state=state, number=query.number)
    if text is not None:
        require_no_treatment(act, text)
    add_message(act, query, step, text)
    act.change(Query, query, state=NEXT[state][step])


def _require_raiser(act: Act, query: Row[Any]) -> None:
    raiser = act.find(Account, id=query.raised_by, lock=False)
    if not may_settle(act.actor, query, raiser, act.rows(RoleGrant, account=query.raised_by, state="active")):
        act.refuse("query_not_yours", number=query.number)


def may_settle(person: Actor, query: Any, raiser: Any, grants: Iterable[Any]) -> bool:
    """Whether a person asks a query again and closes it: whoever raised it; somebody of their role once they do not
    hold it any more; of a check, the data manager.

    `raiser`: the account that raised it; `grants`: its active roles.
    """
    role = Role.DATA_MANAGER if query.origin == CHECK else Role(query.origin)
    sites = person.sites(frozenset({role}))
    if sites is not None and query.site not in sites:
        return False
    there = raiser.state == "active" and any(row.role == role and row.at_site in (None, query.site) for row in grants)
    return query.origin == CHECK or query.raised_by == person.account or not there
