"""`irt demo`: a trial under way, a login for every role, and pages that answer; as a process of its own."""

import os
import re
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from irt.actor import Role
from tests.house.sources import ROOT
from tests.postgres import free_port

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> object:
    """What the demo printed up to the moment it serves, and its port; the process ends with the test."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IRT_")}
    environment |= {"PORT": str(port), "PYTHONPATH": str(ROOT), "IRT_STUDY": str(ROOT / "config/study.toml")}
    process = subprocess.Popen(
        [sys.executable, "-m", "irt", "demo", "--participants", "6", "--folder", str(folder)],
        stdout=subprocess.PIPE, stderr=(folder / "errors").open("w"), text=True, cwd=folder, env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Serving on"):
                break
        text = "".join(lines)
        assert "Serving on" in text, (folder / "errors").read_text()
        yield text, port, folder
    finally:
        process.terminate()
        process.wait(30)


def browser() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


def signed_in(port: int, login: str, password: str) -> tuple[str, float]:
    """The page after signing in, and the seconds that it took."""
    opener, address = browser(), f"http://127.0.0.1:{port}"
    started = time.monotonic()
    form = opener.open(f"{address}/sign-in", timeout=30).read().decode()
    token = TOKEN.search(form)
    assert token is not None
    body = urlencode({"csrf_token": token.group(1), "login": login, "password": password}).encode()
    answer = opener.open(f"{address}/sign-in", body, timeout=30)
    assert answer.url == f"{address}/"
    return answer.read().decode(), time.monotonic() - started


def test_the_printed_coordinator_signs_in_and_reads_the_worklist(printed: tuple[str, int, Path]) -> None:
    text, port, _ = printed
    login = re.search(r"^coordinator +01 +(\S+)$", text, re.MULTILINE)
    password = re.search(r"^Password of all: (.+)$", text, re.MULTILINE)
    assert login is not None
    assert password is not None
    page, seconds = signed_in(port, login.group(1), password.group(1))
    assert "Coordinator, site 01" in page
    assert "/participants/" in page
    assert seconds < 30


def test_the_table_names_a_login_for_every_role(printed: tuple[str, int, Path]) -> None:
    rows = re.findall(r"^([a-z_]+) +(?:\d\d|-) +\S+$", printed[0], re.MULTILINE)
    assert set(rows) == {role.value for role in Role} - {Role.OPERATOR.value}
    assert re.search(r"^data: [0-9.]+ s, 6 of 240 randomized$", printed[0], re.MULTILINE)


def test_its_database_passes_verification_as_printed(printed: tuple[str, int, Path]) -> None:
    command = re.search(r"^verify it: (\S+) (\S+) \S+ verify$", printed[0], re.MULTILINE)
    assert command is not None
    environment = dict(pair.split("=", 1) for pair in command.groups())
    environment |= {"PYTHONPATH": str(ROOT), "IRT_STUDY": str(ROOT / "config/study.toml"), "PATH": os.environ["PATH"]}
    ran = subprocess.run(
        [sys.executable, "-m", "irt", "verify"], capture_output=True, text=True, env=environment, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.strip().endswith("ok")


def test_a_port_that_is_taken_is_said_before_anything_is_made(printed: tuple[str, int, Path]) -> None:
    _, port, folder = printed
    before = sorted(folder.iterdir())
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PORT": str(port)}
    command = [sys.executable, "-m", "irt", "demo", "--folder", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 1
    assert f"{port} is not to be had" in ran.stderr
    assert sorted(folder.iterdir()) == before
