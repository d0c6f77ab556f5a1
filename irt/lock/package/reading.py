"""A package read back: verified whole, and only then made into `Opened`."""

from collections.abc import Mapping

from irt.lock.opened import MAKER, Opened, View
from irt.lock.package.archive import unpacked
from irt.lock.package.consistency import inconsistencies
from irt.lock.package.encryption import decrypt, encrypted
from irt.lock.package.manifest import disagreements, named
from irt.lock.package.tables import tables_of
from irt.study import Study, StudyMistakes, parse_study

STUDY = "study.toml"
VIEWS: tuple[View, ...] = ("final", "letters", "rehearsal")


class NotWhole(Exception):  # noqa: N818 -- named for what it says, as all refusals here
    """A package that is not what was handed over; `mistakes` names every one."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def verify_package(content: bytes) -> list[str]:
    """Every mistake of a package, by file and place; [] where all was checked and nothing found.

    Checked: the archive, both manifests, the study file, each cell's kind, the tables against each other, and the
    list and the seed against the Merkle root and hash that were published (not where arms are letters).
    """
    return _checked(content)[1]


def read_package(content: bytes, identity: str | None = None) -> Opened:
    """The package as `Opened`, decrypted by `identity` (the text of an age identity file) where it is encrypted.

    Raises NotReadable for a wrong key, NotWhole for a package with any mistake.
    """
    plain = opened_with(content, identity)
    opened, mistakes = _checked(plain)
    if opened is None or mistakes:
        raise NotWhole(mistakes)
    return opened


def opened_with(content: bytes, identity: str | None) -> bytes:
    """The ZIP inside, by the identity where there is one. Raises NotReadable."""
    return decrypt(content, identity) if identity is not None else content


def _checked(content: bytes) -> tuple[Opened | None, list[str]]:
    if encrypted(content):
        return None, ["package: is encrypted with age; give the identity file whose public key it was encrypted to"]
    files, mistakes = unpacked(content)
    if not files:
        return None, mistakes or ["package: is empty"]
    document, wrong = disagreements(files)
    mistakes += wrong
    view = next((one for one in VIEWS if one == document.get("view")), None)
    if view is None:
        return None, mistakes or [f"manifest.json: view is none of {', '.join(VIEWS)}"]
    study, wrong = _study_of(files, view)
    tables, broken = tables_of(files, view)
    mistakes += [one for one in wrong + broken if one not in mistakes]
    if study is None or broken:
        return None, mistakes
    mistakes += inconsistencies(tables, study, view)
    facts = {row["key"]: row["value"] for row in tables["generation_record"] if "key" in row}
    mistakes += [
        f"{named('manifest.json', view)}, {key}: is not that of generation_record"
        for key in ("lock_version", "frozen_sha256", "merkle_root")
        if document[key] != facts.get(key, "")
    ]
    if mistakes:
        return None, mistakes
    text = files[named(STUDY, view)].decode()
    return Opened(maker=MAKER, study=study, study_text=text, tables=tables, view=view), []


def _study_of(files: Mapping[str, bytes], view: View) -> tuple[Study | None, list[str]]:
    name = named(STUDY, view)
    if name not in files:
        return None, [f"{name}: is missing"]
    try:
        return parse_study(files[name], name), []
    except StudyMistakes as wrong:
        return None, [f"{name}: {one.key} {one.problem}" for one in wrong.mistakes]
