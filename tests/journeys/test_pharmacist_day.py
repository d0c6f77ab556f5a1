"""The pharmacist's day: tomorrow's list, a kit given and one taken back, a vial that is missing, a wrong box told."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from irt.clock import local_day
from irt.db import Base
from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.first_dose import FirstDose, record_first_dose
from irt.dispensing.tables import Discrepancy, Mishap
from irt.participants.tables import Participant
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.supply.tables import Assignment, Kit
from tests.journeys.served import Trial
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

SITE = "02"  # the other journeys walk at site 01


def rows(trial: Trial, model: type[Base], **equal: Any) -> list[Any]:
    """What is stored of the site, as its pharmacist reads it."""
    with trial.desk.service.database.reading(trial.at("pharmacist", SITE)) as session:
        return list(session.scalars(select(model).filter_by(site=SITE, **equal)))


def under_treatment(trial: Trial) -> tuple[Any, str]:
    """A participant whose first dose was taken 27 days ago: tomorrow is week 4. Answers them and their kit."""
    desk, zone = trial.desk, trial.desk.service.study.site(SITE).time_zone
    person = trial.eligible(SITE)
    kit: str = desk.do(trial.at("coordinator", SITE), randomize, RandomizeOrder(participant=person)).answer.kit
    desk.do(trial.at("pharmacist", SITE), hand_over, HandOver(participant=person, visit="W0", kit=kit))
    day_1 = local_day(desk.clock.now(), zone)
    first = FirstDose(
        participant=person, kit=kit, taken_on=day_1, taken_at="00:30", place="clinic", injection_site="abdomen_left"
    )
    desk.do(trial.at("coordinator", SITE), record_first_dose, first)
    desk.clock.move_to(datetime.combine(day_1 + timedelta(days=27), time(9, 0), ZoneInfo(zone)))
    return rows(trial, Participant, id=person)[0], kit


def reads_tomorrow(visitor: Visitor, number: str, kit: str) -> None:
    """The list of tomorrow says who comes, that a box is to be asked for, and which comes back."""
    visitor.looks()
    visitor.opens("药盒", "药房台账")
    visitor.reads("明天", number, "第4周", "计划当日", "待申请", kit)
    visitor.looks()
    visitor.opens("受试者", "访视")
    visitor.reads(number, "第4周", "到期")
    visitor.looks()


def hands_over(visitor: Visitor, trial: Trial, person: Any) -> str:
    """The kit of week 4 is asked for on the participant's page, scanned and given; answers its number."""
    visitor.follow(person.screening_number)
    visitor.looks()
    visitor.follow("申请药盒")
    visitor.looks()
    visitor.press("申请药盒")
    visitor.page.wait_for_url("**/slip")
    visitor.looks()
    (given,) = rows(trial, Assignment, participant=person.id, visit="W4")
    visitor.go("/")
    visitor.follow("发放", about=person.screening_number)
    visitor.looks()
    visitor.scan(given.kit)  # which sends nothing
    visitor.press("发放")
    visitor.page.wait_for_url("**/slip")
    visitor.reads("发药单", "已发放", given.kit)
    return str(given.kit)


def takes_back(visitor: Visitor, trial: Trial, person: Any, kit: str) -> None:
    """The kit before comes back; one vial is missing, which the page says before anybody records it."""
    vials = rows(trial, Kit, number=kit)[0].vials
    visitor.go("/")
    visitor.follow("收回", about=person.screening_number)
    visitor.looks()
    visitor.fill("药盒编号", kit)
    visitor.fill("未用瓶数", "3")
    visitor.fill("已用瓶数", str(vials - 4))
    visitor.reads(f"本盒瓶数：{vials}；已清点：{vials - 1}；差异：1。")
    visitor.press("清点并收回")
    visitor.reads(f"{vials} 支中清点到 {vials - 1} 支", "差异")
    visitor.looks()


def resolves(visitor: Visitor, trial: Trial, person: Any, kit: str) -> None:
    """The discrepancy stands open until somebody says why."""
    (asked,) = rows(trial, Discrepancy, participant=person.id, kind="vials")
    assert (asked.state, asked.expected - asked.found) == ("open", 1)
    visitor.opens("药盒", "差异")
    visitor.reads(person.screening_number, kit)
    visitor.looks()
    visitor.page.get_by_role("row").filter(has_text="支").get_by_role("link", name="解决").first.click()
    visitor.looks()
    visitor.fill("理由", "一支在家中打碎，已丢弃")
    visitor.press("解决")
    visitor.reads("已解决", "近期已解决", "一支在家中打碎，已丢弃")
    visitor.looks()
    assert rows(trial, Discrepancy, id=asked.id)[0].state == "resolved"
    assert rows(trial, Kit, number=kit)[0].state == "reconciled"


def tells(visitor: Visitor, trial: Trial, person: Any, right: str) -> None:
    """The participant went home with another box than the one that was scanned; it ends in a note to file."""
    other = next(kit.number for kit in rows(trial, Kit, state="available") if kit.number != right)
    visitor.go(f"/participants/{person.id}")
    visitor.follow("发生了什么？")
    visitor.looks()
    visitor.page.get_by_role("link", name="发错了药盒").click()
    visitor.looks()
    visitor.choose("访视", "第4周")
    visitor.fill("药盒编号", other)
    visitor.choose("发错的药盒现在哪里？", "在受试者处")
    visitor.choose("预留的药盒在哪里？", "在本中心")
    visitor.fill("经过（请用自己的话描述）", "两盒并排放在柜台上")
    visitor.press("记录")
    visitor.page.wait_for_url("**/mishaps/*")
    visitor.reads(person.screening_number, "发错了药盒", "未了事项", other, right)
    visitor.looks()
    visitor.follow("备忘录")
    visitor.reads(
        "备忘录 · Note to file", "A wrong box was handed over", "发错了药盒", "两盒并排放在柜台上", other, right
    )
    expect(visitor.page.get_by_role("button", name="打印")).to_be_visible()
    visitor.fits()  # in both languages by intent
    (told,) = rows(trial, Mishap, participant=person.id)
    assert (told.kind, told.kit, told.instead_of) == ("wrong_kit", other, right)


def test_a_day_at_the_pharmacy(visitor: Visitor, trial: Trial) -> None:
    person, kit = under_treatment(trial)
    visitor.sign_in("pharmacist", SITE)
    reads_tomorrow(visitor, person.screening_number, kit)
    right = hands_over(visitor, trial, person)
    takes_back(visitor, trial, person, kit)
    resolves(visitor, trial, person, kit)
    tells(visitor, trial, person, right)
