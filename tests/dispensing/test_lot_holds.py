"""A lot is decided on whole: held wherever its kits are, resumed, rejected, extended; every decision stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.lot_holds import hold_lot, reject_lot, resume_lot
from irt.dispensing.receiving import ReceiveShipment, receive_shipment
from irt.dispensing.returns import return_kit
from irt.gate.tables import Outbox
from irt.supply.lots import ChangeExpiry, DecideLot, Relabel, extend_lot, relabel, release_lot, shorten_lot
from irt.supply.shipments import RequestShipment, request_shipment
from irt.supply.tables import Assignment, Kit, Lot, LotDecision, Relabelling, Shelf, Shipment
from tests.cast import World
from tests.dispensing.given import at_home, back
from tests.stocked import bring_in_kits, on_the_way, packed, randomized, running_trial, stock_site, take_away


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", kits=16, depot=64)


def decide(trial: World) -> DecideLot:
    return DecideLot(lot=trial.row(Lot).code, reason="a complaint about particles")


def told(trial: World, kind: str) -> list[tuple[str | None, list[str]]]:
    """The sites and roles that a kind of message went to."""
    return [(row.site, row.audience) for row in trial.rows(Outbox) if row.kind == kind]


def to_relabel(trial: World, decision: str, *, leaving: int = 0) -> Relabel:
    """The kits of site 01 that nobody has relabelled for a decision yet, or all but so many of them."""
    done = {number for row in trial.rows(Relabelling, decision=decision) for number in row.kits}
    kits = sorted(kit.number for kit in trial.rows(Kit, site="01", state="available") if kit.number not in done)
    return Relabel(decision=decision, site="01", kits=tuple(kits[leaving:]))


def states(trial: World) -> set[str]:
    return {kit.state for kit in trial.rows(Kit)}


def test_a_hold_reaches_shelves_visits_boxes_and_the_depot_but_not_homes(trial: World) -> None:
    home, _ = randomized(trial)
    given = trial.row(Assignment, participant=home.id)
    trial.do(hand_over, HandOver(participant=home.id, visit=given.visit, kit=given.kit), by="pharmacist_01")
    waits, _ = randomized(trial, "EXAMPLE-000002")
    moving, asked = on_the_way(trial, "01", 8), RequestShipment(site="01", kits=8)
    trial.do(request_shipment, asked, by="trial_manager")
    trial.do(hold_lot, decide(trial), by="medical_monitor")
    assert states(trial) == {"quarantined", "dispensed", "in_transit"}
    assert trial.row(Kit, state="dispensed").number == given.kit
    assert trial.row(Assignment, participant=waits.id).state == "void"
    assert {row.state for row in trial.rows(Shipment)} == {"received", "in_transit", "cancelled"}
    assert trial.row(Shelf, site="01").randomization == "closed"
    assert [row.site for row in trial.rows(Outbox) if row.kind == "lot.held"] == ["01"]
    kits = dict.fromkeys(packed(trial, moving), "intact")
    order = ReceiveShipment(shipment=moving, kits=kits, temperature="in_range")
    trial.do(receive_shipment, order, by="pharmacist_01")
    assert states(trial) == {"quarantined", "dispensed"}


def test_a_hold_that_ends_puts_the_kits_back_where_they_were(trial: World) -> None:
    one, _ = randomized(trial)
    before = {kit.number: (kit.state, kit.site) for kit in trial.rows(Kit)}
    trial.do(hold_lot, decide(trial), by="quality")
    assert trial.refusal(resume_lot, decide(trial), by="medical_monitor").code == "role_not_allowed"
    trial.do(resume_lot, decide(trial), by="quality")
    given = trial.row(Assignment, participant=one.id).kit
    after = {kit.number: (kit.state, kit.site) for kit in trial.rows(Kit)}
    assert after.pop(given) == ("not_dispensed", "01")
    assert after == {number: place for number, place in before.items() if number != given}
    assert trial.row(Shelf, site="01").randomization == "open"
    assert [row.kind for row in sorted(trial.rows(LotDecision), key=lambda row: row.ordinal)] == [
        "released", "held", "resumed",
    ]  # fmt: skip


def test_a_lot_on_hold_is_rejected_with_all_its_kits(trial: World) -> None:
    trial.do(hold_lot, decide(trial), by="quality")
    trial.do(reject_lot, decide(trial), by="quality")
    assert states(trial) == {"damaged"}
    assert trial.row(Lot).state == "rejected"


def test_a_box_on_its_way_when_its_lot_was_rejected_arrives_given_up(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    trial.do(hold_lot, decide(trial), by="quality")
    trial.do(reject_lot, decide(trial), by="quality")
    order = ReceiveShipment(
        shipment=box, kits=dict.fromkeys(packed(trial, box), "intact"), temperature="in_range"
    )  # fmt: skip
    trial.do(receive_shipment, order, by="pharmacist_01")
    assert states(trial) == {"damaged"}


def test_a_lot_is_rejected_before_its_release(trial: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.stocked.release_lots", lambda world: None)
    bring_in_kits(trial, 16)
    lot = trial.row(Lot, state="received")
    trial.do(reject_lot, DecideLot(lot=lot.code, reason="the certificate is wrong"), by="quality")
    assert (told(trial, "lot.rejected"), len(told(trial, "lot.rejected_everywhere"))) == ([], 1)
    assert {kit.state for kit in trial.rows(Kit, lot=lot.code)} == {"damaged"}


def test_each_decision_has_its_state(trial: World) -> None:
    for function, by in ((release_lot, "quality"), (resume_lot, "quality"), (reject_lot, "quality")):
        assert trial.refusal(function, decide(trial), by=by).code == "lot_state"
    assert trial.refusal(hold_lot, decide(trial), by="trial_manager").code == "role_not_allowed"
    unknown = DecideLot(lot="none", reason="a complaint")
    assert trial.refusal(hold_lot, unknown, by="quality").code == "not_found"
    trial.do(hold_lot, decide(trial), by="quality")
    assert trial.refusal(hold_lot, decide(trial), by="quality").code == "lot_state"


def test_an_expiry_is_shortened_while_nobody_is_given_the_lot(trial: World) -> None:
    code, before = trial.row(Lot).code, trial.row(Lot).expiry
    yesterday = trial.clock.now().date() - timedelta(days=1)
    order = ChangeExpiry(lot=code, expiry=yesterday, reason="the certificate says an earlier month")
    refused = trial.refusal(shorten_lot, order, by="quality")
    assert (refused.code, refused.facts["state"]) == ("lot_state", "released")
    trial.do(hold_lot, decide(trial), by="quality")
    later = ChangeExpiry(lot=code, expiry=before, reason="the certificate says an earlier month")
    assert trial.refusal(shorten_lot, later, by="quality").code == "expiry_not_earlier"
    decision = trial.do(shorten_lot, order, by="quality")
    assert {kit.expiry for kit in trial.rows(Kit)} == {yesterday}
    assert (trial.row(Lot).state, trial.row(LotDecision, id=decision).kind) == ("held", "shortened")
    trial.do(resume_lot, decide(trial), by="quality")
    assert trial.row(Shelf, site="01").randomization == "closed", "what is too old opens no site"
    trial.do(relabel, to_relabel(trial, decision), by="pharmacist_01")
    released = to_relabel(trial, trial.row(LotDecision, kind="resumed").id)
    assert trial.refusal(relabel, released, by="pharmacist_01").code == "not_found"


def test_an_extension_is_for_every_kit_wherever_it_is(trial: World) -> None:
    later = trial.row(Lot).expiry + timedelta(days=180)
    order = ChangeExpiry(lot=trial.row(Lot).code, expiry=later, reason="stability data of month 36")
    decision = trial.do(extend_lot, order, by="quality")
    assert {kit.expiry for kit in trial.rows(Kit)} == {later} == {trial.row(Lot).expiry}
    assert trial.row(LotDecision, id=decision).before == later - timedelta(days=180)
    assert trial.refusal(extend_lot, order, by="quality").code == "expiry_not_later"
    relabelling = to_relabel(trial, decision)
    trial.do(relabel, relabelling, by="pharmacist_01")
    assert len(trial.row(Relabelling).kits) == 16
    assert trial.refusal(relabel, relabelling, by="pharmacist_01").code == "relabelled_already"
    stock_site(trial, "01", 8)
    trial.clock.advance(timedelta(minutes=5))
    trial.do(relabel, to_relabel(trial, decision), by="pharmacist_01")  # what arrived since
    assert sorted(len(row.kits) for row in trial.rows(Relabelling)) == [8, 16]
    assert trial.refusal(relabel, relabelling, by="pharmacist_02").code in ("not_found", "relabelled_already")


def test_only_the_kits_that_were_looked_at_are_relabelled(trial: World) -> None:
    lot = trial.row(Lot)
    order = ChangeExpiry(lot=lot.code, expiry=lot.expiry + timedelta(days=180), reason="stability data of month 36")
    decision = trial.do(extend_lot, order, by="quality")
    seen, none = to_relabel(trial, decision), Relabel(decision=decision, site="01", kits=())
    stock_site(trial, "01", 8)  # a box arrives between the look and the word
    for wrong in (seen, none, to_relabel(trial, decision, leaving=1)):
        refused = trial.refusal(relabel, wrong, by="pharmacist_01")
        assert (refused.code, refused.facts) == ("relabelled_kits_differ", {"lot": lot.code})
    assert not trial.rows(Relabelling)
    trial.do(relabel, to_relabel(trial, decision), by="pharmacist_01")
    assert len(trial.row(Relabelling).kits) == 24


@pytest.mark.parametrize(("ends", "kind"), [(resume_lot, "lot.resumed"), (reject_lot, "lot.rejected")])
def test_whoever_was_told_of_a_hold_is_told_how_it_ends(trial: World, ends: Callable[..., None], kind: str) -> None:
    trial.do(hold_lot, decide(trial), by="quality")
    assert not told(trial, kind)
    trial.do(ends, decide(trial), by="quality")
    assert told(trial, kind) == told(trial, "lot.held") == [("01", ["investigator", "pharmacist"])]
    assert told(trial, f"{kind}_everywhere") == told(trial, "lot.held_everywhere")
    assert [sorted(audience) for _, audience in told(trial, f"{kind}_everywhere")] == [
        ["depot", "quality", "trial_manager"]
    ]


def test_a_site_whose_last_kit_came_back_during_the_hold_is_told_too(trial: World) -> None:
    one, kit = at_home(trial)
    others = [row.number for row in trial.rows(Kit, site="01") if row.number != kit]
    take_away(trial, others, state="destroyed")
    trial.do(hold_lot, decide(trial), by="quality")
    assert [site for site, _ in told(trial, "lot.held")] == ["01"]
    trial.do(return_kit, back(trial, one, kit, 18, 0), by="pharmacist_01")
    assert trial.row(Kit, number=kit).state not in ("dispensed", "misallocated")
    trial.do(reject_lot, decide(trial), by="quality")
    assert [site for site, _ in told(trial, "lot.rejected")] == ["01"]


def test_the_sites_that_hold_a_shortened_lot_are_told_the_day(trial: World) -> None:
    trial.do(hold_lot, decide(trial), by="quality")
    sooner = trial.row(Lot).expiry - timedelta(days=30)
    order = ChangeExpiry(lot=trial.row(Lot).code, expiry=sooner, reason="the certificate says an earlier month")
    trial.do(shorten_lot, order, by="quality")
    assert told(trial, "lot.shortened") == [("01", ["investigator", "pharmacist"])]
    facts = {"lot": order.lot, "day": sooner.isoformat()}
    assert [row.facts for row in trial.rows(Outbox) if row.kind == "lot.shortened"] == [facts]
