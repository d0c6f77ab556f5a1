"""The journey of an investigator whose password fails at night: in by a paper code, and everything else stays shut."""

import pytest
from playwright.sync_api import expect

from irt.simulation.cast import login_of
from tests.journeys.served import Trial
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey


def test_a_locked_out_investigator_comes_in_by_a_paper_code(visitor: Visitor, trial: Trial) -> None:
    login = login_of("investigator", "01")
    visitor.sign_in("investigator")
    visitor.go("/account")
    visitor.follow("领取新的代码纸")
    visitor.looks()
    visitor.sign("领取新的代码纸")
    codes = visitor.page.locator("ol.big-codes li").all_inner_texts()
    assert len(codes) == 8
    visitor.reads("Each code works once.", "每个代码只能用一次")
    visitor.fits()
    visitor.page.context.clear_cookies()
    visitor.go("/sign-in")
    for _ in range(2):
        visitor.fill("登录名", login)
        visitor.fill("密码", "forgotten at night")
        visitor.press("登录")
    visitor.follow("用纸质代码登录")
    visitor.looks()
    visitor.fill("登录名", login)
    visitor.fill("纸质代码", codes[0].replace("-", " ").lower())
    visitor.press("登录")
    visitor.page.wait_for_url("**/emergency")
    visitor.reads("8 个代码还剩 7 个。", "只开放紧急页面")
    visitor.looks()
    for path in ("/", "/account", "/participants/"):
        visitor.go(path)
        visitor.reads("紧急登录时不开放此页面")
    visitor.looks()
    visitor.press("退出")
    visitor.reads("您已退出")
    visitor.go("/emergency")
    expect(visitor.page).to_have_url(f"{trial.address}/sign-in?next=/emergency")
    visitor.go("/sign-in/paper-code")
    visitor.fill("登录名", login)
    visitor.fill("纸质代码", codes[0])
    visitor.press("登录")
    visitor.reads("登录名与代码不符，或该代码已用过")
    visitor.sign_in("investigator")
    visitor.go("/account")
    visitor.reads("代码 1 · 用纸质代码登录")
    expect(visitor.page.locator("main")).not_to_contain_text(codes[0])
