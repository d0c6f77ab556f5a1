"""Errors about lots and quarantines, planted through the gate in the trial of `plantings`."""

from datetime import timedelta
from typing import Any

from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.supply import assigning, ledger, quarantining
from irt.supply.tables import Assignment, ExposedKit, Kit, Lot, LotDecision, QuarantinedKit
from tests.assurance.plantings import Named, planting


def _hand_over(act: Act, kit: Any) -> Named:
    """A kit of the shelf goes to p5 in spite of all."""
    who = act.find(Participant, id="p5")
    assigning.set_aside(act, who, "day-29", kit.number)
    ledger.move(act, act.find(Kit, number=kit.number), "dispensed", site=kit.site, participant="p5")
    given = act.find(Assignment, kit=kit.number)
    act.change(Assignment, given, state="handed_over", handed_over_at=act.now, handed_over_by="a1")
    return "movement", f"{kit.number}/{act.find(Kit, number=kit.number).moves}"


def _decide(act: Act, code: str, kind: str, **values: Any) -> None:
    """A decision written past `lots.decide`, under a signature that was given for another."""
    before = act.rows(LotDecision, lot=code)
    act.add(LotDecision, id=f"plant {code} {kind}", lot=code, ordinal=len(before) + 1, kind=kind, reason="planted",
            signature=act.rows(LotDecision)[0].signature, decided_by="a1", decided_at=act.now, **values)  # fmt: skip


def _on_shelf(act: Act) -> Any:
    return act.rows(Kit, state="available", site="02")[0]


@planting("a kit is handed over while its lot is on hold")
def _lot_on_hold(act: Act) -> Named:
    _decide(act, "L1", "held")
    act.change(Lot, act.find(Lot, code="L1"), state="held")
    quarantining.open_entry(act, "lot", "particles", lot="L1")
    return _hand_over(act, _on_shelf(act))


@planting("a kit is handed over that an open quarantine holds")
def _in_quarantine(act: Act) -> Named:
    entry, kit = quarantining.open_entry(act, "refrigerator", "too warm", site="02"), _on_shelf(act)
    quarantining.put(act, entry, kit.number)
    ledger.move(act, act.find(Kit, number=kit.number), "available", site="02")
    return _hand_over(act, act.find(Kit, number=kit.number))


@planting("a kit is handed over past its expiry")
def _past_expiry(act: Act) -> Named:
    yesterday = act.now.date() - timedelta(days=2)
    lot = act.find(Lot, code="L1")
    _decide(act, "L1", "extended", before=lot.expiry, expiry=yesterday)
    act.change(Lot, act.find(Lot, code="L1"), expiry=yesterday)
    for kit in act.rows(Kit, lot="L1"):
        act.change(Kit, kit, expiry=yesterday)
    return _hand_over(act, _on_shelf(act))


@planting("a kit with another expiry than its lot's")
def _other_expiry(act: Act) -> Named:
    kit = _on_shelf(act)
    act.change(Kit, kit, expiry=kit.expiry + timedelta(days=30))
    return "kit", str(kit.number)


@planting("a kit in quarantine that nothing holds")
def _held_by_nothing(act: Act) -> Named:
    kit = _on_shelf(act)
    ledger.move(act, kit, "quarantined", site=kit.site)
    return "kit", str(kit.number)


@planting("a kit on the shelf that an open quarantine holds")
def _held_on_the_shelf(act: Act) -> Named:
    kit = _on_shelf(act)
    entry = quarantining.open_entry(act, "refrigerator", "too warm", site="02")
    act.add(QuarantinedKit, quarantine=entry.id, kit=kit.number, line=kit.moves, site="02", before="available",
            back_to="available")  # fmt: skip
    return "kit", str(kit.number)


@planting("a kit that went home, to be called back while its entry is open")
def _called_back(act: Act) -> Named:
    entry, kit = quarantining.open_entry(act, "refrigerator", "too warm", site="02"), act.rows(Kit, site="02")[0]
    act.add(ExposedKit, quarantine=entry.id, kit=kit.number, site="02", handed_over_at=act.now, state="rejected")
    return "exposed_kit", f"{entry.id}/{kit.number}"


@planting("a lot released by nobody")
def _released_alone(act: Act) -> Named:
    act.add(Lot, code="L2", expiry=act.find(Lot, code="L1").expiry, state="received", set_at=act.now)
    _decide(act, "L2", "rejected")
    act.change(Lot, act.find(Lot, code="L2"), state="released")
    return "lot", "L2"
