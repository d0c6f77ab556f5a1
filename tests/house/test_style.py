"""The code is in one style and its types hold (mypy strict), as `make lint` says."""

import subprocess
import sys

import pytest

from tests.house.sources import ROOT


@pytest.mark.parametrize("tool", ["ruff check .", "ruff format --check .", "mypy"])
def test_the_tool_is_content(tool: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *tool.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("tool", "planted", "said"),
    [
        ("ruff check", "import os\n", "F401"),
        ("ruff format --check", "x = {  'a':1}\n", "would be reformatted"),
        ("mypy", "def draw(position: int) -> str:\n    return position\n", "return-value"),
    ],
)
def test_the_tool_finds_a_planted_fault(tool: str, planted: str, said: str, tmp_path) -> None:
    (tmp_path / "planted.py").write_text(planted)
    command = [sys.executable, "-m", *tool.split(), str(tmp_path / "planted.py")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert said in result.stdout + result.stderr
