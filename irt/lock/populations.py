"""Who is in which population, masked: from the tables without arms, by the rules of the protocol and what was decided.

Full analysis set: everybody who was randomized (ICH E9 5.2.1). Somebody may be left out there only by a decision, and
only where the rule sees a ground for one: randomized in error, or never dosed. Per-protocol set: those of the full
analysis set of whom no important deviation was agreed to exclude them, who took enough of the doses due before the
primary visit, whose primary outcome was observed or decided by an event, and whose code was not broken before it.
The safety set needs to know who was dosed, and, as treated, from which kit: it is no decision, and made at the release.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from irt.db import canonical
from irt.study import Study

Population = Literal["full_analysis", "per_protocol"]
POPULATIONS: tuple[Population, ...] = ("full_analysis", "per_protocol")
GROUNDS = ("randomized_in_error", "never_dosed")  # for leaving somebody out of the full analysis set

Masked = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class Membership:
    """Whether somebody is in a population, and why not: a ground of the rule, or `decided`."""

    participant: str  # screening number
    population: Population
    included: bool
    reasons: tuple[str, ...]
    decided: bool

    @property
    def reason(self) -> str:
        """Why not; empty for who is in it."""
        return "" if self.included else " ".join(self.reasons) or "decided"


def memberships(study: Study, masked: Masked, decisions: Iterable[Any], numbers: Mapping[str, str]) -> list[Membership]:
    """Everybody who was randomized, for each population. `decisions`: rows of PopulationDecision; `numbers`:
    participant → screening number."""
    said: dict[tuple[str, str], Any] = {}
    for row in sorted(decisions, key=lambda row: int(row.revision)):
        said[numbers[row.participant], row.population] = row
    found, excluded = [], _excluded(masked)
    responses = {row["participant"]: row for row in masked["responses"] if row["endpoint"] == study.analysis.primary}
    early = _broken_early(masked, responses)
    for row in masked["participants"]:
        if not row["randomized_on"]:
            continue
        who = row["participant"]
        grounds = _grounds(row)
        decided = said.get((who, "full_analysis"))
        full = decided is None or decided.included or not grounds
        found.append(Membership(who, "full_analysis", full, () if full else grounds, decided is not None))
        failed = [] if full else ["not_in_full_analysis"]
        failed += ["important_deviation"] if who in excluded else []
        failed += ["too_few_doses"] if _too_few(study, row) else []
        failed += ["primary_missing"] if responses[who]["decided_by"] == "missing" else []
        failed += ["code_broken"] if who in early else []
        decided = said.get((who, "per_protocol"))
        inside = decided.included if decided is not None and full else not failed
        found.append(Membership(who, "per_protocol", inside, tuple(failed), decided is not None))
    return found


def _grounds(row: Mapping[str, str]) -> tuple[str, ...]:
    met = (row["in_error"] == "Y", not row["first_dose_on"])
    return tuple(one for one, true in zip(GROUNDS, met, strict=True) if true)


def _excluded(masked: Masked) -> set[str]:
    """Who has a deviation that stands and that both said excludes them."""
    return {
        row["participant"]
        for row in masked["deviations"]
        if row["stands"] == "Y" and row["per_protocol_dm"] == row["per_protocol_ts"] == "exclude"
    }


def _too_few(study: Study, row: Mapping[str, str]) -> bool:
    due, taken = int(row["doses_due_w12"] or 0), int(row["doses_taken_w12"] or 0)
    return not due or Decimal(100 * taken) < study.analysis.per_protocol_adherence * due


def _broken_early(masked: Masked, responses: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Whose code was broken by the day up to which events count."""
    first = {row["participant"]: row["first_dose_on"] or row["randomized_on"] for row in masked["participants"]}
    breaks: dict[str, list[str]] = defaultdict(list)
    for row in masked["unblinding_log"]:
        if row["kind"] in ("code_break", "envelope_opened") and row["participant"]:
            breaks[row["participant"]].append(row["on"])
    return {
        who
        for who, days in breaks.items()
        if who in responses and _days(first[who], min(days)) < int(responses[who]["assessment_day"])
    }


def _days(first: str, on: str) -> int:
    return (date.fromisoformat(on) - date.fromisoformat(first)).days + 1


def filled(rows: Sequence[Mapping[str, str]], members: Iterable[Membership]) -> list[dict[str, str]]:
    """The rows of `participants` with both populations in them."""
    of = {(one.participant, one.population): one for one in members}
    found = []
    for row in rows:
        new = dict(row)
        for population in POPULATIONS:
            if (one := of.get((row["participant"], population))) is not None:
                new |= {population: "Y" if one.included else "N", f"{population}_reason": one.reason}
        found.append(new)
    return found


def digest(members: Iterable[Membership]) -> str:
    """The SHA-256 that the populations are frozen by."""
    told = sorted([one.participant, one.population, one.included, one.reason] for one in members)
    return hashlib.sha256(canonical(told).encode()).hexdigest()
