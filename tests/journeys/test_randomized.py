"""The main journey: screened, confirmed, randomized, and the kit handed over, by three people, in Chinese."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from irt.supply.tables import Kit
from tests.journeys.served import Trial
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey


def screened(visitor: Visitor, trial: Trial) -> str:
    """The coordinator screens somebody and records the baseline; answers the screening number."""
    visitor.sign_in("coordinator")
    visitor.looks()
    visitor.follow("受试者")
    visitor.looks()
    visitor.follow("筛选新人员")
    visitor.looks()
    visitor.choose("性别", "女")
    visitor.fill("出生年份", "1975")
    visitor.fill("身份证件号码", trial.document())
    visitor.fill("同意日期", trial.desk.clock.now().date().isoformat())
    visitor.press("记录")
    number = visitor.page.locator("h1").inner_text()
    assert re.fullmatch(r"01-\d{4}", number)
    visitor.looks()
    visitor.follow("记录基线值")
    visitor.looks()
    for name, value in trial.values().items():
        field = visitor.page.locator(f"[name='values.{name}']")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    visitor.press("记录")
    visitor.reads(number, "已筛选")
    return number


def confirmed(visitor: Visitor, trial: Trial, number: str) -> None:
    """The investigator finds the participant waiting, answers each criterion, and signs."""
    visitor.sign_in("investigator")
    visitor.reads("待确认入选资格", number)
    visitor.looks()
    visitor.follow("确认", about=number)
    visitor.looks()
    for one in trial.desk.service.study.criteria:
        answer = "是" if one.kind == "inclusion" else "否"
        group = visitor.page.get_by_role("group", name=one.text.zh)
        group.get_by_label(answer, exact=True).check()
    visitor.reads("我确认该受试者符合入选标准")
    visitor.sign()
    visitor.reads("符合入选资格", "确认且有效", "我确认该受试者符合入选标准")
    visitor.reads(f"{trial.at('investigator').name} 签署")


def randomized(visitor: Visitor, trial: Trial, number: str) -> str:
    """The coordinator randomizes; the confirmation is a whole source document. Answers the kit's number."""
    visitor.sign_in("coordinator")
    visitor.follow("随机化", about=number)
    visitor.looks()
    visitor.reads("我申请随机化")
    visitor.sign()
    visitor.page.wait_for_url("**/randomization")
    visitor.looks()
    numbers = visitor.page.locator(".big-number").all_inner_texts()
    assert re.fullmatch(r"R\d{6}", numbers[0])
    visitor.reads(
        "随机化确认单", number, "+08:00", "我申请随机化", "我确认该受试者符合入选标准", "稽查轨迹", "女, 1975"
    )
    visitor.reads(trial.at("coordinator").name, trial.at("investigator").name)
    assert re.search(r"稽查轨迹\s+[0-9a-f]{16}\b", visitor.page.locator("main").inner_text())
    prints_alone(visitor)
    return numbers[1]


def prints_alone(visitor: Visitor) -> None:
    """On paper stand the numbers and no bar, menu or button."""
    visitor.page.emulate_media(media="print")
    expect(visitor.page.locator(".topbar")).to_be_hidden()
    expect(visitor.page.locator(".menu")).to_be_hidden()
    expect(visitor.page.get_by_role("button", name="打印")).to_be_hidden()
    expect(visitor.page.locator(".big-number").first).to_be_visible()
    assert visitor.page.pdf(format="A4").count(b"/Type /Page\n") == 1
    visitor.page.emulate_media(media="screen")


def scanned(visitor: Visitor, kit: str) -> None:
    """The box is scanned; then the button is pressed."""
    visitor.scan(kit)
    visitor.press("发放")


def handed_over(visitor: Visitor, number: str, kit: str, other: str) -> None:
    """The pharmacist scans a wrong box, which is refused in four words, then the right one."""
    visitor.sign_in("pharmacist")
    visitor.looks()
    visitor.follow("发放", about=number)
    visitor.looks()
    scanned(visitor, other)
    problem = visitor.page.get_by_role("alert")
    expect(problem).to_have_text(re.compile(r"^\s*未记录任何内容。\s*不是分配的药盒。\s*$"))
    visitor.looks()
    visitor.page.locator("#field-kit").fill("")
    scanned(visitor, kit)
    visitor.page.wait_for_url("**/slip")
    visitor.reads("发药单", "已发放", kit, number)
    visitor.looks()
    visitor.go("/")
    to_give = visitor.page.locator("section").filter(has_text="待发放的药盒")
    assert number not in " ".join(to_give.all_inner_texts())
    visitor.reads("待记录的首次给药", number)


def another_kit(trial: Trial, kit: str) -> str:
    """A box that stands on the same shelf."""
    with trial.desk.service.database.reading(trial.at("pharmacist")) as session:
        found: Any = session.scalars(select(Kit).where(Kit.state == "available", Kit.number != kit)).first()
    return str(found.number)


def test_a_participant_is_randomized_and_leaves_with_a_kit(visitor: Visitor, trial: Trial) -> None:
    number = screened(visitor, trial)
    confirmed(visitor, trial, number)
    kit = randomized(visitor, trial, number)
    handed_over(visitor, number, kit, another_kit(trial, kit))
