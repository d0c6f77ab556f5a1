"""Intercurrent events (ICH E9(R1)), gathered from where they were recorded, and what was decided about each. Pure.

Withdrawal is none: what is missing after it is missing data. A wrong kit and a code break change no outcome (treatment
policy), so whoever decides is not told of them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from irt.outcomes.primary import Intercurrent
from irt.outcomes.whereabouts import study_day
from irt.participants.visits import Window
from irt.safety.readings import current_events, latest
from irt.study import Study

NONE = "none"  # decided: it is no intercurrent event
STOP = "stop_for_adverse_event_or_lack_of_efficacy"
MEDICAL = ("adverse_event", "lack_of_efficacy")
_KINDS = {"death": ("death", None), "rescue": ("rescue", None), "other": ("discontinuation", "other")}


@dataclass(frozen=True)
class Event:
    """What happened to one participant. `subject` names it, `proposed` is its place by study.toml alone."""

    subject: str  # medication.NUMBER, stop, death
    happened_on: date
    proposed: str
    facts: Mapping[str, str]

    @property
    def basis(self) -> str:
        """A digest of all that is known of it: another, once something else is known."""
        known = json.dumps([self.subject, self.happened_on.isoformat(), dict(self.facts)], sort_keys=True)
        return sha256(known.encode()).hexdigest()[:32]

    @property
    def reason(self) -> str:
        """Why treatment stopped, where a stop is one for medical reasons."""
        found = self.facts.get("intercurrent", "")
        return found if found in MEDICAL else MEDICAL[0]


def verdicts(study: Study) -> tuple[str, ...]:
    """What an event can be decided to be: a place of the precedence, or none at all."""
    return (*(one for one in study.analysis.intercurrent_precedence if one != "missing"), NONE)


def current_medications(rows: Iterable[Any]) -> dict[int, Any]:
    """The revision that counts of each medication of one participant, by number, those taken back too."""
    found: dict[int, Any] = latest(rows, lambda row: row.number)
    return dict(sorted(found.items()))


def events_of(
    study: Study, medications: Iterable[Any], stop: Any | None, adverse: Iterable[Any], versions: Iterable[Any]
) -> list[Event]:
    """The events of one participant, by day. `adverse`, `versions`: adverse events and their versions."""
    found = [_medication(study, row) for row in current_medications(medications).values() if row.stands]
    if stop is not None:
        found.append(_stop(study, stop))
    if days := [row.ended_on or row.onset_on for _, row in current_events(adverse, versions) if row.outcome == "fatal"]:
        found.append(Event("death", min(days), "death", {}))
    return sorted(found, key=lambda one: (one.happened_on, one.subject))


def _medication(study: Study, row: Any) -> Event:
    kind = next((one for one in study.interfering_medications if one.id == row.kind), None)
    facts = {"kind": row.kind, "drug": row.drug, "dose": row.dose or "", "ended_on": str(row.ended_on or "")}
    return Event(f"medication.{row.number}", row.started_on, kind.intercurrent if kind else "other", facts)


def _stop(study: Study, row: Any) -> Event:
    reason = next((one for one in study.treatment.stop_reasons if one.id == row.reason), None)
    intercurrent = reason.intercurrent if reason else "other"
    facts = {"stop_reason": row.reason, "note": row.note or "", "intercurrent": intercurrent}
    return Event("stop", row.last_day, STOP if intercurrent in MEDICAL else "other", facts)


@dataclass(frozen=True)
class Decided:
    """An event with the last decision about it; `holds`: it was made of the facts as they are known now."""

    event: Event
    row: Any | None

    @property
    def holds(self) -> bool:
        """Whether nothing is left to be decided."""
        return self.row is not None and self.row.basis == self.event.basis

    @property
    def standing(self) -> str:
        """to_judge, judged, or changed: something else is known since it was judged."""
        if self.row is None:
            return "to_judge"
        return "judged" if self.holds else "changed"


def decided(events: Iterable[Event], adjudications: Iterable[Any]) -> list[Decided]:
    """Each event with the last decision about it, if there is one."""
    last = latest(adjudications, lambda row: row.subject)
    return [Decided(one, last.get(one.subject)) for one in events]


def adjudicated_events(
    study: Study, planned: Sequence[Window], events: Iterable[Event], adjudications: Iterable[Any]
) -> list[Intercurrent]:
    """The events that count for the estimand, on their study days: those decided, of the facts as they are known."""
    found = []
    for one in decided(events, adjudications):
        if one.holds and one.row is not None and one.row.verdict != NONE:
            kind, reason = _KINDS.get(one.row.verdict, ("discontinuation", one.event.reason))
            found.append(Intercurrent(kind, study_day(study, planned, one.row.happened_on), reason))
    return found
