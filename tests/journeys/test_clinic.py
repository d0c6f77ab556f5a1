"""Journeys at a busy clinic: a box arrives, randomization is paused, somebody presses twice or goes back."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from irt.db import Base
from irt.gate.tables import AuditEntry
from irt.randomization.tables import Randomization
from irt.supply.shipments import contents_of
from irt.supply.tables import Kit, Shipment
from tests.journeys.served import Trial
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey


def rows(trial: Trial, model: type[Base], **equal: Any) -> list[Any]:
    """What is stored, as an overseer of all sites reads it."""
    with trial.desk.service.database.reading(trial.cast.one("auditor")) as session:
        return list(session.scalars(select(model).filter_by(**equal)))


def test_a_pharmacist_receives_a_box_kit_by_kit(visitor: Visitor, trial: Trial) -> None:
    shipment = trial.supply.ship("01", 8)
    with trial.desk.service.database.reading(trial.at("pharmacist")) as session:
        kits = contents_of(session, shipment)
    (box,) = rows(trial, Shipment, id=shipment)
    visitor.sign_in("pharmacist")
    visitor.follow("签收", about=box.number)
    visitor.looks()
    visitor.page.get_by_role("group", name=kits[0]).get_by_label("损坏", exact=True).check()
    visitor.page.get_by_role("group", name=kits[1]).get_by_label("缺失", exact=True).check()
    visitor.page.get_by_role("group", name="温度记录").get_by_label("在范围内").check()
    visitor.press("按所述签收")
    visitor.page.wait_for_url(f"**/shipments/{shipment}")
    visitor.reads(box.number, "已签收", "损坏", "缺失")
    visitor.looks()
    states = {kit.number: kit.state for kit in rows(trial, Kit) if kit.number in kits}
    assert states == dict.fromkeys(kits, "available") | {kits[0]: "damaged", kits[1]: "missing"}
    visitor.opens("药盒", "库存")
    visitor.looks()
    assert "损坏" in visitor.page.get_by_role("row").filter(has_text=kits[0]).inner_text()


def test_a_pause_says_why_and_ends(visitor: Visitor, trial: Trial) -> None:
    person = trial.eligible()
    pause(visitor, "暂停", "方案澄清")
    visitor.reads("已暂停")
    visitor.sign_in("coordinator")
    visitor.go(f"/participants/{person}/randomize")
    visitor.reads("整个研究的随机化已暂停")  # before anybody types a password
    visitor.looks()
    visitor.sign()
    expect(visitor.page.get_by_role("alert").first).to_contain_text(
        "整个研究的随机化已暂停。请向试验经理询问恢复时间。"
    )
    assert rows(trial, Randomization, participant=person) == []
    pause(visitor, "恢复", "方案已澄清")
    visitor.sign_in("coordinator")
    visitor.go(f"/participants/{person}/randomize")
    assert "已暂停" not in visitor.page.locator("main").inner_text()
    visitor.sign()
    visitor.reads("随机化确认单")


def pause(visitor: Visitor, button: str, reason: str) -> None:
    """The trial manager pauses or resumes randomization in the whole study."""
    visitor.sign_in("trial_manager", None)
    visitor.looks()
    visitor.opens("试验", "研究")
    visitor.looks()
    visitor.follow(button)
    visitor.choose("事项", "随机化")
    visitor.fill("理由", reason)
    visitor.looks()
    visitor.press(button)
    visitor.page.wait_for_url("**/study/")


def test_pressing_twice_randomizes_once(visitor: Visitor, trial: Trial) -> None:
    person = trial.eligible()
    visitor.sign_in("coordinator")
    visitor.go(f"/participants/{person}/randomize")
    visitor.fill("再次输入您的密码", trial.desk.password)
    visitor.page.evaluate("document.querySelectorAll('form.once').forEach(form => form.classList.remove('once'))")
    visitor.page.get_by_role("button", name="签名", exact=True).dblclick()
    visitor.page.wait_for_url("**/randomization")
    assert len(rows(trial, Randomization, participant=person)) == 1
    assert len(rows(trial, AuditEntry, participant=person, act="participant.randomize")) == 1


def test_going_back_and_reloading_show_the_confirmation(visitor: Visitor, trial: Trial) -> None:
    person = trial.eligible()
    visitor.sign_in("coordinator")
    visitor.go(f"/participants/{person}/randomize")
    visitor.sign()
    visitor.page.wait_for_url("**/randomization")
    number = visitor.page.locator(".big-number").first.inner_text()
    assert re.fullmatch(r"R\d{6}", number)
    for again in (visitor.page.reload, visitor.page.go_back, visitor.page.reload):
        again()
        visitor.reads("随机化确认单", number)
    assert len(rows(trial, AuditEntry, participant=person, act="participant.randomize")) == 1
