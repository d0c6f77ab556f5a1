"""The pages of paper codes: a sheet shown once, a person let in by one code, and what stays shut to them then."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Blueprint, Flask

from irt.actor import Role
from irt.conduct.tables import Site
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.fields import Reason
from irt.gate.tables import SignatureRow
from irt.people.tables import PaperCodeBatch
from irt.web import create, navigation
from irt.web.asking import Field, ask
from irt.web.navigation import Chapter, Item
from irt.web.pages import ROUTES, actor, form_page
from tests.cast import PASSWORD, World
from tests.setting import open_trial
from tests.web.conftest import Visitor, hidden

CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b")


class Order01(Order):
    reason: Reason


@pytest.fixture
def app(trial: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app with one more page, which is for emergencies."""
    drill = Blueprint("drill", __name__)

    @act("test.drill", roles={Role.INVESTIGATOR}, during=None, emergency=True, reason=True, sign="I break the seal")
    def broken(act: Act, order: Order01) -> None:
        act.change(Site, act.find(Site, code="01"), randomization="paused")

    del REGISTRY["test.drill"]

    @form_page(drill, "/drill", roles={Role.INVESTIGATOR}, emergency=True)
    def one() -> Any:
        return ask(broken, title=f"Drill of {actor().name}", fields=(Field("reason", "note"),), done="/drill")

    chapter = Chapter("Drill", (Item("drill.one", "The drill page"),))
    monkeypatch.setattr(navigation, "BLUEPRINTS", (*navigation.BLUEPRINTS, drill))
    monkeypatch.setattr(navigation, "CHAPTERS", (*navigation.CHAPTERS, chapter))
    yield create(open_trial(trial, "01").service)
    del ROUTES["drill.one"]


def codes_of(visitor: Visitor) -> list[str]:
    """A new sheet, as the page shows it."""
    return CODE.findall(visitor.send("/account/paper-codes", password=PASSWORD).text)


@pytest.fixture
def codes(visit: Callable[[str], Visitor]) -> list[str]:
    """The sheet of the investigator at site 01."""
    return codes_of(visit("investigator_01"))


@pytest.fixture
def locked_out(app: Flask, codes: list[str]) -> Visitor:
    """Her, on another machine, come in by the first code."""
    visitor = Visitor(app)
    answer = visitor.send("/sign-in/paper-code", login="investigator_01", code=codes[0].lower())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/emergency")
    visitor.get("/language/en")
    return visitor


def test_a_sheet_is_shown_once_in_both_languages(trial: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("investigator_01")
    form = {**visitor.tokens("/account/paper-codes"), "password": PASSWORD}
    first = visitor.post("/account/paper-codes", form)
    assert len(set(CODE.findall(first.text))) == 8
    assert "no-store" in first.headers["Cache-Control"]
    assert "Each code works once." in first.text
    assert "每个代码只能用一次" in first.text
    again = visitor.post("/account/paper-codes", form)
    assert CODE.findall(again.text) == []
    assert "These codes were shown already" in again.text
    assert len(trial.rows(PaperCodeBatch)) == 1
    assert "8 of 8 codes are left." in visitor.get("/account").text


@pytest.mark.parametrize("password", ["", "not the password"])
def test_without_the_password_no_sheet_is_taken(trial: World, visit: Callable[[str], Visitor], password: str) -> None:
    answer = visit("investigator_01").send("/account/paper-codes", password=password)
    assert answer.status_code == 422
    assert CODE.findall(answer.text) == []
    assert trial.rows(PaperCodeBatch) == []


def test_only_the_pages_for_emergencies_are_open(locked_out: Visitor) -> None:
    assert "The drill page" in locked_out.get("/emergency").text
    assert locked_out.get("/drill").status_code == 200
    for path in ("/", "/account", "/account/paper-codes", "/participants/", "/unblindings/", "/sites/"):
        answer = locked_out.get(path)
        assert answer.status_code == 403, path
        assert "This page is closed in an emergency session" in answer.text
        assert 'href="/drill"' in answer.text
    assert locked_out.get("/language/zh_Hans_CN").status_code == 303
    assert "紧急登录时不开放此页面" in locked_out.get("/").text
    token = hidden(locked_out.get("/emergency").text)
    assert locked_out.post("/account/password", token).status_code == 403
    assert locked_out.post("/sign-out", token).headers["Location"] == "/sign-in"
    assert locked_out.get("/drill").status_code == 303


def test_an_emergency_s_machine_becomes_no_known_device(locked_out: Visitor) -> None:
    assert locked_out.client.get_cookie("__Host-irt-device", domain="localhost") is None


def test_the_next_code_signs_and_is_told_from_the_password(
    trial: World, locked_out: Visitor, codes: list[str], visit: Callable[[str], Visitor]
) -> None:
    assert "The next unused paper code, or your password" in locked_out.get("/drill").text
    used = locked_out.send("/drill", reason="no breath", password=codes[0])
    assert (used.status_code, "Paper code: it is none of yours that is unused" in used.text) == (422, True)
    assert "type the next unused code" in locked_out.send("/drill", reason="no breath", password="").text
    assert locked_out.send("/drill", reason="no breath", password=codes[1]).status_code == 303
    assert trial.row(SignatureRow, act="test.drill").method == "paper_code"
    own = visit("investigator_01").get("/account").text
    assert "6 of 8 codes are left." in own
    assert all(text in own for text in ("Code 1 · Signed in by a paper code", "Code 2 · "))
    seq = trial.last_audit().seq
    assert "by a paper code" in visit("auditor").get(trial.entry_page(seq)).text


def test_a_wrong_code_and_an_unknown_login_look_alike(app: Flask, codes: list[str]) -> None:
    for login, code in (("investigator_01", "0000-0000-0000-0000"), ("nobody", codes[0])):
        answer = Visitor(app).send("/sign-in/paper-code", login=login, code=code)
        assert (answer.status_code, "Login and code do not fit together" in answer.text) == (422, True)
        assert code not in answer.text


def test_the_administrator_sees_how_many_are_left_and_no_code(
    trial: World, codes: list[str], visit: Callable[[str], Visitor]
) -> None:
    account = trial.actor("investigator_01").account
    page = visit("administrator").get(f"/people/{account}").text
    assert "8 of 8 codes are left." in page
    assert not any(code in page for code in codes)
    assert "codes are left" not in visit("trial_manager").get(f"/people/{account}").text
    assert visit("coordinator_01").get("/account/paper-codes").status_code == 403
