"""What happened? From the question to the note that is signed, by the people who do it."""

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from irt.dispensing.cancelling import CancelShipment, cancel_shipment
from irt.dispensing.change_requests import AskChange, DecideChange, agree_change, ask_change
from irt.dispensing.counting import Counts
from irt.dispensing.dispense import Assign, HandOver, assign, hand_over
from irt.dispensing.elsewhere import elsewhere
from irt.dispensing.ending import recover
from irt.dispensing.lost import lost_or_damaged
from irt.dispensing.treatment import StopTreatment, stop_treatment
from irt.dispensing.wrong_kit import wrong_kit
from irt.participants.screen import Screened
from irt.supply.tables import Shipment
from irt.web import create
from tests.cast import PASSWORD, World
from tests.dispensing.mishapped import (
    PHARMACIST,
    TOLD,
    ask,
    at_second_visit,
    back,
    came,
    give,
    gone,
    mishap,
    reported,
    second,
    shelf,
    today,
    wrong,
)  # fmt: skip
from tests.paper.reading import texts
from tests.stocked import running_trial, take_away
from tests.web.conftest import Visitor, hidden


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


@pytest.fixture
def app(trial: World) -> Flask:
    return create(trial.service)


def wrong_box(trial: World, visitor: Visitor, one: Screened, kit: str, **other: str) -> TestResponse:
    """Fill in the form that the question leads to."""
    return visitor.send(
        f"/what-happened/wrong-box?participant={one.id}&visit={second(trial)}", participant=one.id,
        visit=second(trial), kit=kit, happened_on=str(trial.clock.now().date()), told=TOLD,
        **{"box": "with_participant", "right_box": "at_site", "replace": "yes"} | other,
    )  # fmt: skip


def test_from_the_refused_box_to_the_signed_note(trial: World, visit: object) -> None:
    one, other = at_second_visit(trial, 2)
    right, box = ask(trial, one), ask(trial, other)
    pharmacist = visit("pharmacist_01")  # type: ignore[operator]
    here = f"/participants/{one.id}/visits/{second(trial)}/hand-over"
    refused = pharmacist.send(here, kit=box)
    question = f"/what-happened?participant={one.id}&amp;visit={second(trial)}"
    assert question in refused.text
    asked = pharmacist.get(question.replace("&amp;", "&")).text
    assert f"/what-happened/wrong-box?participant={one.id}" in asked
    page = wrong_box(trial, pharmacist, one, box).location
    shown = pharmacist.get(page).text
    assert f"Box {box} is still with the participant." in shown
    assert f"Kit {right} of {one.screening_number} waits to be handed over." in shown
    assert f"{other.screening_number} has no kit for Week 4." in shown
    assert "is not signed" in shown
    assert f"{page}/box" in pharmacist.get("/").text
    investigator = visit("investigator_01")  # type: ignore[operator]
    assert f"{page}/sign" in investigator.get("/").text
    form = investigator.get(f"{page}/sign").text
    for words in ("was given box", "收到了并非为其预留的药盒", TOLD, "仍在受试者处", "still with the participant"):
        assert words in form
    assert investigator.send(f"{page}/sign", password=PASSWORD).location == f"{page}/note"
    assert "does not cover" not in investigator.get(f"{page}/note").text
    trial.clock.advance(timedelta(minutes=5))
    counts = {"unused": str(trial.study.kit.vials), "used": "0", "broken": "0", "lost": "0"}
    day = str(trial.clock.now().date())
    assert pharmacist.send(f"{page}/box", returned_on=day, told="Brought back", **counts).status_code == 303
    note = investigator.get(f"{page}/note").text
    assert "This signature does not cover what was changed after it:" in note
    assert f"Box {box}: Reconciled" in note
    assert f"药盒 {box} 已清点" in note
    assert investigator.send(f"{page}/sign", password=PASSWORD).status_code == 303
    assert "does not cover" not in investigator.get(f"{page}/note").text
    assert investigator.send(f"{page}/sign", password=PASSWORD).status_code == 422


def test_both_languages_stand_whatever_the_reader_speaks(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    page = f"/mishaps/{reported(trial, one, shelf(trial)[0])}/note"
    pharmacist = visit(PHARMACIST)  # type: ignore[operator]
    english = pharmacist.get(page).text
    pharmacist.get("/language/zh_Hans_CN")
    chinese = pharmacist.get(page).text
    for said in ("A wrong box was handed over", "发错了药盒", "Week 4", "第4周"):
        assert said in english
        assert said in chinese
    pdf = pharmacist.get(f"{page}.pdf")
    assert pdf.mimetype == "application/pdf"
    (printed,) = texts(pdf.data)
    for said in ("Awrongboxwashandedover", "发错了药盒", "Investigator", TOLD.replace(" ", "")):
        assert said in printed
    assert 'lang="zh-Hans"' in english
    assert 'lang="en"' in chinese
    assert "Print" not in chinese


def test_who_reads_and_who_never_does(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    page = f"/mishaps/{reported(trial, one, shelf(trial)[0])}"
    for name in ("monitor", "data_manager", "trial_manager", "medical_monitor", "auditor"):
        reader = visit(name)  # type: ignore[operator]
        assert one.screening_number in reader.get("/mishaps").text
        assert one.screening_number in reader.get(page).text
        assert reader.get(f"{page}/note").status_code == 200
        assert reader.get("/what-happened").status_code == 403
    for name in ("assessor_01", "physician_assessor_01", "supply_manager", "depot"):
        reader = visit(name)  # type: ignore[operator]
        for path in ("/mishaps", page, f"{page}/note", f"{page}/box", "/what-happened", "/what-happened/wrong-box"):
            assert reader.get(path).status_code == 403
    assert visit("pharmacist_02").get(page).status_code == 404  # type: ignore[operator]


def test_every_other_answer_has_its_form(trial: World, visit: object) -> None:
    one, other = at_second_visit(trial, 2)
    kit, gone = ask(trial, one), ask(trial, other)
    trial.do(hand_over, HandOver(participant=one.id, visit=second(trial), kit=kit), by=PHARMACIST)
    day = str(trial.clock.now().date())
    pharmacist = visit(PHARMACIST)  # type: ignore[operator]
    still = {"participant": one.id, "visit": second(trial), "kit": kit, "wanted": "yes"}
    answer = pharmacist.send("/what-happened/still-here", **still, happened_on=day, told=TOLD)
    assert f"Kit {kit} of {one.screening_number} waits" in pharmacist.get(answer.location).text
    lost = {"kit": gone, "what": "lost", "replace": "yes"}
    answer = pharmacist.send("/what-happened/lost-or-damaged", **lost, happened_on=day, told=TOLD)
    assert "Set aside" in pharmacist.get(answer.location).text
    assert pharmacist.get("/mishaps").text.count("/mishaps/") == 2


def test_a_box_lost_from_the_shelf_has_its_note_and_may_turn_up(trial: World, visit: object) -> None:
    box, day = shelf(trial)[0], str(trial.clock.now().date())
    pharmacist, investigator = visit(PHARMACIST), visit("investigator_01")  # type: ignore[operator]
    told = {"kit": box, "what": "lost", "replace": "yes", "happened_on": day, "told": TOLD}
    page = pharmacist.send("/what-happened/lost-or-damaged", **told).location
    assert "Lost" in pharmacist.get(page).text
    note = investigator.get(f"{page}/sign").text
    for said in ("was lost from the stock of the site", "no per-protocol set is concerned", "从中心库存中丢失", TOLD):
        assert said in note
    assert investigator.send(f"{page}/sign", password=PASSWORD).status_code == 303
    assert "Nothing is open." in pharmacist.get(page).text
    deviations = pharmacist.get("/deviations/").text
    assert f"Kit {box} was lost." in deviations
    trial.clock.advance(timedelta(minutes=5))
    assert f"{page}/found" in pharmacist.get(page).text
    assert pharmacist.send(f"{page}/found").location == page
    shown = pharmacist.get(page).text
    assert "In quarantine" in shown
    assert "Nothing is open." not in shown
    assert "changed after it was signed" in shown
    assert f"{page}/found" not in shown
    assert f"{page}/sign" in investigator.get("/").text
    assert investigator.send(f"{page}/sign", password=PASSWORD).status_code == 303
    assert "Nothing is open." in pharmacist.get(page).text
    assert f"{page}/sign" not in investigator.get("/").text
    pdf = pharmacist.get(f"{page}/note.pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    refused = pharmacist.send("/what-happened/lost-or-damaged", **told | {"used": "1"})
    assert "leave it empty" in refused.text


def test_a_count_that_is_revised_uncovers_the_signature(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    ask(trial, one)
    box, vials = shelf(trial)[0], trial.study.kit.vials
    told = reported(trial, one, box, box="recovered")
    page = f"/mishaps/{told}"
    investigator = visit("investigator_01")  # type: ignore[operator]
    trial.clock.advance(timedelta(minutes=5))
    assert investigator.send(f"{page}/sign", password=PASSWORD).status_code == 303
    assert "changed after it was signed" not in investigator.get(page).text
    trial.clock.advance(timedelta(minutes=5))
    wanted = {"unused": str(vials - 1), "used": "0", "broken": "1", "lost": "0"}
    order = AskChange(participant=one.id, target=f"return:{box}", wanted=wanted, reason="one was broken")
    change = trial.do(ask_change, order, by=PHARMACIST)
    trial.do(agree_change, DecideChange(change=change, reason="seen"), by="data_manager")
    assert "changed after it was signed" in investigator.get(page).text
    assert "broken 1" in investigator.get(f"{page}/note").text
    assert investigator.send(f"{page}/sign", password=PASSWORD).status_code == 303
    assert "Nothing is open" not in investigator.get(page).text  # the right box still waits


def test_a_participant_of_another_site_is_served_there(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    there = visit("pharmacist_02")  # type: ignore[operator]
    order = came(trial, one)
    card = {name: str(value) for name, value in order.model_dump().items() if value is not None}
    wrong = there.send("/what-happened/another-site", **card | {"randomization_number": "R0000"})
    assert "The two numbers fit no participant" in wrong.text
    page = there.send("/what-happened/another-site", **card).location
    told = mishap(trial, page.rsplit("/", 1)[1])
    shown = there.get(page).text
    assert one.screening_number in shown
    assert f"/participants/{one.id}" not in shown
    assert f"{page}/hand-over" in there.get("/").text
    assert there.send(f"{page}/hand-over", kit=told.kit).status_code == 303
    assert "waits to be handed over" not in there.get(page).text
    assert told.kit in visit("coordinator_01").get(f"/participants/{one.id}").text  # type: ignore[operator]
    assert "其他中心的受试者" in there.get(f"{page}/note").text


def test_the_kit_of_a_guest_on_the_pages_of_both_sites(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    told = mishap(trial, trial.do(elsewhere, came(trial, one), by="pharmacist_02"))
    page, theirs = f"/mishaps/{told.id}", f"/participants/{one.id}"
    home, there = visit("pharmacist_01"), visit("pharmacist_02")  # type: ignore[operator]
    shown = home.get(theirs).text
    assert f"kit {told.kit} waits at another site" in shown
    asking = f"{theirs}/visits/{second(trial)}"
    for step in ("hand-over", "slip", "assign"):
        assert f"{asking}/{step}" not in shown
    assert f"{asking}/put-by" in shown
    assert f"Kit {told.kit} is set aside for this participant at 02" in home.send(f"{asking}/assign").text
    assert f"{asking}/hand-over" not in home.get("/").text
    assert "Waits at another site" in home.get("/dispensing").text
    assert "Waits at another site" in home.get(f"/books/?day={trial.clock.now().date()}").text
    assert f"{page}/not-collected" in there.get(page).text
    refused = there.send(f"{page}/not-collected", kit=shelf(trial, "02")[0], reason="went home")
    assert "Not the assigned kit." in refused.text
    assert there.send(f"{page}/not-collected", kit=told.kit, reason="went home").location == page
    after = there.get(page).text
    assert "waits to be handed over" not in after
    assert f"{page}/not-collected" not in after
    assert "Not collected" in after
    assert f"{page}/hand-over" not in there.get("/").text
    assert f"{asking}/assign" in home.get(theirs).text
    assert home.send(f"{asking}/assign").status_code == 303


def test_a_guest_whose_box_is_lost_is_asked_for_again(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    trial.do(hand_over, HandOver(participant=one.id, visit=second(trial), kit=ask(trial, one)), by=PHARMACIST)
    trial.clock.advance(timedelta(days=9))
    there = visit("pharmacist_02")  # type: ignore[operator]
    card = {name: str(value) for name, value in came(trial, one, gone="lost").model_dump().items() if value is not None}
    assert "how many of its vials were used" in there.send("/what-happened/another-site", **card).text
    page = there.send("/what-happened/another-site", **card, used="4").location
    told = mishap(trial, page.rsplit("/", 1)[1])
    take_away(trial, shelf(trial, "02"))
    trial.do(lost_or_damaged, gone(trial, told.kit), by="pharmacist_02")
    shown = there.get(page).text
    assert f"No kit is set aside here for {told.card} any more." in shown
    again = there.get(f"/what-happened/another-site?mishap={told.id}").text
    for number in told.card.split(" · "):
        assert f'value="{number}"' in again
    assert there.get("/what-happened/another-site?mishap=nobody").status_code == 404


def test_a_visit_whose_time_is_over_asks_for_no_kit_any_more(trial: World, visit: object) -> None:
    """Its box was lost when the next one had been given: no kit is due, and none is asked for."""
    (one,) = at_second_visit(trial, 1)
    kit, asks = ask(trial, one), f"{one.screening_number} has no kit for"
    give(trial, one, kit)
    told = trial.do(lost_or_damaged, gone(trial, kit, used=0, replace="no"), by=PHARMACIST)
    pharmacist = visit(PHARMACIST)  # type: ignore[operator]
    for page in ("/", f"/mishaps/{told}"):
        assert asks in pharmacist.get(page).text, "the visit took place, and its kit may be replaced"
    trial.clock.advance(timedelta(days=28))
    for page in ("/", f"/mishaps/{told}"):
        assert asks not in pharmacist.get(page).text
    asked = Assign(participant=one.id, visit=second(trial))
    assert trial.refusal(assign, asked, by=PHARMACIST).code == "visit_not_due"


def test_whoever_stopped_treatment_is_asked_for_no_kit(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    kit, asks = ask(trial, one), f"{one.screening_number} has no kit for"
    told = trial.do(lost_or_damaged, gone(trial, kit, replace="no"), by=PHARMACIST)
    pharmacist = visit(PHARMACIST)  # type: ignore[operator]
    assert asks in pharmacist.get(f"/mishaps/{told}").text
    stop = StopTreatment(participant=one.id, last_day=today(trial), stop_reason="adverse_event")
    trial.do(stop_treatment, stop, by="investigator_01")
    for page in ("/", f"/mishaps/{told}"):
        assert asks not in pharmacist.get(page).text


def test_a_note_that_changed_while_it_was_read_is_shown_again(trial: World, visit: object) -> None:
    (one,) = at_second_visit(trial, 1)
    told = trial.do(wrong_kit, wrong(trial, one, shelf(trial)[0]), by=PHARMACIST)
    investigator = visit("investigator_01")  # type: ignore[operator]
    page = f"/mishaps/{told}/sign"
    read = investigator.tokens(page)
    trial.do(recover, back(trial, told, Counts(3, 5, 5, 5)), by=PHARMACIST)
    answer = investigator.post(page, {**read, "password": PASSWORD})
    assert answer.status_code == 422
    assert "changed after it was read" in answer.text
    again = hidden(answer.text)
    assert again["covers"] != read["covers"]
    assert investigator.post(page, {**again, "password": PASSWORD}).status_code == 303


def test_a_visit_whose_express_boxes_never_left_waits_on_the_start_page(trial: World, visit: object) -> None:
    """Nothing was told of a kit at the site, and those who may allow another see the visit all the same."""
    (one,) = at_second_visit(trial, 1)
    take_away(trial, shelf(trial))
    manager = visit("trial_manager")  # type: ignore[operator]
    for _ in range(2):
        assert "waits for a second person" not in manager.get("/").text
        trial.do(assign, Assign(participant=one.id, visit=second(trial)), by=PHARMACIST)
        box = trial.row(Shipment, kind="express", state="requested").id
        trial.do(cancel_shipment, CancelShipment(shipment=box, reason="not now"), by="depot")
    assert f"Another kit of {one.screening_number}" in manager.get("/").text
    assert "2 times something happened" in manager.get(f"/participants/{one.id}/visits/{second(trial)}/allow").text
