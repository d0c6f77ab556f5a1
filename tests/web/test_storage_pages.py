"""What goes wrong with boxes and refrigerators, by the pages: told to whom it concerns, and asked for in words."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.dispensing.excursions import DecideQuarantine, reject_quarantine
from irt.dispensing.ordering import OrderSupplies, order_supplies
from irt.supply.tables import Kit, Quarantine, Shipment
from tests.cast import World
from tests.dispensing.given import at_home
from tests.stocked import on_the_way, packed, running_trial
from tests.web.conftest import Visitor
from tests.web.test_main_path import done


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", kits=16, depot=64)


def test_a_box_that_does_not_come_is_on_the_start_pages(trial: World, visit: Callable[[str], Visitor]) -> None:
    box = on_the_way(trial, "01", 8)
    plan = trial.study.supply
    trial.clock.advance(timedelta(days=plan.lead_days + plan.overdue_days, seconds=-1))
    assert "Shipments overdue" not in visit("depot").get("/").text
    trial.clock.advance(timedelta(days=1))
    trial.do(order_supplies, OrderSupplies(), by="operator")
    for name in ("depot", "trial_manager"):
        page = visit(name).get("/").text
        assert "Shipments overdue" in page
        assert f"/shipments/{box}" in page
        assert "Overdue, not counted on since" in visit(name).get(f"/shipments/{box}").text
    assert "Shipments overdue" not in visit("supply_manager").get("/").text
    assert "Shipments to receive" in visit("pharmacist_01").get("/").text


def test_the_readings_are_held_against_what_is_said_of_them(trial: World, visit: Callable[[str], Visitor]) -> None:
    box = on_the_way(trial, "01", 8)
    pharmacist, found = visit("pharmacist_01"), {f"kits.{kit}": "intact" for kit in packed(trial, box)}
    wrong = pharmacist.send(f"/shipments/{box}/receive", **found, temperature="in_range", highest="35")
    assert wrong.status_code == 422
    assert "the kits are kept at 2–8 °C" in wrong.text
    done(
        pharmacist.send(f"/shipments/{box}/receive", **found, temperature="excursion", highest="35", told="by the sun")
    )
    assert "35 °C" in pharmacist.get(f"/shipments/{box}").text
    page = visit("quality").get("/quarantines").text
    assert "35 °C" in page
    assert "the sun" in page
    assert trial.row(Shipment, id=box).temperature == "excursion"


def test_what_was_handed_over_is_in_the_entry_and_called_back(trial: World, visit: Callable[[str], Visitor]) -> None:
    _, kit = at_home(trial)
    failed = trial.clock.now().date()
    trial.clock.advance(timedelta(days=1))
    pharmacist, told = visit("pharmacist_01"), "it failed over night"
    late = {"failed_on": f"{trial.clock.now().date()}", "failed_at": "23:59"}
    fields = {"noticed_on": f"{trial.clock.now().date()}", "noticed_at": "08:00", "told": told}
    wrong = pharmacist.send("/sites/01/excursion", **fields, **late)
    assert wrong.status_code == 422
    assert "it is after it was noticed" in wrong.text
    done(pharmacist.send("/sites/01/excursion", **fields, failed_on=f"{failed}"))
    for name in ("pharmacist_01", "quality"):
        page = visit(name).get("/quarantines").text
        assert "1 kits handed over since it failed" in page
        assert kit in page
    assert kit not in pharmacist.get("/").text
    order = DecideQuarantine(quarantine=trial.row(Quarantine).id, reason="far too warm for long")
    trial.do(reject_quarantine, order, by="quality")
    for name in ("pharmacist_01", "coordinator_01"):
        assert f"Kit {kit} stood in a refrigerator that had failed" in visit(name).get("/").text


def test_a_depot_kit_told_of_at_a_site_is_not_found(trial: World, visit: Callable[[str], Visitor]) -> None:
    kit = trial.rows(Kit, state="at_depot")[0].number
    said = []
    for number in (kit, "9999999"):
        answer = visit("coordinator_01").send(
            "/what-happened/lost-or-damaged", kit=number, what="lost", happened_on=f"{trial.clock.now().date()}",
            replace="no", told="cannot be found",
        )  # fmt: skip
        said.append((answer.status_code, "at_depot" in answer.text, "At the depot" in answer.text))
    assert said[0] == said[1]
    assert said[0][0] < 500
