"""The main act: a participant is drawn a slot and set aside their first kit, at once or not at all."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from irt.actor import Role
from irt.conduct.open import require_open
from irt.conduct.tables import Enrolment
from irt.entropy import below
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.participants.consent import consent_is_current
from irt.participants.tables import Participant
from irt.participants.visits import local_day
from irt.randomization.eligibility import valid_eligibility
from irt.randomization.tables import Randomization
from irt.supply import assigning, ledger
from irt.supply.expiry import first_kit_until
from irt.supply.tables import Assignment
from irt.vault import blind

CLOSED = "site_closed_for_randomization"  # the one refusal, whether the status or the vault says it


class RandomizeOrder(Order):
    """Whom to randomize."""

    participant: Code


class Randomized(BaseModel):
    """What may be known: the number, and the kit to hand over first. `again`: it had been done before."""

    model_config = ConfigDict(frozen=True)
    number: str
    kit: str
    again: bool


@act("participant.randomize", roles={Role.INVESTIGATOR, Role.COORDINATOR}, sign="I request randomization")
def randomize(act: Act, order: RandomizeOrder) -> Randomized:
    """Randomize an eligible participant: every arm servable, slot, first kit and caps in one act.

    A participant who is randomized already gets the first answer again.
    """
    participant = act.find(Participant, id=order.participant)
    if participant.state != "screened":
        done = act.seek(Randomization, participant=participant.id)
        if done is not None:
            return _first_answer(act, done)
        act.refuse("participant_state", state=participant.state)
    eligibility = valid_eligibility(act, participant)
    if eligibility is None:
        act.refuse("eligibility_not_confirmed", participant=participant.screening_number)
    if not consent_is_current(act, participant.id):
        act.refuse("consent_not_current", current=act.study.consent_version)
    require_open(act, participant.site, "randomization")
    number = f"R{below(act.entropy, 10**6):06d}"
    act.add(
        Randomization,
        participant=participant.id,
        site=participant.site,
        number=number,
        stratum=eligibility.stratum,
        eligibility=eligibility.id,
        randomized_by=act.actor.account,
        randomized_at=act.now,
        signature=act.signature,
    )
    act.change(Participant, participant, state="randomized")
    act.send(
        "participant.randomized",
        audience={Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR, Role.TRIAL_MANAGER},
        site=participant.site,
        participant=participant.id,
        number=participant.screening_number,
    )
    kit = _draw(act, participant, eligibility.stratum)  # last: its locks are what others wait for
    _count(act, participant.site)
    return Randomized(number=number, kit=kit, again=False)


def _draw(act: Act, participant: Row[Any], stratum: str) -> str:
    if ledger.lock_shelf(act, participant.site).randomization != "open":
        act.refuse(CLOSED)
    visit = act.study.dispensing_visits[0].id
    until = first_kit_until(act.study, local_day(act.now, act.study.site(participant.site).time_zone))
    number = blind.draw(
        act,
        participant=participant.id,
        stratum=stratum,
        shelf=ledger.ON_SHELF,
        closed=CLOSED,
        site=participant.site,
        until=until,
    )
    assigning.set_aside(act, participant, visit, number)
    return number


def _count(act: Act, site: str) -> None:
    for scope in (f"site:{site}", "study"):
        if act.advance(Enrolment, "randomized", limit="cap", scope=scope) is None:
            act.refuse("cap_reached", scope=scope)


def _first_answer(act: Act, done: Row[Any]) -> Randomized:
    first = act.study.dispensing_visits[0].id
    kit = act.find(Assignment, participant=done.participant, visit=first, ordinal=1, lock=False).kit
    return Randomized(number=done.number, kit=kit, again=True)
