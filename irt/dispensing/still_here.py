"""The books say that a box was handed over, and here it stands."""

from irt.dispensing.attendance import take_back
from irt.dispensing.dispense import CARE
from irt.dispensing.telling import YesNo, require_day, tell
from irt.dispensing.wrong_kit import never_left
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, KitNumber, Text
from irt.participants.tables import Participant
from irt.supply import assigning
from irt.supply.tables import Kit, Movement


class NotHandedOver(Order):
    """The box that is still here. `wanted`: whether the participant will get it after all."""

    participant: Code
    visit: Code
    kit: KitNumber
    happened_on: CalendarDay
    wanted: YesNo
    told: Text


@act("mishap.not_handed_over", roles=CARE)
def not_handed_over(act: Act, order: NotHandedOver) -> str:
    """Take a hand-over back that never was; answers the mishap.

    The visit that it recorded is not recorded any more: whoever came all the same has it recorded, by itself or with
    the box. The box waits to be handed over, or is not asked for now: it stays set aside, and asked again it is the
    answer. Anybody could otherwise draw box after box, and see by their numbers which are alike. One whose lot or whose
    refrigerator was reported meanwhile waits with the others for quality. Refused: not_found,
    date_in_future, date_too_early, visit_not_assigned, not_the_assigned_kit, kit_not_handed_over, kit_doses_recorded,
    kit_counted_already, kit_passed_on.
    """
    participant = act.find(Participant, id=order.participant)
    given = assigning.latest(act, participant.id, order.visit)
    if given is None:
        act.refuse("visit_not_assigned", visit=order.visit)
    if given.kit != order.kit:
        act.refuse("not_the_assigned_kit")
    if given.state != "handed_over":
        act.refuse("kit_not_handed_over", kit=order.kit)
    kit = act.find(Kit, number=given.kit)
    require_day(act, order.happened_on, participant.site, participant=participant, kit=kit)
    never_left(act, given)
    handed = [line.moved_at for line in act.rows(Movement, kit=given.kit) if line.after == "dispensed"]
    take_back(act, participant, order.visit, handed[-1], order.told)
    if order.wanted == "no":
        again = assigning.latest(act, participant.id, order.visit)
        assert again is not None, "it was there a moment ago"
        if again.state == "assigned":  # void: its lot or the refrigerator was reported meanwhile
            assigning.cancel(act, again)
    return tell(
        act, "not_handed_over", participant, site=participant.site, kit=order.kit, visit=order.visit,
        happened_on=order.happened_on, told=order.told, box="at_site",
    )  # fmt: skip
