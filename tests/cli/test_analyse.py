"""`irt analyse`: from a package alone, with no configuration and no database, to the same files each time."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner, Result

from irt.analysis import handing_over
from irt.analysis.final import final_analysis
from irt.analysis.folder import write_analysis
from irt.cli import group
from irt.lock.package.encryption import encrypt
from tests.house.sources import ROOT
from tests.lock.package.packages import package, trial

LISTS = "99"


def analyse(monkeypatch: pytest.MonkeyPatch, *words: object) -> Result:
    """Run it where no setting of a deployment is to be found."""
    for name in ("IRT_CONFIG", "IRT_DATABASE_URL", "IRT_STUDY"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner().invoke(group, ["analyse", *map(str, words)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "package.zip"
    path.write_bytes(package())
    return path


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_writes_what_the_service_would_write(monkeypatch, file, tmp_path) -> None:
    out = tmp_path / "out"
    ran = analyse(monkeypatch, "--package", file, "--out", out, "--lists", LISTS)
    assert ran.exit_code == 0, ran.output
    expected = write_analysis(trial(), final_analysis(trial(), lists=int(LISTS)))
    assert files_in(out) == expected
    assert "p_cmh" in ran.output
    assert f"{len(expected)} files in {out}" in ran.output


def test_one_language_alone(monkeypatch, file, tmp_path) -> None:
    ran = analyse(monkeypatch, "--package", file, "--out", tmp_path / "zh", "--lists", LISTS, "--language", "zh")
    assert ran.exit_code == 0, ran.output
    reports = {name for name in files_in(tmp_path / "zh") if name.startswith("report")}
    assert reports == {"report_zh.html", "report_zh.pdf"}


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(monkeypatch, file, tmp_path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    before = files_in(tmp_path)
    ran = analyse(monkeypatch, "--package", file, "--out", tmp_path)
    assert ran.exit_code == 1
    assert str(tmp_path) in ran.output
    assert "is not empty; name a folder that is" in ran.output
    assert files_in(tmp_path) == before


def test_a_package_that_was_changed_is_refused_and_nothing_is_written(monkeypatch, tmp_path) -> None:
    path = tmp_path / "changed.zip"
    path.write_bytes(package()[:-2000])
    ran = analyse(monkeypatch, "--package", path, "--out", tmp_path / "out")
    assert ran.exit_code == 1
    assert str(path) in ran.output
    assert not (tmp_path / "out").exists()


def test_an_encrypted_package_needs_its_identity(monkeypatch, tmp_path) -> None:
    identity, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    path, key, wrong = tmp_path / "package.zip.age", tmp_path / "key.txt", tmp_path / "wrong.txt"
    path.write_bytes(encrypt(package(), str(identity.to_public())))
    key.write_text(f"{identity}\n")
    wrong.write_text(f"{stranger}\n")
    for words in ((), ("--identity", wrong)):
        ran = analyse(monkeypatch, "--package", path, "--out", tmp_path / "out", *words)
        assert ran.exit_code == 1
        assert str(stranger) not in ran.output
    opened = analyse(monkeypatch, "--package", path, "--out", tmp_path / "out", "--identity", key, "--lists", LISTS,
                     "--language", "en")  # fmt: skip
    assert opened.exit_code == 0, opened.output


def test_without_its_libraries_it_says_how_to_get_them(monkeypatch, file, tmp_path) -> None:
    monkeypatch.setattr(handing_over, "find_spec", lambda name: None if name == "matplotlib" else find_spec(name))
    ran = analyse(monkeypatch, "--package", file, "--out", tmp_path / "out")
    assert ran.exit_code == 1
    assert "matplotlib: not installed; run `make setup-analysis` once" in ran.output


def test_what_it_asks_for_is_what_analysis_and_package_import() -> None:
    code = (
        "import sys, irt.analysis.folder, irt.analysis.final, irt.lock.package.reading, irt.lock.package.encryption;"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"scipy", "matplotlib", "pyrage", "pandas", "pyreadstat", "odmlib"}
    assert set(told.stdout.split()) & heavy <= set(handing_over.NEEDED)
