"""Journeys of a signature: shown whole on every copy of its record, and visibly lost when the record changes."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from irt.participants.baseline import CorrectBaseline, correct_baseline
from irt.randomization.corrections import Correction, correct_stratum, mark_in_error
from irt.randomization.randomize import RandomizeOrder, randomize
from tests.journeys.served import Trial
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey
LOST = "此签名不涵盖其后更改的内容"
CONFIRMS, REQUESTS = "我确认该受试者符合入选标准", "我申请随机化"


def corrected(trial: Trial, person: str, **values: str) -> None:
    """The coordinator corrects baseline values, some minutes later."""
    trial.desk.clock.advance(timedelta(minutes=5))
    order = CorrectBaseline(participant=person, values=values, reason="抄错页")
    trial.desk.do(trial.at("coordinator"), correct_baseline, order)


def uncovered(visitor: Visitor) -> list[str]:
    """What the page says that its signatures do not cover, on paper too."""
    visitor.page.emulate_media(media="print")
    shown = visitor.page.locator(".uncovered")
    texts = [one.inner_text() for one in shown.all() if one.is_visible()]
    visitor.page.emulate_media(media="screen")
    assert all(LOST in text for text in texts)
    return texts


def test_a_confirmation_loses_its_signature_when_the_stratum_changes(visitor: Visitor, trial: Trial) -> None:
    person = trial.eligible()
    visitor.sign_in("coordinator")
    visitor.go(f"/participants/{person}")
    visitor.reads(f"{trial.at('investigator').name} 签署", "+08:00", CONFIRMS, "已确认且有效")
    assert uncovered(visitor) == []
    corrected(trial, person, prednisone_mg_per_day="40")
    visitor.page.reload()
    (lost,) = uncovered(visitor)
    assert "更正" in lost
    assert "失效：基线值改变了分层" in lost
    visitor.reads(CONFIRMS)  # still there, and no longer enough
    expect(visitor.page.get_by_role("link", name="随机化", exact=True)).to_have_count(0)
    visitor.looks()
    visitor.go(f"/participants/{person}/randomize")
    assert LOST in visitor.page.locator("main").inner_text()
    visitor.sign()
    expect(visitor.page.get_by_role("alert").first).to_contain_text("确认已失效。须先由研究者确认。")


def test_a_randomization_loses_its_signature_when_it_is_corrected(visitor: Visitor, trial: Trial) -> None:
    person, investigator = trial.eligible(), trial.at("investigator")
    trial.desk.do(trial.at("coordinator"), randomize, RandomizeOrder(participant=person))
    pages = f"/participants/{person}/randomization", f"/participants/{person}"
    visitor.sign_in("coordinator")
    for page in pages:
        visitor.go(page)
        visitor.reads(CONFIRMS, REQUESTS, f"{trial.at('coordinator').name} 签署", f"{investigator.name} 签署")
        assert uncovered(visitor) == []
    corrected(trial, person, prednisone_mg_per_day="40")
    for page in pages:
        visitor.go(page)
        assert "按现有基线值，分层为：基线糖皮质激素剂量 > 10 mg/d" in "".join(uncovered(visitor))
    trial.desk.do(investigator, correct_stratum, Correction(participant=person, reason="剂量更高"))
    trial.desk.do(investigator, mark_in_error, Correction(participant=person, reason="不符合标准"))
    for page in pages:
        visitor.go(page)
        of_investigator, of_request = sorted(uncovered(visitor), key=lambda text: "误随机" in text)
        assert "更正" in of_investigator
        assert "分层已更正：基线糖皮质激素剂量 > 10 mg/d" in of_request
        assert "剂量更高" in of_request
        assert "标记为误随机（不符合标准）" in of_request
        assert "按现有基线值" not in of_request  # the correction says it
        visitor.reads(CONFIRMS, REQUESTS)
        visitor.looks()
