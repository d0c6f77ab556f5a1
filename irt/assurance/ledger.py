"""Kits and their ledger: every line follows the one before it, and the last one says where the kit is."""

from collections import defaultdict
from collections.abc import Iterable

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.dispensing.allowance import FREE
from irt.supply.ledger import TRANSITIONS

FIRST = "at_depot"


class Ledger:
    """Takes movements, kits, sealed kits and assignments, as stored, and compares them with one another."""

    def __init__(self, findings: Findings, movements: Iterable[Row]) -> None:
        self._findings = findings
        self._lines: dict[str, list[Row]] = defaultdict(list)
        for line in movements:  # ordered by kit and line
            self._lines[line["kit"]].append(line)

    def compare_kits(self, kits: Iterable[Row], sealed: Iterable[Row]) -> None:
        """Each kit stands where its last line put it, and its type is sealed under the same manifest."""
        types = {row["kit"]: row["manifest"] for row in sealed}
        left = dict(self._lines)
        for kit in kits:
            number = kit["number"]
            lines = left.pop(number, [])
            self._follow(number, lines)
            last = lines[-1] if lines else {"line": 0, "after": FIRST, "site": None, "participant": None}
            for column, source in (("moves", "line"), ("state", "after"), ("site", "site"),
                                   ("participant", "participant")):  # fmt: skip
                if kit[column] != last[source]:
                    expected = f"{column} {shown(last[source])} as its ledger ends"
                    self._findings.add("kit", number, expected, shown(kit[column]))
            if number not in types:
                self._findings.add("sealed_kit", number, "a sealed type for each kit", "none")
            elif types.pop(number) != kit["manifest"]:
                self._findings.add("sealed_kit", number, f"manifest {shown(kit['manifest'])}", "another")
        for number in left:
            self._findings.add("kit", number, "a kit for its lines in the ledger", "none")
        for number in types:
            self._findings.add("sealed_kit", number, "a kit for each sealed type", "none")

    def _follow(self, kit: str, lines: list[Row]) -> None:
        state = FIRST
        for number, line in enumerate(lines, 1):
            row = f"{kit}/{line['line']}"
            if line["line"] != number:
                self._findings.add("movement", f"{kit}/{number}", "a line with each number from 1", "none")
                return
            if line["before"] != state:
                self._findings.add("movement", row, f"before {state}", shown(line["before"]))
            if line["after"] not in TRANSITIONS.get(str(line["before"]), frozenset()):
                self._findings.add("movement", row, "a move that the life of a kit knows", shown(line["after"]))
            state = line["after"]

    def compare_assignments(self, assignments: Iterable[Row]) -> None:
        """Each assignment has its line, each such line its assignment; handed over as the ledger says.

        A kit that was handed over in the books and had never left is set aside again: the last such line counts.
        """
        assigned = self._moved("assigned")
        dispensed = {pair for pair, after in self._last_for_visit().items() if after == "dispensed"}
        for row in assignments:
            pair = (row["kit"], row["participant"])
            if pair not in assigned:
                self._findings.add("assignment", row["id"], f"a line of the ledger that assigns kit {pair[0]}", "none")
            assigned.discard(pair)
            if row["state"] != "void" and (pair in dispensed) != (row["state"] == "handed_over"):
                expected = "handed over" if pair in dispensed else "not handed over"
                self._findings.add("assignment", row["id"], f"{expected}, as the ledger says", shown(row["state"]))
        for kit, participant in sorted(assigned, key=str):
            self._findings.add("assignment", f"kit {kit}", f"the assignment to {participant} in the ledger", "none")

    def compare_waiting(
        self, kits: Iterable[Row], assignments: Iterable[Row], participants: Iterable[Row], mishaps: Iterable[Row]
    ) -> None:
        """A kit that stands set aside has one assignment that waits for it, stands where it can be handed over, and is
        the only one of its visit: at its participant's own site, or where it was told that they came."""
        homes = {row["id"]: row["site"] for row in participants}
        told = {(row["replacement_kit"], row["site"]) for row in mishaps if _promises(row)}
        waiting = {row["kit"]: row for row in assignments if row["state"] in ("assigned", "cancelled")}
        visits: dict[tuple[str, str], str] = {}
        for number, row in sorted(waiting.items(), key=str):
            other = visits.setdefault((row["participant"], row["visit"]), number)
            if other != number:
                expected = f"one kit that waits for a visit, and {other} does"
                self._findings.add("assignment", row["id"], expected, shown(number))
        for kit in kits:
            number = kit["number"]
            given = waiting.get(number)
            if kit["state"] != "assigned":
                if given is not None:
                    self._findings.add("assignment", given["id"], f"kit {number} set aside", shown(kit["state"]))
            elif given is None:
                self._findings.add("kit", number, "an assignment that waits for it", "none")
            elif kit["site"] != homes.get(given["participant"]) and (number, kit["site"]) not in told:
                self._findings.add("kit", number, "a site that can hand it over", shown(kit["site"]))

    def compare_allowances(self, assignments: Iterable[Row], express: Iterable[Row], allowances: Iterable[Row]) -> None:
        """Each kit of a visit after the two that need no word of a second person was allowed by one: drawn for it, or
        moved to it from another visit, which could else be given one more.

        An express kit is the visit's from its draw on, whether it was ever set aside or not, and no two kits of a visit
        are the same one of them.
        """
        allowed: dict[tuple[str, str], set[int]] = defaultdict(set)
        for word in allowances:
            allowed[word["participant"], word["visit"]].add(word["ordinal"])
        given = list(assignments)
        assigned = {row["kit"] for row in given}
        kits = [*given, *(row for row in express if row["kit"] not in assigned)]
        drawn: dict[tuple[str, str], int] = defaultdict(int)
        for row in sorted(kits, key=lambda row: (row["ordinal"], str(row["kit"]))):
            visit = row["participant"], row["visit"]
            drawn[visit] += 1
            unallowed = row["ordinal"] > FREE and row["ordinal"] not in allowed[visit]
            if unallowed or drawn[visit] > FREE + len(allowed[visit]):
                self._findings.add("kit_allowance", f"kit {row['kit']}", "a second person's word for this kit", "none")

    def _last_for_visit(self) -> dict[tuple[str, str], str]:
        lines = (line for kit in sorted(self._lines, key=str) for line in self._lines[kit])
        return {
            (line["kit"], line["participant"]): line["after"]
            for line in lines
            if line["after"] in ("assigned", "dispensed")
        }

    def _moved(self, after: str) -> set[tuple[str, str]]:
        return {
            (kit, line["participant"]) for kit, lines in self._lines.items() for line in lines if line["after"] == after
        }


def _promises(mishap: Row) -> bool:
    """Whether a kit waits where it was told that a participant of another site came."""
    return bool(mishap["kind"] == "elsewhere" and mishap["replacement"] == "set_aside")
