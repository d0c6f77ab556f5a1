"""A deviation that no rule sees and no other act notes, reported by a person who knows of it."""

from irt.actor import Role
from irt.clock import local_day
from irt.conduct.deviations import note
from irt.conduct.tables import Site
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Text
from irt.participants.tables import Participant

REPORTERS = (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR, Role.DATA_MANAGER)


class Report(Order):
    """What happened, when, and to whom; without a participant it is about the site."""

    site: Code
    participant: Code | None = None
    happened_on: CalendarDay
    told: Text


@act("deviation.report", roles=REPORTERS)
def report(act: Act, order: Report) -> str:
    """Note a deviation in a person's words; answers its id. Each report is a fact of its own.

    Refused: not_found (site, or participant of that site), date_in_future.
    """
    site = act.find(Site, code=order.site, lock=False)
    if order.participant is not None:
        act.find(Participant, id=order.participant, site=site.code, lock=False)
    today = local_day(act.now, act.study.site(site.code).time_zone)
    if order.happened_on > today:
        value, today_text = order.happened_on.isoformat(), today.isoformat()
        act.refuse("date_in_future", field="happened_on", value=value, today=today_text)
    return note(
        act,
        "other",
        site=site.code,
        participant=order.participant,
        subject=f"{order.participant or site.code}/{new_id(act.entropy)}",
        happened_on=order.happened_on,
        told=order.told,
    )
