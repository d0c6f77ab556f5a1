"""The journey of the last day: the checklist is empty, the database is locked, the allocation released and analysed."""

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from irt.entropy import SystemEntropy
from irt.lock.frozen import site_sha256
from irt.lock.steps import Endorse, endorse
from irt.simulation.closing import settle
from irt.simulation.life import Life
from irt.simulation.run import Plan, simulate
from tests.databases import DIALECTS, Database, fresh_postgresql, fresh_sqlite
from tests.journeys.conftest import Complaints, page_in_china
from tests.journeys.served import PASSWORD, at_an_address, furnished
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.long(90)]
SHOTS = os.environ.get("IRT_SHOTS")  # a folder for pictures of every page on the way
PARTICIPANTS = 6


@pytest.fixture(scope="module", params=DIALECTS)
def database(
    request: pytest.FixtureRequest, shared_run: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database of its own: this trial ends."""
    shared, server_url = shared_run
    if request.param == "sqlite":
        yield fresh_sqlite(shared, tmp_path_factory.mktemp("lock"))
    else:
        with fresh_postgresql(shared, server_url) as made:
            yield made


@pytest.fixture(scope="module")
def ended(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Life, str]]:
    """A small trial from which everybody has left, nothing open but the signatures; and its address."""
    desk = furnished(database, tmp_path_factory.mktemp("keys"), SystemEntropy())
    plan = Plan(PARTICIPANTS, 3, password=PASSWORD, through=desk.service.study.visits[-1].id)
    life = simulate(desk.service, desk.clock, plan, lambda _done, _of: None)
    settle(life)
    with at_an_address(desk.service) as address:
        yield life, address


@pytest.fixture
def walk(browser: Browser, complaints: Complaints, ended: tuple[Life, str]) -> Iterator[Visitor]:
    with page_in_china(browser, complaints, viewport={"width": 1280, "height": 900}) as opened:
        yield Visitor(opened, ended[1])


def seen(walk: Visitor, name: str) -> None:
    """The page speaks Chinese and fits; a picture of it, where pictures are wanted."""
    walk.looks()
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        for language in ("zh", "en"):
            walk.page.screenshot(path=f"{SHOTS}/{name}.{language}.png", full_page=True)
            if language == "zh":
                walk.page.get_by_role("link", name="English").click()
        walk.page.get_by_role("link", name="简体中文").click()


def signs(walk: Visitor, role: str, site: str | None, path: str, button: str) -> None:
    """Somebody signs a page."""
    walk.sign_in(role, site)
    walk.go(path)
    walk.sign(button)


def test_from_the_checklist_to_the_report(walk: Visitor, ended: tuple[Life, str]) -> None:
    life, _ = ended
    lead = life.study.lock.lead_site
    _frozen(walk)
    _endorsed(walk, life, lead)
    _reviewed(walk, life)
    _locked(walk, lead)
    _released(walk)
    _analysed(walk, life)


def _frozen(walk: Visitor) -> None:
    walk.sign_in("data_manager", None)
    walk.opens("试验", "数据库锁定")
    walk.reads("数据库锁定", "开放", "锁库清单", "质疑已关闭", "未签署")
    seen(walk, "lock-open")
    walk.follow("冻结数据库")
    seen(walk, "lock-freeze")
    walk.sign()
    walk.reads("已冻结", "解冻数据库")


def _endorsed(walk: Visitor, life: Life, lead: str) -> None:
    there = sorted({one.site for one in life.participants})
    walk.sign_in("investigator", lead if lead in there else there[0])
    walk.go("/lock/")
    walk.reads("各中心研究者对数据的签署")
    seen(walk, "lock-investigator")
    own = lead if lead in there else there[0]
    walk.follow("签署确认")
    seen(walk, "lock-endorse")
    walk.sign()
    walk.reads("已签署")
    for site in there:
        if site != own:
            with life.desk.service.database.read.connect() as connection:
                shown = site_sha256(connection, site)
            life.desk.do(life.cast.at(site, "investigator"), endorse, Endorse(site=site, data_sha256=shown))


def _reviewed(walk: Visitor, life: Life) -> None:
    walk.sign_in("trial_statistician", None)
    walk.opens("试验", "数据库锁定")
    walk.follow("盲态审核")
    walk.reads("目前的分析人群", "全分析集", "清单")
    seen(walk, "review")
    walk.follow("判定分析人群")
    seen(walk, "review-decide")
    walk.go("/review/record")
    seen(walk, "review-record")
    walk.fill("会议日期", life.desk.clock.now().date().isoformat())
    walk.fill("出席者", "签署锁库的全体人员")
    walk.fill("议程", "分析人群、方案偏离、缺失的主要结局")
    walk.fill("决定", "按清单逐例判定")
    walk.sign()
    walk.reads("第 1 份记录")
    seen(walk, "review-recorded")


def _locked(walk: Visitor, lead: str) -> None:
    for role, site in (("sponsor", None), ("data_manager", None), ("investigator", lead)):
        signs(walk, role, site, "/review/sign", "签名")
    for role, site in (("investigator", lead), ("sponsor", None), ("trial_statistician", None)):
        signs(walk, role, site, "/lock/sign", "签名")
    walk.sign_in("data_manager", None)
    walk.go("/lock/")
    walk.reads("清单已全部完成")
    seen(walk, "lock-ready")
    walk.follow("签署锁库")
    walk.sign()
    walk.reads("已锁定")
    seen(walk, "lock-locked")


def _released(walk: Visitor) -> None:
    walk.sign_in("trial_statistician", None)
    walk.opens("试验", "揭盲")
    walk.follow("申请揭盲")
    walk.fill("为何现在", "统计分析计划已定稿")
    walk.sign()
    walk.sign_in("sponsor", None)
    walk.go("/release/")
    seen(walk, "release-asked")
    walk.follow("批准揭盲")
    walk.sign()
    walk.sign_in("unblinded_statistician", None)
    walk.go("/release/")
    seen(walk, "release-allowed")
    walk.follow("执行揭盲")
    seen(walk, "release-carry-out")
    walk.sign("签署并打开随机表")
    expect(walk.page.get_by_role("button", name="下载数据包（ZIP）")).to_be_visible(timeout=60_000)
    seen(walk, "release-package")


def _analysed(walk: Visitor, life: Life) -> None:
    with walk.page.expect_download() as told:
        walk.press("下载数据包（ZIP）")
    with zipfile.ZipFile(io.BytesIO(Path(told.value.path()).read_bytes())) as package:
        assert any(name.endswith("02_allocations.csv") for name in package.namelist())
    walk.press("运行最终分析")
    expect(walk.page.get_by_role("link", name="阅读报告")).to_be_visible(timeout=120_000)
    seen(walk, "release-analysed")
    walk.follow("阅读报告")
    assert life.study.title.zh in walk.page.content()
    walk.sign_in("data_manager", None)
    walk.go("/release/")
    walk.reads("已揭盲")
    assert "阅读报告" not in walk.page.locator("main").inner_text()
    seen(walk, "release-masked")
