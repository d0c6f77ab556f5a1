"""Lots and quarantines: nobody was given a kit that was not released, was in quarantine, or was too old."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.clock import local_day
from irt.db import INSTANT_FORMAT
from irt.study import Study
from irt.supply.expiry import last_possible_use
from irt.supply.lots import NEW_EXPIRY

AFTER = {"released": "released", "held": "held", "resumed": "released", "rejected": "rejected"}
LEFT_ALONE = ("lost", "missing", "misallocated")  # before a kit is in quarantine as one that was found again


class Quality:
    """Takes kits, their ledger, lots, decisions and quarantines, as stored, and compares them with one another.

    What came first is asked of the trail, and not of the times: an act is dated when it begins, and one that waits for
    another's rows is done after it, whichever began first. `place_of`: where in the trail a row was last written.
    """

    def __init__(
        self,
        findings: Findings,
        study: Study,
        kits: Iterable[Row],
        movements: Iterable[Row],
        lots: Iterable[Row],
        decisions: Iterable[Row],
        place_of: Callable[[str, str], int | None],
    ) -> None:
        self._findings, self._study, self._place_of = findings, study, place_of
        self._kits = {row["number"]: row for row in kits}
        self._lines: dict[str, list[Row]] = defaultdict(list)
        for line in movements:  # ordered by kit and line
            self._lines[line["kit"]].append(line)
        self._lots = {row["code"]: row for row in lots}
        self._decisions: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(decisions, key=lambda row: (row["lot"], row["ordinal"])):
            self._decisions[row["lot"]].append(row)

    def compare_lots(self) -> None:
        """Each lot stands as its decisions left it, and each kit has its lot's expiry."""
        for code, lot in self._lots.items():
            decided = self._decisions[code]
            for number, row in enumerate(decided, 1):
                if row["ordinal"] != number:
                    self._findings.add("lot_decision", row["id"], f"decision {number}", shown(row["ordinal"]))
            state = self._state_at(code, None)
            if lot["state"] != state:
                self._findings.add("lot", code, f"state {shown(state)} by its decisions", shown(lot["state"]))
            expiries = [row["expiry"] for row in decided if row["kind"] in NEW_EXPIRY]
            if expiries and lot["expiry"] != expiries[-1]:
                self._findings.add("lot", code, f"expiry {shown(expiries[-1])} as decided", shown(lot["expiry"]))
        for number, kit in self._kits.items():
            expiry = self._lots[kit["lot"]]["expiry"] if kit["lot"] in self._lots else None
            if kit["expiry"] != expiry:
                self._findings.add("kit", number, f"expiry {shown(expiry)} of its lot", shown(kit["expiry"]))

    def _decided(self, row: Row) -> int:
        """Where in the trail a decision on a lot stands; one that it does not know is found elsewhere, and is first."""
        return self._place_of("lot_decision", row["id"]) or 0

    def _state_at(self, code: str, place: int | None) -> str:
        """A lot's state at a place of the trail, or now. One that had kits before any decision began as released."""
        decided = [row for row in self._decisions[code] if row["kind"] in AFTER]
        began = "received" if decided and decided[0]["kind"] in ("released", "rejected") else "released"
        if not decided and self._lots[code]["state"] == "received":
            began = "received"
        known = [AFTER[row["kind"]] for row in decided if place is None or self._decided(row) < place]
        return known[-1] if known else began

    def _expiry_at(self, code: str, place: int) -> str:
        """A lot's expiry at a place of the trail: before a later change, the one that it replaced."""
        later = [row for row in self._decisions[code] if row["kind"] in NEW_EXPIRY and self._decided(row) > place]
        return str(later[0]["before"] if later else self._lots[code]["expiry"])

    def compare_given(self, quarantines: Iterable[Row], held: Iterable[Row], assignments: Iterable[Row]) -> None:
        """No kit went to anybody while its lot was not released, while it was in quarantine, or too old for its use."""
        entries = {row["id"]: row for row in quarantines}
        spans: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
        for row in held:
            entry = entries.get(row["quarantine"])
            since = self._place_of("quarantined_kit", f"{row['quarantine']}/{row['kit']}/{row['line']}")
            if entry is not None and since is not None and self._stood(row):
                until = self._place_of("quarantine", entry["id"]) if entry["state"] != "open" else None
                spans[row["kit"]].append((since, until))
        visits = {(row["kit"], row["participant"]): row["visit"] for row in assignments if row["state"] != "void"}
        for number, lines in self._lines.items():
            for line in lines:
                if line["after"] == "dispensed" and number in self._kits:
                    self._compare_hand_over(line, spans[number], visits.get((number, line["participant"])))

    def _stood(self, row: Mapping[str, Any]) -> bool:
        """Whether the line of the ledger at which a kit is said to be in quarantine put or kept it there."""
        lines = self._lines.get(row["kit"], [])
        return bool(0 < row["line"] <= len(lines))

    def _compare_hand_over(self, line: Row, spans: list[tuple[int, int | None]], visit: str | None) -> None:
        kit, row = self._kits[line["kit"]], f"{line['kit']}/{line['line']}"
        at = self._place_of("movement", row)
        if at is None:
            return  # a line that the trail does not know is a finding of its own
        if kit["lot"] in self._lots and (state := self._state_at(kit["lot"], at)) != "released":
            self._findings.add("movement", row, "a kit of a released lot", f"lot {kit['lot']} {shown(state)}")
        if any(since <= at and (until is None or at < until) for since, until in spans):
            self._findings.add("movement", row, "a kit that nothing held in quarantine", "one in quarantine")
        if kit["lot"] in self._lots:
            self._compare_age(line, row, date.fromisoformat(self._expiry_at(kit["lot"], at)), visit)

    def _compare_age(self, line: Row, row: str, expiry: date, visit: str | None) -> None:
        day = local_day(_instant(line["moved_at"]), self._study.site(line["site"]).time_zone)
        planned = {one.id for one in getattr(self._study, "visits", ())}
        needed = last_possible_use(self._study, visit, day) if visit in planned and visit is not None else day
        if expiry < needed:
            self._findings.add("movement", row, f"a kit in date until {needed}, its last possible use", f"{expiry}")

    def compare_exposed(self, quarantines: Iterable[Row], exposed: Iterable[Row]) -> None:
        """A kit that went home from a refrigerator that had failed stands as its entry does."""
        states = {row["id"]: row["state"] for row in quarantines}
        for row in exposed:
            if row["state"] != (state := states.get(row["quarantine"])):
                key = f"{row['quarantine']}/{row['kit']}"
                self._findings.add("exposed_kit", key, f"state {shown(state)} of its entry", shown(row["state"]))

    def compare_held(self, quarantines: Iterable[Row], held: Iterable[Row]) -> None:
        """Each kit in quarantine is held by an open entry or was found again; each kit of an open entry is there."""
        entries = {row["id"]: row for row in quarantines}
        holding: dict[str, list[Row]] = defaultdict(list)
        for row in held:
            entry = entries.get(row["quarantine"])
            if entry is not None and entry["state"] == "open":
                holding[row["kit"]].append(row)
        for number, kit in self._kits.items():
            now = [row for row in holding[number] if row["line"] == kit["moves"]]
            if kit["state"] == "quarantined":
                before = self._lines[number][-1]["before"] if self._lines[number] else None
                if not now and before not in LEFT_ALONE:
                    self._findings.add("kit", number, "an open quarantine that holds it", "none")
            elif now:
                self._findings.add("kit", number, "in quarantine, as its open entry says", shown(kit["state"]))
        open_lots = {row["lot"] for row in entries.values() if row["state"] == "open" and row["kind"] == "lot"}
        on_hold = {code for code, lot in self._lots.items() if lot["state"] == "held"}
        for code in sorted(open_lots ^ on_hold):
            self._findings.add("lot", code, "on hold while an open entry holds its kits", self._lots[code]["state"])


def _instant(text: str) -> datetime:
    return datetime.strptime(text, INSTANT_FORMAT).replace(tzinfo=UTC)
