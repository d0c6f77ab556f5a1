"""The diary: lines one after the other, doses from boxes that their taker had, and every due dose counted once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.clock import local_day
from irt.db import INSTANT_FORMAT
from irt.dispensing.adherence import GIVEN
from irt.dispensing.course import Course, course
from irt.study import Study

DAYS = (  # columns that hold a day
    "taken_on",
    "from_on",
    "resumed_on",
    "last_day",
    "first_dose_on",
    "ended_on",
)
INSTANTS = ("held_at", "resumed_at")


class Doses:
    """Takes the lines of the diary, as stored; the highest revision of each dose counts."""

    def __init__(self, findings: Findings, rows: Iterable[Row]) -> None:
        self._findings = findings
        self.of: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self.of[row["participant"]].append(row)
        self._latest: dict[tuple[str, str, int], Row] = {}
        for row in sorted((row for rows in self.of.values() for row in rows), key=lambda row: row["revision"]):
            key = (row["participant"], row["kind"], row["number"])
            before = self._latest.get(key)
            due = 1 if before is None else before["revision"] + 1
            if row["revision"] != due:
                findings.add("dose", row["id"], f"revision {due}: one after the other", shown(row["revision"]))
            self._latest[key] = row

    def latest_of(self, participant: str) -> list[Row]:
        """The lines that count for the scheduled doses of a participant."""
        return [
            row
            for (who, kind, _), row in self._latest.items()
            if (who, kind) == (participant, "scheduled") and row["outcome"] != "void"
        ]

    @property
    def from_kit(self) -> Counter[tuple[str, str]]:
        """How many doses each participant was given from each kit."""
        return Counter((row["kit"], row["participant"]) for row in self._latest.values() if row["outcome"] in GIVEN)

    def compare(self, kits: Mapping[str, Row], holders: Callable[[str], set[str]]) -> None:
        """Doses come from kits that their taker had, and from none more than it has vials."""
        taken: Counter[str] = Counter()
        for row in sorted(self._latest.values(), key=lambda row: (row["recorded_at"], row["id"])):
            number = row["kit"]
            if row["outcome"] not in GIVEN or number is None:
                continue
            if row["participant"] not in holders(number):
                self._findings.add("dose", row["id"], "a kit that this participant was given", f"kit {number}")
            taken[number] += 1
            vials = kits[number]["vials"] if number in kits else 0
            if taken[number] > vials:
                self._findings.add(
                    "dose", row["id"], f"no more than {vials} doses from kit {number}", f"{taken[number]}"
                )


def courses(
    study: Study,
    participants: Iterable[Row],
    randomizations: Iterable[Row],
    doses: Doses,
    holds: Iterable[Row],
    stops: Iterable[Row],
) -> dict[str, Course]:
    """The course of every randomized participant up to the last day that their rows tell of."""
    randomized = {row["participant"]: row["randomized_at"] for row in randomizations}
    held: dict[str, list[Any]] = defaultdict(list)
    for row in holds:
        held[row["participant"]].append(_read(row))
    stopped = {row["participant"]: _read(row) for row in stops}
    found = {}
    for row in participants:
        who = row["id"]
        if who not in randomized:
            continue
        lines = [_read(line) for line in doses.of[who]]
        told = [day_of(line.recorded_at, study, row["site"]) for line in lines]
        told += [day for hold in held[who] for day in (hold.from_on, hold.resumed_on) if day is not None]
        on = day_of(randomized[who], study, row["site"])
        found[who] = course(
            study, participant=_read(row), randomized_on=on, doses=lines, holds=held[who], stop=stopped.get(who),
            until=max([on, *told]),
        )  # fmt: skip
    return found


def compare_courses(findings: Findings, found: Mapping[str, Course], diaries: Doses) -> None:
    """Doses due are those taken, partial, missed, held and not recorded, each once; a line is of a dose that exists."""
    for who, one in found.items():
        tally = one.tally
        parts = (tally.taken, tally.partial, tally.missed, tally.held, tally.unrecorded)
        last = one.until if one.ends_on is None else min(one.until, one.ends_on)
        given = {row["number"] for row in diaries.latest_of(who) if row["outcome"] in GIVEN}
        due = {dose.number for dose in one.planned if one.begun and (dose.due_on <= last or dose.number in given)}
        if len(due) != sum(parts):
            findings.add("participant", who, f"{len(due)} doses due, each counted once", shown(parts))
        planned = {dose.number for dose in one.planned}
        for row in diaries.latest_of(who):
            if row["number"] not in planned:
                findings.add("dose", row["id"], "the number of a dose of the schedule", shown(row["number"]))


def first_gaps(found: Mapping[str, Course], diaries: Doses) -> dict[str, str | None]:
    """For each participant the first day of the schedule that the diary leaves out; None when it leaves out none.

    Days on which treatment was held are not left out; those after a stop are, for they may have been due when counted.
    """
    gaps: dict[str, str | None] = {}
    for who, one in found.items():
        recorded = {row["number"] for row in diaries.latest_of(who)}
        left = [
            dose.due_on.isoformat()
            for dose in one.planned
            if dose.number not in recorded and not one.held_on(dose.due_on)
        ]
        gaps[who] = min(left, default=None)
    return gaps


def _read(row: Row) -> Any:
    """A stored row with its days and instants read."""
    days = {name: date.fromisoformat(row[name]) for name in DAYS if row.get(name) is not None}
    instants = {name: _instant(row[name]) for name in INSTANTS if row.get(name) is not None}
    return SimpleNamespace(**{**row, **days, **instants})


def day_of(instant: str, study: Study, site: str) -> date:
    """The day at a site of an instant as it is stored."""
    return local_day(_instant(instant), study.site(site).time_zone)


def _instant(text: str) -> datetime:
    return datetime.strptime(text, INSTANT_FORMAT).replace(tzinfo=UTC)
