"""Treatment-emergent adverse events as they are counted: whose, under which term, in which arm as treated."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from irt.analysis.final.reading import Person, Trial, day_of
from irt.lock.contents import Row
from irt.safety.facts import RELATED

UNCODED = "uncoded"
GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Event:
    """One event. `term`: the preferred term; without one the study's term, by its id; without that the words."""

    participant: str
    arm: str
    soc: str
    term: str
    grade: int
    day: int | None
    row: Row

    @property
    def serious(self) -> bool:
        """Whether it was serious."""
        return self.row["serious"] == "Y"

    @property
    def related(self) -> bool:
        """Whether investigator or sponsor held the study drug for a possible cause."""
        return bool({self.row["causality_drug"], self.row["sponsor_causality"]} & RELATED)


CATEGORIES: dict[str, Callable[[Event], bool]] = {
    "any": lambda _: True,
    "related": lambda one: one.related,
    "grade_3_or_more": lambda one: one.grade >= 3,
    "serious": lambda one: one.serious,
    "serious_related": lambda one: one.serious and one.related,
    "special_interest": lambda one: one.row["special_interest"] == "Y",
    "led_to_stop": lambda one: one.row["action"] == "withdrawn",
    "fatal": lambda one: one.row["outcome"] == "fatal",
}


@dataclass(frozen=True)
class Tally:
    """Events of one arm: participants who had any, events, and participants by their worst grade."""

    participants: int
    events: int
    by_grade: tuple[int, ...]


def events_of(trial: Trial) -> list[Event]:
    """The treatment-emergent events of the safety set, by participant and number."""
    arms = {one.number: one.treated for one in trial.safety}
    return [
        Event(
            row["participant"], arms[row["participant"]], row["soc"] or UNCODED,
            row["pt"] or row["term"] or row["verbatim"], int(row["grade"]),
            int(row["study_day"]) if row["study_day"] else None, row,
        )
        for row in trial.tables["adverse_events"]
        if row["emergent"] == "Y" and row["participant"] in arms and row["grade"]
    ]  # fmt: skip


def last_day(trial: Trial) -> int:
    """The study day of the last visit that is no mere contact: the 24-week table counts onsets up to it."""
    return max(one.day for one in trial.study.visits if not one.contact)


def up_to(events: Sequence[Event], day: int) -> list[Event]:
    """The events that began on a study day up to this one."""
    return [one for one in events if one.day is not None and one.day <= day]


def tally(events: Iterable[Event], arm: str) -> Tally:
    """The events of one arm, each participant counted once."""
    worst: dict[str, int] = {}
    count = 0
    for one in events:
        if one.arm == arm:
            count += 1
            worst[one.participant] = max(worst.get(one.participant, 0), one.grade)
    grades = list(worst.values())
    return Tally(len(worst), count, tuple(grades.count(grade) for grade in GRADES))


def terms_of(events: Sequence[Event]) -> list[tuple[str, str, list[Event]]]:
    """The events by class and term: each class first as a whole (term empty), the most frequent before others."""
    classes: dict[str, list[Event]] = {}
    for one in events:
        classes.setdefault(one.soc, []).append(one)
    found = []
    for soc, of_class in _frequent(classes):
        found.append((soc, "", of_class))
        terms: dict[str, list[Event]] = {}
        for one in of_class:
            terms.setdefault(one.term, []).append(one)
        found += [(soc, term, held) for term, held in _frequent(terms)]
    return found


def at_risk(trial: Trial, person: Person) -> float:
    """The years in which an event of somebody counts: from the first dose to the last plus the days after it, or to
    the day on which they left or died."""
    first, last = day_of(person.row["first_dose_on"]), day_of(person.row["last_dose_on"])
    if first is None or last is None:
        return 0.0
    ends: list[date] = [last + timedelta(days=trial.study.safety.emergent_days_after_last_dose)]
    ends += [day for name in ("ended_on", "died_on") if (day := day_of(person.row[name])) is not None]
    return max(0, (min(ends) - first).days + 1) / 365.25


def _frequent(groups: dict[str, list[Event]]) -> list[tuple[str, list[Event]]]:
    return sorted(groups.items(), key=lambda entry: (-len({one.participant for one in entry[1]}), entry[0]))
