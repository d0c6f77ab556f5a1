"""The derived files made again from a package's tables: what a manifest and the list cannot tell of them."""

import json
from datetime import datetime

from irt.lock.package.archive import unpacked
from irt.lock.package.manifest import FACTS, SUMS, named
from irt.lock.package.reading import Inspected
from irt.lock.package.writing import ENVIRONMENT, Progress, write_package


def not_as_made(found: Inspected, content: bytes, progress: Progress | None = None) -> list[str]:
    """The files of a whole package that this software does not make of its tables, byte for byte.

    Other versions of software and libraries than environment.json names may write other bytes: then it says so of
    files that nobody changed.
    """
    if found.opened is None:
        return []
    document, view = found.document, found.opened.view
    theirs, _ = unpacked(content)
    try:
        versions = json.loads(theirs[named(ENVIRONMENT, view)])
        made_at = datetime.fromisoformat(document["made_at"])
        software = versions.pop("irt")
        made = write_package(found.opened, progress, made_at=made_at, software=software, versions=versions)
    except (KeyError, ValueError, AttributeError, TypeError, OverflowError):
        return [
            f"{named(ENVIRONMENT, view)}: or the time in {named(FACTS, view)}, or a code in the tables that study.toml "
            "does not have, cannot be read; nothing was made again"
        ]
    ours, _ = unpacked(made)
    manifests = (named(FACTS, view), named(SUMS, view))
    names = [name for name in dict.fromkeys((*ours, *theirs)) if name not in manifests]
    return [
        f"{name}: is not what this software makes of the tables" for name in names if ours.get(name) != theirs.get(name)
    ]
