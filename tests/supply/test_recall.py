"""Recall: every shelf and every home where a kit of the lot is, both types alike, and at the depot a count alone."""

import sys

import pytest

from irt.cli import main, recall
from irt.dispensing.dispense import HandOver, hand_over
from irt.participants.tables import Participant
from irt.supply.ledger import TRANSITIONS
from irt.supply.recall import at_depot, place_of, recalled
from irt.supply.shipments import RequestShipment, request_shipment
from irt.supply.tables import Kit, Movement
from tests.cast import PASSWORD, World
from tests.stocked import bring_in_kits, on_the_way, randomized, running_trial


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def test_every_kit_of_every_lot_is_found_once_where_it_is(trial: World) -> None:
    one, told = randomized(trial)
    order = HandOver(participant=one.id, visit=trial.study.dispensing_visits[0].id, kit=told.kit)
    trial.do(hand_over, order, by="pharmacist_01")
    on_the_way(trial, "02", 8)
    bring_in_kits(trial, 40)
    trial.do(request_shipment, RequestShipment(site="02", kits=8), by="trial_manager")
    assert trial.rows(Kit, state="packed")
    kits, numbers = trial.rows(Kit), {row.id: row.screening_number for row in trial.rows(Participant)}
    lots = {kit.lot for kit in kits}
    assert len(lots) > 1
    seen = 0
    for lot in lots:
        of_lot = [kit for kit in kits if kit.lot == lot]
        found = recalled(of_lot, trial.rows(Movement), numbers)
        assert {row.kit for row in found} == {kit.number for kit in of_lot if kit.site and kit.state != "packed"}
        assert at_depot(of_lot) == sum(kit.site is None or kit.state == "packed" for kit in of_lot)
        assert found == sorted(found, key=lambda row: row.site)
        seen += len(found) + at_depot(of_lot)
    assert seen == len(kits)
    (box,) = recalled([trial.row(Kit, number=told.kit)], trial.rows(Movement, kit=told.kit), numbers)
    assert (box.place, box.participant, box.site, box.state) == ("home", one.screening_number, "01", "dispensed")
    assert box.since == trial.clock.now()


def test_the_command_lists_within_the_sites_of_who_asks(
    trial: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recall, "service_of", lambda: trial.service)
    monkeypatch.setenv("IRT_PASSWORD", PASSWORD)

    def said(wanted: str, login: str) -> str:
        monkeypatch.setattr(sys, "argv", ["irt", "supply", "recall", wanted, "--login", login])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return told.out if not ended.value.code else f"{told.err}{ended.value.code}"

    kit = trial.rows(Kit, site="01")[0]
    lot = [row for row in trial.rows(Kit, lot=kit.lot) if row.site is not None]
    here = [row for row in lot if row.site == "01"]
    assert said(kit.number, "quality").splitlines()[0].split("\t")[:6] == [
        "01", "shelf", "-", kit.number, kit.lot, "available",
    ]  # fmt: skip
    assert said(kit.lot, "quality").splitlines()[-1].startswith(f"{len(lot)} kits listed, ")
    assert said(kit.lot, "pharmacist_01").splitlines()[-1].startswith(f"{len(here)} kits listed, ")
    assert "read it again" in said("1000000", "quality")
    trial.actor("assessor_01")
    assert "recall" in said(kit.number, "assessor_01")


def test_every_state_has_a_place() -> None:
    places = {state: place_of(state) for state in TRANSITIONS if state != "at_depot"}
    assert places["packed"] == places["in_transit"] == "in_transit"
    assert places["dispensed"] == places["misallocated"] == "home"
    assert {state for state, place in places.items() if place == "gone"} == {
        "lost", "missing", "destroyed", "sent_back", "back_at_depot",
    }  # fmt: skip
    assert places["reconciled"] == places["available"] == places["quarantined"] == "shelf"
