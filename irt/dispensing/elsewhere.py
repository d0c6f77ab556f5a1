"""A participant of one site comes to another: known by the two numbers of their card, served from the shelf there.

The assignment belongs to the home site, whose books go on; the box stands where the participant is, until it is handed
over. Whoever serves here is let in to the home site for this one act, by the card, or by the mishap that it opened.
"""

from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select

from irt.actor import Role
from irt.conduct.open import require_open
from irt.dispensing.dispense import CARE, hand_out, require_on_treatment, set_aside
from irt.dispensing.expected import expected_until
from irt.dispensing.planned import plan_of, today_at
from irt.dispensing.replacing import Replaced, on_treatment
from irt.dispensing.tables import Mishap
from irt.dispensing.telling import require_past, tell
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Reason, Text
from irt.gate.rows import table_of
from irt.participants.tables import Participant
from irt.participants.visits import visit_on
from irt.randomization.tables import Randomization
from irt.supply import assigning, ledger
from irt.supply.tables import Kit

_person, _done = table_of(Participant), table_of(Randomization)
BY_CARD = (
    select(_person.c.id, _person.c.site, _done.c.randomized_at)
    .select_from(_person.join(_done, _done.c.participant == _person.c.id))
    .where(_person.c.screening_number == bindparam("screening"), _done.c.number == bindparam("number"))
)
HOME_OF = select(_person.c.site).where(_person.c.id == bindparam("participant"))


class Elsewhere(Order):
    """Who came, by the emergency card, to which site."""

    site: Code
    screening_number: Code
    randomization_number: Code
    happened_on: CalendarDay
    told: Text


class HandOverElsewhere(Order):
    """The box in hand, as its number was scanned."""

    mishap: Code
    kit: KitNumber
    reason: Reason | None = None  # why, where the visit's window has passed since the kit was set aside


@act("mishap.elsewhere", roles=CARE)
def elsewhere(act: Act, order: Elsewhere) -> str:
    """Set the due visit's kit aside on this site's shelf for a participant of another; answers the mishap.

    Told again, the same mishap. A box that was set aside at home stays there and is given to nobody. Refused:
    not_found (the site), card_unknown, date_in_future, visit_none_due, visit_has_its_kit, kit_being_sent, and where
    dispensing is not open here.
    """
    if act.sites is not None and order.site not in act.sites:
        act.refuse("not_found", what="site")
    act.about(site=order.site)
    require_past(act, order.happened_on, order.site)
    participant = _by_card(act, order)
    visit, latest = _due(act, participant)
    require_on_treatment(act, participant, visit)
    given = assigning.latest(act, participant.id, visit)
    if given is not None and given.state == "assigned":
        for known in act.rows(Mishap, kind="elsewhere", replacement_kit=given.kit):
            return str(known.id)
    require_open(act, order.site, "dispensing")
    ledger.lock_shelf(act, order.site)
    if given is not None and given.state != "void":
        _leave_at_home(act, participant, given, order.site)
    kit = set_aside(act, participant, visit, latest, order.site).kit
    act.send(
        "mishap.elsewhere", audience={Role.COORDINATOR}, site=participant.site, participant=participant.id,
        number=participant.screening_number, at=order.site,
    )  # fmt: skip
    return tell(
        act, "elsewhere", participant, site=order.site, kit=kit, visit=visit, happened_on=order.happened_on,
        told=order.told, box="at_site", replaced=Replaced("set_aside", kit),
        card=f"{participant.screening_number} · {order.randomization_number}",
    )  # fmt: skip


@act("mishap.hand_over_elsewhere", roles={Role.PHARMACIST})
def hand_over_elsewhere(act: Act, order: HandOverElsewhere) -> None:
    """Hand the scanned box over; from now on it is in the books of the participant's own site.

    Refused as kit.hand_over is: any box but the one that was set aside, in the same words.
    """
    mishap = act.find(Mishap, id=order.mishap)
    if mishap.kind != "elsewhere":
        act.refuse("not_found", what="mishap")
    act.admit(home_of(act, mishap.participant))
    participant = act.find(Participant, id=mishap.participant)
    hand_out(act, participant, mishap.visit, order.kit, here=mishap.site, reason=order.reason)
    act.change(Mishap, mishap, box="with_participant", replacement="handed_over")


def admit_guest(act: Act, kit: Row[Any]) -> None:
    """Where a box on this site's shelf was set aside for a participant of another, let this act in to their site."""
    for mishap in act.rows(Mishap, replacement_kit=kit.number):
        act.admit(home_of(act, mishap.participant))


def home_of(act: Act, participant: str) -> str:
    """The site that a participant belongs to."""
    return str(act.select(HOME_OF, participant=participant)[0].site)


def _by_card(act: Act, order: Elsewhere) -> Row[Any]:
    """The participant of another site whose two numbers these are; one refusal for all that does not fit."""
    found = act.select(BY_CARD, screening=order.screening_number, number=order.randomization_number)
    if len(found) != 1 or found[0].site == order.site:
        act.refuse("card_unknown")
    act.admit(found[0].site)
    participant = act.find(Participant, id=found[0].id)
    if not on_treatment(act, participant):
        act.refuse("card_unknown")
    return participant


def _due(act: Act, participant: Row[Any]) -> tuple[str, date]:
    """The visit that a kit may be given for today, and until when: the one whose window holds the day.

    Between windows it is the visit whose kit is gone, as long as that may be replaced.
    """
    window = visit_on(plan_of(act, participant), today_at(act, participant.site))
    visits = [one.id for one in act.study.dispensing_visits]
    if window is not None:
        asked = [one for one in visits if one == window.visit]
    else:
        asked = [one for one in visits if _is_gone(assigning.latest(act, participant.id, one))]
    found = [(one, until) for one in asked if (until := expected_until(act, participant, one)) is not None]
    if not found:
        act.refuse("visit_none_due")
    return found[-1]


def _is_gone(given: Row[Any] | None) -> bool:
    return given is not None and given.state == "void"


def _leave_at_home(act: Act, participant: Row[Any], given: Row[Any], here: str) -> None:
    """The box set aside at home is not given to anybody; one that was handed over is the visit's kit.

    One that stands set aside here already is the answer.
    """
    kit = act.seek(Kit, lock=True, number=given.kit)
    if given.state in ("assigned", "cancelled") and kit is not None and kit.site == here:
        return
    if given.state == "handed_over" or kit is None or kit.state != "assigned":
        act.refuse("visit_has_its_kit")
    ledger.move(act, kit, "not_dispensed", site=kit.site, participant=participant.id)
    assigning.make_void(act, given)
