"""The investigator at night, in Chinese: a grave event, an emergency code break, and what is left of it afterwards."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from irt.clock import local_day, local_time
from irt.dispensing.dispense import HandOver, hand_over
from irt.participants.tables import Participant
from irt.randomization.randomize import RandomizeOrder, randomize
from tests.journeys.conftest import ARGUMENTS, CHROMIUM, Complaints
from tests.journeys.left_on_disk import found, planted
from tests.journeys.served import Trial
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

SITE = "04"  # the other journeys walk at sites 01 to 03
PLANTED = {"plain": "白鹭单飞于雨夜", "gzip": "五只苍鹰越山而去", "deflate": "seven herons left no note"}
TOLD = "血氧 88 %，休克，急诊室"
FEW = 6  # interactions from the participant's page to the treatment
AFTERWARDS = "请求时已显示，不再重复显示"
TOKENS = re.compile(r'name="(csrf_token|request_id)" value="[^"]*"')  # of every form anew
# Whether the page that is shown was kept whole in memory while another one was shown.
KEPT = "addEventListener('pageshow', (event) => { window.kept = event.persisted; })"


class Counting(Visitor):
    """Somebody whose every fill, choice and press is counted."""

    made = 0

    def fill(self, label: str, text: str) -> None:
        """Type, and count it."""
        self.made += 1
        super().fill(label, text)

    def choose(self, label: str, choice: str) -> None:
        """Choose, and count it."""
        self.made += 1
        super().choose(label, choice)

    def press(self, button: str) -> None:
        """Press, and count it."""
        self.made += 1
        super().press(button)

    def follow(self, link: str, about: str | None = None) -> None:
        """Follow a link, and count it."""
        self.made += 1
        super().follow(link, about)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Where the browser of the night keeps what it keeps."""
    return tmp_path / "profile"


@pytest.fixture
def night(browser: Browser, profile: Path) -> Iterator[BrowserContext]:
    """A browser with a profile on disk, a cache and a memory of the pages one goes back to, as at a hospital's desk."""
    opened = browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ARGUMENTS, locale="zh-CN", timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 900}, ignore_default_args=["--disable-back-forward-cache"],
    )  # fmt: skip
    opened.set_default_timeout(10_000)
    opened.add_init_script(KEPT)
    yield opened
    opened.close()


@pytest.fixture
def ward(trial: Trial) -> Participant:
    """A participant of the site who has the first kit at home."""
    person = trial.eligible(SITE)
    kit = trial.desk.do(trial.at("coordinator", SITE), randomize, RandomizeOrder(participant=person)).answer.kit
    trial.desk.do(trial.at("pharmacist", SITE), hand_over, HandOver(participant=person, visit="W0", kit=kit))
    return one(trial, Participant, id=person)


def one(trial: Trial, model: Any, **equal: Any) -> Any:
    """The only row with these values, as the site's investigator reads it."""
    with trial.desk.service.database.reading(trial.at("investigator", SITE)) as session:
        return session.scalars(select(model).filter_by(**equal)).one()


def labels(trial: Trial) -> list[str]:
    """What the arms are called, in both languages."""
    return [name for arm in trial.desk.service.study.arms for name in (arm.label.en, arm.label.zh)]


def reports(visitor: Visitor, trial: Trial, person: Participant) -> str:
    """An adverse event of grade 4 is reported from the participant's page; answers the address of its page."""
    page = visitor.page
    visitor.go(f"/participants/{person.id}")
    visitor.follow("报告不良事件")
    visitor.looks()
    page.locator("[name=term]").select_option("lung_infection")
    page.locator("[name=verbatim]").fill(TOLD)
    now, zone = trial.desk.clock.now(), trial.desk.service.study.site(SITE).time_zone
    today = local_day(now, zone).isoformat()
    for name, value in {"onset_on": today, "aware_on": today, "aware_at": local_time(now, zone)}.items():
        page.locator(f"[name={name}]").fill(value)
    for name, value in {
        "grade": "4", "seriousness": "life_threatening", "causality_drug": "possible",
        "causality_procedure": "unrelated", "action": "held", "outcome": "not_recovered", "reporter": "physician",
    }.items():  # fmt: skip
        page.locator(f"[name={name}][value='{value}']").check()
    visitor.sign()
    page.wait_for_url("**/events/*")
    visitor.reads("肺部感染", "4", "严重")
    visitor.looks()
    return page.url.removeprefix(visitor.address)


def breaks(page: Page, trial: Trial, person: Participant) -> str:
    """The code is broken from the participant's page, in few steps; answers the address where it was shown."""
    hurried = Counting(page, trial.address)
    hurried.go(f"/participants/{person.id}")
    hurried.follow("紧急揭盲")
    hurried.looks()
    hurried.choose("为何现在必须知晓？", "紧急救治取决于所用药物")
    hurried.fill("发生了什么？", TOLD)
    with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
        hurried.sign("签名并显示治疗分组")
    page.wait_for_url("**/shown")
    assert 0 < hurried.made <= FEW, f"{hurried.made} interactions"
    assert posted.value.status == 303
    assert posted.value.headers["cache-control"] == "no-store"
    hurried.reads("本页仅显示一次，离开后即消失。", "已发放的每一盒药物")
    hurried.looks()
    return page.url.removeprefix(trial.address)


def shown_now(page: Page, names: list[str]) -> list[str]:
    """Which of the names the page holds anywhere: in text, markup or title."""
    whole = page.evaluate("document.documentElement.outerHTML + document.title + location.href")
    return [name for name in names if name in whole]


def goes(page: Page, step: str, address: str) -> None:
    """Go back or forward by the browser's button; a page that was kept in memory is not loaded again."""
    page.evaluate(f"history.{step}()")
    page.wait_for_url(address, wait_until="commit")
    page.wait_for_function("document.readyState === 'complete'")


def test_it_is_shown_once_and_nothing_is_left(
    night: BrowserContext, profile: Path, trial: Trial, ward: Participant, complaints: Complaints
) -> None:
    page, names = night.new_page(), labels(trial)
    complaints.listen(page)
    doctor = Visitor(page, trial.address)
    doctor.sign_in("investigator", SITE)
    reports(doctor, trial, ward)
    address = breaks(page, trial, ward)
    assert len(seen := shown_now(page, names)) == 1, "one arm, in the reader's language"
    doctor.follow("返回")
    page.wait_for_url(f"**/participants/{ward.id}")
    doctor.reads("紧急揭盲", "治疗已停止")
    doctor.looks()
    for step, path in (("back", address), ("forward", f"/participants/{ward.id}"), ("back", address)):
        goes(page, step, trial.address + path)
        assert shown_now(page, names) == [], f"after going {step}"
    page.reload()
    assert shown_now(page, names) == [], "after a reload"
    doctor.reads(AFTERWARDS)
    doctor.looks()
    other = night.new_page()
    other.goto(trial.address + address)
    assert shown_now(other, names) == [], "in another tab"
    with planted(PLANTED) as garden:
        for way in PLANTED:
            other.goto(f"{garden}/{way}")
        other.goto(f"{trial.address}/notices")
        goes(other, "back", f"{garden}/deflate")
        assert other.evaluate("window.kept"), "this browser keeps pages in memory: what was kept is seen"
        assert shown_now(other, [PLANTED["deflate"]])
    night.close()
    number, title = ward.screening_number, f"{ward.screening_number} · 紧急揭盲"
    left = found(profile, [*names, *PLANTED.values(), title, address, number])
    for word in PLANTED.values():
        assert any("Cache_Data" in file for file in left[word]), "the search sees into the cache"
    assert {"Default/History"} <= left[title] & left[address], "the search sees into the history"
    assert [(name, left[name]) for name in names if name in left] == []
    assert complaints == []
    assert seen


def walked(visitor: Visitor, role: str, site: str | None, paths: list[str]) -> dict[str, str]:
    """What the holder of a role sees under each address: the answer's status, and the page's words and markup."""
    visitor.sign_in(role, site)
    seen = {}
    for path in paths:
        answer = visitor.page.goto(visitor.address + path)
        assert answer is not None
        seen[path] = f"{answer.status} {visitor.page.locator('main').inner_html()}"
    return {path: TOKENS.sub("", page) for path, page in seen.items()}


def test_who_learns_that_it_happened_and_nobody_what(visitor: Visitor, trial: Trial, ward: Participant) -> None:
    here = f"/participants/{ward.id}"
    paths = ["/", "/notices", "/participants/", here, "/visits", "/code-breaks/", "/code-break", f"{here}/code-break",
             "/events/", "/audit/", f"/audit/?number={ward.screening_number}", "/unblindings/"]  # fmt: skip
    nobody = [("assessor", SITE), ("physician_assessor", SITE), ("laboratory", None), ("investigator", "05"),
              ("coordinator", "05"), ("pharmacist", "05")]  # fmt: skip
    told = [("coordinator", SITE), ("pharmacist", SITE), ("monitor", None), ("medical_monitor", None)]
    before = {who: walked(visitor, *who, paths) for who in (*nobody, *told)}
    visitor.sign_in("investigator", SITE)
    reports(visitor, trial, ward)
    address, names = breaks(visitor.page, trial, ward), labels(trial)
    assert len(shown_now(visitor.page, names)) == 1
    for who in nobody:
        assert walked(visitor, *who, paths) == before[who], f"{who} sees that something happened"
        assert walked(visitor, *who, [address])[address].split()[0] in ("403", "404")
    for who in told:
        after = walked(visitor, *who, [*paths, address])
        assert "紧急揭盲" in after["/code-breaks/"], who
        assert ward.screening_number in after["/code-breaks/"], who
        assert f"紧急揭盲：受试者 {ward.screening_number}" in after["/notices"], who
        assert "紧急揭盲" in after[here], who
        assert after[address].startswith("403"), who
        assert [(path, name) for path, page in after.items() for name in names if name in page] == [], who
        assert "紧急揭盲" not in before[who][here], "the walk sees a difference"
    visitor.go("/code-breaks/")
    visitor.looks()
