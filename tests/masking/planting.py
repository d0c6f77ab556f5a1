"""A rare string planted in a copy of every kind of place, in every encoding: a search that misses one proves nothing.

Each encoding gets a string of its own in each place, so that one that is found stands for no other.
"""

import base64
import gzip
import io
import logging
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from random import Random

import openpyxl

from irt.assurance.masking import Source, search
from tests.masking.places import a_database, postgresql_dumps, sqlite_dump
from tests.masking.rare import LETTERS
from tests.masking.watching import FORMAT
from tests.postgres import PostgresServer

Planted = dict[str, str]  # encoding → the string planted so


def _sentence(needle: str) -> bytes:
    return f"kit 1234567 holds {needle} for visit W0".encode()


def _zip(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _workbook(needle: str) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["1234567", needle])
    book.save(file)
    return file.getvalue()


def _pdf(needle: str) -> bytes:
    stream = zlib.compress(b"BT /F1 12 Tf (" + _sentence(needle) + b") Tj ET")
    head = f"%PDF-1.7\n4 0 obj\n<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
    return head + stream + b"\nendstream\nendobj\n%%EOF"


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": _sentence,
    "UTF-16 LE": lambda needle: _sentence(needle).decode().encode("utf-16-le"),
    "UTF-16 BE": lambda needle: _sentence(needle).decode().encode("utf-16-be"),
    "base64": lambda needle: base64.b64encode(_sentence(needle)),
    "base64, one on": lambda needle: base64.b64encode(b"x" + _sentence(needle)),
    "base64, two on": lambda needle: base64.b64encode(b"xx" + _sentence(needle)),
    "hex": lambda needle: _sentence(needle).hex().encode(),
    "gzip": lambda needle: gzip.compress(_sentence(needle)),
    "zlib": lambda needle: zlib.compress(_sentence(needle)),
    "ZIP": lambda needle: _zip("kits.csv", _sentence(needle)),
    "XLSX": _workbook,
    "PDF": _pdf,
}
PAGES = {name: made for name, made in ENCODINGS.items() if name != "XLSX"}  # what fits into one page of a database
# An XLSX is larger: a database cuts it into pieces, and the dump, which puts it together again, is where it is found.
IN_PAGES = frozenset({"WAL", "database file", "cluster's rows", "cluster's WAL"})  # the places where it is not planted
TEXTS = frozenset({"UTF-8", "base64", "base64, one on", "base64, two on", "hex"})  # what is stored in a text column


def contents(seed: int, encodings: dict[str, Callable[[str], bytes]] = ENCODINGS) -> tuple[Planted, dict[str, bytes]]:
    """New strings, one for each encoding, and the bytes to plant."""
    chance = Random(seed)
    planted = {name: "".join(chance.choices(LETTERS, k=12)) for name in encodings}
    return planted, {name: encodings[name](needle) for name, needle in planted.items()}


def missed(sources: Iterable[Source], planted: Planted) -> list[str]:
    """The encodings in which the search did not find what was planted."""
    found = {hit.needle for hit in search(list(sources), list(planted.values())).found}
    return [name for name, needle in planted.items() if needle not in found]


def count_found(place: str, gone: list[str]) -> str:
    """How many of the encodings planted in a place were found, as `found/planted`."""
    planted = len(PAGES if place in IN_PAGES else ENCODINGS)
    return f"{planted - len(gone)}/{planted}"


# -- each kind of place -------------------------------------------------------------------------------------------


def in_file(original: Path, folder: Path, seed: int) -> list[str]:
    """At the end of a copy of a file of the run."""
    planted, content = contents(seed)
    copy = folder / f"planted-{seed}-{original.name}"
    shutil.copyfile(original, copy)
    with copy.open("ab") as file:
        for raw in content.values():
            file.write(b"\n" + raw + b"\n")
    return missed([copy], planted)


def in_log(folder: Path, seed: int) -> list[str]:
    """As lines that a logger writes; what is no text as Python shows bytes in base64."""
    planted, content = contents(seed)
    logger, path = logging.Logger("planted"), folder / f"planted-{seed}.log"  # a logger that nobody else knows
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter(FORMAT))
    logger.addHandler(handler)
    for name, raw in content.items():
        logger.error("fault at %s", (raw if name in TEXTS else base64.b64encode(raw)).decode())
    handler.close()
    return missed([path], planted)


def in_message(folder: Path, seed: int) -> list[str]:
    """As attachments of a message, and as its text in two alphabets, as they come over the wire."""
    planted, content = contents(seed)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "受试者已随机化"
    message.set_content("受试者 " + _sentence(planted["UTF-8"]).decode() * 3)
    for name, raw in content.items():
        if name != "UTF-8":
            message.add_attachment(raw, maintype="application", subtype="octet-stream", filename="attached")
    return missed([("message", bytes(message))], planted)


def in_sqlite(original: Path, folder: Path, seed: int) -> dict[str, list[str]]:
    """As values of rows in a copy: in the WAL, then in the file, and in the dump of the same rows."""
    planted, content = contents(seed)
    small = {name: needle for name, needle in planted.items() if name in PAGES}
    copy, wal = folder / f"planted-{seed}.sqlite", folder / f"planted-{seed}.sqlite-wal"
    source = sqlite3.connect(f"file:{original}?mode=ro", uri=True)
    database = sqlite3.connect(copy)
    source.backup(database)
    source.close()
    database.execute("pragma journal_mode=wal")
    database.execute("pragma wal_autocheckpoint=0")
    database.execute("create table planted (value)")
    for name, raw in content.items():
        database.execute("insert into planted values (?)", [raw.decode() if name in TEXTS else raw])
        database.commit()
    found = {"WAL": missed([wal], small), "dump": missed([("dump", sqlite_dump(copy))], planted)}
    database.execute("pragma wal_checkpoint(truncate)")
    assert wal.stat().st_size == 0
    found["database file"] = missed([copy], small)
    database.close()
    return found


def in_postgresql(server: PostgresServer, folder: Path, seed: int) -> dict[str, list[str]]:
    """As values of rows in a database beside the trial's: in both dumps, then in the files of the stopped server.

    Bound values are shown in the server's log, which is looked through as well.
    """
    planted, content = contents(seed)
    small = {name: needle for name, needle in planted.items() if name in PAGES}
    with a_database(server, "planted") as database:
        database.execute("create table planted (words text, value bytea)")
        for name, raw in content.items():
            column, value = ("words", raw.decode()) if name in TEXTS else ("value", raw)
            for _ in range(2):  # where a page of the WAL ends within one, its header cuts it in two
                database.execute(f"insert into planted ({column}) values (%s)", [value])
        (oid,) = database.execute("select oid from pg_database where datname = 'planted'").fetchone() or (0,)
    folder.mkdir()
    dumps = postgresql_dumps(server, "planted", folder)
    found = {f"pg_dump ({path.suffix[1:]})": missed([path], planted) for path in dumps}
    server.stop()
    found["cluster's rows"] = missed([server.data / "base" / str(oid)], small)
    found["cluster's WAL"] = missed([server.data / "pg_wal"], small)
    found["server's log"] = missed([server.log], planted)
    return found
