"""The ZIP: equal files give equal bytes, and nothing leaves its folder or fills a disk."""

import io
import random
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest

from irt.lock.package import archive
from irt.lock.package.archive import packed, unpacked
from irt.lock.package.reading import verify_package
from tests.lock.package.packages import AT, package, zipped

FILES = {"b.txt": b"two", "a/c.txt": b"three" * 1000}


def test_files_come_back_in_their_order_with_their_time() -> None:
    content = packed(FILES, AT)
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert [(one.filename, one.date_time) for one in found.infolist()] == [
            ("b.txt", (2029, 1, 10, 3, 4, 4)),  # a ZIP counts in steps of two seconds
            ("a/c.txt", (2029, 1, 10, 3, 4, 4)),
        ]
    assert unpacked(content) == (FILES, [])
    assert len(content) < 1000


def test_the_same_instant_gives_the_same_bytes_whatever_its_offset() -> None:
    assert packed(FILES, AT.astimezone(timezone(timedelta(hours=8)))) == packed(FILES, AT)


@pytest.mark.parametrize("at", [AT.replace(tzinfo=None), datetime(1979, 12, 31, tzinfo=UTC)])
def test_a_time_that_a_zip_cannot_tell_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match="made_at"):
        packed(FILES, at)


@pytest.mark.parametrize("content", [b"", b"PK", b"\0" * 100, b"hello" * 50])
def test_what_is_no_zip_is_said_to_be_none(content: bytes) -> None:
    files, (mistake,) = unpacked(content)
    assert files == {}
    assert "is no ZIP file" in mistake
    assert verify_package(content) == [mistake]


@pytest.mark.parametrize("kept", [1, 30, 1000, -1, -30])
def test_a_package_cut_short_is_found(kept: int) -> None:
    assert verify_package(package()[:kept])


def test_a_flipped_bit_anywhere_in_the_archive_is_found_or_changes_no_file() -> None:
    whole, files = package(), unpacked(package())[0]
    chance, found = random.Random(11), 0
    for _ in range(150):
        broken = bytearray(whole)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        told, mistakes = unpacked(bytes(broken))
        found += bool(mistakes)
        assert mistakes or told == files
    assert found > 100


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "a/../../b", "a\\b", "C:evil", "a/", "a//b", "./a", "a/ b", "a\x01b", "con.", "~/x"],
)
def test_a_name_that_could_leave_the_folder_is_refused_and_nothing_unpacked(name: str) -> None:
    files, mistakes = unpacked(zipped(("README.txt", b"x"), (name, b"x")))
    assert files == {}
    assert mistakes == [f"{name!r}: is no name of a file within the package"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused() -> None:
    assert unpacked(zipped(("a.txt", b"1"), ("a.txt", b"2"))) == ({}, ["a.txt: stands twice in the package"])


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(("bomb.csv", b"0" * 3_000_000))
    assert len(bomb) < 10_000
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", None)  # would be called
    assert unpacked(bomb) == ({}, ["package: unpacks to 3000000 bytes, more than 1000000; nothing was unpacked"])


def test_a_length_that_lies_unpacks_no_more_than_it_says() -> None:
    bomb = zipped(("bomb.csv", b"0" * 3_000_000))
    lying = bomb.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    files, (mistake,) = unpacked(lying)
    assert files == {}
    assert "bomb.csv: cannot be unpacked" in mistake


def test_too_many_files_are_refused() -> None:
    _, (mistake,) = unpacked(zipped(*((f"{number}.txt", b"") for number in range(501))))
    assert mistake == "package: holds 501 files, more than 500; nothing was unpacked"


def test_a_file_that_asks_for_a_password_is_named() -> None:
    content = bytearray(zipped(("a.txt", b"1")))
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + place] |= 1  # the flag of an encrypted file
    _, (mistake,) = unpacked(bytes(content))
    assert mistake.startswith("a.txt: cannot be unpacked")
