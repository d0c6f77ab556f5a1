"""From what was opened to what is handed over: the package, and the analysis made from the package alone.

Doors call these and hand the value on; they never look into it. The analysis is made from the package, so that what the
service shows is what anybody gets who has the package.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Literal

from irt.analysis.results import Results
from irt.lock.opened import Opened
from irt.lock.package import archive

Progress = Callable[[str, int, int], None]  # the stage, the parts done, and of how many

NEEDED = ("scipy", "pandas", "pyreadstat", "odmlib", "matplotlib", "pyrage")  # the extra `analysis`
TOLD = ("numpy", *NEEDED, "fpdf2")  # whose versions the package tells

PACKAGE, ANALYSIS = "REHEARSAL_package.zip", "REHEARSAL_analysis/"  # of a rehearsal's files


def missing() -> list[str]:
    """What of the extra `analysis` is not installed here; without all of it neither package nor analysis is made."""
    return [name for name in NEEDED if find_spec(name) is None]


def versions() -> dict[str, str]:
    """The versions of what makes package and analysis."""
    found = {}
    for name in TOLD:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def packed(opened: Opened, progress: Progress, *, made_at: datetime, software: str) -> bytes:
    """The package of what was opened, verified before it is handed on; raises NotWhole with every mistake."""
    from irt.lock.package.reading import NotWhole, verify_package
    from irt.lock.package.writing import write_package

    content = write_package(
        opened, lambda done, of: progress("package", done, of), made_at=made_at, software=software, versions=versions()
    )
    if mistakes := verify_package(content):
        raise NotWhole(mistakes)
    return content


def analysed(
    package: bytes,
    progress: Progress,
    *,
    lists: int | None = None,
    identity: str | None = None,
    languages: Sequence[Literal["en", "zh"]] = ("en", "zh"),
) -> tuple[dict[str, bytes], Results]:
    """Name → content of every file of the analysis, made from a package that is verified first, and the numbers.

    `identity`: what opens an encrypted package; `languages`: in which the report is written. Raises NotWhole,
    NotReadable, and WrongTablesError where the tables of a whole package contradict each other.
    """
    from irt.analysis.final import final_analysis
    from irt.analysis.folder import write_analysis
    from irt.lock.package.reading import read_package

    opened = read_package(package, identity)
    results = final_analysis(opened, lambda done, of: progress("analysis", done, of), lists)
    progress("report", 0, len(languages))
    files = write_analysis(opened, results, languages, lambda done, of: progress("report", done, of))
    return files, results


def rehearsed(opened: Opened, progress: Progress, *, made_at: datetime, software: str, lists: int) -> bytes:
    """Package and analysis of a rehearsal in one ZIP, the package as PACKAGE in it, each file marked as what it is."""
    assert opened.view == "rehearsal", "nothing but an invented allocation is rehearsed on"
    content = packed(opened, progress, made_at=made_at, software=software)
    files, _results = analysed(content, progress, lists=lists)
    return archive.packed({PACKAGE: content} | {f"{ANALYSIS}{name}": one for name, one in files.items()}, made_at)


def primary_result(results: Results) -> dict[str, Any]:
    """The primary result in a few numbers, as a door prints it."""
    arms = {str(row["arm"]): row for row in results.tables["primary_arms"].records()}
    by = {str(row["method"]): row for row in results.tables["primary"].records()}
    difference, redrawn = by["mantel_haenszel_risk_difference"], by["rerandomization_test"]
    return {
        "participants": {arm: row["participants"] for arm, row in arms.items()},
        "responders": {arm: row["responders"] for arm, row in arms.items()},
        "risk_difference": difference["estimate"],
        "interval": [difference["low"], difference["high"]],
        "p_cmh": by["cochran_mantel_haenszel"]["p"],
        "p_rerandomization": redrawn["p"],
    }


def populations(results: Results) -> dict[str, dict[str, Any]]:
    """Population → arm → how many."""
    found: dict[str, dict[str, Any]] = {}
    for row in results.tables["populations"].records():
        found.setdefault(str(row["set"]), {})[str(row["arm"])] = row["participants"]
    return found
