"""The supply of the trial in `lived`: a row in every table about lots, quarantines, files and what became of kits."""

from datetime import date

from irt.dispensing import exposed
from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.supply import ledger, lots, quarantining
from irt.supply.attaching import attach
from irt.supply.tables import (
    Destruction,
    ExposedKit,
    Express,
    Kit,
    Lot,
    LotDecision,
    Manifest,
    ManifestDisposal,
    RecallDrill,
    Relabelling,
    Shipment,
    SupplyForecast,
)

LATER = date(2027, 12, 31)
PDF = b"%PDF-1.7 invented"


def release(act: Act) -> None:
    """Quality releases the lot."""
    lots.decide(act, act.find(Lot, code="L1"), "released", "certificate of analysis reviewed")


def supply(act: Act) -> None:
    """The lot is extended; a box of each site was too warm, one of them is rejected; two depot kits are destroyed."""
    lot = act.find(Lot, code="L1")
    decision = lots.decide(act, lot, "extended", "stability data", before=lot.expiry, expiry=LATER)
    act.change(Lot, lot, expiry=LATER)
    for kit in act.rows(Kit, lot="L1"):
        act.change(Kit, kit, expiry=LATER)
    act.add(LotDecision, id="ld9", lot="L1", ordinal=3, kind="extended", reason="again", before=LATER, expiry=LATER,
            signature=act.signature, decided_by="a1", decided_at=act.now)  # fmt: skip
    for n, site in ((1, "01"), (2, "02")):
        act.add(
            Relabelling, id=f"rl{decision}{site}", decision=decision, site=site, kits=[], done_by="a1", done_at=act.now
        )
        act.add(SupplyForecast, id=f"sf{n}", made_at=act.now, study_digest=f"digest {n}", figures={"policies": n})
        act.add(RecallDrill, id=f"rd{n}", lot="L1", counts={"shelf": n}, drilled_by="a1", drilled_at=act.now)
        _quarantine(act, site, rejected=n == 2)
    for n, manifest in enumerate(sorted(row.id for row in act.rows(Manifest)), 1):
        act.add(ManifestDisposal, manifest=manifest, kind=("destroyed", "escrow")[n - 1], place="the notary",
                signature=act.signature, disposed_by="a1", disposed_at=act.now)  # fmt: skip
    for n, site in ((1, "01"), (2, "02")):
        kit = act.rows(Kit, state="at_depot")[0]
        person = act.rows(Participant, site=site)[0].id
        act.add(Shipment, id=f"x{n}", number=f"S-x{n}", site=site, kind="express", state="requested", kits=1,
                requested_at=act.now)  # fmt: skip
        act.add(Express, shipment=f"x{n}", participant=person, site=site, visit="day-29", ordinal=1, kit=kit.number)
        ledger.move(act, kit, "packed", site=site, shipment=f"x{n}")
    first, second = (kit.number for kit in act.rows(Kit, state="at_depot")[:2])
    for number in (first, second):
        ledger.move(act, act.find(Kit, number=number), "damaged", site=None)
    ledger.move(act, act.find(Kit, number=second), "destroyed", site=None)
    signed = {"signed_by": "a1", "signed_at": act.now, "second_signature": act.signature}
    for n, (number, state) in enumerate(((first, "proposed"), (second, "done")), 1):
        act.add(Destruction, id=f"de{n}", kits=[number], method="incinerated", state=state,
                attachment=attach(act, f"certificate {n}.pdf", PDF, site=None), proposed_by="a2", proposed_at=act.now,
                signature=act.signature, **(signed if state == "done" else {}))  # fmt: skip


def _quarantine(act: Act, site: str, *, rejected: bool) -> None:
    entry = quarantining.open_entry(
        act, "refrigerator", "too warm", site=site, noticed_on=date(2026, 3, 2), noticed_at="07:30", lowest=None,
        highest=None, minutes=90, attachment=attach(act, f"{site}.pdf", PDF, site=site),
    )  # fmt: skip
    number = act.rows(Kit, site=site, state="available")[-1].number
    quarantining.put(act, entry, number)
    other = act.rows(Kit, site=site)[0].number
    act.add(ExposedKit, quarantine=entry.id, kit=other, site=site, handed_over_at=act.now, state="open")
    if rejected:
        exposed.follow(act, quarantining.decide(act, entry, "rejected", "beyond the limit"))
        kit = act.find(Kit, number=number)
        ledger.move(act, kit, "damaged", site=site)
