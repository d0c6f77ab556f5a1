"""A refrigerator was too warm or too cold: all that stands in it waits for quality's one decision.

So does what was handed over from it meanwhile, before anybody reported it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.clock import instant_of, local_day
from irt.dispensing import exposed, guests
from irt.dispensing.review import review_shelf
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, ClockTime, Code, DecimalNumber, Number, Reason, Text
from irt.gate.state import CLEANING
from irt.supply import ledger, quarantining
from irt.supply.attaching import FileContent, FileName, attach
from irt.supply.tables import Kit, Quarantine

IN_USE = ("available", "assigned", "quarantined")  # the others in it are given to nobody anyway


class ReportExcursion(Order):
    """When it was noticed at a site's refrigerator, and what its record says (°C, minutes out of range).

    `failed_on`, `failed_at`: since when it was out of its range, where the record tells; else since it was noticed.
    """

    site: Code
    noticed_on: CalendarDay
    noticed_at: ClockTime
    failed_on: CalendarDay | None = None
    failed_at: ClockTime | None = None
    lowest: DecimalNumber | None = None
    highest: DecimalNumber | None = None
    minutes: Number | None = None
    told: Text
    file_name: FileName = None
    file: FileContent = None


class DecideQuarantine(Order):
    """An entry with all its kits, and what the decision rests on."""

    quarantine: Code
    reason: Reason


@act("excursion.report", roles={Role.PHARMACIST, Role.COORDINATOR}, during={"setup", "open"})
def report_excursion(act: Act, order: ReportExcursion) -> str:
    """Quarantine all kits of a site that somebody could be given, those set aside too; answers the entry.

    It names those that were handed over since the refrigerator failed, too: they stay at home until quality decides.
    Refused: not_found, date_in_future, failed_after_noticed, refrigerator_empty, file_not_pdf, file_too_large.
    """
    ledger.lock_shelf(act, order.site)
    since = _failed(act, order)
    kits = [kit for kit in act.rows(Kit, lock=True, site=order.site) if kit.state in IN_USE]
    gone = exposed.handed_over_since(act, order.site, since)  # after the kits are locked: none goes any more
    if not kits and not gone:
        act.refuse("refrigerator_empty")
    entry = quarantining.open_entry(
        act, "refrigerator", order.told, site=order.site, noticed_on=order.noticed_on, noticed_at=order.noticed_at,
        failed_on=order.failed_on, failed_at=order.failed_at, lowest=order.lowest, highest=order.highest,
        minutes=order.minutes, attachment=attach(act, order.file_name, order.file, site=order.site),
    )  # fmt: skip
    for kit in kits:
        guests.quarantine(act, entry, kit)
    exposed.expose(act, entry, [line for kit, line in gone.items() if kit not in {one.number for one in kits}])
    review_shelf(act, order.site)
    act.send(
        "quarantine.refrigerator", audience={Role.QUALITY}, site=order.site, entry=entry.number, kits=len(kits)
    )  # fmt: skip
    return str(entry.id)


@act(
    "quarantine.release",
    roles={Role.QUALITY},
    during=("setup", *CLEANING),
    sign="I release the kits of this quarantine, all of them",
    reason=True,
)
def release_quarantine(act: Act, order: DecideQuarantine) -> None:
    """All kits of an entry are back where they were, but those that another entry holds, and what went home is good.

    One that had been set aside goes to nobody. Refused: not_found, quarantine_of_lot, quarantine_state.
    """
    entry = _decided(act, order, "released")
    quarantining.release_kits(act, entry)
    review_shelf(act, entry.site)


@act(
    "quarantine.reject",
    roles={Role.QUALITY},
    during=("setup", *CLEANING),
    sign="I reject the kits of this quarantine, all of them",
    reason=True,
)
def reject_quarantine(act: Act, order: DecideQuarantine) -> None:
    """All kits of an entry are given up, and wait to be destroyed; those that went home are to be called back.

    Refused as `release_quarantine`.
    """
    quarantining.reject_kits(act, _decided(act, order, "rejected"))


def _decided(act: Act, order: DecideQuarantine, state: str) -> Row[Any]:
    known = act.find(Quarantine, id=order.quarantine, lock=False)
    if known.kind == "lot":
        act.refuse("quarantine_of_lot", lot=known.lot)
    ledger.lock_shelf(act, known.site)
    entry = act.find(Quarantine, id=order.quarantine)
    if entry.state != "open":
        act.refuse("quarantine_state", number=entry.number, state=entry.state)
    if state == "released":
        act.send("quarantine.released", audience={Role.PHARMACIST}, site=entry.site, entry=entry.number)
    else:
        act.send("quarantine.rejected", audience={Role.PHARMACIST}, site=entry.site, entry=entry.number)
    decided = quarantining.decide(act, entry, state, order.reason)
    exposed.follow(act, decided)
    return decided


def _failed(act: Act, order: ReportExcursion) -> datetime:
    """Since when a refrigerator was out of its range, as far as is known; a day alone counts from its beginning."""
    zone = act.study.site(order.site).time_zone
    noticed, when = instant_of(order.noticed_on, order.noticed_at, zone), f"{order.noticed_on} {order.noticed_at}"
    if noticed > act.now:
        today = local_day(act.now, zone).isoformat()
        act.refuse("date_in_future", field="noticed_on", value=when, today=today)
    if order.failed_on is None and order.failed_at is None:
        return noticed
    failed = instant_of(order.failed_on or order.noticed_on, order.failed_at or "00:00", zone)
    if failed > noticed:
        act.refuse("failed_after_noticed", noticed=when)
    return failed
