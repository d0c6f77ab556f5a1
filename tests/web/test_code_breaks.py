"""The emergency code break by its pages: shown once, to one browser, and told to whom the study file names."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from irt.actor import Grant, Role
from irt.gate.tables import SignatureRow
from irt.participants.screen import Screened
from irt.people.access import GrantOrder, ProposeRole, propose, second
from irt.people.tables import Account, SignInSession
from irt.safety.emergency_tables import CodeBreak
from irt.safety.events import void_event
from irt.supply.tables import Assignment
from irt.vault._tables import Opening, Shown
from irt.web import create
from tests.cast import CAST, PASSWORD, World
from tests.dispensing.mishapped import at_second_visit, reported, shelf
from tests.safety.broken import TOLD, arm_of, kind_of
from tests.safety.told import reported as told_of
from tests.safety.told import voiding
from tests.stocked import eligible, running_trial
from tests.web.conftest import Visitor
from tests.web.test_paper_codes import codes_of

Visit = Callable[[str], Visitor]
FORM = {
    "break_reason": "treatment_depends_on_it", "told": TOLD, "sponsor_told": "no", "treatment": "continue",
    "password": PASSWORD,
}  # fmt: skip
TOLD_OF_IT = ("investigator_01", "coordinator_01", "pharmacist_01", "monitor", "medical_monitor", "trial_manager")
NOT_TOLD = ("assessor_01", "physician_assessor_01", "laboratory", "data_manager", "auditor", "sponsor", "quality",
            "depot", "supply_manager", "safety_officer", "unblinded_statistician", "administrator")  # fmt: skip
OFFERED = re.compile(r'href="([^"]+)">Use a paper code</a>')
WRONG = FORM | {"password": "forgotten at night"}


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


@pytest.fixture
def app(trial: World) -> Flask:
    return create(trial.service)


@pytest.fixture
def one(trial: World) -> Screened:
    (found,) = at_second_visit(trial, 1)
    return found


def label(world: World, arm: str) -> str:
    return next(one.label.en for one in world.study.arms if one.id == arm)


def names(world: World) -> list[str]:
    """What a page says of an arm, in the line that tells it."""
    return [f'big-number">{one.label.en}<' for one in world.study.arms]


def read(visitor: Visitor, one: Screened) -> str:
    """The participant's page, without the token that every page has anew."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", visitor.get(f"/participants/{one.id}").text)


def test_it_is_shown_once_and_never_again(trial: World, one: Screened, visit: Visit) -> None:
    doctor = visit("investigator_01")
    page = doctor.get(f"/participants/{one.id}").text
    assert f"/participants/{one.id}/code-break" in page
    answer = doctor.send(f"/participants/{one.id}/code-break", **FORM)
    assert answer.status_code == 303
    shown = doctor.get(answer.location)
    assert f'big-number">{label(trial, arm_of(trial, one))}<' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "<title>01-0001 · Emergency code break" in shown.text
    away = re.findall(r'<a [^>]*href="([^"]+)"', shown.text)
    assert away == ["#content", f"/participants/{one.id}"], "no language and no menu takes the page away by a slip"
    again = doctor.get(answer.location)
    assert not any(name in again.text for name in names(trial))
    assert "not shown again" in again.text
    stranger = visit("investigator_02")
    assert stranger.get(answer.location).status_code == 404


def test_another_browser_of_the_same_person_is_not_shown_it(trial: World, one: Screened, visit: Visit) -> None:
    answer = visit("investigator_01").send(f"/participants/{one.id}/code-break", **FORM)
    other = visit("investigator_01").get(answer.location)
    assert not any(name in other.text for name in names(trial))


def test_asked_for_the_headers_alone_it_is_not_used_up(trial: World, one: Screened, visit: Visit) -> None:
    doctor = visit("investigator_01")
    answer = doctor.send(f"/participants/{one.id}/code-break", **FORM)
    assert doctor.client.head(answer.location).status_code == 405
    assert f'big-number">{label(trial, arm_of(trial, one))}<' in doctor.get(answer.location).text


def test_a_mistake_before_the_third_break_offers_nothing_about_a_second_person(one: Screened, visit: Visit) -> None:
    answer = visit("investigator_01").send(f"/participants/{one.id}/code-break", **WRONG)
    assert answer.status_code == 422
    assert "Within the hour" not in answer.text
    assert 'name="alone"' not in answer.text


def test_after_a_minute_it_is_not_shown(trial: World, one: Screened, visit: Visit) -> None:
    doctor = visit("investigator_01")
    answer = doctor.send(f"/participants/{one.id}/code-break", **FORM)
    trial.clock.advance(timedelta(seconds=61))
    late = doctor.get(answer.location)
    assert "within a minute" in late.text
    assert not any(name in late.text for name in names(trial))


def test_a_wrong_password_changes_nothing(trial: World, one: Screened, visit: Visit) -> None:
    answer = visit("investigator_01").send(f"/participants/{one.id}/code-break", **FORM | {"password": "a guess"})
    assert answer.status_code == 422
    assert "Type it again" in answer.text
    assert trial.rows(Opening) == []


def test_every_mistake_stands_at_its_field(trial: World, one: Screened, visit: Visit) -> None:
    doctor = visit("investigator_01")
    answer = doctor.send(f"/participants/{one.id}/code-break", password=PASSWORD)
    assert answer.status_code == 422
    for field in ("Why do you need to know now?", "What happened, in your words"):
        assert f"{field}: fill it in." in answer.text
    stop = doctor.send(f"/participants/{one.id}/code-break", **FORM | {"treatment": "stop", "stop_reason": "other"})
    assert stop.text.count("“Other” alone says nothing") >= 1
    assert trial.rows(Opening) == []


def test_a_wrong_kit_is_shown_in_red(trial: World, one: Screened, visit: Visit) -> None:
    other = next(arm.kit_type for arm in trial.study.arms if arm.id != arm_of(trial, one))
    box = next(kit for kit in shelf(trial) if kind_of(trial, kit) == other)
    reported(trial, one, box)
    doctor = visit("investigator_01")
    page = doctor.get(doctor.send(f"/participants/{one.id}/code-break", **FORM).location).text
    assert page.count("Not what was assigned") == 1
    red = page[page.index('class="table-danger"') :]
    assert box in red[: red.index("</tr>")]


def test_by_the_number_on_a_kit(trial: World, one: Screened, visit: Visit) -> None:
    kit = trial.rows(Assignment, participant=one.id)[0].kit
    doctor = visit("investigator_01")
    answer = doctor.send("/code-break", kit=f"]d221{kit}", **FORM)
    assert f'big-number">{label(trial, arm_of(trial, one))}<' in doctor.get(answer.location).text
    assert trial.row(CodeBreak).kit == kit
    wrong = doctor.send("/code-break", kit=shelf(trial)[0], **FORM)
    assert "was given to nobody" in wrong.text


def test_by_kit_or_choice_the_event_is_offered_with_whose_it_is(trial: World, one: Screened, visit: Visit) -> None:
    """Number, participant and term, of those at the reader's site that stand; another's is refused at its field."""
    event = told_of(trial, one.id, causality_drug="possible").event
    mistaken = told_of(trial, one.id, verbatim="by mistake", term="chills").event
    trial.do(void_event, voiding(trial, mistaken), by="investigator_01")
    other = eligible(trial, "EXAMPLE-000099")
    wrong = told_of(trial, other.id, causality_drug="unrelated", action="not_applicable").event
    doctor, kit = visit("investigator_01"), trial.rows(Assignment, participant=one.id)[0].kit
    page = doctor.get("/code-break").text
    assert f'value="{event}">1 · {one.screening_number} · Fever<' in page
    assert mistaken not in page
    assert wrong not in page, "nobody who was not randomized has a code"
    assert event not in visit("investigator_02").get("/code-break").text
    refused = doctor.send("/code-break", kit=kit, **FORM, event=wrong)
    assert (refused.status_code, "Adverse event: it is another participant" in refused.text) == (422, True)
    assert 'href="#field-event"' in refused.text
    assert doctor.send("/code-break", kit=kit, **FORM, event=event).status_code == 303
    assert trial.row(CodeBreak).event == event


def test_what_is_kept_of_a_break_is_read_by_its_readers(trial: World, one: Screened, visit: Visit) -> None:
    """Kit, event, sponsor and who agreed; an event is opened by those who read events, others read its number."""
    event = told_of(trial, one.id).event
    doctor, kit = visit("investigator_01"), trial.rows(Assignment, participant=one.id)[0].kit
    path = f"/participants/{one.id}/code-break"
    doctor.send("/code-break", kit=kit, **FORM | {"sponsor_told": "yes"}, event=event)
    doctor.send(path, **FORM)
    doctor.send(path, **FORM | {"alone": "yes"})
    visit("coordinator_01").send("/code-breaks/agree", site="01", reason="a bus came", password=PASSWORD)
    doctor.send(path, **FORM)
    rows = sorted(trial.rows(CodeBreak), key=lambda row: int(row.earlier))
    assert [row.alone for row in rows] == [False, False, True, False]
    agreed = next(row.name for row in trial.rows(Account) if row.login == "coordinator_01")
    for name in (*TOLD_OF_IT, "trial_statistician"):
        page = visit(name).get("/code-breaks/").text
        assert page.count("Event 1") == 1, name
        assert (f"/events/{event}" in page) == (name not in ("pharmacist_01", "trial_statistician")), name
        assert page.count(f"Asked for by kit {kit}") == page.count("The sponsor was spoken to before.") == 1
        assert page.count("The sponsor was not spoken to before.") == 3
        assert page.count("Without a second person") == page.count("A second person agreed") == 1
        assert page.count(f">{agreed} · ") == 1, name
        assert not any(said in page for said in names(trial))


def test_the_third_is_asked_for_a_second_person_and_goes_on(trial: World, one: Screened, visit: Visit) -> None:
    doctor, path = visit("investigator_01"), f"/participants/{one.id}/code-break"
    for _ in range(2):
        assert "Go on without" not in doctor.get(path).text
        doctor.send(path, **FORM)
    assert "Go on without" in doctor.get(path).text
    refused = doctor.send(path, **FORM)
    assert (refused.status_code, "Ask a second person" in refused.text) == (422, True)
    answer = doctor.send(path, **FORM | {"alone": "yes"})
    assert f'big-number">{label(trial, arm_of(trial, one))}<' in doctor.get(answer.location).text
    agreed = visit("coordinator_01").send("/code-breaks/agree", site="01", reason="a bus came", password=PASSWORD)
    assert agreed.status_code == 303
    assert doctor.send(path, **FORM).status_code == 303


def test_who_learns_that_it_happened(trial: World, one: Screened, visit: Visit) -> None:
    people = {name: visit(name) for name in (*TOLD_OF_IT, *NOT_TOLD, "investigator_02", "trial_statistician")}
    doctor = people["investigator_01"]
    before = {name: read(visitor, one) for name, visitor in people.items()}
    doctor.send(f"/participants/{one.id}/code-break", **FORM)
    for name in (*TOLD_OF_IT, "trial_statistician"):
        assert TOLD in people[name].get("/code-breaks/").text, name
    for name in TOLD_OF_IT:
        assert "Emergency code break</span>" in people[name].get(f"/participants/{one.id}").text, name
    for name in NOT_TOLD:
        assert people[name].get("/code-breaks/").status_code == 403, name
        assert read(people[name], one) == before[name], name
    assert TOLD not in people["investigator_02"].get("/code-breaks/").text


def test_whoever_is_told_at_one_site_and_reads_others_by_another_role_is_not_told_there(
    trial: World, one: Screened, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data manager of all sites who monitors site 02 learns nothing of a code that was broken at site 01."""
    monkeypatch.setitem(CAST, "two_roles", Grant(Role.DATA_MANAGER))
    account = trial.actor("two_roles").account
    proposed = trial.do(propose, ProposeRole(account=account, role=Role.MONITOR, site="02"), by="administrator")
    if proposed.state == "proposed":
        trial.do(second, GrantOrder(grant=proposed.grant), by="quality")
    reader = visit("two_roles")
    before = read(reader, one)
    assert one.screening_number in before
    visit("investigator_01").send(f"/participants/{one.id}/code-break", **FORM)
    assert read(reader, one) == before
    assert TOLD not in reader.get("/code-breaks/").text
    assert one.screening_number not in reader.get("/envelopes").text


# -- a doctor, signed in, whose password fails: by a paper code to the same form, and through ----------------------


def offered(page: str) -> str:
    """Where the link to a paper code leads."""
    (found,) = OFFERED.findall(page)
    return html.unescape(found)


def test_from_the_refused_password_to_the_treatment(trial: World, one: Screened, visit: Visit) -> None:
    doctor, form = visit("investigator_01"), f"/participants/{one.id}/code-break"
    codes = codes_of(doctor)
    assert OFFERED.findall(doctor.get(form).text) == []
    refused = doctor.send(form, **WRONG)
    assert (refused.status_code, "Password: it is not yours." in refused.text) == (422, True)
    way = offered(refused.text)
    door = doctor.get(way)
    assert 'value="investigator_01"' in door.text
    assert f'href="{form}"' in door.text
    assert doctor.send(way, login="investigator_01", code="0000-0000-0000-0000").status_code == 422
    answer = doctor.send(way, login="investigator_01", code=codes[0])
    assert (answer.status_code, answer.location) == (303, form)
    doctor.get("/language/en")
    page = doctor.get(form).text
    assert "The next unused paper code, or your password" in page
    assert FORM["told"] not in page
    assert trial.rows(Opening) == trial.rows(CodeBreak) == []
    used = doctor.send(form, **FORM | {"password": codes[0]})
    assert (used.status_code, OFFERED.findall(used.text)) == (422, [])
    done = doctor.send(form, **FORM | {"password": codes[1]})
    assert f'big-number">{label(trial, arm_of(trial, one))}<' in doctor.get(done.location).text
    assert not any(name in doctor.get(done.location).text for name in names(trial))
    assert doctor.send(form, **FORM | {"password": codes[1]}).status_code == 422, "a code is used once"
    assert len(trial.rows(CodeBreak)) == len(trial.rows(Opening)) == len(trial.rows(Shown)) == 1
    assert trial.row(SignatureRow, act="code_break.open").method == "paper_code"
    assert doctor.get(f"/participants/{one.id}").status_code == 403, "only the pages for emergencies are open"


def test_too_many_tries_are_no_dead_end(trial: World, one: Screened, visit: Visit) -> None:
    doctor = visit("investigator_01")
    codes = codes_of(doctor)
    tries = [doctor.send("/code-break", **WRONG).text for _ in range(7)]
    assert "Password: it was wrong before. Wait" in tries[-1]
    way = offered(tries[-1])
    assert doctor.send(way, login="investigator_01", code=codes[0]).location == "/code-break"
    done = doctor.send("/code-break", participant=one.id, **FORM | {"password": codes[1]})
    assert done.status_code == 303
    assert trial.row(CodeBreak).participant == one.id


def test_the_session_before_is_over(trial: World, one: Screened, visit: Visit) -> None:
    doctor = visit("investigator_01")
    codes, cookie = codes_of(doctor), doctor.client.get_cookie("__Host-irt", domain="localhost")
    assert cookie is not None
    doctor.send("/sign-in/paper-code", login="investigator_01", code=codes[0])
    assert [row.emergency for row in trial.rows(SignInSession, ended_at=None)] == [True]
    doctor.client.set_cookie("__Host-irt", cookie.value, domain="localhost", secure=True, path="/")
    assert doctor.get("/account").status_code == 303, "what the old cookie opened is shut"


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/sites/", "/nowhere", "/sign-out"])
def test_a_paper_code_leads_to_pages_for_emergencies_alone(trial: World, visit: Visit, next_: str) -> None:
    doctor = visit("investigator_01")
    codes = codes_of(doctor)
    answer = doctor.send(f"/sign-in/paper-code?next={next_}", login="investigator_01", code=codes[0])
    assert (answer.status_code, answer.location) == (303, "/emergency")


def test_who_has_no_sheet_to_take_is_offered_none(visit: Visit) -> None:
    coordinator = visit("coordinator_01")
    refused = coordinator.send("/code-breaks/agree", site="01", reason="a bus came", password="a guess")
    assert (refused.status_code, OFFERED.findall(refused.text)) == (422, [])
    doctor = visit("investigator_01")
    refused = doctor.send("/sites/01/practice", **WRONG)
    assert (refused.status_code, OFFERED.findall(refused.text)) == (422, []), "practice is no emergency"
