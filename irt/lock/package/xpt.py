"""Datasets as SAS transport files, version 5, for whoever reads nothing newer.

The format knows eight letters, 200 bytes and no encoding. Texts are written as UTF-8 and cut between characters at 200
bytes; the whole text is in the Dataset-JSON beside it. The writer's clock stands in the header: `made_at` replaces it.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pyreadstat

from irt.lock.package.dataset import Dataset, Value, Variable

LONGEST_TEXT = 200  # bytes
EPOCH = date(1960, 1, 1)  # SAS counts days from here
# English, whatever the machine's language calls them.
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_STAMPS = (144, 160)  # first header record: made, then changed
_MEMBER = 80 * 5  # the member's own header record begins here
_MEMBER_STAMPS = (_MEMBER + 64, _MEMBER + 80)


def xpt(dataset: Dataset, made_at: datetime) -> bytes:
    """The dataset as a transport file; equal input gives equal bytes."""
    columns = list(zip(*dataset.rows, strict=True))
    frame = pd.DataFrame(
        {one.name: _column(one, values) for one, values in zip(dataset.variables, columns, strict=True)}
    )
    labels: dict[str, str | None] = {one.name: one.label for one in dataset.variables}
    formats = {one.name: "DATE9" for one in dataset.variables if one.type == "date"}
    with _file_in_memory() as path:
        pyreadstat.write_xport(
            frame, path, file_label=dataset.label, column_labels=labels, table_name=dataset.name,
            file_format_version=5, variable_format=formats,
        )  # fmt: skip
        return _stamped(path.read_bytes(), made_at)


@contextmanager
def _file_in_memory() -> Iterator[Path]:
    """A path for a library that writes to nothing else. The arms stand in the file: on no disk, and under no name that
    another process could open."""
    if not hasattr(os, "memfd_create"):  # not Linux: a folder that nobody else may read
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder, "one.xpt")
        return
    number = os.memfd_create("one.xpt", os.MFD_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{number}")
    finally:
        os.close(number)


def length_of(variable: Variable, values: list[Value]) -> int:
    """The length of a variable in the transport file, in bytes."""
    if variable.type not in ("text", "datetime"):
        return 8
    return max((len(text_of(one).encode()) for one in values), default=1) or 1


def text_of(value: Value) -> str:
    """A text as the transport file holds it: at most 200 bytes of UTF-8, no character cut, no blanks at the end."""
    raw = str(value or "").encode()[:LONGEST_TEXT]
    return raw.decode("utf-8", "ignore").rstrip()


def day_number(day: str) -> int:
    """A day as SAS counts it."""
    return (date.fromisoformat(day) - EPOCH).days


def _column(variable: Variable, values: tuple[Value, ...]) -> "pd.Series[object]":
    if variable.type in ("text", "datetime"):
        texts = [text_of(one) for one in values]
        # An empty text alone would make a variable of no length, which readers refuse.
        return pd.Series(texts if any(texts) else [" "] * len(texts), dtype=object)
    if variable.type == "date":
        return pd.Series([float(day_number(str(one))) if one else None for one in values], dtype="float64")
    return pd.Series([None if one in (None, "") else float(one) for one in values], dtype="float64")


def _stamped(content: bytes, made_at: datetime) -> bytes:
    at = made_at.astimezone(UTC)
    stamp = f"{at:%d}{MONTHS[at.month - 1]}{at:%y:%H:%M:%S}".encode()
    whole = bytearray(content)
    for place in (*_STAMPS, *_MEMBER_STAMPS):
        assert whole[place + 2 : place + 5].isalpha(), "a time stands here in every transport file"
        whole[place : place + 16] = stamp
    return bytes(whole)
