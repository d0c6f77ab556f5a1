"""What an intercurrent event is to the estimand: decided by the medical monitor, who knows no treatment."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing.planned import require_possible_day
from irt.dispensing.tables import TreatmentStop
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Number, Reason
from irt.gate.state import CLEANING
from irt.outcomes.intercurrent import Event, events_of, verdicts
from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from irt.participants.tables import Participant
from irt.safety.tables import AdverseEvent, EventVersion
from irt.safety.unblindings import require_no_treatment
from irt.study import Study

ADJUDICATORS = frozenset({Role.MEDICAL_MONITOR})


class Adjudicate(Order):
    """What an event is, and from which day on. `basis`, `revision`: of the facts, and of the decision, as shown."""

    participant: Code
    subject: Code
    basis: Code
    revision: Number
    verdict: Code
    happened_on: CalendarDay
    reason: Reason


@act(
    "intercurrent.adjudicate",
    roles=ADJUDICATORS,
    during=CLEANING,
    reason=True,
    sign="I judged this without knowing the treatment",
)
def adjudicate(act: Act, order: Adjudicate) -> str:
    """Decide what an event is to the estimand, or decide it anew; earlier decisions stay. Answers the id of the row.

    Refused: not_found, not_offered, treatment_named, date_in_future, before_screening, event_facts_moved (something
    else is known since the form was shown), adjudicated_meanwhile.
    """
    participant = act.find(Participant, id=order.participant)
    event = _event(act, participant, order.subject)
    known = verdicts(act.study)
    if order.verdict not in known:
        act.refuse("not_offered", field="verdict", value=order.verdict, offered=list(known))
    require_no_treatment(act, order.reason)
    require_possible_day(act, participant, "happened_on", order.happened_on)
    if order.basis != event.basis:
        act.refuse("event_facts_moved")
    if order.revision != 1 + len(act.rows(Adjudication, participant=participant.id, subject=event.subject)):
        act.refuse("adjudicated_meanwhile")
    return act.add(
        Adjudication, id=new_id(act.entropy), participant=participant.id, site=participant.site, subject=event.subject,
        revision=order.revision,  # two at once: the second loses the race by the table's key, and is refused
        basis=event.basis, verdict=order.verdict, happened_on=order.happened_on, told=order.reason, decided_at=act.now,
        decided_by=act.actor.account, signature=act.signature,
    )  # fmt: skip


def gathered(study: Study, rows: Callable[..., Any], participant: str) -> list[Event]:
    """The events of a participant; `rows(model, column=value)` answers rows, as an act or a page reads them."""
    of = {"participant": participant}
    stop = next(iter(rows(TreatmentStop, **of)), None)
    medications, adverse = rows(InterferingMedication, **of), rows(AdverseEvent, **of)
    return events_of(study, medications, stop, adverse, rows(EventVersion, **of))


def _event(act: Act, participant: Row[Any], subject: str) -> Event:
    found = {one.subject: one for one in gathered(act.study, act.rows, participant.id)}
    if subject not in found:
        act.refuse("not_found", what="intercurrent_event")
    return found[subject]
