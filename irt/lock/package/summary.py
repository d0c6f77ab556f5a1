"""What a package is and what was checked of it, in lines for whoever runs the check: counts, hashes, never an arm."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from irt.lock.package.manifest import SUMS, named
from irt.lock.package.reading import Inspected, decrypted, inspect
from irt.lock.package.signed import over_frozen

Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Verdict:
    """`told`: what the package says it is; `checked`: what was checked; `files`: name, bytes and what each is."""

    told: Lines
    checked: Lines
    files: list[tuple[str, int, str]]
    mistakes: list[str]


def verdict(
    content: bytes,
    identity: str | None = None,
    *,
    rebuild: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Verify a package, decrypted by the text of an identity file where one is given. Raises NotReadable.

    `rebuild`: make what is derived again from the tables, too, and compare each file; `progress`: of that.
    """
    plain = decrypted(content, identity)
    found = inspect(plain)
    mistakes = found.mistakes
    if rebuild and not mistakes:
        from irt.lock.package.rebuilding import not_as_made  # what writes a package loads the heavy libraries

        mistakes = not_as_made(found, plain, progress)
    document = found.document
    told = [("SHA-256", hashlib.sha256(content).hexdigest()), ("bytes", str(len(content)))]
    if identity is not None:
        told.append(("SHA-256 decrypted", hashlib.sha256(plain).hexdigest()))
    for key in ("study", "registration", "view", "lock_version", "frozen_sha256", "merkle_root", "made_at", "software"):
        if document.get(key):
            told.append((key.replace("_", " "), document[key]))
    files = [(one["name"], one["bytes"], one["what"]) for one in document.get("files", [])]
    checked = _checked(found)
    if rebuild and found.opened is not None:
        checked.append(("derived files", "made again from the tables, and compared byte for byte"))
    return Verdict(told, checked, files, mistakes)


def _checked(found: Inspected) -> Lines:
    if found.opened is None:
        return []
    opened = found.opened
    tables, facts = opened.tables, opened.facts
    cells = sum(len(rows) * len(rows[0]) for rows in tables.values() if rows)
    slots, drawn = len(tables["randomization_list"]), len(tables["allocations"])
    matched = sum(bool(row["match"]) for name in ("dispensing", "misallocations") for row in tables[name])
    root = f"computed over {slots} slots"
    seed = "has the SHA-256 that was published" if facts.get("seed_sha256") else "not checked: no hash of it here"
    signed = f"{len(over_frozen(tables, facts))} of lock and release, over the frozen data"
    if opened.view == "letters":
        root, seed = "not checked: arms are letters, and the root is over the arms", "not checked: no hash of it here"
    if opened.view == "rehearsal":
        root = f"computed over {slots} invented slots; not checked: a rehearsal, of which none was published"
        seed = "not checked: a rehearsal, of which no hash was published"
        signed = "not checked: a rehearsal, of data that nobody has locked"
    return [
        ("files", f"{len(found.document['files']) + 1} as {named(SUMS, opened.view)} lists them"),
        ("cells", f"{cells} in {len(tables)} tables, each of its kind; no key twice"),
        ("draws", f"{drawn} participants at the next slot of their stratum, in order of time"),
        ("kits", f"{matched} times the arm of a kit against the arm of who got it"),
        ("Merkle root", root),
        ("seed", seed),
        ("signatures", signed),
    ]
