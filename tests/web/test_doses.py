"""The treatment by the pages: first dose, many days in one press, corrections, holds, the stop; who sees none of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.tables import Discrepancy, Hold, TreatmentStop
from irt.participants.tables import Participant
from tests.cast import World
from tests.stocked import running_trial
from tests.treated import Patient, patient
from tests.web.conftest import Visitor
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01")


@pytest.fixture
def one(trial: World) -> Patient:
    return patient(trial)


PAGES = ("/diary", "/diary/record", "/diary/1/correct", "/first-dose", "/hold", "/resume", "/stop", "/complete")


def path(one: Patient, rest: str = "") -> str:
    return f"/participants/{one.id}{rest}"


def filled_in(page: str) -> dict[str, str]:
    """What the rows of the diary's form propose, by the name of the field."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="(doses\.[^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found[name[1]] = unescape(value[1])
    for name, options in re.findall(r'<select[^>]*name="(doses\.[^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_the_first_dose_and_two_weeks_in_one_press(one: Patient, visit: Visit) -> None:
    coordinator = visit("coordinator_01")
    assert path(one, "/first-dose") in coordinator.get("/").text
    assert path(one, "/first-dose") in coordinator.get(path(one)).text
    one.on_day(1)
    coordinator = visit("coordinator_01")  # whose session does not outlast the day
    told = {"kit": one.kit, "taken_on": str(one.day_1), "taken_at": "08:30", "place": "clinic",
            "injection_site": "abdomen_left"}  # fmt: skip
    done(coordinator.send(path(one, "/first-dose"), **told))
    one.on_day(28)
    coordinator = visit("coordinator_01")
    assert path(one, "/diary/record") in coordinator.get("/").text
    form = filled_in(coordinator.get(path(one, "/diary/record")).text)
    outcomes = [name for name, value in form.items() if name.endswith(".outcome") and value == "taken"]
    assert len(outcomes) == 13
    assert (form["doses.2.taken_on"], form["doses.2.kit"]) == (str(one.day(3)), one.kit)
    sites = [form[f"doses.{number}.injection_site"] for number in range(2, 9)]
    assert sites == ["abdomen_right", "thigh_left", "thigh_right", "upper_arm_left", "upper_arm_right", "abdomen_left",
                     "abdomen_right"]  # fmt: skip
    marked = {"doses.5.outcome": "missed", "doses.5.missed_reason": "forgotten", "doses.14.outcome": ""}
    done(coordinator.send(path(one, "/diary/record"), **{**form, **marked}))
    rows = {row.number: row for row in one.doses()}
    assert sorted(rows) == list(range(1, 14))
    assert (rows[5].outcome, rows[5].kit, rows[4].outcome) == ("missed", None, "taken")
    page = coordinator.get(path(one, "/diary")).text
    assert page.count('class="dose taken') == 12 + 1, "twelve days and the legend"
    assert page.count('class="dose coming') == 70 + 1
    assert "Missed dose" in page
    assert "92.3 %" not in page
    assert "85.7 %" in page, "12 of 14, for the last one is not recorded"
    assert path(one, "/diary/record") not in coordinator.get("/").text


def test_what_is_wrong_stands_at_its_line_in_both_languages(one: Patient, visit: Visit) -> None:
    one.begin()
    one.on_day(6)
    coordinator = visit("coordinator_01")
    form = filled_in(coordinator.get(path(one, "/diary/record")).text)
    wrong = {"doses.2.kit": "9999999", "doses.3.outcome": "missed", "doses.x1.outcome": "taken",
             "doses.x1.taken_on": "2026-13-01", "doses.x1.kit": one.kit}  # fmt: skip
    answer = coordinator.send(path(one, "/diary/record"), **{**form, **wrong})
    assert answer.status_code == 422
    assert "Extra dose 1: “2026-13-01” is not accepted; write a day" in answer.text
    wrong["doses.x1.taken_on"] = str(one.day(6))
    answer = coordinator.send(path(one, "/diary/record"), **{**form, **wrong})
    for said in (
        f"Dose 2: “9999999” is not accepted; that kit was not with this participant on {one.day(3)}",
        "Dose 3: choose the reason.",
        "no dose was due; write why it was given",
        'href="#field-doses.x1"',
    ):
        assert said in answer.text
    assert filled_in(answer.text)["doses.2.kit"] == "9999999", "what was typed stays"
    assert len(one.doses()) == 1
    coordinator.get("/language/zh_Hans_CN")
    answer = coordinator.send(path(one, "/diary/record"), **{**form, **wrong})
    assert "第 3 次给药" in answer.text
    assert "请选择理由" in answer.text


def test_a_dose_put_right_shows_what_stood_there(one: Patient, visit: Visit) -> None:
    one.begin()
    one.on_day(6)
    pharmacist = visit("pharmacist_01")
    one.take(2)
    form = pharmacist.get(path(one, "/diary/2/correct")).text
    assert f'value="{one.kit}"' in form
    answer = pharmacist.send(
        path(one, "/diary/2/correct"), outcome="missed", missed_reason="travelling", kit=one.kit,
        taken_on=str(one.day(3)), place="home", reason="the diary says so",
    )  # fmt: skip
    done(answer)
    assert [row.outcome for row in one.doses(number=2)] == ["taken", "missed"]
    page = pharmacist.get(path(one, "/diary")).text
    assert "before: Taken" in page
    assert "the diary says so" in page
    answer = pharmacist.send(
        path(one, "/diary/2/correct"), outcome="taken", missed_reason="travelling", kit=one.kit,
        taken_on=str(one.day(3)), place="home", reason="taken after all",
    )  # fmt: skip
    done(answer)
    assert one.doses(number=2)[-1].reason is None
    for unknown in ("3", "x1", "0", "first", "99999"):
        assert pharmacist.get(path(one, f"/diary/{unknown}/correct")).status_code == 404


def test_held_resumed_stopped_and_seen(one: Patient, trial: World, visit: Visit) -> None:
    one.begin()
    one.on_day(6)
    investigator, monitor = visit("investigator_01"), visit("monitor")
    done(investigator.send(path(one, "/hold"), from_on=str(one.day(3)), hold_reason="fever", note="39 °C"))
    assert trial.row(Hold).reason == "fever"
    page = monitor.get(path(one)).text
    assert f"On hold from {one.day(3)}" in page
    assert "Fever above 38.5 °C" in page
    assert "On hold since" in page
    answer = investigator.send(path(one, "/resume"), resumed_on=str(one.day(3)))
    assert f"Resumed on: {one.day(3)} is not possible" in answer.text
    done(investigator.send(path(one, "/resume"), resumed_on=str(one.day(5))))
    answer = investigator.send(path(one, "/stop"), last_day=str(one.day(6)), stop_reason="other")
    assert answer.status_code == 422
    assert "write it in words under" in answer.text.lower()
    done(investigator.send(path(one, "/stop"), last_day=str(one.day(6)), stop_reason="adverse_event"))
    assert trial.row(TreatmentStop).last_day == one.day(6)
    assert f"last day {one.day(6)}" in monitor.get(path(one)).text
    assert path(one, "/stop") not in investigator.get(path(one)).text


def test_complete_names_all_that_is_missing(one: Patient, trial: World, visit: Visit) -> None:
    one.begin()
    coordinator = visit("coordinator_01")
    answer = coordinator.send(path(one, "/complete"))
    assert answer.status_code == 422
    for said in ("Week 24: record that it", "Safety contact: record that it", f"Kit {one.kit} is not back"):
        assert said in answer.text
    assert trial.row(Participant, id=one.id).state == "randomized"


def came_back(one: Patient, trial: World, used: int, on: int) -> None:
    """The kit came back on a study day with so many vials used, and none missing."""
    unused = trial.study.kit.vials - used
    order = ReturnKit(
        participant=one.id, kit=one.kit, returned_on=one.day(on), unused=unused, used=used, broken=0, lost=0
    )
    trial.do(return_kit, order, by="pharmacist_01")


def test_a_box_with_fewer_used_vials_asks_which_were_missed(one: Patient, trial: World, visit: Visit) -> None:
    one.begin()
    one.on_day(10)
    coordinator = visit("coordinator_01")
    assert "came back" not in coordinator.get(path(one, "/diary/record")).text
    came_back(one, trial, used=3, on=10)
    page = coordinator.get(path(one, "/diary/record")).text
    assert f"Kit {one.kit} came back with too few used vials: 2 of its doses were not taken." in page
    fields = filled_in(page)
    lines = ["2", "3", "4", "5"]
    assert [fields[f"doses.{line}.outcome"] for line in lines] == [""] * 4, "which were missed is asked, not proposed"
    assert "write what became of at least one dose" in coordinator.send(path(one, "/diary/record"), **fields).text
    taken = fields | {f"doses.{line}.outcome": "taken" for line in lines}
    refused = coordinator.send(path(one, "/diary/record"), **taken)
    assert refused.status_code == 422
    assert refused.text.count("that kit came back with 3 used vials") == 4  # said at both lines, and above them all
    missed = {f"doses.{line}.{name}": value for line in ("3", "5")
              for name, value in (("outcome", "missed"), ("missed_reason", "forgotten"))}  # fmt: skip
    done(coordinator.send(path(one, "/diary/record"), **taken | missed))
    assert [row.outcome for row in one.doses()] == ["taken", "taken", "missed", "taken", "missed"]
    assert one.world.rows(Discrepancy) == []


def test_a_box_without_one_used_vial_proposes_its_doses_as_missed(one: Patient, trial: World, visit: Visit) -> None:
    one.begin()
    one.on_day(6)
    came_back(one, trial, used=1, on=6)
    fields = filled_in(visit("coordinator_01").get(path(one, "/diary/record")).text)
    assert (fields["doses.2.outcome"], fields["doses.3.outcome"]) == ("missed", "missed")


@pytest.mark.parametrize("name", ["assessor_01", "physician_assessor_01"])
def test_raters_see_none_of_it(one: Patient, visit: Visit, name: str) -> None:
    one.begin()
    one.on_day(20)
    rater = visit(name)
    for page in PAGES:
        assert rater.get(path(one, page)).status_code == 403, page
    for page in ("/", path(one)):
        assert not re.search(r"dose|diary|treatment|hold|kit", re.sub(r"<[^>]+>", "", rater.get(page).text), re.I)


def test_another_site_finds_nothing(one: Patient, visit: Visit) -> None:
    one.begin()
    stranger = visit("investigator_02")
    for page in PAGES:
        assert stranger.get(path(one, page)).status_code == 404, page


def test_the_worklist_calls_after_two_weeks_only(one: Patient, visit: Visit) -> None:
    assert "First dose to record" in visit("pharmacist_01").get("/").text
    one.begin()
    assert "First dose to record" not in visit("pharmacist_01").get("/").text
    one.on_day(3 + 14)
    assert "Diary to fill in" not in visit("coordinator_01").get("/").text
    one.on_day(3 + 15)
    page = visit("coordinator_01").get("/").text
    assert "Diary to fill in" in page
    assert f"Doses open: 8, since {one.day(3)}" in page
    assert one.number not in visit("coordinator_02").get("/").text


def test_the_diary_of_somebody_not_randomized_or_never_dosed(one: Patient, trial: World, visit: Visit) -> None:
    assert "No dose was due yet." in visit("monitor").get(path(one, "/diary")).text
    assert "Record it first" in visit("coordinator_01").get(path(one, "/diary/record")).text
    trial.clock.advance(timedelta(days=9))
    assert visit("monitor").get(path(one, "/diary")).text.count('class="dose unrecorded') == 5 + 1
