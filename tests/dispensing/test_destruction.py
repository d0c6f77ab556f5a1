"""The depot: a return counted in, and destroyed with a certificate that quality checks."""

from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import update

from irt.assurance.verify import verify
from irt.dispensing.destruction import (
    Destroy,
    DestructionOrder,
    ReceiveBack,
    propose_destruction,
    receive_back,
    sign_destruction,
    withdraw_destruction,
)  # fmt: skip
from irt.dispensing.disposal import DisposeOf, send_back
from irt.dispensing.lot_holds import hold_lot, reject_lot
from irt.dispensing.tables import Disposal
from irt.gate.rows import table_of
from irt.migrate import newest
from irt.supply.lots import DecideLot
from irt.supply.tables import Attachment, Destruction, Kit, Lot, Quarantine
from tests.cast import World
from tests.stocked import running_trial

PDF = b64encode(b"%PDF-1.7 a certificate")


@pytest.fixture
def trial(database_url: str) -> World:
    made = running_trial(database_url, "01", kits=16, depot=24)
    lot = DecideLot(lot=made.row(Lot).code, reason="particles were seen")
    made.do(hold_lot, lot, by="quality")
    made.do(reject_lot, lot, by="quality")
    return made


def returned(trial: World) -> tuple[str, list[str]]:
    kits = sorted(kit.number for kit in trial.rows(Kit, site="01", state="damaged"))
    order = DisposeOf(site="01", kits=tuple(kits), method="SF 123")
    return str(trial.do(send_back, order, by="pharmacist_01")), kits


def destroying(kits: list[str], **more: Any) -> Destroy:
    values = {"kits": tuple(kits), "method": "incinerated", "file_name": "certificate.pdf", "file": PDF}
    return Destroy(**values | more)


def state(trial: World, number: str) -> str:
    return str(trial.row(Kit, number=number).state)


def findings(trial: World) -> list[str]:
    found = verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest())
    return [str(one) for one in found if one.table in ("kit", "disposal", "destruction", "movement", "quarantine")]


def test_a_return_is_counted_in_and_what_was_not_in_the_box_is_lost(trial: World) -> None:
    disposal, kits = returned(trial)
    trial.do(receive_back, ReceiveBack(disposal=disposal, kits=tuple(kits[1:])), by="depot")
    assert [state(trial, number) for number in kits] == ["lost", *["back_at_depot"] * 15]
    again = ReceiveBack(disposal=disposal, kits=tuple(kits))
    assert trial.refusal(receive_back, again, by="depot").code == "not_sent_back"
    assert trial.refusal(receive_back, again, by="pharmacist_01").code == "role_not_allowed"
    assert findings(trial) == []


def test_what_was_not_in_the_box_and_comes_later_is_booked_in(trial: World) -> None:
    disposal, kits = returned(trial)
    trial.do(receive_back, ReceiveBack(disposal=disposal, kits=tuple(kits[2:])), by="depot")
    trial.do(receive_back, ReceiveBack(disposal=disposal, kits=(kits[0],)), by="depot")
    assert [state(trial, number) for number in kits[:3]] == ["back_at_depot", "lost", "back_at_depot"]
    assert trial.row(Disposal).missing == [kits[1]]
    assert findings(trial) == []
    trial.do(receive_back, ReceiveBack(disposal=disposal, kits=(kits[1],)), by="depot")
    over = ReceiveBack(disposal=disposal, kits=())
    assert trial.refusal(receive_back, over, by="depot").code == "disposal_state"
    assert findings(trial) == []


def test_who_proposed_a_destruction_does_not_check_it(trial: World) -> None:
    own = [kit.number for kit in trial.rows(Kit, state="damaged") if kit.site is None]
    destruction = trial.do(propose_destruction, destroying(own), by="depot")
    with trial.database.writing() as connection:  # somebody who was of the depot then
        connection.execute(update(table_of(Destruction)).values(proposed_by=trial.actor("quality").account))
    order = DestructionOrder(destruction=destruction)
    assert trial.refusal(sign_destruction, order, by="quality").code == "same_person"


def test_a_strange_kit_is_not_received(trial: World) -> None:
    disposal, kits = returned(trial)
    own = trial.rows(Kit, state="damaged")[0].number
    order = ReceiveBack(disposal=disposal, kits=(*kits, own))
    found = trial.refusal(receive_back, order, by="depot")
    assert (found.code, found.facts) == ("not_sent_back", {"kits": [own]})


def test_what_came_back_and_the_depots_own_is_destroyed_when_quality_has_signed(trial: World) -> None:
    disposal, kits = returned(trial)
    trial.do(receive_back, ReceiveBack(disposal=disposal, kits=tuple(kits)), by="depot")
    own = [kit.number for kit in trial.rows(Kit, state="damaged") if kit.site is None]
    destruction = trial.do(propose_destruction, destroying([*kits, *own]), by="depot")
    assert {state(trial, number) for number in kits} == {"back_at_depot"}
    trial.do(sign_destruction, DestructionOrder(destruction=destruction), by="quality")
    assert {kit.state for kit in trial.rows(Kit)} == {"destroyed"}
    row = trial.row(Destruction)
    assert (row.state, row.kits) == ("done", sorted([*kits, *own]))
    assert trial.row(Attachment).site is None
    assert findings(trial) == []
    order = DestructionOrder(destruction=destruction)
    assert trial.refusal(sign_destruction, order, by="quality").code == "destruction_state"


def test_what_cannot_be_destroyed(trial: World) -> None:
    _, kits = returned(trial)
    own = [kit.number for kit in trial.rows(Kit, state="damaged") if kit.site is None]
    for order, code in [
        (destroying(kits), "kits_not_destroyable"),
        (destroying(own, file=None, file_name=None), "certificate_missing"),
        (destroying(own, file=b64encode(b"no certificate")), "file_not_pdf"),
    ]:
        assert trial.refusal(propose_destruction, order, by="depot").code == code
    proposed = trial.do(propose_destruction, destroying(own), by="depot")
    assert trial.refusal(propose_destruction, destroying(own), by="depot").code == "kits_in_destruction"
    trial.do(withdraw_destruction, DestructionOrder(destruction=proposed), by="depot")
    trial.do(propose_destruction, destroying(own), by="depot")


def test_what_lies_at_the_depot_in_a_lot_on_hold_waits_for_quality(database_url: str) -> None:
    trial = running_trial(database_url, "01", kits=16, depot=24)
    lot = DecideLot(lot=trial.row(Lot).code, reason="particles were seen")
    trial.do(hold_lot, lot, by="quality")
    own = sorted(kit.number for kit in trial.rows(Kit, state="quarantined") if kit.site is None)
    assert len(own) == 8
    refused = trial.refusal(propose_destruction, destroying(own), by="depot")
    entry = trial.row(Quarantine).number
    assert (refused.code, refused.facts) == ("kits_in_quarantine", {"kits": own, "entries": [entry]})
    trial.do(reject_lot, lot, by="quality")
    trial.do(propose_destruction, destroying(own), by="depot")
