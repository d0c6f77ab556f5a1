"""The canary search finds a planted string in every kind of place and encoding, and nothing where nothing is."""

import base64
import gzip
import io
import random
import sqlite3
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from irt.assurance import masking
from irt.assurance.masking import search
from tests.postgres import PostgresServer, connect

CANARY = "XQVJARMZKW"
NEEDLES = [CANARY, "ZZKITTYPEXX"]
AROUND = random.Random(4).randbytes(3000)
SENTENCE = f"The participant received {CANARY} on day 1."


def zipped(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def workbook() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["kit", CANARY])
    book.save(file)
    return file.getvalue()


def pdf(filters: str, stream: bytes) -> bytes:
    return (b"%PDF-1.7\n4 0 obj\n<< /Length " + str(len(stream)).encode() + b" /Filter " + filters.encode()
            + b" >>\nstream\n" + stream + b"\nendstream\nendobj\n%%EOF")  # fmt: skip


KERNED = f"BT [({CANARY[:3]}) -12 ({CANARY[3:7]}) 4 <{CANARY[7:].encode().hex()}>] TJ ET".encode()
PAGE = b"q BT (" + SENTENCE.encode() + b") Tj ET Q\n"
DOCX = zipped("word/document.xml", f"<w:t>{SENTENCE}</w:t>".encode() * 20)

PLACES: dict[str, bytes] = {
    "plain text in a log": b"2026-03-02 ERROR " + SENTENCE.encode(),
    "HTML body": f"<!doctype html><p>{SENTENCE}</p>".encode(),
    "UTF-16 LE": SENTENCE.encode("utf-16-le"),
    "UTF-16 BE at an odd place": b"x" + SENTENCE.encode("utf-16-be"),
    **{f"base64, {n} before": base64.b64encode(b"y" * n + SENTENCE.encode()) for n in range(3)},
    **{f"url-safe base64, {n} before": base64.urlsafe_b64encode(b"\xff" * n + SENTENCE.encode()) for n in range(3)},
    "base64 of UTF-16": base64.b64encode(SENTENCE.encode("utf-16-le")),
    "base64 in lines of a mail": base64.encodebytes(b"Dear colleague, " * 5 + SENTENCE.encode()),
    "hex": SENTENCE.encode().hex().encode(),
    "HEX": SENTENCE.encode().hex().upper().encode(),
    "zip": zipped("a.csv", SENTENCE.encode() * 20),
    "stored zip": zipped("a.csv", SENTENCE.encode(), zipfile.ZIP_STORED),
    "bzip2 zip": zipped("a.csv", SENTENCE.encode() * 20, zipfile.ZIP_BZIP2),
    "zip without directory": zipped("a.csv", SENTENCE.encode() * 20)[:-60],
    "xlsx": workbook(),
    "docx": DOCX,
    "gzip": gzip.compress(SENTENCE.encode() * 20),
    "zlib": zlib.compress(SENTENCE.encode() * 20),
    "zlib at level 1": zlib.compress(SENTENCE.encode() * 20, 1),
    "pdf, Flate": pdf("/FlateDecode", zlib.compress(PAGE)),
    "pdf, ASCIIHex": pdf("/ASCIIHexDecode", PAGE.hex(" ").encode() + b">"),
    "pdf, ASCII85 over Flate": pdf("[/ASCII85Decode /FlateDecode]", base64.a85encode(zlib.compress(PAGE)) + b"~>"),
    "pdf, kerned letters": pdf("/FlateDecode", zlib.compress(KERNED)),
    "gzip of a zip of a zip": gzip.compress(zipped("b.zip", zipped("a.csv", SENTENCE.encode() * 20))),
    "docx in base64": base64.b64encode(DOCX),
    "docx in hex": DOCX.hex().encode(),
    "xlsx within other bytes": AROUND + workbook() + AROUND,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_planted_string_is_found(place: str) -> None:
    hits = search([(place, PLACES[place])], NEEDLES)
    assert {hit.needle for hit in hits.found} == {CANARY}, str(hits)
    assert hits.bytes == len(PLACES[place])
    assert all(hit.place.startswith(place) for hit in hits.found)


def test_nothing_is_found_where_nothing_is() -> None:
    clean = [(place, content.replace(CANARY.encode(), b"-")) for place, content in PLACES.items() if "text" in place]
    clean += [("noise", random.Random(5).randbytes(500_000)), ("book", zipped("a", b"no arm here"))]
    hits = search(clean, NEEDLES)
    assert hits.found == []
    assert hits.bytes > 500_000
    assert hits.containers >= 1


def in_folder(folder: Path) -> Path:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "irt-tmp-1").write_bytes(AROUND + SENTENCE.encode() + AROUND)
    return folder


def in_name(folder: Path) -> Path:
    (folder / f"export-{CANARY}.csv").write_bytes(b"kit,lot")
    return folder


@pytest.mark.parametrize("plant", [in_folder, in_name])
def test_a_string_in_a_temporary_folder_is_found(plant: Callable[[Path], Path], tmp_path: Path) -> None:
    hits = search([plant(tmp_path)], NEEDLES)
    assert {hit.needle for hit in hits.found} == {CANARY}
    assert hits.files == 1


def test_a_string_in_a_sqlite_file_and_in_its_wal_is_found(tmp_path: Path) -> None:
    path = tmp_path / "irt.sqlite"
    db = sqlite3.connect(path)
    db.execute("pragma journal_mode=wal")
    db.execute("create table note (text, blob)")
    db.execute("insert into note values (?, ?)", (SENTENCE, gzip.compress(SENTENCE.encode())))
    db.commit()
    wal = Path(f"{path}-wal")
    assert {hit.needle for hit in search([wal], NEEDLES).found} == {CANARY}
    db.execute("pragma wal_checkpoint(truncate)")
    assert wal.stat().st_size == 0
    places = {hit.place.removeprefix(str(path)) for hit in search([path], NEEDLES).found}
    assert places >= {"", " > gzip"}
    db.close()


def test_a_string_in_a_postgresql_dump_and_in_the_stopped_cluster_is_found(own_server: PostgresServer) -> None:
    filling = " ".join(f"visit {n} without findings;" for n in range(400))  # long enough to be compressed
    with connect(own_server.url) as db:
        db.execute("create table note (short text, long text)")
        db.execute("insert into note values ('', %s)", (filling + SENTENCE + filling,))
        db.execute("checkpoint")
        (size,) = db.execute("select pg_column_size(long) from note").fetchone() or (0,)
        assert size < len(filling), "the value was not compressed"
        dump = subprocess.run(
            [own_server.bin / "pg_dump", "-h", "127.0.0.1", "-p", str(own_server.port), "-U", "postgres", "postgres"],
            check=True, capture_output=True,
        ).stdout  # fmt: skip
    assert {hit.needle for hit in search([("dump", dump)], NEEDLES).found} == {CANARY}
    own_server.stop()
    hits = search([own_server.data], NEEDLES)
    assert {hit.encoding for hit in hits.found} == {"UTF-8, compressed by PostgreSQL"}
    assert {hit.needle for hit in hits.found} == {CANARY}
    assert hits.bytes > 10_000_000


def test_a_string_across_two_pieces_of_a_large_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "WINDOW", 4096)
    monkeypatch.setattr(masking, "OVERLAP", 512)
    (tmp_path / "big").write_bytes(b"." * 4091 + SENTENCE.encode() + b"." * 9000)
    assert search([tmp_path / "big"], NEEDLES).found


def test_what_cannot_be_read_to_its_end_is_reported() -> None:
    cut = gzip.compress(random.Random(6).randbytes(5000))[:2000]
    locked = zipped("a", b"x" * 99).replace(b"PK\x03\x04\x14\0\0", b"PK\x03\x04\x14\0\1")
    hits = search([("cut", cut), ("locked", locked)], NEEDLES)
    assert hits.unread[0] == "cut > gzip"
    assert "locked > zip:a" in hits.unread


def test_a_search_that_proves_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="met by chance"):
        search([b"x"], ["A"])
    with pytest.raises(ValueError, match="none given"):
        search([b"x"], [])
    with pytest.raises(FileNotFoundError, match="is not there"):
        search([tmp_path / "missing"], NEEDLES)
