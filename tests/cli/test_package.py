"""`irt package verify` and `show`: offline, with no configuration and no database; each mistake on a line."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from irt.cli import main
from irt.lock.package.encryption import encrypt
from tests.lock.package.packages import VIEWS, Rows, files_of, listed_anew, package, trial, with_files, with_rows

Run = Callable[[str], tuple[object, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `irt` with these words in an empty folder, with nothing of the service's environment."""
    for name in ("IRT_DATABASE_URL", "IRT_KEYS", "IRT_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def ran(line: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["irt", *shlex.split(line)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        said = ended.value.code if isinstance(ended.value.code, str) else ""
        return 1 if said else ended.value.code, told.out, told.err + said

    return ran


@pytest.mark.parametrize("view", VIEWS)
def test_a_whole_package_is_said_to_be_whole_with_what_was_checked(run: Run, view) -> None:
    Path("it.zip").write_bytes(package(view))
    code, out, _ = run("package verify it.zip")
    assert code == 0
    assert out.endswith("no mistakes\n")
    facts = trial(view).facts
    for said in (
        facts["merkle_root"],
        facts["frozen_sha256"],
        "checked files",
        "checked cells",
        "48 participants",
        view,
    ):
        assert said in out
    assert ("not checked: arms are letters" in out) == (view == "letters")
    assert out.count("not checked: a rehearsal") == (3 if view == "rehearsal" else 0)
    assert ("7 of lock and release, over the frozen data" in out) == (view != "rehearsal")
    assert ("has the SHA-256 that was published" in out) == (view == "final")
    assert "IL2 " not in out
    assert "PBO" not in out


def test_only_signatures_of_lock_and_release_over_the_frozen_data_are_counted(run: Run) -> None:
    def more(rows: Rows) -> Rows:
        others = [("freeze", ""), ("endorse", rows[0]["data_sha256"]), ("lock", "00" * 32), ("release", "00" * 32)]
        return rows + [
            rows[0] | {"step": step, "data_sha256": sha, "account": f"o{place}"}
            for place, (step, sha) in enumerate(others)
        ]

    Path("it.zip").write_bytes(with_rows(signatures=more))
    code, out, _ = run("package verify it.zip")
    assert code == 0
    assert "7 of lock and release, over the frozen data" in out


def test_each_mistake_is_on_a_line_and_the_exit_status_is_1(run: Run) -> None:
    files = files_of(package())
    del files["README.txt"]
    Path("it.zip").write_bytes(with_files(files | {"study.toml": files["study.toml"] + b"\n", "more.txt": b""}))
    code, out, _ = run("package verify it.zip")
    assert code == 1
    lines = [line for line in out.splitlines() if line.startswith("mistake: ")]
    for name in ("README.txt: is missing", "study.toml: is not the file", "more.txt: is not listed"):
        assert any(name in line for line in lines)
    assert out.endswith(f"{len(lines)} mistakes\n")
    assert "no mistakes" not in out


def test_of_a_broken_table_not_every_row_is_printed(run: Run) -> None:
    files = files_of(package())
    name = "tables/14_doses.csv"
    Path("it.zip").write_bytes(listed_anew(files | {name: files[name].replace(b",scheduled,", b",scheduled,x")}))
    code, out, _ = run("package verify it.zip")
    assert code == 1
    assert out.count("mistake: ") == 200
    assert "more\n" in out


def test_rebuild_finds_a_derived_file_that_was_changed_knowingly(run: Run) -> None:
    files = files_of(package())
    Path("whole.zip").write_bytes(package())
    Path("it.zip").write_bytes(listed_anew(files | {"sdtm/dm.json": files["sdtm/dm.json"].replace(b'"F"', b'"M"', 1)}))
    assert run("package verify it.zip")[0] == 0
    code, out, err = run("package verify --rebuild it.zip")
    assert code == 1
    assert "mistake: sdtm/dm.json: is not what this software makes of the tables" in out
    assert "making it again" in err
    code, out, _ = run("package verify --rebuild whole.zip")
    assert (code, out.splitlines()[-1]) == (0, "no mistakes")


def test_rebuild_of_a_table_that_names_what_the_study_file_does_not_have_is_a_mistake_that_is_told(run: Run) -> None:
    def stranger(rows: Rows) -> None:
        rows[0]["endpoint"] = "nothing"

    Path("it.zip").write_bytes(with_rows(responses=stranger))
    code, out, _ = run("package verify --rebuild it.zip")
    assert code == 1
    assert "a code in the tables that study.toml does not have, cannot be read; nothing was made again" in out


def test_an_encrypted_package_asks_for_the_identity(run: Run) -> None:
    key, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    Path("it.zip.age").write_bytes(encrypt(package(), str(key.to_public())))
    Path("key.txt").write_text(f"# public key: {key.to_public()}\n{key}\n")
    Path("other.txt").write_text(f"{other}\n")
    Path("binary").write_bytes(b"\xff\xfe")
    code, out, _ = run("package verify it.zip.age")
    assert code == 1
    assert "is encrypted with age; give the identity file" in out
    code, out, _ = run("package verify it.zip.age --identity key.txt")
    assert code == 0
    assert "SHA-256 decrypted" in out
    for wrong, said in (("other.txt", "was encrypted for another key"), ("binary", "is no text")):
        code, out, err = run(f"package verify it.zip.age --identity {wrong}")
        assert (code, out) == (1, "")
        assert said in err
        assert str(other) not in err


def test_what_is_no_package_is_said_to_be_none(run: Run) -> None:
    Path("it.zip").write_bytes(b"hello")
    code, out, _ = run("package verify it.zip")
    assert code == 1
    assert "mistake: package: is no ZIP file" in out
    code, out, err = run("package verify nowhere.zip")
    assert code == 1
    assert "nowhere.zip" in err


def test_show_lists_every_file(run: Run) -> None:
    Path("it.zip").write_bytes(package("rehearsal"))
    code, out, _ = run("package show it.zip")
    assert code == 0
    assert len(out.splitlines()) == len(files_of(package("rehearsal"))) - 2  # but the manifests
    assert "tables/REHEARSAL_01_randomization_list.csv" in out
    Path("it.zip").write_bytes(package()[:1000])
    assert run("package show it.zip")[0] == 1
