"""Journeys of outcomes: a baseline visit by keyboard alone, and the participant's answers on a telephone."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from irt.outcomes.tables import OutcomeForm
from irt.simulation.cast import login_of
from tests.journeys.conftest import Complaints, page_in_china
from tests.journeys.served import PASSWORD, Trial
from tests.journeys.test_clinic import rows
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey
MOUSE = """for (const kind of ['mousedown', 'pointerdown', 'touchstart', 'click'])
  window.addEventListener(kind, (event) => {
    if (kind !== 'click' || event.detail > 0) sessionStorage.mouse = `${sessionStorage.mouse || ''}${kind} `;
  }, true)"""
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")
ENZYMES = ("2150", "190", "", "", "480", "250", "96", "40", "120", "45")


class Keys:
    """Somebody who works by keyboard alone; counts every key."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.pressed = page, address, 0
        page.add_init_script(MOUSE)

    @property
    def mouse(self) -> list[str]:
        """What was heard of a mouse or finger on every page so far."""
        return str(self.page.evaluate("sessionStorage.mouse || ''")).split()

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.pressed += times

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def entered(self, *values: str) -> None:
        """Each value, then Enter, which leads on to the next field."""
        for value in values:
            self.type(value)
            self.press("Enter")

    def sign_in(self, role: str) -> None:
        self.page.context.clear_cookies()
        self.page.goto(f"{self.address}/sign-in")
        expect(self.page.locator("[name=login]")).to_be_focused()
        self.type(login_of(role, "01"))
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url(f"{self.address}/")
        self.pressed = 0  # counted from the start page on

    def follow(self, path: str) -> None:
        """Tab to the link that leads to a path, past the menu by the skip link, and take it."""
        self.press("Tab")
        self.press("Enter")  # to the content
        for _ in range(60):
            self.press("Tab")
            if self.page.evaluate("document.activeElement.getAttribute('href')") == path:
                break
        else:
            pytest.fail(f"no link to {path} is reached by Tab")
        self.press("Enter")
        self.page.wait_for_url(f"**{path}")
        expect(self.page.locator("form.rating :focus")).to_have_count(1)

    def signed(self, person: str) -> None:
        expect(self.page.locator("[name=password]")).to_be_focused()
        self.entered(PASSWORD)
        self.page.wait_for_url(f"**/outcomes/{person}/")


def recorded(trial: Trial, person: str) -> dict[str, str]:
    return {row.instrument: row.state for row in rows(trial, OutcomeForm, participant=person)}


def test_a_baseline_visit_by_keyboard_alone(visitor: Visitor, trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    person = trial.eligible()
    keys, counted = Keys(visitor.page, visitor.address), {}
    sheet = f"/outcomes/{person}/W0"
    keys.sign_in("assessor")
    keys.follow(sheet)
    visitor.reads("徒手肌力测试", "CDASI", "我本人在不知晓治疗的情况下")
    keys.entered("8", "9", "9", "10", "7", "7", "8", "9")
    visitor.reads("67 / 80")
    keys.entered("23", "4")
    keys.signed(person)
    visitor.reads("67", "/ 80", "23", "4", trial.at("assessor").name)
    counted["assessor"] = keys.pressed
    keys.sign_in("physician_assessor")
    keys.follow(sheet)
    keys.entered(
        "5.5", "3.2", "1.0", "6.1", "0", "0.4", "2.5", "0", "0", "4.8", *["0"] * 20, *["1", "2", "0", "4", "3", "1"]
    )
    keys.signed(person)
    visitor.reads("5.5", "3.2")
    counted["physician_assessor"] = keys.pressed
    keys.sign_in("coordinator")
    keys.follow(sheet)
    keys.press("Enter", 9)  # what the participant answers is left to them
    keys.entered(*ENZYMES, "78.5", "61")
    keys.press("ArrowDown")
    keys.press("ArrowDown")  # improved, stable
    keys.press("Enter")
    keys.press("ArrowDown", 4)  # none, prednisone, prednisolone, methylprednisolone
    keys.press("Enter")
    keys.entered("8")
    expect(visitor.page.locator("[data-finish]")).to_be_focused()
    keys.press("Enter")
    visitor.page.wait_for_url(f"**/outcomes/{person}/")
    visitor.reads("2150", "78.5", "稳定", "甲泼尼龙", "泼尼松等效剂量", "10 mg/d")
    visitor.looks()
    counted["coordinator"] = keys.pressed
    assert keys.mouse == []
    assert set(recorded(trial, person).values()) == {"final"}
    assert set(recorded(trial, person)) == {
        "mmt8", "cdasi", "physician_global", "mdaat", "muscle_enzymes", "pulmonary_function", "chest_imaging",
        "glucocorticoid",
    }  # fmt: skip
    visitor.page.mouse.click(5, 5)  # the listener hears one
    assert {"mousedown", "click"} <= set(keys.mouse)
    with capsys.disabled():
        print("\nkeystrokes of a baseline visit:", counted)
    assert counted["assessor"] <= 90


@pytest.fixture
def phone(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """A telephone of 390 pixels, touched by a finger."""
    with page_in_china(
        browser, complaints, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True,
        device_scale_factor=2,
    ) as opened:  # fmt: skip
        yield opened


def fits(phone: Page) -> None:
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"{phone.url} is {wide} wide"


def code_of(visitor: Visitor, person: str) -> str:
    """The coordinator makes a code and reads it out."""
    visitor.sign_in("coordinator")
    visitor.go(f"/outcomes/{person}/W0")
    visitor.follow("请受试者填写")
    visitor.looks()
    visitor.press("生成验证码")
    visitor.looks()
    (code,) = CODE.findall(visitor.page.locator(".big-number").inner_text())
    return str(code)


def going_back(page: Page, times: int) -> Iterator[str]:
    """What is shown on the way back, page by page; of what was sent the browser itself asks to send it again."""
    for _ in range(times):
        with suppress(Error):  # ERR_CACHE_MISS: nothing was kept
            page.go_back()
        yield settled(page)


def settled(page: Page) -> str:
    """The page, once the browser is done with leading to it."""
    while True:
        with suppress(Error):
            return page.locator("body").inner_text()
        page.wait_for_timeout(50)


def test_a_participant_answers_on_a_telephone(visitor: Visitor, trial: Trial, phone: Page) -> None:
    person = trial.eligible()
    code = code_of(visitor, person)
    phone.goto(f"{trial.address}/kiosk/#{code}")  # as the picture brings it along
    expect(phone.locator("[name=code]")).to_have_value(code)
    assert phone.url == f"{trial.address}/kiosk/"
    fits(phone)
    phone.get_by_role("button", name="开始").tap()
    phone.wait_for_url("**/kiosk/answers")
    fits(phone)
    assert phone.locator("a").count() == 0, "there is nowhere else to go"
    number, slider = phone.locator("[name='readings.patient_global.vas']"), phone.locator("input[type=range]")
    assert number.input_value() == "", "nothing is said before it is touched"
    phone.get_by_role("button", name="查看我的回答").tap()
    expect(phone.get_by_role("alert")).to_contain_text("还有问题没有回答")
    fits(phone)
    for question, answer in (("穿衣与梳洗", "有些困难"), ("起身", "毫无困难"), ("进食", "毫无困难"),
                             ("行走", "很困难"), ("个人卫生", "毫无困难"), ("伸手取物", "有些困难"),
                             ("抓握", "无法做到")):  # fmt: skip
        phone.get_by_role("group", name=question).get_by_text(answer, exact=True).tap()
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    phone.touchscreen.tap(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    assert 3 <= float(number.input_value()) <= 5
    phone.get_by_role("button", name="查看我的回答").tap()
    expect(phone.get_by_role("heading", name="这些是您的回答吗？")).to_be_visible()
    fits(phone)
    phone.get_by_role("button", name="修改").tap()
    expect(phone.get_by_role("group", name="抓握").get_by_label("无法做到")).to_be_checked()
    phone.locator("[name='readings.patient_global.vas']").fill("4.2")
    phone.get_by_role("button", name="查看我的回答").tap()
    phone.get_by_role("button", name="是的，提交").tap()
    phone.wait_for_url("**/kiosk/end")
    expect(phone.locator("main")).to_contain_text("请将设备交还")
    fits(phone)
    assert recorded(trial, person) == {"haq": "final", "patient_global": "final"}
    (vas,) = rows(trial, OutcomeForm, participant=person, instrument="patient_global")
    assert (vas.readings, vas.source) == ({"vas": "4.2"}, "participant")
    for shown in going_back(phone, 5):
        assert "无法做到" not in shown
        assert "4.2" not in shown
        assert person not in shown
    phone.goto(f"{trial.address}/participants/")
    assert "/sign-in" in phone.url


def test_a_handed_over_browser_of_the_team_opens_nothing_by_going_back(visitor: Visitor, trial: Trial) -> None:
    person = trial.eligible()
    code = code_of(visitor, person)
    visitor.go("/kiosk/")
    visitor.reads("仍有工作人员处于登录状态")
    visitor.press("退出登录并继续")
    visitor.page.wait_for_url("**/kiosk/")
    visitor.page.locator("[name=code]").fill(code)
    visitor.press("开始")
    visitor.page.wait_for_url("**/kiosk/answers")
    pages = list(going_back(visitor.page, 6))
    assert len(pages) > 4
    for shown in pages:
        assert code not in shown
        assert "01-" not in shown
    visitor.go("/outcomes/")
    assert "/sign-in" in visitor.page.url
