"""The journeys' browser speaks Chinese, draws Chinese, and hears each kind of complaint of a page."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Page


class Pages(BaseHTTPRequestHandler):
    """Answers each path with the page planted for it, under a strict content-security policy."""

    planted: ClassVar[dict[str, tuple[int, str]]] = {
        "/clean": (200, "<!doctype html><link rel=icon href='data:,'><p id=p>随机化受试者</p>"),
        "/refused": (422, "<!doctype html><link rel=icon href='data:,'><p>refused</p>"),
        "/policy": (200, "<!doctype html><link rel=icon href='data:,'><script>document.title = 'ran'</script>"),
        "/missing": (200, "<!doctype html><link rel=icon href='data:,'><script src='/gone.js'></script>"),
        "/script": (200, "<!doctype html><link rel=icon href='data:,'><script src='/throws.js'></script>"),
        "/foreign": (200, "<!doctype html><link rel=icon href='data:,'><img src='http://elsewhere.invalid/a.png'>"),
        "/broken": (500, "<!doctype html><link rel=icon href='data:,'><p>broken</p>"),
        "/throws.js": (200, "throw new Error('planted')"),
    }

    def do_GET(self) -> None:
        status, body = self.planted.get(self.path, (404, "gone"))
        kind = "text/javascript" if self.path.endswith(".js") else "text/html"
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src data:")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing on the terminal."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_browser_asks_for_chinese_and_draws_it(page: Page, address: str) -> None:
    page.goto(f"{address}/clean")
    assert page.evaluate("navigator.language") == "zh-CN"
    with_font = page.locator("#p").screenshot()
    page.evaluate(
        "p => p.textContent = '\\ue000'.repeat(6)", page.query_selector("#p")
    )  # no font has a glyph for these
    assert page.locator("#p").screenshot() != with_font


def test_a_refusal_is_no_complaint(page: Page, address: str) -> None:
    page.goto(f"{address}/refused")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/policy", "content-security-policy: script-src"),
        ("/missing", "answered 404"),
        ("/script", "script error: planted"),
        ("/foreign", "asked another host"),
        ("/broken", "answered 500"),
    ],
)
def test_each_complaint_is_heard(page: Page, complaints: list[str], address: str, path: str, said: str) -> None:
    page.goto(f"{address}{path}")
    page.wait_for_load_state("networkidle")
    assert any(said in complaint for complaint in complaints), complaints
    complaints.clear()
