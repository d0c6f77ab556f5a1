"""Visits on the pages: who is due, overdue, missed; recorded, skipped, unscheduled; their kits; in Chinese too."""

from collections.abc import Callable
from typing import Any

import pytest

from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.treatment import StopTreatment, stop_treatment
from irt.gate.tables import Outbox
from irt.jobs.outbox import page_of as url_of
from irt.participants.tables import VisitRecord
from irt.supply.tables import Assignment, Shipment
from irt.web import create
from tests.cast import World
from tests.stocked import on_shelf, take_away, type_due
from tests.treated import Patient, patient, treated
from tests.web.conftest import Visitor, visiting
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url, "01", "02")


@pytest.fixture
def visit(one: Patient) -> Visit:
    """Somebody of the cast, signed in through the page, reading English."""
    return visiting(one.world, create(one.world.service))


def page_of(one: Patient) -> str:
    return f"/participants/{one.id}"


def kept(world: World, name: str) -> Any:
    return world.row(VisitRecord, visit=name)


def test_a_visit_goes_from_the_start_page_to_its_record(one: Patient, visit: Visit) -> None:
    one.on_day(169)
    coordinator = visit("coordinator_01")
    href = f"{page_of(one)}/visits/W24/record"
    start = coordinator.get("/").text
    assert "Visits due, to be recorded" in start
    assert href in start
    form = coordinator.get(href).text
    assert f"Due from {one.day(166)} to {one.day(172)}." in form
    done(coordinator.send(href, visited_on=one.day(168).isoformat()))
    assert kept(one.world, "W24").visited_on == one.day(168)
    assert href not in coordinator.get("/").text
    assert one.day(168).isoformat() in coordinator.get(page_of(one)).text


@pytest.mark.parametrize("name", ["coordinator_01", "pharmacist_01"])
def test_a_visit_whose_express_box_is_cancelled_asks_for_its_kit_again(one: Patient, visit: Visit, name: str) -> None:
    one.on_day(29)
    world, visitor, href = one.world, visit(name), f"{page_of(one)}/visits/W4/assign"
    take_away(world, on_shelf(world, "01")[type_due(world, one.id)])
    waits, comes = "Visits due, kit to be asked for", "Visits due, kit on its way"

    def listed() -> tuple[bool, bool, bool]:
        start = visitor.get("/").text
        return waits in start, comes in start, href in start

    assert listed() == (True, False, True)
    world.do(assign, Assign(participant=one.id, visit="W4"), by=name)
    assert listed() == (False, True, True)
    box = CancelShipment(shipment=world.row(Shipment, kind="express").id, reason="the cold chain is broken")
    world.do(cancel_shipment, box, by="depot")
    assert listed() == (True, False, True)
    assert url_of("", world.row(Outbox, kind="shipment.express_cancelled")) == page_of(one)


def test_out_of_the_window_the_form_names_window_and_day(one: Patient, visit: Visit) -> None:
    one.on_day(40)
    investigator = visit("investigator_01")
    href = f"{page_of(one)}/visits/W4/record"
    assert href in investigator.get("/").text
    refused = investigator.send(href, visited_on=one.day(39).isoformat())
    assert refused.status_code == 422
    for shown in ("Reason: Week 4", str(one.day(26)), str(one.day(32)), str(one.day(39)), "out of this window"):
        assert shown in refused.text
    done(investigator.send(href, visited_on=one.day(39).isoformat(), reason="was travelling"))
    shown = investigator.get(page_of(one)).text
    assert "was travelling" in shown
    assert ">late<" in shown


def test_a_visit_is_skipped_with_a_reason(one: Patient, visit: Visit) -> None:
    one.on_day(29)
    coordinator = visit("coordinator_01")
    href = f"{page_of(one)}/visits/W4/skip"
    assert href in coordinator.get(page_of(one)).text
    assert coordinator.send(href).status_code == 422
    done(coordinator.send(href, reason="in hospital elsewhere"))
    shown = coordinator.get(page_of(one)).text
    assert "Skipped" in shown
    assert "in hospital elsewhere" in shown
    assert visit("pharmacist_01").get(href).status_code == 403


def test_the_kit_handed_over_late_asks_why_and_asking_for_it_does_not(one: Patient, visit: Visit) -> None:
    one.on_day(40)
    pharmacist = visit("pharmacist_01")
    ask, give = f"{page_of(one)}/visits/W4/assign", f"{page_of(one)}/visits/W4/hand-over"
    assert 'name="reason"' not in pharmacist.get(ask).text
    done(pharmacist.send(ask))
    assert 'name="reason"' in pharmacist.get(give).text
    kit = one.world.row(Assignment, visit="W4").kit
    assert pharmacist.send(give, kit=kit).status_code == 422
    given = done(pharmacist.send(give, kit=kit, reason="a train was cancelled")).headers["Location"]
    assert "the visit is recorded" in pharmacist.get(given).text
    assert kept(one.world, "W4").visited_on == one.day(40)


def test_in_time_nobody_types_a_reason(one: Patient, visit: Visit) -> None:
    one.on_day(29)
    pharmacist = visit("pharmacist_01")
    ask, give = f"{page_of(one)}/visits/W4/assign", f"{page_of(one)}/visits/W4/hand-over"
    assert 'name="reason"' not in pharmacist.get(ask).text
    done(pharmacist.send(ask))
    assert 'name="reason"' not in pharmacist.get(give).text


def test_a_kit_not_needed_now_is_cancelled_and_asked_for_again(one: Patient, visit: Visit) -> None:
    one.on_day(29)
    pharmacist = visit("pharmacist_01")
    here = f"{page_of(one)}/visits/W4"
    slip = done(pharmacist.send(f"{here}/assign")).headers["Location"]
    kit = one.world.row(Assignment, visit="W4").kit
    assert f"{here}/cancel" in pharmacist.get(slip).text
    assert kit in pharmacist.get(f"{here}/cancel").text
    done(pharmacist.send(f"{here}/cancel"))
    shown = pharmacist.get(page_of(one)).text
    assert "Not asked for now" in shown
    assert f"{here}/hand-over" not in pharmacist.get("/dispensing").text
    done(pharmacist.send(f"{here}/assign"))
    assert one.world.row(Assignment, visit="W4").kit == kit


def test_a_kit_set_aside_is_put_by_after_a_stop(one: Patient, visit: Visit) -> None:
    one.on_day(29)
    one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01")
    pharmacist, href = visit("pharmacist_01"), f"{page_of(one)}/visits/W4/put-by"
    assert href not in pharmacist.get(page_of(one)).text
    assert "stays set aside" in pharmacist.send(href, reason="stopped").text
    stop(one, 29)
    assert href in pharmacist.get(page_of(one)).text
    done(pharmacist.send(href, reason="treatment was stopped"))
    assert one.world.row(Assignment, visit="W4").state == "void"


def stop(one: Patient, day: int) -> None:
    order = StopTreatment(participant=one.id, last_day=one.day(day), stop_reason="adverse_event")
    one.world.do(stop_treatment, order, by="investigator_01")


def test_early_termination_is_due_after_a_stop(one: Patient, visit: Visit) -> None:
    one.on_day(40)
    stop(one, 40)
    coordinator = visit("coordinator_01")
    href = f"{page_of(one)}/visits/ET/record"
    assert href in coordinator.get("/").text
    done(coordinator.send(href, visited_on=one.day(40).isoformat(), reason="treatment was stopped"))
    shown = coordinator.get(page_of(one)).text
    assert shown.count("Early termination") == 1
    assert href not in shown
    assert "Early termination" not in visit("assessor_01").get(page_of(one)).text


def test_an_unscheduled_visit_has_its_number(one: Patient, visit: Visit) -> None:
    one.on_day(10)
    pharmacist = visit("pharmacist_01")
    href = f"{page_of(one)}/unscheduled-visit"
    assert href in pharmacist.get(page_of(one)).text
    assert pharmacist.send(href, visit="UV", visited_on=one.day(10).isoformat()).status_code == 422
    done(pharmacist.send(href, visit="UV", visited_on=one.day(10).isoformat(), reason="a vial was broken"))
    assert "Unscheduled visit 1" in pharmacist.get(page_of(one)).text


@pytest.mark.parametrize(("day", "state"), [(20, "Not yet"), (29, "Due"), (35, "Overdue"), (54, "Missed")])
def test_the_list_of_visits_says_who_is_due(one: Patient, visit: Visit, day: int, state: str) -> None:
    one.on_day(day)
    for name in ("coordinator_01", "pharmacist_01", "monitor", "data_manager", "trial_manager"):
        shown = visit(name).get("/visits").text
        assert one.number in shown, name
        assert "Week 4" in shown
        assert f">{state}<" in shown
    assert one.number not in visit("investigator_02").get("/visits").text
    assert visit("assessor_01").get("/visits").status_code == 403


def test_the_list_can_be_ordered_and_shows_the_kit(one: Patient, visit: Visit) -> None:
    other = patient(one.world, "EXAMPLE-000002")
    one.on_day(29)
    kit = one.world.do(assign, Assign(participant=one.id, visit="W4"), by="pharmacist_01").kit
    monitor = visit("monitor")
    pages = {by: monitor.get(f"/visits?by={by}").text for by in ("state", "date", "number", "nonsense")}
    assert all(kit in page and other.number in page for page in pages.values())
    assert pages["nonsense"].count(one.number) == pages["state"].count(one.number) == 1
    assert pages["number"].index(one.number) < pages["number"].index(other.number)


def test_in_chinese(one: Patient, visit: Visit) -> None:
    one.on_day(40)
    coordinator = visit("coordinator_01")
    coordinator.get("/language/zh_Hans_CN")
    assert "已超期、尚无记录的访视" in coordinator.get("/").text
    assert "超期" in coordinator.get("/visits").text
    refused = coordinator.send(f"{page_of(one)}/visits/W4/record", visited_on=one.day(39).isoformat())
    assert "超出访视窗" in refused.text
    shown = coordinator.get(page_of(one)).text
    for words in ("记录访视", "跳过", "计划外访视", "申请更改"):
        assert words in shown
