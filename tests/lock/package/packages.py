"""Packages of the invented trial, made once, and what somebody might do to one: a changed file, with and without both
manifests written anew."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pandas as pd

from irt.lock.opened import Opened, View
from irt.lock.package.archive import packed, unpacked
from irt.lock.package.manifest import FACTS, SUMS, digest, named, sums
from irt.lock.package.tables import table_files, tables_of
from irt.lock.package.writing import write_package
from tests.analysis.invented import changed, invented

AT = datetime(2029, 1, 10, 3, 4, 5, tzinfo=UTC)
VERSIONS = {"python": "3.11", "numpy": "2"}
VIEWS: tuple[View, ...] = ("final", "letters", "rehearsal")
LONG = "患者自述发热伴寒战，体温三十九度，持续三天。" * 12
AWKWARD = 'said "=1+1",\nthen\ra\u2028b 发热'


@cache
def trial(view: View = "final") -> Opened:
    """Some fifty participants; of two adverse events the words are long Chinese ones and awkward ones."""

    def words(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [rows[0] | {"verbatim": LONG}, rows[1] | {"verbatim": AWKWARD}, *rows[2:]]

    return changed(invented(48, 6, view), adverse_events=words)


@cache
def package(view: View = "final") -> bytes:
    """The package of that trial."""
    return write_package(trial(view), made_at=AT, software="0.1.0", versions=VERSIONS)


def files_of(content: bytes) -> dict[str, bytes]:
    """Its files."""
    files, mistakes = unpacked(content)
    assert mistakes == []
    return files


def with_files(files: Mapping[str, bytes]) -> bytes:
    """A package of these files as they are."""
    return packed(files, AT)


def listed_anew(files: dict[str, bytes], view: View = "final") -> bytes:
    """A package of these files whose both manifests fit: what somebody makes who changes one knowingly."""
    facts, list_ = named(FACTS, view), named(SUMS, view)
    document = json.loads(files[facts])
    what = {one["name"]: one["what"] for one in document["files"]}
    held = {name: content for name, content in files.items() if name not in (facts, list_)}
    document["files"] = [
        {"name": name, "bytes": len(content), "sha256": digest(content), "what": what.get(name, "")}
        for name, content in held.items()
    ]
    held[facts] = json.dumps(document).encode()
    held[list_] = sums(held)
    return packed(held, AT)


Rows = list[dict[str, str]]


def with_rows(view: View = "final", **tables: Callable[[Rows], Any]) -> bytes:
    """The package with other rows in some tables, and manifests that fit; a function may change rows in place."""
    files = files_of(package(view))
    held, mistakes = tables_of(files, view)
    assert mistakes == []
    rows = {name: [dict(row) for row in of] for name, of in held.items()}
    for name, change in tables.items():
        rows[name] = list(change(rows[name]) or rows[name])
    return listed_anew(files | table_files(rows, view), view)


def read_xpt(content: bytes) -> pd.DataFrame:
    """A transport file as pandas reads it; it takes SAS's zero, eight empty bytes, for the least number there is."""
    found = pd.read_sas(io.BytesIO(content), format="xport", encoding="utf-8")
    return found.replace(16.0**-65, 0.0)


def zipped(*entries: tuple[str, bytes]) -> bytes:
    """A ZIP of these entries, whatever their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()
