"""Imports run one way: the layers contract in pyproject.toml holds, and it finds a planted import to the right."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package `irt` in `folder`, with the contract that lies there."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


def planted(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, source in {"irt/__init__.py": "", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)
    return lint(folder)


def test_imports_run_one_way() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout
    assert "1 kept, 0 broken" in result.stdout


def test_an_import_to_the_right_is_found(tmp_path: Path) -> None:
    files = {"irt/gate/__init__.py": "", "irt/gate/perform.py": "import irt.web", "irt/web/__init__.py": ""}
    result = planted(tmp_path, files)
    assert result.returncode != 0
    assert "irt.gate.perform -> irt.web" in result.stdout


def test_an_import_inside_a_function_is_found(tmp_path: Path) -> None:
    files = {"irt/vault/__init__.py": "def late():\n    from irt import supply\n", "irt/supply/__init__.py": ""}
    assert "irt.vault -> irt.supply" in planted(tmp_path, files).stdout


def test_a_package_outside_the_line_is_found(tmp_path: Path) -> None:
    result = planted(tmp_path, {"irt/elsewhere.py": ""})
    assert result.returncode != 0
    assert "elsewhere" in result.stdout
