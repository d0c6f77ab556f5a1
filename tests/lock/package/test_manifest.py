"""Whatever is done to a file of a package, verification names that file."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from irt.lock.package.manifest import FACTS, README, SUMS
from irt.lock.package.reading import verify_package
from tests.lock.package.packages import VIEWS, files_of, listed_anew, package, with_files

NAMES = sorted(files_of(package()))


@pytest.mark.parametrize("view", VIEWS)
def test_a_package_as_it_was_written_has_no_mistake(view) -> None:
    assert verify_package(package(view)) == []
    assert verify_package(with_files(files_of(package(view)))) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_bit_in_any_file_is_found_and_the_file_named(name: str) -> None:
    files = files_of(package())
    whole = bytearray(files[name])
    whole[random.Random(name).randrange(len(whole))] ^= 1
    mistakes = verify_package(with_files(files | {name: bytes(whole)}))
    if name == SUMS:  # a flipped bit of a sum is seen at the file that it is of
        assert mistakes
    else:
        assert any(one.startswith(f"{name}: is not the file that {SUMS} lists") for one in mistakes)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_missing_is_named(name: str) -> None:
    files = files_of(package())
    del files[name]
    mistakes = verify_package(with_files(files))
    assert any(one.startswith(f"{name}: is missing") for one in mistakes)


def test_a_file_too_many_is_named() -> None:
    mistakes = verify_package(with_files(files_of(package()) | {"tables/28_more.csv": b"x"}))
    assert f"tables/28_more.csv: is not listed in {SUMS}" in mistakes
    assert f"tables/28_more.csv: is not listed in {FACTS}" in mistakes


def test_the_order_of_files_is_free() -> None:
    files = files_of(package())
    assert verify_package(with_files(dict(reversed(list(files.items()))))) == []


def test_two_files_exchanged_are_both_named() -> None:
    files = files_of(package())
    one, two = "sdtm/dm.xpt", "sdtm/ae.xpt"
    mistakes = verify_package(with_files(files | {one: files[two], two: files[one]}))
    assert {line.partition(":")[0] for line in mistakes} == {one, two}


def test_one_manifest_written_anew_is_held_against_the_other() -> None:
    files = files_of(package())
    changed = listed_anew(files | {README: b"other words"})
    anew = files_of(changed)
    assert verify_package(changed) == []  # words bind nothing: of them the record of the release must speak
    mistakes = verify_package(with_files(files | {README: b"other words", SUMS: anew[SUMS]}))
    assert f"{README}: is not the file that {FACTS} lists (SHA-256 differs)" in mistakes


def test_derived_files_that_were_changed_knowingly_are_found_by_making_them_again() -> None:
    from irt.lock.package.reading import inspect
    from irt.lock.package.rebuilding import not_as_made

    whole = inspect(package())
    assert not_as_made(whole, package()) == []
    files = files_of(package())
    forged = files["adam/adsl.json"].replace(b'"placebo"', b'"PLACEBO"', 1)
    assert forged != files["adam/adsl.json"]
    changed = listed_anew(files | {"adam/adsl.json": forged, "extra.txt": b"x"})
    assert verify_package(changed) == []
    said = "is not what this software makes of the tables"
    assert not_as_made(inspect(changed), changed) == [f"adam/adsl.json: {said}", f"extra.txt: {said}"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[:-5], "is no JSON"),
        (lambda text: "[]", "lacks some of"),
        (lambda text: "null", "lacks some of"),
        (lambda text: text.replace('"view"', '"vieww"'), "lacks some of"),
        (lambda text: text.replace('"irt-package-1"', '"irt-package-2"'), "is of format 'irt-package-2'"),
        (lambda text: text.replace('"bytes": ', '"bytes": "1', 1).replace(",", '",', 1), "is no JSON"),
        (lambda text: text.replace('"what"', '"why"', 1), "a file in it lacks some of"),
        (lambda text: "[" * 100_000, "is no JSON"),
        (lambda text: text.replace('"view": "final"', '"view": "rehearsal"'), "says rehearsal, the names of the files"),
        (lambda text: text.replace('"view": "final"', '"view": "other"'), "view: is none of"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_said_to_be_so(change, said: str) -> None:
    files = files_of(package())
    files[FACTS] = change(files[FACTS].decode()).encode()
    mistakes = verify_package(with_files(files))
    assert any(one.startswith(FACTS) and said in one for one in mistakes), mistakes


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "is no SHA-256 and name"),
        ("{first}", "twice"),
        ("0" * 64 + "  nowhere.csv", "nowhere.csv: is missing; MANIFEST.sha256 lists it"),
    ],
)
def test_a_line_too_many_in_the_sums_is_found(line: str, said: str) -> None:
    files = files_of(package())
    first = files[SUMS].decode().splitlines()[0]
    files[SUMS] += (line.format(first=first) + "\n").encode()
    assert any(said in one for one in verify_package(with_files(files)))


def test_a_head_that_says_otherwise_than_the_tables_is_found() -> None:
    for key in ("study", "registration", "lock_version", "frozen_sha256", "merkle_root"):
        files = files_of(package())
        document = json.loads(files[FACTS])
        files[FACTS] = json.dumps(document | {key: "other"}).encode()
        assert f"{FACTS}, {key}: is not what the package holds" in verify_package(listed_anew(files))


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
@pytest.mark.parametrize("view", VIEWS)
def test_the_sums_are_read_by_the_tool_that_they_are_for(view, tmp_path: Path) -> None:
    files = files_of(package(view))
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (name,) = (one for one in files if one.endswith(SUMS))
    ran = subprocess.run(["sha256sum", "-c", name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count(": OK") == len(files) - 1
