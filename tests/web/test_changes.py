"""Changes of recorded values on the pages: asked for by the site, both values side by side, decided; in Chinese too."""

from collections.abc import Callable

import pytest

from irt.dispensing.tables import ChangeRequest, Hold
from irt.dispensing.treatment import HoldTreatment, hold_treatment
from irt.participants.tables import Participant
from irt.web import create
from tests.stocked import running_trial
from tests.treated import Patient, patient
from tests.web.conftest import Visitor, visiting
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]
WHY = "the source document says otherwise"


@pytest.fixture
def one(database_url: str) -> Patient:
    return patient(running_trial(database_url, "01", "02")).begin()


@pytest.fixture
def visit(one: Patient) -> Visit:
    """Somebody of the cast, signed in through the page, reading English."""
    return visiting(one.world, create(one.world.service))


def asked(one: Patient, visitor: Visitor, target: str, **parts: str) -> str:
    """A change asked for by the page; answers its id."""
    fields = {f"wanted.{name}": value for name, value in parts.items()}
    done(visitor.send(f"/participants/{one.id}/changes/{target}", **fields, reason=WHY))
    return str(one.world.row(ChangeRequest, target=target, state="open").id)


def test_from_the_participants_page_to_the_decision(one: Patient, visit: Visit) -> None:
    coordinator, manager = visit("coordinator_01"), visit("data_manager")
    here = f"/participants/{one.id}"
    assert f"{here}/changes" in coordinator.get(here).text
    offered = coordinator.get(f"{here}/changes").text
    for target in ("birth_year", "sex", "first_dose", "visit:W0"):
        assert f"{here}/changes/{target}" in offered
    change = asked(one, coordinator, "birth_year", birth_year="1979")
    assert "To be decided" in coordinator.get(f"{here}/changes").text
    assert f"/changes/{change}/agree" in manager.get("/").text
    assert "Changes to decide" in manager.get("/").text
    form = manager.get(f"/changes/{change}/agree").text
    for shown in ("1980", "1979", WHY, "Coordinator 01", one.number):
        assert shown in form
    done(manager.send(f"/changes/{change}/agree", reason="seen in the source"))
    assert one.world.row(Participant, id=one.id).birth_year == 1979
    assert "Changes to decide" not in manager.get("/").text
    for name in ("coordinator_01", "monitor", "data_manager"):
        listed = visit(name).get("/changes").text
        for shown in ("1980", "1979", WHY, "seen in the source", "Agreed"):
            assert shown in listed
    assert WHY not in visit("coordinator_02").get("/changes").text


def test_declined_the_value_stays(one: Patient, visit: Visit) -> None:
    change = asked(one, visit("pharmacist_01"), "sex", sex="male")
    manager = visit("data_manager")
    assert "Female" in manager.get(f"/changes/{change}/decline").text
    done(manager.send(f"/changes/{change}/decline", reason="not in the source"))
    assert one.world.row(Participant, id=one.id).sex == "female"
    again = manager.send(f"/changes/{change}/agree", reason="seen in the source")
    assert "decided already: Declined" in again.text


def test_open_changes_come_first(one: Patient, visit: Visit) -> None:
    coordinator, manager = visit("coordinator_01"), visit("data_manager")
    waiting = asked(one, coordinator, "sex", sex="male")
    over = asked(one, coordinator, "birth_year", birth_year="1979")
    done(manager.send(f"/changes/{over}/decline", reason="not in the source"))
    listed = manager.get("/changes").text
    assert listed.index("1979") > listed.index(waiting)


def test_each_part_that_is_wrong_is_named(one: Patient, visit: Visit) -> None:
    coordinator = visit("coordinator_01")
    href = f"/participants/{one.id}/changes/first_dose"
    fields = {"wanted.day": "2030-01-01", "wanted.time": "8:30", "reason": WHY}
    refused = coordinator.send(href, **fields)
    assert refused.status_code == 422
    assert "Date: “2030-01-01” is not accepted; write 2026-03-02 or less." in refused.text
    assert "Time of day: “8:30” is not accepted" in refused.text
    same = coordinator.send(href, **{**fields, "wanted.day": one.day_1.isoformat(), "wanted.time": "08:30"})
    assert "is recorded already. Nothing is to be changed." in same.text
    assert one.world.rows(ChangeRequest) == []


def test_the_days_of_treatment_are_asked_for_and_what_they_judge_shows_both(one: Patient, visit: Visit) -> None:
    one.on_day(9)
    one.take(2, 3)
    order = HoldTreatment(participant=one.id, from_on=one.day(7), hold_reason="fever")
    one.world.do(hold_treatment, order, by="investigator_01")
    coordinator, manager = visit("coordinator_01"), visit("data_manager")
    offered = coordinator.get(f"/participants/{one.id}/changes").text
    target = f"hold:{one.world.row(Hold).id}"
    for shown in (target, "hand_over:W0", f"{one.day(7)} – still held", "Day of the hand-over: Week 0"):
        assert shown in offered
    for day, said in ((4, "was taken while treatment was held"), (8, "Stands no longer")):
        change = asked(one, coordinator, target, from_on=one.day(day).isoformat())
        done(manager.send(f"/changes/{change}/agree", reason="seen in the source"))
        assert said in manager.get("/deviations/").text
    page = manager.get("/deviations/").text
    assert f"Noted before: The dose of {one.day(5)} was taken while treatment was held." in page
    assert f"Judged anew: “{WHY}”" in page
    assert "Deviations to classify" not in manager.get("/").text
    assert "no longer" in manager.get("/deviations/deviations.csv").text
    done(visit("coordinator_01").send(f"/participants/{one.id}/withdrawal", left_on=str(one.day(8)), reason="moves"))
    offered = visit("coordinator_01").get(f"/participants/{one.id}/changes").text
    assert f"/participants/{one.id}/changes/withdrawal" in offered


def test_what_is_not_recorded_has_no_page(one: Patient, visit: Visit) -> None:
    coordinator = visit("coordinator_01")
    for target in ("visit:W4", "name", "return:1234567"):
        assert coordinator.get(f"/participants/{one.id}/changes/{target}").status_code == 404
    assert visit("coordinator_02").get(f"/participants/{one.id}/changes/sex").status_code == 404


def test_in_chinese(one: Patient, visit: Visit) -> None:
    coordinator, manager = visit("coordinator_01"), visit("data_manager")
    change = asked(one, coordinator, "sex", sex="male")
    manager.get("/language/zh_Hans_CN")
    assert "待决定的更改" in manager.get("/").text
    form = manager.get(f"/changes/{change}/agree").text
    for words in ("更改前", "更改后", "女", "男", "同意更改"):
        assert words in form
    assert "待决定" in manager.get("/changes").text
