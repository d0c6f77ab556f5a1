"""Randomizations through the pages: the form filled in and signed, gunicorn and Argon2 as shipped."""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from irt.app import Service
from tests.bench.rounds import Measured
from tests.bench.setting import PASSWORD, Eligible
from tests.postgres import free_port

ROOT = Path(__file__).parents[2]
BROWSERS, WARM_UP, REQUESTS = 8, 40, 400
HIDDEN = re.compile(r'name="(csrf_token|request_id)" value="([^"]*)"')


def measure(service: Service, people: Sequence[Eligible]) -> Measured:
    """Post REQUESTS signed randomizations from BROWSERS browsers, after WARM_UP; the forms are fetched beforehand.

    `people` are those of BROWSERS sites, enough of them for each.
    """
    by_site: dict[str, list[Eligible]] = defaultdict(list)
    for one in people:
        by_site[one.site].append(one)
    with _served(service) as port:
        browsers = [Browser(port, own) for own in by_site.values()]
        _at_once(browsers, WARM_UP // len(browsers))
        for browser in browsers:
            browser.acts.clear()
        wall = _at_once(browsers, REQUESTS // len(browsers))
    return Measured([took for browser in browsers for took in browser.acts], wall)


def _at_once(browsers: Sequence["Browser"], each: int) -> float:
    for browser in browsers:
        browser.fill_in(each)
    threads = [threading.Thread(target=browser.post_all) for browser in browsers]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.monotonic() - start
    for browser in browsers:
        if browser.fault:
            raise browser.fault
    return wall


@contextmanager
def _served(service: Service) -> Iterator[int]:
    settings, port = service.settings, free_port()
    environment = os.environ | {
        "PORT": str(port), "PYTHONPATH": str(ROOT), "IRT_DATABASE_URL": settings.database_url,
        "IRT_STUDY": str(settings.study), "IRT_KEYS": str(settings.keys), "IRT_SECURE_COOKIES": "false",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=20).request("GET", "/sign-in")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")


@dataclass
class _Form:
    path: str
    fields: dict[str, str]


class Browser:
    """One coordinator, signed in."""

    def __init__(self, port: int, people: Sequence[Eligible]) -> None:
        self.port, self.people, self.cookies = port, iter(people), dict[str, str]()
        self.forms: list[_Form] = []
        self.acts: list[float] = []
        self.fault: Exception | None = None
        form = self._form("/sign-in")
        status, _ = self._ask(
            "POST", "/sign-in", form.fields | {"login": people[0].coordinator[1], "password": PASSWORD}
        )
        if status != 303:
            raise RuntimeError(f"signing in was answered with {status}")

    def fill_in(self, number: int) -> None:
        """Fetch the forms of the next participants."""
        waiting = (f"/participants/{next(self.people).participant}/randomize" for _ in range(number))
        self.forms = [self._form(path) for path in waiting]

    def post_all(self) -> None:
        """Send every form, one after another."""
        try:
            for form in self.forms:
                before = time.monotonic()
                status, _ = self._ask("POST", form.path, form.fields | {"password": PASSWORD})
                self.acts.append(time.monotonic() - before)
                if status != 303:
                    raise RuntimeError(f"a randomization was answered with {status}")
        except Exception as fault:
            self.fault = fault

    def _form(self, path: str) -> _Form:
        status, page = self._ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} was answered with {status}")
        return _Form(path, dict(HIDDEN.findall(page)))

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.split(";")[0]
        text = answer.read().decode()
        connection.close()
        return answer.status, text
