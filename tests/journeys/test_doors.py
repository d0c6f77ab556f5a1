"""Journeys at the door: an invitation taken up, the language switched, a form filled in wrongly."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.people.tables import Account
from tests.journeys.served import Trial
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey
OWN = "nine slow otters drift"


def link_of(trial: Trial, login: str) -> str:
    """The address that only the invited person is mailed."""
    credentials = trial.desk.service.credentials
    with trial.desk.service.database.reading(trial.cast.one("administrator")) as session:
        account = session.scalars(select(Account).filter_by(login=login)).one().id
    invitation = credentials.open_invitation(account)
    assert invitation is not None
    return f"/activate/{credentials.invitation_token(invitation)}"


def test_an_invited_person_sets_a_password_and_learns_whom_to_ask(visitor: Visitor, trial: Trial) -> None:
    login = f"newcomer-{trial.document().lower()}"
    visitor.sign_in("administrator", None)
    visitor.looks()
    visitor.follow("人员")
    visitor.looks()
    visitor.follow("邀请人员")
    visitor.looks()
    visitor.fill("登录名", login)
    visitor.fill("姓名", "示例新人")
    visitor.fill("电子邮箱", f"{login}@hospital.example")
    visitor.press("邀请")
    visitor.reads("示例新人", "已邀请")
    link = link_of(trial, login)
    visitor.page.context.clear_cookies()
    visitor.go(link)
    visitor.looks()
    takes_up(visitor, "short", "short", "新密码：过短")
    takes_up(visitor, OWN, OWN + "!", "新密码：两次输入不一致")
    takes_up(visitor, OWN, OWN, "密码已设置。请用它登录。")
    visitor.go(link)
    visitor.reads("此链接无法使用")
    visitor.go("/sign-in")
    visitor.fill("登录名", login)
    visitor.fill("密码", OWN)
    visitor.press("登录")
    visitor.reads("您尚无角色", "培训请联系试验经理，角色请联系管理员")
    visitor.looks()
    expect(visitor.page.locator(".menu")).to_have_count(0)
    visitor.go("/participants/")
    visitor.reads("您的角色不能查看此页面")


def takes_up(visitor: Visitor, first: str, second: str, said: str) -> None:
    """Type the new password twice; the page says this."""
    visitor.fill("新密码", first)
    visitor.fill("再次输入新密码", second)
    visitor.press("设置密码")
    visitor.reads(said)


def test_the_language_is_switched_and_switched_back(visitor: Visitor, trial: Trial) -> None:
    visitor.sign_in("coordinator")
    visitor.follow("受试者")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    visitor.page.get_by_role("link", name="English").click()
    visitor.page.wait_for_url("**/participants/")  # the same page
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    visitor.reads("Participants", "Screen a person")
    visitor.page.get_by_role("link", name="简体中文").click()
    visitor.page.wait_for_url("**/participants/")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    visitor.reads("受试者", "筛选新人员")


def entries(trial: Trial) -> int:
    """How many entries the audit trail has."""
    with trial.desk.service.database.read.connect() as connection:
        counted: int = connection.execute(select(func.count()).select_from(table_of(AuditEntry))).scalar_one()
    return counted


def test_every_mistake_of_a_form_is_named_at_once(visitor: Visitor, trial: Trial) -> None:
    visitor.sign_in("coordinator")
    visitor.go("/participants/screen")
    before = entries(trial)
    visitor.fill("出生年份", "１９７５")
    visitor.fill("知情同意书版本", "版本一")
    visitor.press("记录")
    problem = visitor.page.get_by_role("alert")
    expect(problem.get_by_role("listitem")).to_have_text(
        [
            "性别：请填写。",
            "出生年份：不接受“１９７５”；请填写四位数年份，如 1968。",
            "身份证件号码：请填写。",
            "知情同意书版本：不接受“版本一”；请用 1 至 64 个字符：字母 A 至 Z、数字或 . _ | -。",
            "同意日期：请填写。",
        ]
    )
    expect(problem).to_contain_text("未记录任何内容。")
    expect(visitor.page.get_by_label("出生年份")).to_have_value("１９７５")  # to be mended, not typed anew
    visitor.looks()
    assert entries(trial) == before
