"""Treatment-emergent adverse events as they are counted: whose, under which term, in which arm as treated."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from irt.analysis.final.reading import Person, Trial, day_of, must
from irt.lock.contents import Row
from irt.safety.facts import RELATED
from irt.safety.grading import by_worst_grade

UNCODED = "uncoded"


@dataclass(frozen=True)
class Event:
    """One event. `term`: the preferred term; without one the study's term, by its id; without that the words."""

    participant: str
    arm: str
    soc: str
    term: str
    grade: int
    day: int
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
    """The treatment-emergent events, by participant and number.

    Raises WrongTablesError for one of somebody who took no dose, and for one without grade or study day: none is left
    out silently.
    """
    arms = {one.number: one.treated for one in trial.safety}
    rows = [row for row in trial.tables["adverse_events"] if row["emergent"] == "Y"]
    for row in rows:
        number = row["participant"]
        must(number in arms, number, "adverse_events", "doses", "on any treatment")
        must(bool(row["grade"] and row["study_day"]), number, "adverse_events", "itself", "on what every event has")
    return [
        Event(
            row["participant"], arms[row["participant"]], row["soc"] or UNCODED,
            row["pt"] or row["term"] or row["verbatim"], int(row["grade"]),
            int(row["study_day"]), row,
        )
        for row in rows
    ]  # fmt: skip


def up_to(events: Sequence[Event], day: int) -> list[Event]:
    """The events that began on a study day up to this one."""
    return [one for one in events if one.day <= day]


def tally(events: Iterable[Event], arm: str) -> Tally:
    """The events of one arm, each participant counted once."""
    held = [(one.participant, one.grade) for one in events if one.arm == arm]
    by_grade = by_worst_grade(held)
    return Tally(sum(by_grade), len(held), by_grade)


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
