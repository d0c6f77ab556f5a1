"""A box at the site: its temperature record decides whether its kits reach the shelf; a finding is corrected later."""

import hashlib
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from irt.dispensing.excursions import DecideQuarantine, reject_quarantine, release_quarantine
from irt.dispensing.receiving import CorrectReceipt, ReceiveShipment, correct_receipt, receive_shipment
from irt.gate.tables import Outbox
from irt.jobs.outbox import page_of
from irt.supply.attaching import MOST_BYTES, plain_name
from irt.supply.tables import Attachment, Kit, Movement, Quarantine, QuarantinedKit, Shelf, Shipment
from tests.cast import World
from tests.stocked import on_the_way, packed, running_trial

PDF = b"%PDF-1.7 a logger's report"


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url)


def receive(trial: World, box: str, temperature: str = "in_range", **more: Any) -> None:
    trial.do(receive_shipment, order_for(trial, box, temperature, **more), by="pharmacist_01")


def order_for(
    trial: World, box: str, temperature: str, found: dict[str, str] | None = None, **more: Any
) -> ReceiveShipment:
    kits = dict.fromkeys(packed(trial, box), "intact") | (found or {})
    return ReceiveShipment(shipment=box, kits=kits, temperature=temperature, **more)


def states(trial: World, kits: list[str]) -> set[str]:
    return {kit.state for kit in trial.rows(Kit) if kit.number in kits}


@pytest.mark.parametrize(("temperature", "told"), [("excursion", "11 degrees for two hours"), ("not_read", None)])
def test_a_box_that_may_be_spoilt_waits_for_quality(trial: World, temperature: str, told: str | None) -> None:
    box = on_the_way(trial, "01", 12)
    kits = packed(trial, box)
    receive(trial, box, temperature, found={kits[0]: "damaged"}, told=told, lowest="1.5", highest="11", minutes=120)
    assert states(trial, kits[1:]) == {"quarantined"}
    entry = trial.row(Quarantine)
    assert (entry.kind, entry.shipment, entry.site, entry.state) == ("transit", box, "01", "open")
    assert {row.kit for row in trial.rows(QuarantinedKit)} == set(kits[1:])
    assert trial.row(Shelf, site="01").randomization == "closed"
    told_of = [row for row in trial.rows(Outbox) if row.kind == f"quarantine.{temperature}"]
    assert [row.audience for row in told_of] == [["quality"]]
    assert page_of("https://irt.example", told_of[0]) == "https://irt.example/quarantines"


@pytest.mark.parametrize(
    "readings",
    [{"lowest": "-4"}, {"highest": "35"}, {"highest": "1.9"}, {"lowest": "8.1"}, {"lowest": "2", "minutes": 1}],
)
def test_a_record_is_not_in_range_whose_readings_are_not(trial: World, readings: dict[str, Any]) -> None:
    box = on_the_way(trial, "01", 12)
    refused = trial.refusal(receive_shipment, order_for(trial, box, "in_range", **readings), by="pharmacist_01")
    assert (refused.code, refused.facts) == ("temperature_not_in_range", {"least": "2", "most": "8"})
    receive(trial, box, "excursion", told="the van stood in the sun", **readings)
    assert states(trial, packed(trial, box)) == {"quarantined"}


@pytest.mark.parametrize("temperature", ["in_range", "excursion"])
@pytest.mark.parametrize("found", ["intact", "damaged"])
def test_the_readings_of_every_box_are_kept(trial: World, temperature: str, found: str) -> None:
    box, told = on_the_way(trial, "01", 12), "the lid was open a little"
    kits = dict.fromkeys(packed(trial, box), found)
    receive(trial, box, temperature, found=kits, lowest="2", highest="8.0", minutes=0, told=told)
    row = trial.row(Shipment, id=box)
    assert (str(row.lowest), str(row.highest), row.minutes, row.told) == ("2", "8.0", 0, told)
    assert states(trial, list(kits)) == {
        ("intact", "in_range"): {"available"}, ("intact", "excursion"): {"quarantined"},
    }.get((found, temperature), {"damaged"})  # fmt: skip


def test_released_kits_reach_the_shelf_all_together(trial: World) -> None:
    box = on_the_way(trial, "01", 12)
    receive(trial, box, "not_read")
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="the logger was read: in range")
    trial.do(release_quarantine, order, by="quality")
    assert states(trial, packed(trial, box)) == {"available"}
    assert trial.row(Shelf, site="01").randomization == "open"
    assert trial.refusal(release_quarantine, order, by="quality").code == "quarantine_state"


def test_rejected_kits_are_given_up_all_together(trial: World) -> None:
    box = on_the_way(trial, "01", 12)
    receive(trial, box, "excursion", told="it stood in the sun")
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="beyond the limit for both")
    trial.do(reject_quarantine, order, by="quality")
    assert states(trial, packed(trial, box)) == {"damaged"}
    row = trial.row(Quarantine)
    assert (row.state, row.decision, bool(row.signature)) == ("rejected", "beyond the limit for both", True)


@pytest.mark.parametrize("by", ["pharmacist_01", "trial_manager", "supply_manager", "depot"])
def test_others_do_not_decide(trial: World, by: str) -> None:
    receive(trial, on_the_way(trial, "01", 8), "not_read")
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="we need them")
    assert trial.refusal(release_quarantine, order, by=by).code == "role_not_allowed"


def test_an_excursion_is_told_in_words(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    order = order_for(trial, box, "excursion")
    assert trial.refusal(receive_shipment, order, by="pharmacist_01").code == "excursion_untold"


def test_the_report_is_kept_and_the_trail_has_its_digest_alone(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    receive(trial, box, file_name="C:\\logs\\TT 77;.pdf", file=b64encode(PDF))
    row = trial.row(Attachment)
    assert (row.content, row.sha256) == (PDF, hashlib.sha256(PDF).hexdigest())
    assert (row.name, row.site, trial.row(Shipment).attachment) == ("TT 77_.pdf", "01", row.id)
    body = trial.last_audit().body
    assert row.sha256 in body
    assert PDF.hex() not in body
    assert b64encode(PDF).decode() not in body


@pytest.mark.parametrize(
    ("content", "code"), [(b"PK\x03\x04 no report", "file_not_pdf"), (PDF + bytes(MOST_BYTES), "file_too_large")]
)
def test_no_other_file_is_taken(trial: World, content: bytes, code: str) -> None:
    box = on_the_way(trial, "01", 8)
    order = order_for(trial, box, "in_range", file_name="x.pdf", file=b64encode(content))
    assert trial.refusal(receive_shipment, order, by="pharmacist_01").code == code


def test_a_name_is_made_plain() -> None:
    assert plain_name("../../etc/<script>.pdf") == "_script_.pdf"
    assert plain_name("/") == "file.pdf"
    assert plain_name("温度记录 7.pdf") == "温度记录 7.pdf"


# -- corrected --------------------------------------------------------------------------------------------------------


def correct(kit: str, box: str, found: str) -> CorrectReceipt:
    return CorrectReceipt(shipment=box, kit=kit, found=found, reason="looked again")


@pytest.mark.parametrize("temperature", ["in_range", "not_read"])
def test_a_missing_kit_that_is_found_waits_for_quality_and_both_findings_stay(trial: World, temperature: str) -> None:
    box = on_the_way(trial, "01", 8)
    kit, other = packed(trial, box)[:2]
    receive(trial, box, temperature, found=dict.fromkeys(packed(trial, box), "missing"))
    trial.clock.advance(timedelta(days=3))
    for number in (kit, other):
        trial.do(correct_receipt, correct(number, box, "intact"), by="pharmacist_01")
    assert states(trial, [kit, other]) == {"quarantined"}
    assert [line.after for line in trial.rows(Movement, kit=kit)][-2:] == ["missing", "quarantined"]
    assert [row.audience for row in trial.rows(Outbox) if row.kind == "quarantine.found"] == [["quality"]]
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="it stood in the right refrigerator")
    trial.do(release_quarantine, order, by="quality")
    assert states(trial, [kit, other]) == {"available"}


def test_a_kit_of_a_box_that_was_released_gets_an_entry_of_its_own(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    kit = packed(trial, box)[0]
    receive(trial, box, "not_read", found={kit: "missing"})
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="read: in range")
    trial.do(release_quarantine, order, by="quality")
    trial.do(correct_receipt, correct(kit, box, "intact"), by="pharmacist_01")
    assert states(trial, [kit]) == {"quarantined"}
    assert [row.state for row in trial.rows(Quarantine, shipment=box)].count("open") == 1


def test_a_kit_of_a_rejected_box_is_given_up_when_it_is_found(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    kit = packed(trial, box)[0]
    receive(trial, box, "not_read", found={kit: "missing"})
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="warm for days")
    trial.do(reject_quarantine, order, by="quality")
    trial.do(correct_receipt, correct(kit, box, "intact"), by="pharmacist_01")
    assert states(trial, [kit]) == {"damaged"}


def test_corrections_tell_nothing_of_types(trial: World) -> None:
    """Kits taken from the shelf and put back while the site's status is watched would sort the shelf by type."""
    box = on_the_way(trial, "01", 12)
    receive(trial, box)
    before = trial.row(Shelf, site="01")
    for kit in packed(trial, box):
        trial.do(correct_receipt, correct(kit, box, "missing"), by="pharmacist_01")
        again = correct(kit, box, "intact")
        assert trial.refusal(correct_receipt, again, by="pharmacist_01").code == "receipt_not_correctable"
        assert trial.row(Shelf, site="01") == before


def test_a_kit_found_in_a_suspect_box_is_quarantined_with_it(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    kit, other = packed(trial, box)[:2]
    receive(trial, box, "not_read", found={kit: "missing"})
    trial.do(correct_receipt, correct(kit, box, "intact"), by="pharmacist_01")
    trial.do(correct_receipt, correct(other, box, "damaged"), by="pharmacist_01")
    assert trial.row(Kit, number=kit).state == "quarantined"
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="read: in range")
    trial.do(release_quarantine, order, by="quality")
    assert (trial.row(Kit, number=kit).state, trial.row(Kit, number=other).state) == ("available", "damaged")


@pytest.mark.parametrize("found", ["damaged", "missing"])
def test_an_intact_kit_was_none(trial: World, found: str) -> None:
    box = on_the_way(trial, "01", 8)
    kit = packed(trial, box)[0]
    receive(trial, box)
    trial.do(correct_receipt, correct(kit, box, found), by="pharmacist_01")
    assert trial.row(Kit, number=kit).state == found


def test_what_is_not_corrected(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    kit, moved = packed(trial, box)[:2]
    early = correct(kit, box, "damaged")
    assert trial.refusal(correct_receipt, early, by="pharmacist_01").code == "shipment_state"
    receive(trial, box, found={kit: "damaged"})
    for order, code in [
        (correct(kit, box, "intact"), "receipt_not_correctable"),
        (correct(moved, box, "intact"), "receipt_not_correctable"),
        (correct(trial.rows(Kit, state="at_depot")[0].number, box, "intact"), "kit_not_in_shipment"),
    ]:
        assert trial.refusal(correct_receipt, order, by="pharmacist_01").code == code
    assert trial.refusal(correct_receipt, early, by="pharmacist_02").code == "not_found"
    assert trial.refusal(correct_receipt, early, by="coordinator_01").code == "role_not_allowed"


def test_a_kit_that_moved_on_keeps_its_receipt(trial: World) -> None:
    box = on_the_way(trial, "01", 8)
    kit = packed(trial, box)[0]
    receive(trial, box, "not_read")
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="read: in range")
    trial.do(release_quarantine, order, by="quality")
    assert trial.refusal(correct_receipt, correct(kit, box, "missing"), by="pharmacist_01").code == "kit_moved_on"
