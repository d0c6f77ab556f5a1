"""A session that ended while a form was filled in: nothing is recorded, and who signs in comes back to the form."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from irt.web.identity import form_here
from tests.cast import PASSWORD, World
from tests.setting import open_trial
from tests.web.conftest import Visitor
from tests.web.test_code_breaks import FORM
from tests.web.test_paper_codes import codes_of

Visit = Callable[[str], Visitor]
BACK = "You were signed out before this was recorded. Sign in; you come back to the form."
AGAIN = re.compile(r'href="([^"]+)">Open the form again</a>')


@pytest.fixture
def doctor(trial: World, visit: Visit) -> Visitor:
    """An investigator who may break codes."""
    open_trial(trial, "01")
    return visit("investigator_01")


def idle(trial: World) -> None:
    """So long that every session is over."""
    trial.clock.advance(timedelta(hours=1))


def test_one_comes_back_to_the_form(trial: World, doctor: Visitor) -> None:
    form = doctor.tokens("/code-break")
    idle(trial)
    before = trial.snapshot()
    answer = doctor.post("/code-break?from=ward", {**form, **FORM})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/code-break?from%3Dward")
    page = doctor.get(answer.location).text
    assert BACK in page
    assert FORM["told"] not in page
    assert BACK not in doctor.get(answer.location).text, "said once"
    wrong = doctor.send(answer.location, login="investigator_01", password="a guess")
    assert wrong.status_code == 422
    assert doctor.send(answer.location, login="investigator_01", password=PASSWORD).location == "/code-break?from=ward"
    assert trial.snapshot() == before
    doctor.get("/language/en")
    assert FORM["told"] not in doctor.get("/code-break").text


def test_in_chinese_too(trial: World, doctor: Visitor) -> None:
    doctor.get("/language/zh_Hans_CN")
    form = doctor.tokens("/code-break")
    idle(trial)
    page = doctor.get(doctor.post("/code-break", {**form, **FORM}).location).text
    assert "您在记录前已被登出。请登录，随后将回到该表单。" in page


def test_another_language_or_a_paper_code_keeps_the_place(trial: World, doctor: Visitor) -> None:
    codes, form = codes_of(doctor), doctor.tokens("/code-break")
    idle(trial)
    sign_in = doctor.post("/code-break", {**form, **FORM}).location
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', doctor.get(sign_in).text)]
    (other,) = [one for one in links if one.startswith("/language/zh")]
    assert doctor.get(other).location == sign_in
    (door,) = [one for one in links if one.startswith("/sign-in/paper-code")]
    assert doctor.send(door, login="investigator_01", code=codes[0]).location == "/code-break"


@pytest.mark.parametrize(
    ("sent_to", "back"),
    [("/code-break", "/code-break"), ("/sign-out", None), ("/nowhere", None), ("//evil.example/code-break", None)],
)
def test_only_a_page_of_this_service_is_come_back_to(app_alone: Flask, sent_to: str, back: str | None) -> None:
    with app_alone.test_request_context("/", method="POST", environ_overrides={"PATH_INFO": sent_to}):
        assert form_here() == back


def test_a_form_that_is_too_old_says_how_to_go_on(trial: World, doctor: Visitor) -> None:
    form = doctor.tokens("/code-break")
    doctor.sign_in("investigator_01")  # anew, in another tab
    doctor.get("/language/en")
    before = trial.snapshot()
    answer = doctor.post("/code-break", {**form, **FORM})
    assert answer.status_code == 400
    assert "you signed out or signed in anew after it was opened" in answer.text
    assert AGAIN.findall(answer.text) == ["/code-break"]
    assert FORM["told"] not in answer.text
    assert trial.snapshot() == before
    assert doctor.get("/code-break").status_code == 200


def test_a_form_that_is_too_old_when_nobody_is_signed_in_leads_through_the_door(doctor: Visitor) -> None:
    form = doctor.tokens("/code-break")
    doctor.post("/sign-out", doctor.tokens("/account"))
    answer = doctor.post("/code-break", {**form, **FORM})
    assert (answer.status_code, AGAIN.findall(answer.text)) == (400, ["/code-break"])
    assert doctor.get("/code-break").location == "/sign-in?next=/code-break"
    out = doctor.post("/sign-out", {})
    assert (out.status_code, AGAIN.findall(out.text)) == (400, [])
