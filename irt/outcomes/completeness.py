"""What was to be recorded of each participant by now, and how each of it stands; no value is looked at. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from irt.clock import local_day
from irt.dispensing.planned import latest_records, planned_visits, standing_of_visit
from irt.outcomes.raising import STANDING
from irt.outcomes.whereabouts import asks_by_itself, form_timing, visit_of
from irt.participants.visits import Window
from irt.study import Study

Standing = Literal["not_yet", "due", "draft", "done", "not_done", "missing"]
Note = Literal["overdue", "early", "late", "outside", "query", "checked"]


@dataclass(frozen=True, slots=True)
class Expected:
    """One instrument of one visit, and how it stands.

    not_yet: the visit's time has not begun. due: it may still be recorded in time, or the visit held late (overdue).
    draft: it was begun. not_done: with a reason. missing: nothing is there, and the time is over. Of what can unmask
    only whether it is there, or was not done, is told.
    """

    visit: str
    instrument: str
    standing: Standing
    notes: tuple[Note, ...] = ()

    @property
    def gap(self) -> bool:
        """Whether somebody has to act: nothing is there in time, or it is not finished, or a query stands."""
        return self.standing in ("missing", "draft") or "overdue" in self.notes or "query" in self.notes


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many forms and laboratory results were due by now, and of how many final values are there."""

    expected: int = 0
    complete: int = 0

    def __add__(self, other: "Completeness") -> "Completeness":
        return Completeness(self.expected + other.expected, self.complete + other.complete)

    @property
    def percent(self) -> int:
        """The share that is complete, rounded down: 100 says that all have values; what was not done has none."""
        return 100 * self.complete // self.expected if self.expected else 100


@dataclass(frozen=True, slots=True)
class Person:
    """The rows of one participant who was randomized."""

    row: Any
    randomized_on: date
    today: date  # at their site
    visits: Collection[Any]
    forms: Collection[Any]
    results: Collection[Any] = ()
    queries: Collection[Any] = ()
    checked: Collection[str] = ()  # the ids of forms that a monitor marked


def gathered(
    study: Study,
    now: datetime,
    participants: Iterable[Any],
    randomizations: Iterable[Any],
    visits: Iterable[Any],
    forms: Iterable[Any],
    results: Iterable[Any] = (),
    queries: Iterable[Any] = (),
    checks: Iterable[Any] = (),
) -> list[Person]:
    """The rows of many by participant, those who were randomized alone, in the order of `participants`."""
    done = {row.participant: row for row in randomizations}
    of_visits, of_forms, of_results = _by_participant(visits), _by_participant(forms), _by_participant(results)
    of_queries, of_checks = _by_participant(queries), _by_participant(checks)
    zones = {site.code: site.time_zone for site in study.sites}
    return [
        Person(
            row,
            local_day(done[row.id].randomized_at, zones[row.site]),
            local_day(now, zones[row.site]),
            of_visits[row.id],
            of_forms[row.id],
            of_results[row.id],
            of_queries[row.id],
            {one.form for one in of_checks[row.id]},
        )
        for row in participants
        if row.id in done
    ]


def _by_participant(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.participant].append(row)
    return found


def expected_forms(study: Study, person: Person) -> list[Expected]:
    """Every instrument of every visit that is planned for somebody or took place outside the plan, in that order.

    Not those of visits after they left; of a visit for an event, what was recorded alone. That treatment stopped moves
    no visit that has instruments.
    """
    planned = planned_visits(study, person.randomized_on, person.row.first_dose_on)
    records = latest_records(person.visits)
    forms, results = _highest(person.forms), _highest(person.results)
    asked = {(one.visit, one.instrument) for one in person.queries if one.state in STANDING}
    return [
        _expected(study, person, planned, visit, instrument, time, forms, results, asked)
        for visit, time in _visits(person, planned, records)
        for instrument in getattr(visit_of(study, visit), "instruments", ())
        if asks_by_itself(study, visit) or (visit, instrument) in forms or (visit, instrument) in results
    ]


@dataclass(frozen=True, slots=True)
class _Time:
    begun: bool
    over: bool  # nothing can come in time any more
    overdue: bool = False  # the visit may be held late


def _visits(person: Person, planned: list[Window], records: Mapping[str, Any]) -> Iterator[tuple[str, _Time]]:
    for window in planned:
        record, gone = records.get(window.visit), person.row.ended_on is not None
        state = standing_of_visit(planned, window, person.today, record, person.row.ended_on)
        if state != "off":
            over = person.today > window.latest and (state == "done" or gone)
            yield window.visit, _Time(state != "not_yet", over or state in ("missed", "skipped"), state == "overdue")
    known = {window.visit for window in planned}
    beyond = [row for visit, row in records.items() if visit not in known and row.state == "done"]
    for row in sorted(beyond, key=lambda row: (row.visited_on, row.visit)):
        yield row.visit, _Time(begun=True, over=person.today > row.visited_on)


def _expected(
    study: Study,
    person: Person,
    planned: list[Window],
    visit: str,
    instrument: str,
    time: _Time,
    forms: Mapping[tuple[str, str], Any],
    results: Mapping[tuple[str, str], Any],
    asked: Collection[tuple[str, str]],
) -> Expected:
    can_unmask = study.instrument(instrument).can_unmask
    form = (results if can_unmask else forms).get((visit, instrument))
    if form is None:
        nothing: Standing = "missing" if time.over else "due" if time.begun else "not_yet"
        return Expected(visit, instrument, nothing, ("overdue",) if nothing == "due" and time.overdue else ())
    standing: Standing = "done" if form.state == "final" else form.state
    if can_unmask:
        return Expected(visit, instrument, standing)
    notes: list[Note] = []
    if standing == "done" and (when := form_timing(study, planned, visit, form.assessed_on)) != "in_window":
        notes.append(when)
    if (visit, instrument) in asked:
        notes.append("query")
    if form.id in person.checked:
        notes.append("checked")
    return Expected(visit, instrument, standing, tuple(notes))


def _highest(rows: Iterable[Any]) -> dict[tuple[str, str], Any]:
    return {(row.visit, row.instrument): row for row in sorted(rows, key=lambda row: int(row.revision))}


def counted(expected: Iterable[Expected]) -> Completeness:
    """How many of these were due by now, and how many are complete."""
    due = [one for one in expected if one.standing != "not_yet"]
    return Completeness(len(due), sum(one.standing == "done" for one in due))


def completeness_of(
    study: Study,
    now: datetime,
    participants: Iterable[Any],
    randomizations: Iterable[Any],
    visits: Iterable[Any],
    forms: Iterable[Any],
    results: Iterable[Any],
) -> Completeness:
    """What was due by now over all participants, and what of it is complete; from the rows of the tables."""
    people = gathered(study, now, participants, randomizations, visits, forms, results)
    return sum((counted(expected_forms(study, one)) for one in people), Completeness())


def by_visit_and_instrument(expected: Iterable[Expected]) -> dict[tuple[str, str], Completeness]:
    """The same for each visit of the plan (outside it: by its kind) and instrument that was due by now."""
    found: dict[tuple[str, str], list[Expected]] = defaultdict(list)
    for one in expected:
        if one.standing != "not_yet":
            found[one.visit.partition(".")[0], one.instrument].append(one)
    return {key: counted(ones) for key, ones in found.items()}
