"""Counters, draws, slots and randomizations agree; checked through ids and numbers, without opening an arm."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row

HIDDEN = "<sealed>"  # which slot and position a participant has could tell an arm: never shown


def compare_draws(findings: Findings, draws: Iterable[Row], counters: Iterable[Row], slots: Iterable[Row]) -> None:
    """Each draw has the slot of its stratum and position; a stratum's positions are 1 … its counter, each once."""
    place = {slot["id"]: (slot["stratum"], slot["position"]) for slot in slots}
    size = Counter(stratum for stratum, _ in place.values())
    positions: dict[str, list[Any]] = defaultdict(list)
    for draw in draws:
        positions[draw["stratum"]].append(draw["position"])
        if place.get(draw["slot"]) != (draw["stratum"], draw["position"]):
            findings.add("draw", draw["participant"], "the slot of its stratum and position", f"slot {HIDDEN}")
    for counter in counters:
        stratum = counter["stratum"]
        drawn = positions.pop(stratum, [])
        if sorted(drawn, key=str) != sorted(range(1, len(drawn) + 1), key=str):
            findings.add("draw", f"stratum {stratum}", "positions from 1 without a gap, each once", HIDDEN)
        if counter["used"] != len(drawn):
            findings.add("stratum_counter", stratum, "used: as many as its draws", f"used {HIDDEN}")
        if counter["slots"] != size[stratum]:
            findings.add("stratum_counter", stratum, f"slots {size[stratum]}", shown(counter["slots"]))
    for stratum in positions:
        findings.add("stratum_counter", stratum, "a counter for each stratum that was drawn from", "none")


def compare_randomizations(
    findings: Findings,
    randomizations: Iterable[Row],
    draws: Iterable[Row],
    participants: Iterable[Row],
    enrolment: Iterable[Row],
) -> None:
    """One draw for each randomization, of the same stratum; the enrolment counters count them by site and in all."""
    drawn = {draw["participant"]: draw["stratum"] for draw in draws}
    count: Counter[str] = Counter()
    randomized = {}
    for row in randomizations:
        who = row["participant"]
        randomized[who] = row["site"]
        count.update(("study", f"site:{row['site']}"))
        if who not in drawn:
            findings.add("draw", who, "a draw for each randomization", "none")
        elif drawn[who] != row["stratum"]:
            findings.add("randomization", who, f"stratum {shown(drawn[who])} as drawn", shown(row["stratum"]))
    for who in drawn.keys() - randomized.keys():
        findings.add("randomization", who, "a randomization for each draw", "none")
    for row in participants:
        there = row["id"] in randomized
        if there and row["state"] not in ("randomized", "withdrawn", "completed"):
            findings.add("participant", row["id"], "state randomized, withdrawn or completed", shown(row["state"]))
        if not there and row["state"] == "randomized":
            findings.add("randomization", row["id"], "a row for a randomized participant", "none")
        if there and randomized[row["id"]] != row["site"]:
            findings.add("randomization", row["id"], f"site {shown(row['site'])}", shown(randomized[row["id"]]))
    for row in enrolment:
        if row["randomized"] != count[row["scope"]]:
            findings.add("enrolment", row["scope"], f"randomized {count[row['scope']]}", shown(row["randomized"]))
