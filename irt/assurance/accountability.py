"""The vials' books: each kit that came back is counted once and adds up, or the difference is a discrepancy."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.dispensing.agreement import BACK
from irt.dispensing.discrepancies import BY_ITSELF
from irt.supply.ledger import AT_HOME

AWAY = (*AT_HOME, "assigned")  # where a kit was before it came back or was lost


class Accounts:
    """Takes kits, their ledger, counts and discrepancies, as stored, and compares them with one another."""

    def __init__(
        self,
        findings: Findings,
        kits: Iterable[Row],
        movements: Iterable[Row],
        counts: Iterable[Row],
        discrepancies: Iterable[Row],
    ) -> None:
        self._findings = findings
        self.kits = {row["number"]: row for row in kits}
        self.lines: dict[str, list[Row]] = defaultdict(list)
        for line in movements:
            self.lines[line["kit"]].append(line)
        self._counts: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(counts, key=lambda row: (row["kit"], row["revision"])):
            self._counts[row["kit"]].append(row)
        self._discrepancies = sorted(discrepancies, key=lambda row: (row["opened_at"], row["id"]))

    def compare(self) -> None:
        """Every check of counts and discrepancies."""
        for number, kit in self.kits.items():
            counted = self._counts.get(number, [])
            self._compare_revisions(counted)
            self._compare_ledger(number, counted)
            self._compare_state(kit, counted)
            if counted:
                self._compare_vials(kit, counted[-1])
        self._compare_open()
        for row in self._discrepancies:
            self._compare_discrepancy(row)

    def holders(self, number: str) -> set[str]:
        """Everybody in whose hands a kit was."""
        return {line["participant"] for line in self.lines[number] if line["after"] in AT_HOME}

    # -- counts --------------------------------------------------------------------------------------------------

    def _compare_revisions(self, counted: list[Row]) -> None:
        for number, row in enumerate(counted, 1):
            if row["revision"] != number:
                self._wrong("kit_return", row, f"revision {number}: one after the other", shown(row["revision"]))
            if number > 1 and not row["reason"]:
                self._wrong("kit_return", row, "a reason why it was counted again", "none: a kit comes back once")
            before = 0
            if number > 1:
                last = counted[number - 2]
                before = last["used_before" if last["participant"] == row["participant"] else "used"]
            if row["used_before"] != before:
                self._wrong(
                    "kit_return", row, f"{before} vials used by whoever had the kit before", f"{row['used_before']}"
                )

    def _compare_ledger(self, number: str, counted: list[Row]) -> None:
        """Each kit that came back has its count of the same moment, and each first count its line."""
        moments = Counter((row["counted_at"], row["counted_by"], row["participant"]) for row in counted)
        first = (counted[0]["counted_at"], counted[0]["counted_by"]) if counted else None
        seen = False
        for line in self.lines[number]:
            here = (line["moved_at"], line["moved_by"])
            seen = seen or (here == first and line["after"] in ("returned", "lost"))
            if line["after"] == "returned" and not moments[(*here, line["participant"])]:
                expected = f"a count of its vials by {shown(here[1])} at {shown(here[0])}, of its holder"
                self._findings.add("movement", f"{number}/{line['line']}", expected, "none")
        if counted and not (self.holders(number) or self._given_up(number)):
            self._wrong("kit_return", counted[0], f"no count: kit {number} was never given out", "a count")
        elif counted and not seen:
            self._wrong("kit_return", counted[0], f"a line of the ledger by which kit {number} came back then", "none")
        for row in counted:
            if row["participant"] not in self._theirs(number):
                self._wrong("kit_return", row, f"a participant who had kit {number}", shown(row["participant"]))

    def _given_up(self, number: str) -> bool:
        return any(line["after"] == "lost" and line["before"] in AWAY for line in self.lines[number])

    def _theirs(self, number: str) -> set[str]:
        """Everybody for whom a kit was: also those for whom it was set aside when it was lost."""
        away = {line["participant"] for line in self.lines[number] if line["before"] in AWAY or line["after"] in AWAY}
        return self.holders(number) | away

    def _compare_state(self, kit: Row, counted: list[Row]) -> None:
        number, state = kit["number"], kit["state"]
        passed = {line["after"] for line in self.lines[number]}
        if not counted and (state in BACK[:2] or (state in BACK and "returned" in passed)):
            self._findings.add("kit_return", f"kit {number}", "a count of a kit that came back", "none")

    # -- differences ---------------------------------------------------------------------------------------------

    def _compare_vials(self, kit: Row, count: Row) -> None:
        number, state = kit["number"], kit["state"]
        total = sum(count[name] for name in ("unused", "used", "broken", "lost"))
        said = [row for row in self._discrepancies if row["kit"] == number and row["kind"] == "vials"]
        last = next((row for row in said if row["state"] == "open"), said[-1] if said else None)
        if total == kit["vials"]:
            if last is not None and last["state"] == "open":
                self._wrong("discrepancy", last, f"resolved: the vials of kit {number} add up", "open")
            if state == "returned":
                self._findings.add("kit", number, "state 'reconciled': its vials add up", shown(state))
            return
        difference = f"{kit['vials']} vials expected, {total} found"
        settled = last is not None and last["state"] == "resolved" and last["resolution"] not in BY_ITSELF
        if last is None or (last["state"] == "resolved" and not settled):
            self._wrong("kit_return", count, f"{kit['vials']} vials, or a discrepancy about kit {number}", f"{total}")
        elif (last["expected"], last["found"]) != (kit["vials"], total):
            self._wrong("discrepancy", last, difference, f"{last['expected']} expected, {last['found']} found")
        if state == "reconciled" and not settled:
            self._findings.add("kit", number, f"not reconciled while nobody has said why: {difference}", shown(state))
        if state == "returned" and settled:
            self._findings.add("kit", number, "state 'reconciled': its difference is resolved", shown(state))

    def _compare_open(self) -> None:
        opened = Counter(
            (row["kind"], row["kit"], row["participant"]) for row in self._discrepancies if row["state"] == "open"
        )
        for row in self._discrepancies:
            about = (row["kind"], row["kit"], row["participant"])
            if row["state"] == "open" and opened[about] > 1:
                self._wrong("discrepancy", row, "one open discrepancy about one thing", f"{opened[about]}")

    def _compare_discrepancy(self, row: Row) -> None:
        who = (row["resolution"], row["resolved_by"], row["resolved_at"])
        if (row["state"] == "resolved") != all(who) or (row["state"] == "open" and any(who)):
            self._wrong(
                "discrepancy", row, "who resolved it, when and why; nothing of that while it is open", shown(who)
            )
        if (row["kind"] == "adherence") != (row["kit"] is None):
            self._wrong("discrepancy", row, "a kit, and none where it is about adherence", shown(row["kit"]))
        if row["kind"] == "adherence" and not row["found"] > row["expected"]:
            found = f"{shown(row['expected'])}, {shown(row['found'])}"
            self._wrong("discrepancy", row, "more doses found than expected", found)
        if row["kit"] is None:
            return
        if row["participant"] not in self._theirs(row["kit"]):
            self._wrong("discrepancy", row, f"a participant who had kit {row['kit']}", shown(row["participant"]))
        if row["kit"] not in self._counts:
            self._wrong("discrepancy", row, f"a count of kit {row['kit']}", "none")

    def compare_used(self, recorded: Mapping[tuple[str, str], int], whole: Mapping[str, str | None]) -> None:
        """What the diary has of each kit against its used vials: the open discrepancy states both, and there is one.

        Of a kit that several had: those that each of them used. `recorded`: doses from each kit of each participant.
        `whole`: for each participant the first day that the diary leaves out, None
        when it leaves out none; a participant who is not there is not asked about.
        """
        diary = [row for row in self._discrepancies if row["kind"] == "diary"]
        for count in self._last_of_each():
            number, who = count["kit"], count["participant"]
            used, found = count["used"] - count["used_before"], recorded.get((number, who), 0)
            said = [row for row in diary if (row["kit"], row["participant"]) == (number, who)]
            last = next((row for row in said if row["state"] == "open"), said[-1] if said else None)
            numbers = (last["expected"], last["found"]) if last is not None else None
            if last is not None and last["state"] == "open" and (numbers != (used, found) or used == found):
                expected = f"{used} vials used, {found} doses recorded from kit {number}, and open while they differ"
                self._wrong("discrepancy", last, expected, f"{numbers[0]}, {numbers[1]}" if numbers else "none")
            if used == found or who not in whole:
                continue
            gap = whole[who]
            if gap is not None and gap <= count["returned_on"]:
                continue
            explained = last is not None and (last["state"] == "open" or last["resolution"] not in BY_ITSELF)
            if not explained or numbers != (used, found):
                expected = f"{found} used, as recorded from kit {number}, or a discrepancy about both"
                self._wrong("kit_return", count, expected, f"{used}")

    def _last_of_each(self) -> Iterator[Row]:
        """For each kit the last count of everybody who had it, whose hands it has left, and not as lost."""
        for number, counted in self._counts.items():
            kit = self.kits.get(number, {})
            for who, count in {row["participant"]: row for row in counted}.items():
                if kit.get("state") in BACK or kit.get("participant") != who:
                    yield count

    def _wrong(self, table: str, row: Row, expected: str, found: str) -> None:
        self._findings.add(table, row["id"], expected, found)
