"""`irt analyse`: from a package alone, with no configuration and no database, to the same files each time."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner, Result

from irt.analysis import handing_over
from irt.analysis.final import WrongTablesError, final_analysis
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


def needed_by(text: str) -> set[str]:
    """The packages that a source imports, at once or late, beyond Python, irt and what the service depends on."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    depends = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    own = {re.split(r"[^\w.-]", one)[0].lower() for one in depends}
    known = packages_distributions()
    foreign = found - sys.stdlib_module_names - {"irt"}
    return {one for one in foreign if not own & {name.lower() for name in known.get(one, ())}}


def test_what_it_asks_for_is_what_analysis_and_package_import() -> None:
    sources = [path for part in ("analysis", "lock") for path in (ROOT / "irt" / part).rglob("*.py")]
    assert len(sources) > 50
    assert set().union(*(needed_by(path.read_text(encoding="utf-8")) for path in sources)) == set(handing_over.NEEDED)


def test_a_library_that_is_not_asked_for_is_noticed() -> None:
    assert needed_by("import numpy, irt, json\ndef late():\n    from statsmodels.stats import api") == {"statsmodels"}


def test_an_identity_that_is_no_text_is_named_with_the_remedy(monkeypatch, file, tmp_path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    ran = analyse(monkeypatch, "--package", file, "--out", tmp_path / "out", "--identity", binary)
    assert ran.exit_code == 1
    assert ran.output == f"Error: --identity {binary}: is no text; name the file that age-keygen wrote\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--package", "--identity"])
def test_a_file_that_cannot_be_read_is_named(monkeypatch, file, tmp_path, option) -> None:
    gone = tmp_path / "gone"
    gone.write_bytes(package())
    read = Path.read_bytes, Path.open

    def fails(path: Path, *given: object, **named: object) -> object:
        if path == gone:
            raise PermissionError(13, "Permission denied", str(path))
        return read[1](path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", fails)
    monkeypatch.setattr(Path, "read_bytes", lambda path: fails(path, "rb").read())  # type: ignore[attr-defined]
    monkeypatch.setattr(Path, "read_text", lambda path, encoding: fails(path, encoding=encoding).read())  # type: ignore[attr-defined]
    words = {"--package": file, "--out": tmp_path / "out"} | {option: gone}
    ran = analyse(monkeypatch, *(word for pair in words.items() for word in pair))
    assert ran.exit_code == 1
    assert ran.output == f"Error: {gone}: cannot be read or written (Permission denied); name a file that can\n"


def test_tables_that_contradict_each_other_name_the_participant_and_the_remedy(monkeypatch, file, tmp_path) -> None:
    def contradicts(*_: object) -> None:
        raise WrongTablesError("01-0001: participants disagrees with doses on the safety set")

    monkeypatch.setattr("irt.analysis.final.read_trial", contradicts)
    ran = analyse(monkeypatch, "--package", file, "--out", tmp_path / "out", "--lists", LISTS)
    assert ran.exit_code == 1
    assert f"--package {file}: its tables contradict each other. 01-0001: participants disagrees" in ran.output
    assert "ask for a package that was made anew" in ran.output
    assert not (tmp_path / "out").exists()
