"""The books, the recall list, the deviation log and the participant's papers as pages and files, read as people do."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from irt.conduct.tables import Deviation, DeviationRevision
from irt.dispensing.books import KIT_COLUMNS
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.tables import LineReview
from irt.dispensing.treatment import HoldTreatment, hold_treatment
from irt.participants.visits import windows
from irt.randomization.corrections import Correction, mark_in_error
from irt.supply.tables import Kit
from irt.web import create
from tests.cast import PASSWORD, World
from tests.paper.reading import not_embedded, texts
from tests.stocked import running_trial, take_away, types_of
from tests.treated import Patient, patient
from tests.web.conftest import Visitor

KITS = 16
Visit = Callable[[str], Visitor]


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=KITS)


@pytest.fixture
def app(trial: World) -> Flask:
    return create(trial.service)


@pytest.fixture
def visit(trial: World, app: Flask) -> Visit:
    def signed_in(name: str) -> Visitor:
        trial.actor(name)
        visitor = Visitor(app)
        assert visitor.sign_in(name).status_code == 303
        visitor.get("/language/en")
        return visitor

    return signed_in


@pytest.fixture
def dosed(trial: World) -> Patient:
    """A participant of site 01 with a box at home and a first dose."""
    return patient(trial).begin()


def table(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def paper(answer: TestResponse, name: str) -> str:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert not_embedded(answer.data) == []
    return "".join(texts(answer.data))


def test_the_accountability_log_on_screen_as_csv_and_on_paper(visit: Visit, dosed: Patient) -> None:
    one, number, kit = dosed.id, dosed.number, dosed.kit
    pharmacist = visit("pharmacist_01")
    page = pharmacist.get("/books/accountability").text
    assert number in page
    assert page.count('class="mono"') == KITS
    rows = table(pharmacist.get("/books/accountability.csv"))
    assert len(rows) == KITS
    assert len(rows[0]) == len(KIT_COLUMNS) + 1
    assert (rows[0]["Participant"], rows[0]["Kit"], rows[0]["State"]) == (number, kit, "Dispensed")
    assert len(table(pharmacist.get(f"/books/accountability.csv?participant={one}"))) == 1
    pharmacist.get("/language/zh_Hans_CN")
    printed = paper(pharmacist.get("/books/accountability.pdf"), "accountability-01-2026-03-02.pdf")
    assert "药物清点记录" in printed
    assert f"{number}{kit}" in printed
    assert "第1页，共1页" in printed
    assert "+08:00" in printed


def test_the_inventory_log_tells_totals_and_never_a_type(trial: World, visit: Visit, dosed: Patient) -> None:
    monitor = visit("monitor")
    rows = table(monitor.get("/books/inventory.csv?site=01"))
    assert len(rows) == KITS + 2
    assert (rows[-1]["Received"], rows[-1]["On the shelf"], rows[-1]["With participants"]) == ("16", "15", "1")
    page = monitor.get("/books/inventory?site=01").text
    printed = paper(monitor.get("/books/inventory.pdf?site=01"), "inventory-01-2026-03-02.pdf")
    assert "Inventorylog" in printed
    for text in (page, printed, str(rows)):
        assert dosed.kit in text
        assert not [kind for kind in types_of(trial).values() if re.search(rf"\b{kind}\b(?!-)", text)]


def test_a_day_names_who_comes_the_box_and_what_comes_back(trial: World, visit: Visit, dosed: Patient) -> None:
    one, number, kit = dosed.id, dosed.number, dosed.kit
    second = trial.study.dispensing_visits[1]
    due = next(row for row in windows(trial.study, date(2026, 3, 2)) if row.visit == second.id).due
    pharmacist = visit("pharmacist_01")
    assert number not in pharmacist.get("/books/").text
    (row,) = table(pharmacist.get(f"/books/day.csv?day={due}"))
    assert (row["Participant"], row["Expected"], row["Box"]) == (number, "On its planned day", "To be asked for")
    vials = trial.study.kit.vials
    assert row["Comes back"] == f"{kit} ({vials} vials, {vials - 14} unused expected)"
    trial.clock.advance(timedelta(days=(due - date(2026, 3, 2)).days - 1))
    given = trial.do(assign, Assign(participant=one, visit=second.id), by="pharmacist_01")
    pharmacist = visit("pharmacist_01")
    page = pharmacist.get("/books/").text
    assert given.kit in page
    assert "Set aside" in page
    printed = paper(pharmacist.get("/books/day.pdf"), f"day-01-{due - timedelta(days=1)}.pdf")
    assert number in printed
    late = due + timedelta(days=second.window_days + 1)
    assert table(pharmacist.get(f"/books/day.csv?day={late}"))[0]["Expected"] == "Late"


def test_the_diary_and_a_hold_change_what_a_day_brings(trial: World, visit: Visit, dosed: Patient) -> None:
    day, vials = dosed.day(29), trial.study.kit.vials
    dosed.on_day(10)
    dosed.take(2, 3)
    dosed.miss(4, 5)
    pharmacist = visit("pharmacist_01")
    (row,) = table(pharmacist.get(f"/books/day.csv?day={day}"))
    assert f"{vials - 3 - 9} unused expected" in row["Comes back"]  # doses 6 to 14 are still to come
    reason = trial.study.treatment.hold_reasons[0].id
    order = HoldTreatment(participant=dosed.id, from_on=dosed.day(10), hold_reason=reason)
    trial.do(hold_treatment, order, by="investigator_01")
    (row,) = table(pharmacist.get(f"/books/day.csv?day={day}"))
    assert f"{vials - 3} unused expected" in row["Comes back"]
    assert row["Box"] == "No box at this visit"
    nurse = visit("coordinator_01")
    text = "".join(texts(nurse.get(f"/participants/{dosed.id}/dosing-calendar.pdf").data))
    assert "治疗暂停中" in text
    assert ("Dose5" in text, "Dose6" in text) == (True, False)
    told = nurse.get(f"/participants/{dosed.id}/dosing-calendar.ics").get_data(as_text=True)
    assert told.count("STATUS:CANCELLED") == trial.study.dosing.doses - 5


def test_a_monitor_ticks_lines_and_signs_them(trial: World, visit: Visit, dosed: Patient) -> None:
    monitor, path = visit("monitor"), "/books/01/sign-off/accountability"
    page = monitor.get(path).text
    ticks = dict(re.findall(r'name="(lines\.\d+)" value="([0-9a-f]{64})"', page))
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert len(ticks) == len(shown) == KITS
    assert monitor.send(path, password=PASSWORD).status_code == 422  # none ticked
    assert monitor.send(path, **dict([next(iter(ticks.items()))])).status_code == 422  # not signed
    assert trial.rows(LineReview) == []
    first = dict([next(iter(ticks.items()))])
    assert monitor.send(path, password=PASSWORD, **first).status_code == 303
    assert len(trial.rows(LineReview)) == 1
    left = re.findall(r'name="shown" value="([^"]+)"', monitor.get(path).text)
    assert len(left) == KITS - 1
    assert monitor.send(path, password=PASSWORD, all="yes", shown=left).status_code == 303
    assert "Every line is signed" in monitor.get(path).text
    rows = table(monitor.get("/books/accountability.csv?site=01"))
    assert [row["Signed off"].startswith("Monitor 2026-03-02") for row in rows] == [True] * KITS
    take_away(trial, [dosed.kit], state="lost")
    rows = table(monitor.get("/books/accountability.csv?site=01"))
    changed = [row["Kit"] for row in rows if row["Signed off"].startswith("changed since it was signed: Monitor")]
    assert changed == [dosed.kit]
    assert "Changed since" in monitor.get("/books/accountability?site=01").text


def test_a_monitor_signs_moves_of_the_inventory_log(trial: World, visit: Visit, dosed: Patient) -> None:
    monitor, path = visit("monitor"), "/books/01/sign-off/inventory"
    shown = re.findall(r'name="shown" value="([^"]+)"', monitor.get(path).text)
    assert sum(one.startswith(f"{dosed.kit}/") for one in shown) > 2
    assert monitor.send(path, password=PASSWORD, all="yes", shown=shown).status_code == 303
    assert {row.line for row in trial.rows(LineReview)} == {one.partition(":")[0] for one in shown}
    rows = table(monitor.get("/books/inventory.csv?site=01"))
    assert {row["Signed off"].startswith("Monitor 2026-03-02") for row in rows} == {True}
    assert monitor.get("/books/01/sign-off/day").status_code == 404


def test_a_long_inventory_is_shown_by_pages_the_last_first(
    trial: World, visit: Visit, dosed: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("irt.web.books.PER_PAGE", 5)
    one, count = visit("pharmacist_01"), len(table(visit("pharmacist_01").get("/books/inventory.csv?site=01")))
    last = one.get("/books/inventory?site=01").text
    assert f"Lines {count - 4} to {count} of {count}" in last
    assert "Later moves" not in last
    assert f"Lines {count - 9} to {count - 5} of" in one.get(f"/books/inventory?site=01&last={count - 5}").text
    assert "Earlier moves" not in one.get("/books/inventory?site=01&last=5").text
    for strange in ("-3", "0", "999999", "x"):
        assert one.get(f"/books/inventory?site=01&last={strange}").status_code == 200


def test_what_was_shown_is_signed_or_refused_with_the_lines_named(trial: World, visit: Visit) -> None:
    monitor, path = visit("monitor"), "/books/01/sign-off/accountability"
    shown = re.findall(r'name="shown" value="([^"]+)"', monitor.get(path).text)
    kit = shown[0].partition(":")[0]
    take_away(trial, [kit], state="damaged")
    answer = monitor.send(path, password=PASSWORD, all="yes", shown=shown)
    assert answer.status_code == 422
    assert f"these changed after they were shown: {kit}." in answer.text
    assert monitor.send(path, password=PASSWORD, all="yes", shown=["nonsense", "1:2"]).status_code == 422
    assert trial.rows(LineReview) == []


def test_each_site_reads_its_own_books_alone(visit: Visit, dosed: Patient) -> None:
    one, number, kit = dosed.id, dosed.number, dosed.kit
    other = visit("pharmacist_02")
    assert other.get("/books/accountability?site=01").status_code == 404
    assert other.get("/books/accountability.csv?site=01").status_code == 404
    assert other.get(f"/books/accountability?participant={one}").status_code == 404
    for path in ("/books/accountability", "/books/inventory.csv", f"/recall?q={kit}", f"/recall.csv?q={kit}"):
        answer = other.get(path)
        assert answer.status_code == 200
        assert number not in answer.text
    for page in ("dosing-calendar.pdf", "dosing-calendar.ics", "emergency-card.pdf"):
        assert other.get(f"/participants/{one}/{page}").status_code == 404
        assert visit("monitor").get(f"/participants/{one}/{page}").status_code == 403


def test_the_recall_list_names_every_place(trial: World, visit: Visit, dosed: Patient) -> None:
    manager, kit = visit("trial_manager"), trial.row(Kit, number=dosed.kit)
    of_lot = trial.rows(Kit, lot=kit.lot)
    depot = sum(row.site is None for row in of_lot)
    rows = table(manager.get(f"/recall.csv?q={kit.lot}"))
    assert {row["Kit"] for row in rows} == {row.number for row in of_lot if row.site} | {f"{depot} kits"}
    home = next(row for row in rows if row["Kit"] == kit.number)
    assert (home["Place"], home["Participant"], home["Site"]) == ("With a participant", dosed.number, "01")
    page = manager.get(f"/recall?q={kit.lot}").text
    assert f"At the depot: {depot} kits" in page
    assert not [row.number for row in of_lot if row.site is None and row.number in page]
    pharmacist = visit("pharmacist_01")
    here = table(pharmacist.get(f"/recall.csv?q={kit.lot}"))
    assert {row["Kit"] for row in here} == {row.number for row in of_lot if row.site == "01"}
    assert [row["Kit"] for row in table(pharmacist.get(f"/recall.csv?q={kit.number}"))] == [kit.number]
    assert "No such kit" in manager.get("/recall?q=nothing").text


# -- the participant's papers --------------------------------------------------------------------------------------


def test_the_dosing_calendar_stands_in_both_languages(trial: World, visit: Visit, dosed: Patient) -> None:
    one, number = dosed.id, dosed.number
    name = f"dosing-calendar-{number}-01-2026-03-02.pdf"
    text = paper(visit("coordinator_01").get(f"/participants/{one}/dosing-calendar.pdf"), name)
    assert "用药日历" in text
    assert "Dosingcalendar" in text
    assert text.count("Dose84") == text.count("第84次") == 1
    assert "首次用药尚未记录" not in text
    assert "如漏用一次，切勿在同一天或连续两天用药" in text
    text = text.replace(trial.study.id, "")  # the trial's own name is in every footer
    assert not [kind for kind in types_of(trial).values() if kind in text]


def test_before_the_first_dose_the_papers_say_that_they_are_planned(trial: World, visit: Visit) -> None:
    one = patient(trial)
    nurse = visit("coordinator_01")
    text = "".join(texts(nurse.get(f"/participants/{one.id}/dosing-calendar.pdf").data))
    assert "首次用药尚未记录" in text
    assert "thefirstdoseisnotrecordedyet" in text
    planned = nurse.get(f"/participants/{one.id}/dosing-calendar.ics")
    assert planned.headers["Content-Type"] == "text/calendar; charset=utf-8"
    unfolded = planned.get_data(as_text=True).replace("\r\n ", "")
    assert unfolded.count("BEGIN:VEVENT") == trial.study.dosing.doses + len(trial.study.visits)
    assert {int(one) for one in re.findall(r"SEQUENCE:(\d+)", unfolded)} == {1}  # the first visit is recorded
    assert "the first dose is not recorded yet" in unfolded
    one.begin()
    nurse = visit("coordinator_01")  # an hour has passed
    again = nurse.get(f"/participants/{one.id}/dosing-calendar.ics").get_data(as_text=True).replace("\r\n ", "")
    assert {int(one) for one in re.findall(r"SEQUENCE:(\d+)", again)} == {2}
    assert "is not recorded yet" not in again
    assert re.findall("UID:.*", again) == re.findall("UID:.*", unfolded)
    assert "/dosing-calendar.pdf" in nurse.get(f"/participants/{one.id}").text


def test_the_emergency_card_names_every_arm_alike(trial: World, visit: Visit, dosed: Patient) -> None:
    one, number = dosed.id, dosed.number
    text = paper(
        visit("pharmacist_01").get(f"/participants/{one}/emergency-card.pdf"),
        f"emergency-card-{number}-01-2026-03-02.pdf",
    )
    assert "".join(trial.study.kit.label.en.split()) in text
    assert "".join(trial.study.kit.label.zh.split()) in text
    assert number in text
    assert "应急卡" in text


# -- deviations ----------------------------------------------------------------------------------------------------


def test_a_deviation_goes_from_a_rule_to_two_words(trial: World, visit: Visit, dosed: Patient) -> None:
    one, number = dosed.id, dosed.number
    order = Correction(participant=one, reason="Anti-MDA5 was never measured")
    trial.do(mark_in_error, order, by="investigator_01")
    for name in ("data_manager", "trial_statistician"):
        visitor = visit(name)
        (form,) = set(re.findall(r"/deviations/\w+/classify", visitor.get("/").text))
        assert "never measured" in visitor.get(form).text
        answers = {"severity": "important", "per_protocol": "exclude", "reason": "Not eligible"}
        assert visitor.send(form, **answers).status_code == 303
        assert "Deviations to classify" not in visitor.get("/").text
    monitor = visit("monitor")
    (row,) = table(monitor.get("/deviations/deviations.csv?site=01&kind=randomized_in_error&standing=agreed"))
    assert (row["Participant"], row["Standing"]) == (number, "Agreed")
    assert row["Per-protocol set"] == "Leaves the per-protocol set"
    assert table(monitor.get("/deviations/deviations.csv?standing=suggested")) == []
    assert table(monitor.get("/deviations/deviations.csv?site=02")) == []
    for language, said in (("en", "Should not have been randomized."), ("zh_Hans_CN", "本不应随机化。")):
        monitor.get(f"/language/{language}")
        assert said in monitor.get("/deviations/").text
        assert said in monitor.get(f"/participants/{one}").text
    assert number not in visit("coordinator_02").get("/deviations/").text
    noted = trial.row(Deviation, kind="randomized_in_error")
    trial.put(
        DeviationRevision, id="moved", deviation=noted.id, site=noted.site, revision=2, stands=True,
        happened_on=noted.happened_on, facts=noted.facts, noted_at=trial.clock.now(), noted_by="somebody",
    )  # fmt: skip
    for name in ("data_manager", "trial_statistician"):  # what was said before its facts moved does not count
        assert f"/deviations/{noted.id}/classify" in visit(name).get("/").text
    assert table(monitor.get("/deviations/deviations.csv?standing=agreed")) == []


def test_a_deviation_is_reported_from_the_participants_page(visit: Visit, dosed: Patient) -> None:
    one, number = dosed.id, dosed.number
    nurse = visit("coordinator_01")
    path = f"/deviations/report?participant={one}"
    assert nurse.send(path, happened_on="2026-03-03", told="Fell asleep").status_code == 422
    assert nurse.send(path, happened_on="2026-03-02", told="Fell asleep").status_code == 303
    assert "Fell asleep" in nurse.get(f"/participants/{one}").text
    of_site = {"site": "01", "happened_on": "2026-03-02", "told": "Power cut"}
    assert nurse.send("/deviations/report", **of_site).status_code == 303
    rows = table(nurse.get("/deviations/deviations.csv"))
    assert {(row["Participant"], row["What happened, in your words"]) for row in rows} == {
        (number, "Fell asleep"), ("", "Power cut"),
    }  # fmt: skip
