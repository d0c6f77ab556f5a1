"""The participant's page: its code shown once, the questions and nothing else, and nothing left behind."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from irt.outcomes.tables import KioskCode, OutcomeForm
from irt.people.accounts import AccountWithReason, disable
from irt.people.tables import Account, SignInAttempt
from tests.cast import World
from tests.outcomes.answered import ANSWERS, transcribed
from tests.treated import Patient, treated
from tests.web.conftest import Visitor, hidden
from tests.web.test_main_path import done

Visit = Callable[[str], Visitor]
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}\b")
FIELDS = {f"readings.{name}": text for name, text in ANSWERS.items()}
COORDINATOR = "coordinator_01"


@pytest.fixture
def one(database_url: str) -> Patient:
    return treated(database_url)


@pytest.fixture
def trial(one: Patient) -> World:
    return one.world


def address(one: Patient, visit: str = "W0") -> str:
    return f"/outcomes/{one.id}/{visit}/kiosk"


def code_of(one: Patient, visitor: Visitor) -> str:
    """A new code, as the page shows it."""
    (code,) = set(CODE.findall(re.sub(r"<svg.*?</svg>", "", visitor.send(address(one)).text, flags=re.S)))
    return str(code)


@pytest.fixture
def code(one: Patient, visit: Visit) -> str:
    return code_of(one, visit(COORDINATOR))


def begun(app: Flask, code: str) -> Visitor:
    """The participant with the questions before them, reading English."""
    person = Visitor(app)
    person.get("/kiosk/?language=en")
    answer = person.send("/kiosk/", code=code)
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/kiosk/answers")
    return person


def sent(person: Visitor, **other: str) -> Any:
    """The answers looked at, and sent."""
    checked = person.send("/kiosk/answers", **{**FIELDS, **other}, check="yes")
    assert checked.status_code == 200, checked.text
    return person.post("/kiosk/answers", {**hidden(checked.text), "send": "yes"})


def test_a_code_is_shown_once_with_its_picture(one: Patient, visit: Visit) -> None:
    coordinator = visit(COORDINATOR)
    assert address(one) in coordinator.get(f"/outcomes/{one.id}/W0").text
    assert address(one) in visit("investigator_01").get(f"/outcomes/{one.id}/").text
    form = coordinator.tokens(address(one))
    first = coordinator.post(address(one), form)
    assert len(CODE.findall(first.text)) == 1
    assert "<svg" in first.text
    assert "no-store" in first.headers["Cache-Control"]
    again = coordinator.post(address(one), form)
    assert (CODE.findall(again.text), "<svg" in again.text) == ([], False)
    assert "This code was shown already" in again.text
    assert len(one.world.rows(KioskCode)) == 1
    assert "A code is open until" in coordinator.get(address(one)).text


def test_the_whole_way_of_a_participant(one: Patient, app: Flask, code: str, visit: Visit) -> None:
    person = begun(app, code.lower().replace("-", " "))
    checked = person.send("/kiosk/answers", **FIELDS, check="yes")
    for said in ("Are these your answers?", "Unable to do", "4.2 / 10", "no answer"):
        assert said in checked.text, said
    changed = person.post("/kiosk/answers", {**hidden(checked.text), "change": "yes"})
    assert re.search(r'id="readings.haq.grip-3"[^>]*checked', changed.text)
    told = {**hidden(checked.text), "send": "yes"}
    assert person.post("/kiosk/answers", told).headers["Location"] == "/kiosk/end"
    assert "Please hand the device back." in person.get("/kiosk/end").text
    forms = one.world.rows(OutcomeForm)
    assert {(row.instrument, row.source) for row in forms} == {
        (name, "participant") for name in ("haq", "patient_global")
    }
    page = visit(COORDINATOR).get(f"/outcomes/{one.id}/").text
    assert "by the participant alone" in page
    assert address(one) not in page


@pytest.mark.parametrize(
    ("language", "said", "back", "send"),
    [
        ("en", "3 of 8 questions have no answer. With fewer than 6 answers", "Go back and answer more", "Send all the"),
        ("zh_Hans_CN", "8 个问题中有 3 个未回答。回答少于 6 个时无法计算总分", "返回补充回答", "仍然提交"),
    ],
)
def test_too_few_answers_for_a_total_are_told_before_they_are_sent(
    one: Patient, app: Flask, code: str, language: str, said: str, back: str, send: str
) -> None:
    person = begun(app, code)
    few = {"readings.haq.grip": "", "readings.haq.reach": ""}
    person.get(f"/kiosk/answers?language={language}")
    checked = person.send("/kiosk/answers", **{**FIELDS, **few}, check="yes")
    for text in (said, back, send):
        assert text in checked.text, text
    changed = person.post("/kiosk/answers", {**hidden(checked.text), "change": "yes"})
    assert 'name="check"' in changed.text
    assert one.world.rows(OutcomeForm) == []
    whole = person.send("/kiosk/answers", **FIELDS, check="yes")  # one is left out, and there is a total
    assert said[2:] not in whole.text
    assert back not in whole.text
    assert sent(person, **few).headers["Location"] == "/kiosk/end"
    assert one.world.row(OutcomeForm, instrument="haq").state == "final"


def test_it_is_chinese_until_another_language_is_chosen_and_keeps_what_was_typed(
    one: Patient, app: Flask, code: str
) -> None:
    person = Visitor(app)
    page = person.get("/kiosk/", headers={"Accept-Language": "en"})
    assert 'lang="zh-Hans"' in page.text
    assert "请输入工作人员给您的验证码" in page.text
    person.send("/kiosk/", code=code)
    assert "毫无困难" in person.get("/kiosk/answers").text
    page = person.send("/kiosk/answers", **FIELDS, language="en")
    assert "Without any difficulty" in page.text
    assert re.search(r'id="readings.haq.walking-2"[^>]*checked', page.text)
    assert re.search(r'name="readings.patient_global.vas" value="4.2"', page.text)
    assert one.world.rows(OutcomeForm) == []


def test_nothing_of_the_trial_is_shown(one: Patient, app: Flask, code: str) -> None:
    person = begun(app, code)
    names = {row.name for row in one.world.rows(Account)} | {row.login for row in one.world.rows(Account)}
    site = one.world.study.site("01")
    secret = {one.number, one.id, site.name.en, site.name.zh, "IL-2", "placebo", "IRT", code, *names}
    checked = person.send("/kiosk/answers", **FIELDS, check="yes")
    for page in (person.get("/kiosk/"), person.get("/kiosk/answers"), checked):
        assert [word for word in secret if word in page.text] == []
        assert set(re.findall(r'(?:href|action)="([^"]*)"', page.text)) <= {
            "?language=en", "?language=zh_Hans_CN", *re.findall(r'href="([^"]*static[^"]*)"', page.text),
        }  # fmt: skip


def test_the_browser_of_the_team_is_signed_out_first(one: Patient, app: Flask, visit: Visit) -> None:
    coordinator = visit(COORDINATOR)
    code = code_of(one, coordinator)
    page = coordinator.get("/kiosk/")
    assert 'name="code"' not in page.text
    left = coordinator.post("/kiosk/", {**hidden(page.text), "leave": "yes"})
    assert left.headers["Location"] == "/kiosk/"
    assert coordinator.get("/outcomes/").headers["Location"].startswith("/sign-in")
    assert coordinator.send("/kiosk/", code=code).headers["Location"] == "/kiosk/answers"
    again = visit(COORDINATOR)
    code = code_of(one, again)
    token = hidden(again.get("/account").text)
    assert again.post("/kiosk/", {**token, "code": code}).headers["Location"] == "/kiosk/answers", "typed past the page"
    assert again.get("/outcomes/").headers["Location"].startswith("/sign-in")
    assert again.get("/kiosk/answers").status_code == 200


def test_afterwards_nothing_is_left_in_the_browser(one: Patient, app: Flask, code: str) -> None:
    person = begun(app, code)
    cookie = person.client.get_cookie("__Host-irt", domain="localhost")
    sent(person)
    for path in ("/kiosk/answers", "/outcomes/", f"/outcomes/{one.id}/", "/", "/participants/"):
        assert person.get(path).status_code == 303
    assert "4.2" not in person.get("/kiosk/end").text
    assert cookie is not None
    person.client.set_cookie("__Host-irt", cookie.value, domain="localhost", secure=True)  # kept by somebody's hand
    assert person.get("/kiosk/answers").headers["Location"] == "/kiosk/end"
    assert "are kept already" in person.get("/kiosk/end").text


@pytest.mark.parametrize("how", ["answered", "closed", "lapsed", "transcribed", "left"])
def test_a_code_that_ended_says_so_kindly(one: Patient, app: Flask, code: str, visit: Visit, how: str) -> None:
    person = begun(app, code)
    checked = hidden(person.send("/kiosk/answers", **FIELDS, check="yes").text)
    row = one.world.row(KioskCode)
    if how == "answered":
        sent(begun(app, code))
    elif how == "closed":
        done(visit(COORDINATOR).send(f"/kiosk/{row.id}/close"))
    elif how == "lapsed":
        one.world.clock.advance(timedelta(hours=one.world.study.capture.kiosk_hours))
    elif how == "transcribed":
        transcribed(one)
    else:
        left = AccountWithReason(account=one.world.actor(COORDINATOR).account, reason="left the site")
        one.world.do(disable, left, by="administrator")
    words = {"answered": "are kept already", "closed": "was closed", "lapsed": "is over", "left": "was closed",
             "transcribed": "has written these answers down"}[how]  # fmt: skip
    late = person.post("/kiosk/answers", {**checked, "send": "yes"})
    assert late.headers["Location"] == "/kiosk/end"
    another = Visitor(app)
    another.get("/kiosk/?language=en")
    answer = another.send("/kiosk/", code=code)
    assert words in person.get("/kiosk/end").text
    if how != "left":
        assert another.get("/kiosk/answers").headers["Location"] == "/kiosk/end"
        answer = another.get("/kiosk/end")
    assert words in answer.text
    assert len(one.world.rows(OutcomeForm, source="participant")) == (2 if how == "answered" else 0)


def test_sent_twice_it_is_kept_once(one: Patient, app: Flask, code: str) -> None:
    person, twin = begun(app, code), begun(app, code)
    told = {**hidden(person.send("/kiosk/answers", **FIELDS, check="yes").text), "send": "yes"}
    assert person.post("/kiosk/answers", told).headers["Location"] == "/kiosk/end"
    again = twin.post("/kiosk/answers", {**told, "csrf_token": twin.tokens("/kiosk/?language=en")["csrf_token"]})
    assert again.headers["Location"] == "/kiosk/end"
    assert "Your answers are kept." in twin.get("/kiosk/end").text
    assert len(one.world.rows(OutcomeForm)) == 2


def test_what_is_missing_or_wrong_is_asked_again(one: Patient, app: Flask, code: str) -> None:
    person = begun(app, code)
    wrong = {**FIELDS, "readings.patient_global.vas": "", "readings.haq.grip": "7"}
    answer = person.send("/kiosk/answers", **wrong, check="yes")
    assert answer.status_code == 422
    assert "Please answer this question." in answer.text
    assert "“7” is not accepted" in answer.text
    token = hidden(answer.text)
    forged = person.post("/kiosk/answers", {**token, **wrong, "request_id": "a" * 20, "send": "yes"})
    assert forged.status_code == 422
    assert one.world.rows(OutcomeForm) == []


def test_wrong_codes_slow_down_and_no_code_reaches_a_log(
    one: Patient, app: Flask, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        person = Visitor(app)
        person.get("/kiosk/?language=en")
        answers = [person.send("/kiosk/", code="AAAA-BBBB-CC").text for _ in range(6)]
        assert all("This code is not known" in text for text in answers[:5])
        assert "Too many wrong codes" in answers[5]
        assert person.send("/kiosk/", code=code).status_code == 303, "a right one never waits"
    plain = code.replace("-", "")
    assert code not in caplog.text
    assert plain not in caplog.text
    assert len(one.world.rows(SignInAttempt)) >= 7
    assert not [row for row in one.world.rows(SignInAttempt) if plain in str(row)]


def test_without_a_code_there_is_nothing(one: Patient, app: Flask) -> None:
    person = Visitor(app)
    for path in ("/kiosk/answers", "/kiosk/end"):
        assert person.get(path).headers["Location"] == "/kiosk/"
    told = {**hidden(person.get("/kiosk/").text), **FIELDS, "send": "yes"}
    assert person.post("/kiosk/answers", told).headers["Location"] == "/kiosk/"
    assert one.world.rows(OutcomeForm) == []


def test_a_signed_in_person_answers_nothing_here(one: Patient, app: Flask, code: str, visit: Visit) -> None:
    person = begun(app, code)
    one.world.actor("assessor_01")
    assert person.sign_in("assessor_01").status_code == 303
    assert person.get("/kiosk/answers").headers["Location"] == "/kiosk/"
