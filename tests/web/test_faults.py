"""What people see when something is not there or does not answer: a clear page, no stack, no value."""

import logging
from collections.abc import Callable
from typing import NoReturn

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from irt.gate.refusals import Unavailable
from irt.web import home
from tests.cast import World
from tests.web.conftest import Visitor


def down(*_: object, **__: object) -> NoReturn:
    raise OperationalError("select secret_column", {"arm": "PBO"}, Exception("server closed the connection"))


def test_a_database_that_is_down_is_said_so(
    trial: World, visit: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit("monitor")
    monkeypatch.setattr(trial.service.credentials, "actor_of", down)
    answer = visitor.get("/participants/", headers={"Accept-Language": "zh"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "The database does not answer" in answer.text  # the language as chosen, without asking the database
    assert "secret_column" not in answer.text


def test_a_step_whose_outcome_is_unknown_keeps_its_token(
    trial: World, visit: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit("administrator")
    form = visitor.tokens("/people/invite") | {
        "login": "once", "name": "Once", "email": "once@hospital.example", "language": "en"
    }  # fmt: skip

    def unavailable(*_: object, **__: object) -> NoReturn:
        raise Unavailable("OperationalError")

    with monkeypatch.context() as broken:
        broken.setattr(type(trial.service.gate), "perform", unavailable)
        assert visitor.post("/people/invite", form).status_code == 503
    assert visitor.post("/people/invite", form).status_code == 303  # the same form, sent again
    assert visitor.post("/people/invite", form).status_code == 303


def test_an_unknown_fault_tells_nothing(
    app: Flask, visit: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> NoReturn:
        raise ValueError("the arm is ARM-THAT-NOBODY-SEES")

    visitor = visit("monitor")
    monkeypatch.setattr(home.worklists, "of_reader", broken)
    with caplog.at_level(logging.ERROR):
        answer = visitor.get("/")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "ARM-THAT-NOBODY-SEES" not in answer.text + caplog.text
    assert "ValueError at home.worklist" in caplog.text


def test_health_needs_no_sign_in_and_tells_nothing(app: Flask) -> None:
    answer = Visitor(app).get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
