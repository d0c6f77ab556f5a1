"""Source verification: a monitor marks what they compared with its source."""

from typing import Annotated

from pydantic import Field

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.gate.state import CLEANING
from irt.outcomes.capture import current_forms
from irt.outcomes.tables import OutcomeForm, SourceCheck
from irt.participants.tables import Participant

CHECKERS = (Role.MONITOR,)


class VerifySource(Order):
    """Forms of one participant, each by its id as it was shown: a later revision has another."""

    participant: Code
    forms: Annotated[tuple[Code, ...], Field(max_length=500)]


@act("outcomes.verify_source", roles=CHECKERS, during=CLEANING)
def verify_source(act: Act, order: VerifySource) -> None:
    """Mark the present revision of forms as compared with the source.

    Refused: not_found (also of a draft), nothing_chosen, form_corrected_since, source_checked.
    """
    participant = act.find(Participant, id=order.participant)
    rows = act.rows(OutcomeForm, participant=participant.id)
    current = {row.id: row for row in current_forms(rows).values()}
    earlier = {row.id for row in rows if row.state != "draft"}
    marked = {row.form for row in act.rows(SourceCheck, participant=participant.id)}
    if not order.forms:
        act.refuse("nothing_chosen")
    for form in dict.fromkeys(order.forms):
        if form not in earlier:
            act.refuse("not_found", what="outcome_form")
        if form not in current:
            act.refuse("form_corrected_since")
        if form in marked:
            act.refuse("source_checked", instrument=current[form].instrument, visit=current[form].visit)
        act.add(
            SourceCheck, id=new_id(act.entropy), participant=participant.id, site=participant.site, form=form,
            checked_at=act.now, checked_by=act.actor.account,
        )  # fmt: skip
