"""The two manifests: one for people's tools (`sha256sum -c`), one for programs; and what disagrees with them."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SUMS, FACTS, README = "MANIFEST.sha256", "manifest.json", "README.txt"
FORMAT = "irt-package-1"
MARK = "REHEARSAL"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def named(path: str, view: str) -> str:
    """The name of a file in a package of this view: of a rehearsal each bears its mark, wherever it is copied to."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{MARK}_{name}" if view == "rehearsal" else path


def digest(content: bytes) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Head:
    """What a package says of itself."""

    study: str
    registration: str
    view: str
    lock_version: str
    frozen_sha256: str
    merkle_root: str
    made_at: str
    software: str

    def document(self) -> dict[str, str]:
        """Its entries in manifest.json."""
        return {"format": FORMAT, **self.__dict__}


def head_of(study: str, registration: str, facts: Mapping[str, str], view: str, at: datetime, software: str) -> Head:
    """The head of a package from the facts of its generation record."""
    told = {name: facts.get(name, "") for name in ("lock_version", "frozen_sha256", "merkle_root")}
    return Head(study, registration, view, **told, made_at=at.isoformat(), software=software)


def manifest_json(head: Head, files: Mapping[str, bytes], what: Mapping[str, str]) -> bytes:
    """The head, and of each file name, length, SHA-256 and what it is."""
    listed = [
        {"name": name, "bytes": len(content), "sha256": digest(content), "what": what[name]}
        for name, content in files.items()
    ]
    document = {**head.document(), "files": listed}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The SHA-256 of every file, as `sha256sum -c` reads it."""
    return "".join(f"{digest(content)}  {name}\n" for name, content in files.items()).encode()


def disagreements(files: Mapping[str, bytes]) -> tuple[dict[str, Any], list[str]]:
    """What manifest.json says, and where the files are not those of both manifests; each mistake names the file."""
    view = "rehearsal" if named(SUMS, "rehearsal") in files else "final"
    sums_name, facts_name = named(SUMS, view), named(FACTS, view)
    if missing := [name for name in (sums_name, facts_name) if name not in files]:
        return {}, [f"{name}: is missing; without it this is no package" for name in missing]
    listed, mistakes = _sums_of(files[sums_name], sums_name)
    present = {name: digest(content) for name, content in files.items() if name != sums_name}
    mistakes += _compared(listed, present, sums_name)
    document, wrong = _document(files[facts_name], facts_name)
    if wrong:
        return {}, mistakes + wrong
    told = {one["name"]: one["sha256"] for one in document["files"]}
    present.pop(facts_name, None)
    mistakes += [one for one in _compared(told, present, facts_name) if one not in mistakes]
    for one in document["files"]:
        if one["name"] in files and len(files[one["name"]]) != one["bytes"]:
            mistakes.append(f"{one['name']}: has another length than {facts_name} says")
    if (document["view"] == "rehearsal") != (view == "rehearsal"):
        mistakes.append(f"{facts_name}: says {document['view']}, the names of the files say otherwise")
    return document, mistakes


def _compared(listed: Mapping[str, str], present: Mapping[str, str], by: str) -> list[str]:
    found = [f"{name}: is missing; {by} lists it" for name in listed if name not in present]
    found += [f"{name}: is not listed in {by}" for name in present if name not in listed]
    return found + [
        f"{name}: is not the file that {by} lists (SHA-256 differs)"
        for name, sha in listed.items()
        if name in present and present[name] != sha
    ]


def _sums_of(content: bytes, name: str) -> tuple[dict[str, str], list[str]]:
    lines = content.decode("utf-8", "replace").splitlines()
    found = [_LINE.fullmatch(line) for line in lines]
    mistakes = [
        f"{name}, line {number}: is no SHA-256 and name" for number, match in enumerate(found, 1) if match is None
    ]
    pairs = [(match[2], match[1]) for match in found if match is not None]
    names: Sequence[str] = [one for one, _ in pairs]
    mistakes += [f"{name}: lists {one} twice" for one in sorted({one for one in names if names.count(one) > 1})]
    return dict(pairs), mistakes


def _document(content: bytes, name: str) -> tuple[dict[str, Any], list[str]]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}, [f"{name}: is no JSON"]
    head = {"format", *Head.__dataclass_fields__}
    whole = isinstance(document, dict) and head <= document.keys() and isinstance(document.get("files"), list)
    if not whole or not all(isinstance(document[one], str) for one in head):
        return {}, [f"{name}: lacks some of {', '.join(sorted(head))}, files"]
    shape = {"name": str, "bytes": int, "sha256": str, "what": str}
    for one in document["files"]:
        if not isinstance(one, dict) or any(not isinstance(one.get(key), kind) for key, kind in shape.items()):
            return {}, [f"{name}: a file in it lacks some of {', '.join(shape)}"]
    if document["format"] != FORMAT:
        return {}, [f"{name}: is of format {document['format']!r}; this software reads {FORMAT}"]
    return document, []
