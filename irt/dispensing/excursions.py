"""A refrigerator was too warm or too cold: all that stands in it waits for quality's one decision."""

from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.dispensing import guests
from irt.dispensing.review import review_shelf
from irt.dispensing.telling import require_past
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, ClockTime, Code, DecimalNumber, Number, Reason, Text
from irt.supply import ledger, quarantining
from irt.supply.attaching import FileContent, FileName, attach
from irt.supply.tables import Kit, Quarantine

IN_USE = ("available", "assigned", "quarantined")  # the others in it are given to nobody anyway


class ReportExcursion(Order):
    """When it was noticed at a site's refrigerator, and what its record says (°C, minutes out of range)."""

    site: Code
    noticed_on: CalendarDay
    noticed_at: ClockTime
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

    Refused: not_found, date_in_future, refrigerator_empty, file_not_pdf, file_too_large.
    """
    ledger.lock_shelf(act, order.site)
    require_past(act, order.noticed_on, order.site, "noticed_on")
    kits = [kit for kit in act.rows(Kit, lock=True, site=order.site) if kit.state in IN_USE]
    if not kits:
        act.refuse("refrigerator_empty")
    entry = quarantining.open_entry(
        act, "refrigerator", order.told, site=order.site, noticed_on=order.noticed_on, noticed_at=order.noticed_at,
        lowest=order.lowest, highest=order.highest, minutes=order.minutes,
        attachment=attach(act, order.file_name, order.file, site=order.site),
    )  # fmt: skip
    for kit in kits:
        guests.quarantine(act, entry, kit)
    review_shelf(act, order.site)
    act.send(
        "quarantine.refrigerator", audience={Role.QUALITY}, site=order.site, entry=entry.number, kits=len(kits)
    )  # fmt: skip
    return str(entry.id)


@act(
    "quarantine.release",
    roles={Role.QUALITY},
    during={"setup", "open"},
    sign="I release the kits of this quarantine, all of them",
    reason=True,
)
def release_quarantine(act: Act, order: DecideQuarantine) -> None:
    """All kits of an entry are back where they were, but those that another entry holds.

    One that had been set aside goes to nobody. Refused: not_found, quarantine_of_lot, quarantine_state.
    """
    entry = _decided(act, order, "released")
    quarantining.release_kits(act, entry)
    review_shelf(act, entry.site)


@act(
    "quarantine.reject",
    roles={Role.QUALITY},
    during={"setup", "open"},
    sign="I reject the kits of this quarantine, all of them",
    reason=True,
)
def reject_quarantine(act: Act, order: DecideQuarantine) -> None:
    """All kits of an entry are given up, and wait to be destroyed. Refused as `release_quarantine`."""
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
    return quarantining.decide(act, entry, state, order.reason)
