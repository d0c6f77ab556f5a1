"""The running service stays light: what only analysis and package need is loaded by them alone, when they are made."""

import subprocess
import sys

import pytest

from tests.house.sources import ROOT, Source, python_sources

HEAVY = {"scipy", "statsmodels", "pandas", "matplotlib", "pyreadstat", "odmlib", "pyrage"}
HEAVY_ROOMS = ("irt/analysis/", "irt/lock/package/")


def heavy_imports(source: Source) -> list[str]:
    """What a module outside analysis and package imports of the heavy libraries, anywhere in it."""
    if source.path.startswith(HEAVY_ROOMS):
        return []
    return [f"{source.path}:{line} imports {full}" for line, full, _ in source.imports() if full.split(".")[0] in HEAVY]


def test_only_analysis_and_package_import_the_heavy_libraries() -> None:
    assert [found for source in python_sources("irt") for found in heavy_imports(source)] == []


def test_a_planted_import_is_found() -> None:
    assert heavy_imports(Source("irt/web/progress.py", "def late():\n    from scipy.special import ndtr\n"))
    assert not heavy_imports(Source("irt/analysis/rates.py", "from scipy.special import ndtr\n"))


def loaded_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*{{name.split('.')[0] for name in sys.modules}})"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(told.stdout.split())


LIGHT = [("irt.app", "irt.web"), ("irt.cli",), ("irt.scheduler",), ("irt.lock.package.summary",)]


@pytest.mark.parametrize("modules", LIGHT, ids=" ".join)
def test_the_service_loads_none_of_them(modules) -> None:
    assert loaded_by(*modules) & HEAVY == set()


def test_the_analysis_does() -> None:
    assert "scipy" in loaded_by("irt.analysis.methods")
