"""No address of a package registry and no path of somebody's machine is in the repository."""

import re
from collections.abc import Iterator

import pytest

from tests.house.sources import ROOT, tracked

# Written in parts, so that this file does not hold what it forbids.
REGISTRIES = [r"pypi" + r"\.org", r"python" + r"hosted\.org", r"npm" + r"js\.(?:org|com)", r"yarn" + r"pkg\.com"]
MIRRORS = [r"(?:deb|security|ftp)\." + r"debian\.org", r"archive\." + r"ubuntu\.com", r"--(?:extra-)?index" + r"-url"]
MACHINES = [
    r"(?<![\w.:/}>)-])/(?:ro" + r"ot|wo" + r"rk|home/\w+)(?![\w-])",
    r"\.py" + r"env\b",
    r"/tmp/" + r"(?:wt|venv)\b",
]
BANNED = re.compile("|".join([*REGISTRIES, *MIRRORS, *MACHINES]))
URL = re.compile(r"\w+:" + r"//")


def banned_words(name: str, text: str) -> Iterator[str]:
    """Each line that holds a banned word, as `path:line word`."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := BANNED.search(line):
            yield f"{name}:{number} {found.group()}"


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000]:
            yield path.relative_to(ROOT).as_posix(), raw.decode("utf-8")


def test_no_banned_word_in_the_repository() -> None:
    files = list(texts())
    assert len(files) > 10
    assert [finding for name, text in files for finding in banned_words(name, text)] == []


def test_the_lock_files_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-analysis.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text()
        assert "--hash=sha256:" in lock
        assert not URL.search(lock), name


@pytest.mark.parametrize(
    "line",
    [
        "see " + "pypi" + ".org/simple",
        "https:" + "//files.python" + "hosted.org/x.whl",
        "registry.npm" + "js.org",
        "open('/ro" + "ot/.config')",
        "cd /wo" + "rk/main",
        "data = /home" + "/someone/trial",
        "pip install --index" + "-url x",
        "--extra-index" + "-url=x",
    ],
)
def test_a_planted_word_is_found(line: str) -> None:
    assert list(banned_words("planted", line))


@pytest.mark.parametrize("line", ["/worklist", "/participants/1/work", "var/lib/irt", "a root/operator", "/home"])
def test_ordinary_words_are_left_alone(line: str) -> None:
    assert list(banned_words("ordinary", line)) == []
