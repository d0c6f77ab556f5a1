"""The ZIP itself: written so that equal files give equal bytes, read with limits that no archive talks its way past."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime

MOST_FILES = 500
MOST_BYTES = 2 * 1024**3  # of all files together, unpacked
_DEFLATED = 6
_DOS_EPOCH = 1980  # the first year that a ZIP can tell
_PLAIN_FILE = 0o100644


def packed(files: Mapping[str, bytes], made_at: datetime) -> bytes:
    """The files as a ZIP, in the order given, each with `made_at` (in UTC, to 2 seconds) as its time.

    Raises ValueError for a time without offset or before 1980.
    """
    if made_at.tzinfo is None or made_at.year < _DOS_EPOCH:
        raise ValueError("made_at needs an offset from UTC, and a year from 1980 on")
    stamp = made_at.astimezone(UTC)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, stamp.timetuple()[:6])
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, _PLAIN_FILE << 16
            archive.writestr(entry, content, compresslevel=_DEFLATED)
    return out.getvalue()


def unpacked(content: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The files of a ZIP by name, and what is wrong with it, each mistake with the file's name.

    Nothing is unpacked beyond the limits, onto a disk, or from a name that could leave the folder.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as fault:
        return {}, [f"package: is no ZIP file ({fault}); take the file as it was handed over, decrypted"]
    with archive:
        entries = archive.infolist()
        mistakes = _listed(entries)
        if mistakes:
            return {}, mistakes
        files: dict[str, bytes] = {}
        for entry in entries:
            try:
                files[entry.filename] = archive.read(entry)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as fault:
                mistakes.append(f"{entry.filename}: cannot be unpacked ({fault}); it was changed or cut")
    return files, mistakes


def _listed(entries: list[zipfile.ZipInfo]) -> list[str]:
    if len(entries) > MOST_FILES:
        return [f"package: holds {len(entries)} files, more than {MOST_FILES}; nothing was unpacked"]
    whole = sum(entry.file_size for entry in entries)
    if whole > MOST_BYTES:
        return [f"package: unpacks to {whole} bytes, more than {MOST_BYTES}; nothing was unpacked"]
    names = [entry.filename for entry in entries]
    found = [f"{name}: stands twice in the package" for name in sorted({one for one in names if names.count(one) > 1})]
    return found + [f"{name!r}: is no name of a file within the package" for name in names if not _harmless(name)]


def _harmless(name: str) -> bool:
    """Whether a name stays within the folder that it is unpacked to, on every system, and is a plain file's."""
    parts = name.split("/")
    return (
        name.isprintable()
        and not any(sign in name for sign in '\\:*?"<>|')
        and all(part.strip(". ") == part and part not in ("", "~") for part in parts)
    )
