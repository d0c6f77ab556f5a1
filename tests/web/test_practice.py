"""The practice of an emergency by its pages: the form of one, shown once like one, and nobody's; and a site's page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from irt.actor import Grant, Role
from irt.conduct.tables import PracticeBreak
from irt.people.accounts import AccountWithReason, disable
from irt.safety.emergency_tables import CodeBreak
from irt.vault._tables import Opening
from irt.web import create
from tests.cast import CAST, PASSWORD, World
from tests.dispensing.mishapped import at_second_visit
from tests.setting import invented
from tests.stocked import running_trial
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]
PATH, SHOWN = "/sites/01/practice", "PRACTICE – nobody's treatment</div>"
NAMED = re.compile(r'name="([a-z_]+)"')
FORM = invented("01") | {"password": PASSWORD}


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02", kits=24, depot=80)


@pytest.fixture
def app(trial: World) -> Flask:
    return create(trial.service)


def names(page: str) -> set[str]:
    """The names of what a page's form asks for."""
    return set(NAMED.findall(page[page.rindex("<form") :]))


def test_it_asks_what_an_emergency_asks(trial: World, visit: Visit) -> None:
    (one,) = at_second_visit(trial, 1)
    doctor = visit("investigator_01")
    real, practice = doctor.get(f"/participants/{one.id}/code-break").text, doctor.get(PATH).text
    assert names(practice) == names(real)
    assert names(practice) >= {"break_reason", "told", "sponsor_told", "treatment", "stop_reason", "stop_note"}
    assert "PRACTICE. This code belongs to nobody." in practice
    for wrong in ({}, FORM | {"treatment": "stop"}, FORM | {"treatment": "stop", "stop_reason": "other"}):
        there, here = (
            re.findall(r'<div class="invalid-feedback d-block">(.*?)</div>', doctor.send(path, **wrong).text)
            for path in (f"/participants/{one.id}/code-break", PATH)
        )
        assert here == there != []
    assert len(trial.rows(PracticeBreak, site="01")) == 1, "the one before the site opened"


def test_it_is_shown_once_and_shows_nobody(trial: World, visit: Visit) -> None:
    doctor = visit("investigator_01")
    answer = doctor.send(PATH, **FORM)
    shown = doctor.get(answer.location)
    assert (shown.status_code, shown.text.count(SHOWN)) == (200, 1)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "<div data-once>" in shown.text
    assert not any(f">{arm.label.en}<" in shown.text for arm in trial.study.arms)
    for _ in range(2):
        again = doctor.get(answer.location).text
        assert SHOWN not in again
        assert "To see it again, practise again." in again
    assert doctor.get(doctor.send(PATH, **FORM).location).text.count(SHOWN) == 1
    assert trial.rows(Opening) == trial.rows(CodeBreak) == []
    for who in ("investigator_01", "trial_manager"):
        assert FORM["told"] not in visit(who).get("/code-breaks/").text


def test_it_is_shown_to_nobody_else_nowhere_else_and_not_later(
    trial: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CAST, "another_01", Grant(Role.INVESTIGATOR, "01"))
    doctor = visit("investigator_01")
    answer = doctor.send(PATH, **FORM)
    assert visit("another_01").get(answer.location).status_code == 404
    assert visit("investigator_02").get(answer.location).status_code == 404
    assert visit("coordinator_01").get(answer.location).status_code == 403
    assert SHOWN not in visit("investigator_01").get(answer.location).text
    trial.clock.advance(timedelta(seconds=61))
    assert SHOWN not in doctor.get(answer.location).text
    assert doctor.get("/practices/nonsense/shown").status_code == 404
    assert doctor.get("/sites/02/practice").status_code == 404


def test_without_the_password_nothing_is_practised(trial: World, visit: Visit) -> None:
    doctor = visit("investigator_01")
    for password in ("", "a guess"):
        assert doctor.send(PATH, **FORM | {"password": password}).status_code == 422
    assert len(trial.rows(PracticeBreak, site="01")) == 1


def test_the_page_of_a_site_says_who_practised_and_that_they_left(
    trial: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CAST, "another_01", Grant(Role.INVESTIGATOR, "01"))
    monitor, nobody = visit("monitor"), "None of the present investigators of this site"

    def told() -> str:
        page = monitor.get("/sites/01").text
        found = re.search(r"<dt>Practice code broken by</dt><dd>(.*?)</dd>", page)
        assert found is not None
        return found[1]

    assert "Investigator 01" in told()
    account = trial.actor("investigator_01").account
    trial.do(disable, AccountWithReason(account=account, reason="left the hospital"), by="administrator")
    assert nobody in told()
    visit("another_01").send(PATH, **FORM)
    assert "Another 01" in told()
    assert nobody not in told()


def test_a_site_without_practice_is_told_who_does_it(trial: World, visit: Visit) -> None:
    manager = visit("trial_manager")
    refused = manager.send("/sites/03/ready")
    assert refused.status_code == 422
    assert "the practice code, broken by somebody who is an investigator of this site now" in refused.text
    page = manager.get("/sites/03").text
    assert "None of the present investigators of this site" in page
    visit("investigator_03").send("/sites/03/practice", **FORM)
    assert "the practice code, broken by" not in manager.send("/sites/03/ready").text
