"""A real browser for the journeys: Debian's Chromium, in Chinese, that hears every complaint of a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.databases import DIALECTS, Database, fresh_postgresql, fresh_sqlite
from tests.journeys.served import Trial, served
from tests.journeys.visitor import Visitor

CHROMIUM = Path("/usr/bin/chromium")
# The network is closed to the browser: whatever would call home on its own is off.
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
HERE = {"127.0.0.1", "localhost"}
REPORT_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`content-security-policy: ${event.violatedDirective} ${event.blockedURI}`))"""


class Complaints(list[str]):
    """What a page complained of: script errors, console errors, policy violations, failed or foreign requests."""

    def listen(self, page: Page) -> None:
        """Hear everything from now on. A page of the service may answer 4xx (a refusal); what it loads may not fail."""
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("pageerror", lambda error: self.append(f"script error: {error}"))
        page.on("console", lambda said: self._console(said.type, said.text))
        page.on("request", lambda request: self._foreign(request.url))
        page.on(
            "response",
            lambda answer: self._failed(answer.request.resource_type == "document", answer.status, answer.url),
        )

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):  # _failed knows more about those
            self.append(f"console: {text}")

    def _foreign(self, url: str) -> None:
        if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname not in HERE:
            self.append(f"asked another host: {url}")

    def _failed(self, is_page: bool, status: int, url: str) -> None:
        if status >= (500 if is_page else 400):
            self.append(f"answered {status}: {url}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, kept for this folder's tests only: Playwright holds an event loop that other tests must not meet."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> Complaints:
    """Everything the test's pages complained of; `page` asserts at the end that it is nothing."""
    return Complaints()


@contextmanager
def page_in_china(browser: Browser, complaints: Complaints, **device: Any) -> Iterator[Page]:
    """An empty page of a person in China, without cookies, on such a device; it fails if the page complained."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **device)
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints.listen(opened)
    yield opened
    context.close()
    assert complaints == [], "the page complained"


@pytest.fixture
def page(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """A page at a desk."""
    with page_in_china(browser, complaints, viewport={"width": 1280, "height": 900}) as opened:
        yield opened


@pytest.fixture(scope="package", params=DIALECTS)
def database(
    request: pytest.FixtureRequest, shared_run: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One database of each kind for all journeys: a trial is opened in it once."""
    shared, server_url = shared_run
    if request.param == "sqlite":
        yield fresh_sqlite(shared, tmp_path_factory.mktemp("journeys"))
    else:
        with fresh_postgresql(shared, server_url) as made:
            yield made


@pytest.fixture(scope="package")
def trial(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """An open trial, served."""
    with served(database, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def visitor(page: Page, trial: Trial) -> Visitor:
    """A person at the browser of `page`, not signed in."""
    return Visitor(page, trial.address)
