"""The pages of returns: a kit counted, what differs explained, kits destroyed or sent back, in both languages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.dispensing.returns import return_kit
from irt.dispensing.tables import Discrepancy, Disposal, KitReturn, TreatmentStop
from irt.participants.screen import Screened
from irt.supply.tables import Kit
from tests.cast import PASSWORD, World
from tests.dispensing.given import PHARMACIST, at_home, back, days_later, record, today
from tests.stocked import randomized, running_trial, take_away
from tests.web.conftest import Visitor

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SIGNED = {"password": PASSWORD}


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def counts(trial: World, kit: str, unused: int, used: int) -> dict[str, str]:
    day = today(trial).isoformat()
    return {"kit": kit, "returned_on": day, "unused": str(unused), "used": str(used), "broken": "0", "lost": "0"}


def reconciled(trial: World, document: str = "EXAMPLE-000001") -> tuple[Screened, str]:
    one, kit = at_home(trial, document)
    trial.do(return_kit, back(trial, one, kit, 18, 0), by=PHARMACIST)
    return one, kit


def test_a_kit_is_scanned_counted_and_taken_back(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, kit = at_home(trial)
    pharmacist = visit(PHARMACIST)
    page = pharmacist.get(f"/participants/{one.id}/return").text
    assert f"Kit {kit}: 18 vials in this kit" in page
    assert f"{{&#34;{kit}&#34;: 18}}" in page
    answer = pharmacist.send(f"/participants/{one.id}/return", **counts(trial, kit, 17, 1))
    assert answer.status_code == 303
    page = pharmacist.get(answer.headers["Location"]).text
    assert "Taken back: all 18 vials are accounted for." in page
    assert "Reconciled" in page
    assert kit in page
    again = pharmacist.send(f"/participants/{one.id}/return", **counts(trial, kit, 17, 1))
    assert again.status_code == 422
    assert f"Kit number: {kit} is back already (Reconciled)." in again.text
    assert "ask for a change of the recorded count" in again.text
    assert len(trial.rows(KitReturn)) == 1


def test_every_mistake_of_the_form_is_named_at_once(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, kit = at_home(trial)
    answer = visit(PHARMACIST).send(
        f"/participants/{one.id}/return", **{**counts(trial, kit, 1, 1), "unused": "few", "lost": "201"}
    )
    assert answer.status_code == 422
    assert "Unused vials: “few” is not accepted" in answer.text
    assert "Lost vials: “201” is not accepted; write 200 or less." in answer.text
    assert trial.rows(KitReturn) == []


def test_a_discrepancy_waits_and_is_explained(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, kit = at_home(trial)
    pharmacist, coordinator = visit(PHARMACIST), visit("coordinator_01")
    answer = pharmacist.send(f"/participants/{one.id}/return", **counts(trial, kit, 16, 1))
    assert "Taken back: 17 of 18 vials. A discrepancy is open." in pharmacist.get(answer.headers["Location"]).text
    for visitor in (pharmacist, coordinator):
        page = visitor.get("/").text
        assert "Discrepancies open" in page
        assert f"Kit {kit}: 18 vials, 17 counted" in page
    found = trial.row(Discrepancy)
    monitor = visit("monitor").get("/discrepancies").text
    assert f"Kit {kit}: 18 vials, 17 counted" in monitor
    assert "/resolve" not in monitor
    answer = coordinator.send(f"/discrepancies/{found.id}/resolve", reason="It broke in the sink")
    assert answer.status_code == 303
    page = coordinator.get("/discrepancies").text
    assert "It broke in the sink" in page
    assert "Everything adds up, or was explained." in page
    assert trial.row(Kit, number=kit).state == "reconciled"


def test_the_participant_page_shows_kits_and_the_kits_page_adherence(
    trial: World, visit: Callable[[str], Visitor]
) -> None:
    one, kit = at_home(trial)
    record(trial, one, kit, *range(1, 14))
    record(trial, one, kit, 14, outcome="missed", reason="forgotten")
    days_later(trial, 28)
    trial.do(return_kit, back(trial, one, kit, 5, 13), by=PHARMACIST)
    for name in ("coordinator_01", "monitor"):
        page = visit(name).get(f"/participants/{one.id}").text
        assert "Kits given and taken back" in page
        page = visit(name).get(f"/participants/{one.id}/kits").text
        assert page.count("92.9 %") == 4
        assert "0.0 %" in page
    for name in ("assessor_01", "physician_assessor_01"):
        rater = visit(name)
        assert kit not in rater.get(f"/participants/{one.id}").text
        assert rater.get(f"/participants/{one.id}/kits").status_code == 403
        assert rater.get("/discrepancies").status_code == 403
    assert visit("coordinator_02").get(f"/participants/{one.id}/kits").status_code == 404


def test_a_missing_return_is_shown_as_missing(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, kit = at_home(trial)
    record(trial, one, kit, *range(1, 15))
    days_later(trial, 200)
    page = visit("monitor").get(f"/participants/{one.id}/kits").text
    assert "missing" in page
    assert "18 vials, not counted yet" in page


def test_kits_to_take_back_wait_for_the_pharmacist(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, kit = at_home(trial)
    two, other = at_home(trial, "EXAMPLE-000002")
    pharmacist = visit(PHARMACIST)
    assert "Kits to take back" not in pharmacist.get("/").text
    trial.put(
        TreatmentStop, participant=two.id, site="01", last_day=today(trial), reason="adverse_event",
        stopped_by="before", stopped_at=trial.clock.now(),
    )  # fmt: skip
    page = pharmacist.get("/").text
    assert f"Kit {other}: treatment stopped" in page
    assert f"Kit {kit}:" not in page
    days_later(trial, 25)
    pharmacist = visit(PHARMACIST)
    assert f"Kit {kit}: Week 4" in pharmacist.get("/").text
    assert f"/participants/{one.id}/return" in pharmacist.get("/").text


def test_a_kit_at_home_past_its_expiry_waits(trial: World, visit: Callable[[str], Visitor]) -> None:
    _, kit = at_home(trial)
    take_away(trial, [kit], expiry=today(trial) - timedelta(days=1))
    for name in (PHARMACIST, "coordinator_01"):
        assert f"Kit {kit} expired on" in visit(name).get("/").text
    assert f"Kit {kit} expired on" not in visit("investigator_01").get("/").text
    assert f"Kit {kit} expired on" not in visit("pharmacist_02").get("/").text


def test_kits_are_destroyed_before_a_witness(trial: World, visit: Callable[[str], Visitor]) -> None:
    kits = sorted(reconciled(trial, document)[1] for document in ("EXAMPLE-000001", "EXAMPLE-000002"))
    pharmacist, investigator = visit(PHARMACIST), visit("investigator_01")
    page = pharmacist.get("/sites/01/disposals/destroy").text
    assert all(f'value="{kit}"' in page for kit in kits)
    empty = pharmacist.send("/sites/01/disposals/destroy", method="Incinerated", **SIGNED)
    assert empty.status_code == 422
    assert "Kits: fill it in." in empty.text
    answer = pharmacist.send("/sites/01/disposals/destroy", method="Incinerated", kits=kits, **SIGNED)
    assert answer.status_code == 303
    disposal = trial.row(Disposal)
    assert f"/disposals/{disposal.id}/witness" not in pharmacist.get("/").text + pharmacist.get("/disposals").text
    assert "2 kits to be destroyed" in investigator.get("/").text
    page = investigator.get(f"/disposals/{disposal.id}/witness").text
    assert "I have seen that these kits were destroyed as stated" in page
    assert all(kit in page for kit in kits)
    assert investigator.send(f"/disposals/{disposal.id}/witness", **SIGNED).status_code == 303
    page = visit("auditor").get("/disposals").text
    assert "I destroy these kits as stated, before a witness" in page
    assert "I have seen that these kits were destroyed as stated" in page
    assert "Destroyed" in visit("monitor").get("/shelf").text


def test_a_disposal_is_withdrawn_and_kits_are_sent_back(trial: World, visit: Callable[[str], Visitor]) -> None:
    _, kit = reconciled(trial)
    pharmacist = visit(PHARMACIST)
    pharmacist.send("/sites/01/disposals/destroy", method="Incinerated", kits=[kit], **SIGNED)
    refused = pharmacist.send("/sites/01/disposals/send-back", method="SF 123", kits=[kit], **SIGNED)
    assert refused.status_code == 422
    assert f"Kits: {kit} wait for a witness in another disposal" in refused.text
    assert f'value="{kit}" checked' in refused.text
    assert pharmacist.send(f"/disposals/{trial.row(Disposal).id}/withdraw", reason="Not yet").status_code == 303
    assert pharmacist.send("/sites/01/disposals/send-back", method="SF 123", kits=[kit], **SIGNED).status_code == 303
    assert trial.row(Kit, number=kit).state == "sent_back"
    assert pharmacist.get("/sites/01/disposals/burn").status_code == 404
    assert "SF 123" in pharmacist.get("/disposals").text


def test_the_pages_are_chinese_for_whoever_reads_chinese(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, kit = at_home(trial)
    trial.do(return_kit, back(trial, one, kit, 16, 1), by=PHARMACIST)
    _, whole = reconciled(trial, "EXAMPLE-000002")
    visitor = visit(PHARMACIST)
    visitor.send("/sites/01/disposals/destroy", method="123", kits=[whole], **SIGNED)
    visitor.get("/language/zh_Hans_CN")
    wanted = {
        f"/participants/{one.id}/kits": "药瓶与依从性",
        f"/participants/{one.id}/return": "收回药盒",
        "/discrepancies": "清点到 17 支",
        f"/discrepancies/{trial.row(Discrepancy).id}/resolve": "药瓶数量不符",
        "/disposals": "本人在见证人在场的情况下按所述销毁这些药盒",
        "/sites/01/disposals/send-back": "退回药盒",
        f"/disposals/{trial.row(Disposal).id}/withdraw": "撤回处置",
        "/shelf": "已核对",
        "/": "未解决的差异",
    }
    for path, text in wanted.items():
        page = visitor.get(path)
        assert page.status_code == 200, path
        assert text in page.text, path
        assert CHINESE.search(page.text)


def test_nobody_else_takes_back_or_disposes(trial: World, visit: Callable[[str], Visitor]) -> None:
    one, _ = randomized(trial)
    for name in ("coordinator_01", "investigator_01", "monitor", "depot", "supply_manager"):
        assert visit(name).get(f"/participants/{one.id}/return").status_code == 403
        assert visit(name).get("/sites/01/disposals/destroy").status_code == 403
    assert visit("pharmacist_02").get(f"/participants/{one.id}/return").status_code == 404
