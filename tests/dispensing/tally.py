"""An independent tally of the vials' books, from the exported accountability CSV and nothing else.

    python -m tests.dispensing.tally FILE

Prints the totals of every participant and site, then every line that does not balance. Ends with 1 when one does not.
A kit that one site handed to a participant of another stands in both books: received by the one, with its vials passed
on, and counted by the other, once.
Knows nothing of the service: the columns below are the agreement.
"""

import csv
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

COLUMNS = (
    "site", "participant", "kit", "lot", "expiry", "visit", "vials", "assigned_on", "handed_over_on", "returned_on",
    "unused", "used", "broken", "lost", "unaccounted", "state", "discrepancy",
)  # fmt: skip
PARTS = ("unused", "used", "broken", "lost", "unaccounted")
COUNTED = ("returned", "reconciled")
PASSED_ON = "passed_on"
ALIKE = ("participant", "lot", "expiry", "vials")  # in both books


@dataclass(frozen=True)
class Tally:
    """Vials by site and by participant, and the lines that do not balance, in words."""

    sites: dict[str, Counter[str]]
    participants: dict[tuple[str, str], Counter[str]]
    wrong: list[str]


def read(text: str) -> list[dict[str, str]]:
    """The lines of the export; ValueError when its columns are not those agreed."""
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        raise ValueError(f"columns missing: {', '.join(missing)}")
    return list(lines)


def tally(lines: Iterable[dict[str, str]]) -> Tally:
    """Add everything up: of each counted kit vials = unused + used + broken + lost + unaccounted."""
    sites: dict[str, Counter[str]] = defaultdict(Counter)
    participants: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    lines, wrong = list(lines), []
    seen: set[str] = set()
    theirs = {line["kit"]: line for line in lines if line["state"] != PASSED_ON}
    whole = len({line["site"] for line in lines}) > 1  # of one site's books the other half is not there
    for number, line in enumerate(lines, 2):  # the heading is line 1
        if line["state"] == PASSED_ON:
            found = _faults_passed(line, theirs.get(line["kit"]), whole, seen)
        else:
            found = _faults(line, seen)
        wrong += [f"line {number}, kit {line['kit']}: {fault}" for fault in found]
        seen.add(_of(line))
        counts = Counter({name: _number(line[name]) or 0 for name in ("vials", *PARTS)})
        counts["kits"], counts["kits counted"] = 1, int(_counted(line))
        if line["state"] == PASSED_ON:
            counts["vials passed on"] = counts["vials"]
        elif not _counted(line):
            counts["vials out"] = counts["vials"]
        sites[line["site"]].update(counts)  # not +=, which forgets what is below 0
        participants[line["site"], line["participant"]].update(counts)
    return Tally(dict(sites), dict(participants), wrong)


def _of(line: dict[str, str]) -> str:
    """A kit stands once in all books, and once more in those of each site that passed it on."""
    return f"{line['site']} {line['kit']}" if line["state"] == PASSED_ON else line["kit"]


def _faults_passed(line: dict[str, str], theirs: dict[str, str] | None, whole: bool, seen: set[str]) -> Iterable[str]:
    if _of(line) in seen:
        yield "the kit stands on another line too"
    if any(line[name] for name in ("returned_on", *PARTS)):
        yield "passed on, and counted here too"
    if not all(line[name] for name in ("participant", "assigned_on", "handed_over_on")):
        yield "passed on, and not to whom and when"
    if theirs is None and whole:
        yield "passed on, and in no other site's books"
    elif theirs is not None and any(line[name] not in ("", theirs[name]) for name in ALIKE):
        yield "passed on as another kit than the one that came, or to another participant"


def _counted(line: dict[str, str]) -> bool:
    return bool(line["returned_on"])


def _faults(line: dict[str, str], seen: set[str]) -> Iterable[str]:
    if _of(line) in seen:
        yield "the kit stands on another line too"
    for name in ("vials", *PARTS):
        if line[name] and _number(line[name]) is None:
            yield f"{name} is no whole number: {line[name]!r}"
            return
    parts = [line[name] for name in PARTS]
    if not _counted(line):
        if any(parts):
            yield "counted, and never returned"
        if line["state"] in COUNTED:
            yield f"{line['state']}, and no day of return"
        return
    if not all(parts):
        yield "returned, and not every number is there"
        return
    total = sum(int(one) for one in parts)
    if total != int(line["vials"] or 0):
        yield f"{line['vials']} vials, {' + '.join(parts)} = {total}"
    settled = line["discrepancy"] == "none", line["discrepancy"] == "open"
    if settled[line["unaccounted"] == "0"]:  # a difference that nobody asks about, a question without a difference
        yield f"{line['unaccounted']} unaccounted, discrepancy {line['discrepancy']}"
    if line["handed_over_on"] and line["returned_on"] < line["handed_over_on"]:
        yield f"returned on {line['returned_on']}, before it was handed over on {line['handed_over_on']}"


def _number(text: str) -> int | None:
    return int(text) if text.removeprefix("-").isdecimal() else None


def shown(found: Tally) -> list[str]:
    """The totals and what is wrong, a line each."""
    order = ("kits", "kits counted", "vials", "vials out", "vials passed on", *PARTS)

    def totals(name: str, counts: Counter[str]) -> str:
        named = [one for one in order if one != "vials passed on" or counts[one]]
        return f"{name}: " + ", ".join(f"{counts[one]} {one}" for one in named)

    lines = [totals(f"{site} {who}", counts) for (site, who), counts in sorted(found.participants.items())]
    lines += [totals(f"site {site}", counts) for site, counts in sorted(found.sites.items())]
    whole: Counter[str] = Counter()
    for counts in found.sites.values():
        whole.update(counts)
    lines.append(totals("all", whole))
    return [*lines, *found.wrong, f"lines that do not balance: {len(found.wrong)}"]


def main(arguments: list[str]) -> int:
    """Read the file, print, and end with 1 when a line does not balance."""
    found = tally(read(Path(arguments[0]).read_text(encoding="utf-8")))
    print(*shown(found), sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
