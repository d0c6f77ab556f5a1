"""Every night: the safety officer is told when envelopes are due, by counts alone.

What is due grew since the last message, or is due still after a week. That kits were given after envelopes had been
issued is told every four weeks: such an envelope is right still, and all become so with each visit.
"""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from irt.actor import Role
from irt.gate.act import Act, Order, act
from irt.gate.tables import Outbox
from irt.safety.envelope_counts import due_from, older_among

KIND = "envelopes.due"
NEVER = datetime.min.replace(tzinfo=UTC)
AGAIN_AFTER, OLDER_AFTER = timedelta(days=7), timedelta(days=28)


class RemindOfEnvelopes(Order):
    """Nothing to say: the envelopes are looked at as they stand."""


class DueEnvelopes(BaseModel):
    """How many participants are due an envelope, and of how many others it is older than their newest kit."""

    model_config = ConfigDict(frozen=True)
    due: int
    older: int


@act("envelopes.remind", roles={Role.OPERATOR}, during=None, always=True, everywhere=True)
def remind_of_envelopes(act: Act, _order: RemindOfEnvelopes) -> DueEnvelopes:
    """Tell the safety officer that envelopes are due: when more are than at the last message, and weekly while any is;
    of those that are only older than the newest kit, every four weeks."""
    due, older = due_from(act.rows), older_among(act.rows)
    found = DueEnvelopes(due=len(due), older=len(older.keys() - due.keys()))
    told = max((row.created_at for row in act.rows(Outbox, kind=KIND)), default=NEVER)
    grown = any(moment > told for moment in due.values())
    still = due and act.now - told >= AGAIN_AFTER
    if grown or still or (found.older and act.now - told >= OLDER_AFTER):
        act.send("envelopes.due", audience=[Role.SAFETY_OFFICER], due=found.due, older=found.older)
    return found
