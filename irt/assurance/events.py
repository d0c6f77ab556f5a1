"""Adverse events: versions one after the other, candidates by the rule, last doses as the diary had them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.safety.clocks import candidates, desk_clocks, opinion_clocks, report_clock
from irt.safety.exposure import LastDose, last_dose
from irt.study import Study

DAYS = ("onset_on", "ended_on", "last_dose_on", "taken_on", "day_zero")
INSTANTS = ("recorded_at", "aware_at", "judged_at", "reminded_at", "arose_at")


class Events:
    """Takes the rows about adverse events as they are stored, and holds them against one another."""

    def __init__(self, findings: Findings, study: Study, events: Iterable[Row], versions: Iterable[Row]) -> None:
        self._findings, self._study = findings, study
        self.rows = {row["id"]: row for row in events}
        self.versions = _by("event", versions, "version")
        self._event_of = {one.id: event for event, known in self.versions.items() for one in known}

    def compare_versions(self) -> None:
        """Events are numbered one after the other for each participant, and so are the versions of each event."""
        for who, rows in _by("participant", self.rows.values(), "number").items():
            self._run("adverse_event", who, rows, "number")
        for event, row in self.rows.items():
            versions = self.versions.get(event, [])
            self._run("event_version", event, versions, "version", least=1)
            for one in versions:
                if (one.participant, one.site) != (row["participant"], row["site"]):
                    self._findings.add("event_version", one.id, "the participant of its event", shown(one.participant))

    def compare_told(self, told: Iterable[Row]) -> None:
        """What was heard of counts as reported when an event names it, as followed up when a version does."""
        named = {row["told"]: "reported" for row in self.rows.values()}
        named |= {one.told: "followed_up" for known in self.versions.values() for one in known if one.told}
        for row in told:
            expected = named.get(row["id"], "a state of what no event names")
            if row["state"] != expected and (row["id"] in named or row["state"] not in ("open", "no_event")):
                self._findings.add("event_told", row["id"], expected, shown(row["state"]))

    def compare_doses(self, doses: Iterable[Row]) -> None:
        """The last dose of a version is that of the diary as it stood when the version was recorded; of one that takes
        an event back, that of the version before."""
        lines = _by("participant", doses, "revision")
        for versions in self.versions.values():
            for before, one in zip([None, *versions], versions, strict=False):
                kept = LastDose(one.last_dose_on, one.last_dose_at, one.last_kit)
                possible = self._possible(one, lines[one.participant]) if one.stands else [_kept_in(before)]
                if kept not in possible:
                    expected = (
                        f"last dose {possible[-1]}, as the diary stood" if one.stands else "as it was told before"
                    )
                    self._findings.add("event_version", one.id, expected, shown(kept))

    def _possible(self, version: Any, lines: Sequence[Any]) -> list[LastDose]:
        """What the diary said: lines written at the same instant may have come before or after."""
        before = [row for row in lines if row.recorded_at < version.recorded_at]
        until = [row for row in lines if row.recorded_at <= version.recorded_at]
        return [last_dose(known, version.onset_on, version.onset_at) for known in (before, until)]

    def compare_candidates(self, opinions: Iterable[Row], found: Iterable[Row]) -> None:
        """Opinions are of the version that was the last; what stands as a candidate is what the rule makes of them."""
        given = _by("event", opinions, "revision")
        standing: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in map(_read, found):
            standing[row.event][row.urgency] = row
        for event, versions in self.versions.items():
            mine = given.pop(event, [])
            self._run("event_opinion", event, mine, "revision")
            if not self._about_the_last(versions, mine):
                continue
            made: dict[str, Any] = {
                one.urgency: one for one in candidates(versions, mine, self._study.safety.sponsor_time_zone)
            }
            for urgency in sorted({*made, *standing[event]}):
                self._compare_candidate(event, urgency, made.get(urgency), standing[event].get(urgency))

    def _about_the_last(self, versions: Sequence[Any], opinions: Sequence[Any]) -> bool:
        told, right = {one.version: one.recorded_at for one in versions}, True
        for one in opinions:
            since, until = told.get(one.about), told.get(one.about + 1)
            if since is None or one.judged_at < since or (until is not None and one.judged_at > until):
                self._findings.add("event_opinion", one.id, "about the version that was the last", shown(one.about))
                right = False
        return right

    def _compare_candidate(self, event: str, urgency: str, made: Any | None, standing: Any | None) -> None:
        if standing is None:
            self._findings.add("susar_candidate", f"event {event}", f"a candidate, {urgency}", "none")
        elif made is None:
            self._findings.add("susar_candidate", standing.id, "none: the rule makes none", urgency)
        elif (made.version, made.day_zero) != (standing.version, standing.day_zero):
            expected = f"version {made.version}, day zero {made.day_zero}"
            self._findings.add("susar_candidate", standing.id, expected, f"{standing.version}, {standing.day_zero}")

    def compare_reminders(
        self, reminders: Iterable[Row], told: Iterable[Row], opinions: Iterable[Row], found: Iterable[Row]
    ) -> None:
        """Nobody is reminded of a clock that is not there, or before its time."""
        safety, given = self._study.safety, _by("event", opinions, "revision")
        clocks = {(row["id"], "report"): report_clock(_read(row).aware_at, safety) for row in told if row["serious"]}
        for row in map(_read, found):
            clocks |= {(row.id, one.kind): one for one in desk_clocks(row.urgency, row.day_zero, safety)}
        for row in map(_read, reminders):
            clock = clocks.get((row.subject, row.clock)) or self._opinion_clock(row, given)
            if clock is None:
                self._findings.add("clock_reminder", row.id, "a clock that there is", f"{row.clock} of {row.subject}")
            elif (clock.half if row.stage == "half" else clock.due) > row.reminded_at:
                self._findings.add("clock_reminder", row.id, f"not before {row.stage}", shown(str(row.reminded_at)))

    def _opinion_clock(self, reminder: Any, opinions: Mapping[str, Sequence[Any]]) -> Any | None:
        """The clock of an opinion, as what was told and judged stood when somebody was reminded of it."""
        event = self._event_of.get(reminder.subject) if reminder.clock == "opinion" else None
        if event is None:
            return None
        known = [one for one in self.versions[event] if one.recorded_at <= reminder.reminded_at]
        judged = [one for one in opinions.get(event, ()) if one.judged_at < reminder.reminded_at]
        running = opinion_clocks(known, judged, self._study.safety)
        return next((clock for one, clock in running if one.id == reminder.subject), None)

    def _run(self, table: str, of: str, rows: Sequence[Any], name: str, least: int = 0) -> None:
        numbers = [getattr(row, name) for row in rows]
        if numbers != list(range(1, max(least, len(numbers)) + 1)):
            row = next((row.id for place, row in enumerate(rows, 1) if getattr(row, name) != place), f"of {of}")
            self._findings.add(table, row, f"{name} 1, 2, 3 …: one after the other", shown(numbers))


def _kept_in(version: Any | None) -> LastDose | None:
    return version and LastDose(version.last_dose_on, version.last_dose_at, version.last_kit)


def _by(name: str, rows: Iterable[Row], order: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(map(_read, rows), key=lambda row: int(getattr(row, order))):
        found[getattr(row, name)].append(row)
    return found


def _read(row: Mapping[str, Any]) -> Any:
    """A stored row with its days, instants and criteria as such."""
    read = dict(row)
    for name in DAYS:
        if read.get(name) is not None:
            read[name] = date.fromisoformat(read[name])
    for name in INSTANTS:
        if read.get(name) is not None:
            read[name] = datetime.fromisoformat(read[name])
    if "seriousness" in read:
        read["seriousness"] = json.loads(read["seriousness"])
    return SimpleNamespace(**read)
