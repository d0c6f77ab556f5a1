"""A package read back: verified whole, and only then made into `Opened`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from irt.lock.contents import Row
from irt.lock.opened import MAKER, Opened, View
from irt.lock.package.archive import unpacked
from irt.lock.package.consistency import inconsistencies
from irt.lock.package.encryption import decrypt, encrypted
from irt.lock.package.manifest import FACTS, disagreements, named
from irt.lock.package.tables import tables_of
from irt.study import Study, StudyMistakes, parse_study

STUDY = "study.toml"
VIEWS: tuple[View, ...] = ("final", "letters", "rehearsal")


class NotWhole(Exception):  # noqa: N818 -- named for what it says, as all refusals here
    """A package that is not what was handed over; `mistakes` names every one."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Inspected:
    """What was found in a package: what it says of itself, `opened` where nothing is wrong, else every mistake."""

    document: Mapping[str, Any]
    opened: Opened | None
    mistakes: list[str]


def verify_package(content: bytes) -> list[str]:
    """Every mistake of a package, by file and place; [] where all was checked and nothing found.

    Checked: the archive, both manifests, the study file, each cell's kind, the tables against each other, and the
    list and the seed against the Merkle root and hash that were published (not where arms are letters).
    """
    return inspect(content).mistakes


def read_package(content: bytes, identity: str | None = None) -> Opened:
    """The package as `Opened`, decrypted by `identity` (the text of an age identity file) where it is encrypted.

    Raises NotReadable for a wrong key, NotWhole for a package with any mistake.
    """
    found = inspect(decrypted(content, identity))
    if found.opened is None:
        raise NotWhole(found.mistakes)
    return found.opened


def decrypted(content: bytes, identity: str | None) -> bytes:
    """The ZIP inside, by the identity where one is given. Raises NotReadable."""
    return decrypt(content, identity) if identity is not None else content


def inspect(content: bytes) -> Inspected:
    """Check a package whole; it is opened only where nothing is wrong."""
    if encrypted(content):
        return _wrong(["package: is encrypted with age; give the identity file whose public key it was encrypted to"])
    files, mistakes = unpacked(content)
    if not files:
        return _wrong(mistakes or ["package: is empty"])
    document, wrong = disagreements(files)
    mistakes += wrong
    view = next((one for one in VIEWS if one == document.get("view")), None)
    if view is None:
        return _wrong(mistakes + ([f"{FACTS}, view: is none of {', '.join(VIEWS)}"] if document else []))
    study, wrong = _study_of(files, view)
    tables, broken = tables_of(files, view)
    mistakes += [one for one in wrong + broken if one not in mistakes]
    if study is None or broken:
        return _wrong(mistakes, document)
    mistakes += inconsistencies(tables, study, view)
    mistakes += _said_otherwise(document, tables["generation_record"], study, view)
    if mistakes:
        return _wrong(mistakes, document)
    return Inspected(document, Opened(maker=MAKER, study=study, tables=tables, view=view), [])


def _wrong(mistakes: list[str], document: Mapping[str, Any] | None = None) -> Inspected:
    return Inspected(document or {}, None, mistakes)


def _said_otherwise(document: Mapping[str, Any], record: Sequence[Row], study: Study, view: View) -> list[str]:
    facts = {row["key"]: row["value"] for row in record} | {"study": study.id, "registration": study.registration}
    name = named(FACTS, view)
    return [
        f"{name}, {key}: is not what the package holds"
        for key in ("study", "registration", "lock_version", "frozen_sha256", "merkle_root")
        if document[key] != facts.get(key, "")
    ]


def _study_of(files: Mapping[str, bytes], view: View) -> tuple[Study | None, list[str]]:
    name = named(STUDY, view)
    if name not in files:
        return None, [f"{name}: is missing"]
    try:
        return parse_study(files[name], name), []
    except StudyMistakes as wrong:
        return None, [f"{name}: {one.key} {one.problem}" for one in wrong.mistakes]
