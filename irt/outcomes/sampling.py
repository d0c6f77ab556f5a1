"""At which visits the laboratory is asked for results, as it knows them: by number and visit, nothing else told. Pure.

A visit outside the plan goes by its day, for its name would tell that treatment stopped or an event happened; and no
visit moves or goes when treatment stops. Of who left nothing more is asked for, but a sample may come late.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from irt.actor import Role
from irt.clock import local_day
from irt.dispensing.planned import latest_records, planned_visits, standing_of_visit
from irt.outcomes.capture import rated_by
from irt.outcomes.whereabouts import first_visit, visit_of
from irt.participants.visits import span
from irt.study import Instrument, Study

ADDITIONAL = "X."  # before the day of a visit outside the plan


@dataclass(frozen=True)
class Sampling:
    """A visit whose time has begun, with the instruments of the laboratory.

    `day`: of one outside the plan. `expected`: not after the participant left, as on the board.
    """

    label: str  # as the laboratory writes it
    visit: str  # as rows have it
    instruments: tuple[Instrument, ...]
    day: date | None = None
    expected: bool = True


@dataclass(frozen=True)
class Sampled:
    """A participant as the laboratory knows one."""

    id: str
    site: str
    number: str
    screened_on: date
    today: date  # at the site
    visits: Mapping[str, Sampling]  # by label, in the order of the plan, then of the days

    def visit(self, visit: str) -> Sampling | None:
        """The visit of a row."""
        return next((one for one in self.visits.values() if one.visit == visit), None)

    def wrong_day(self, day: date) -> Literal["in_future", "before_screening"] | None:
        """What is wrong with a day of collection, and None where nothing is."""
        if day > self.today:
            return "in_future"
        return "before_screening" if day < self.screened_on else None


def asked_of(study: Study, visit: str) -> tuple[Instrument, ...]:
    """The instruments of a visit that the laboratory enters."""
    place = visit_of(study, visit)
    found = (study.instrument(name) for name in (place.instruments if place else ()))
    return tuple(one for one in found if one.can_unmask and rated_by(one) is Role.LABORATORY)


def sampled(
    study: Study,
    people: Iterable[Any],
    randomizations: Iterable[Any],
    records: Iterable[Any],
    today: Mapping[str, date],
) -> dict[str, Sampled]:
    """Everybody of whom the laboratory may have a sample, by participant number; `today` by site."""
    done = {row.participant: row for row in randomizations}
    held: defaultdict[str, list[Any]] = defaultdict(list)
    for row in records:
        held[row.participant].append(row)
    found = {}
    for person in people:
        if person.state != "screen_failed":
            visits = _planned(study, person, done.get(person.id), held[person.id], today[person.site])
            visits |= _additional(study, held[person.id])
            screened_on = local_day(person.screened_at, study.site(person.site).time_zone)
            found[person.screening_number] = Sampled(
                person.id, person.site, person.screening_number, screened_on, today[person.site], visits
            )
    return dict(sorted(found.items()))


def _planned(study: Study, person: Any, done: Any, records: Iterable[Any], today: date) -> dict[str, Sampling]:
    """The visits of the plan that have begun, the first from screening on, each with whether it is expected."""
    first = first_visit(study)
    begun = {first: person.state == "screened"}
    if done is not None:
        day = local_day(done.randomized_at, study.site(person.site).time_zone)
        planned, held = planned_visits(study, day, person.first_dose_on), latest_records(records)
        begun = {
            one.visit: standing_of_visit(planned, one, today, held.get(one.visit), person.ended_on) != "off"
            for one in planned
            if one.visit == first or span(planned, one.visit)[0] <= today
        }
    return {
        visit: Sampling(visit, visit, instruments, expected=expected)
        for visit, expected in begun.items()
        if (instruments := asked_of(study, visit))
    }


def _additional(study: Study, records: Iterable[Any]) -> dict[str, Sampling]:
    planned = {one.id for one in study.visits}
    rows = [row for visit, row in latest_records(records).items() if visit not in planned and row.state == "done"]
    found: dict[str, Sampling] = {}
    for row in sorted(rows, key=lambda row: (row.visited_on, row.visit)):
        if instruments := asked_of(study, row.visit):
            of_day = sum(one.day == row.visited_on for one in found.values())
            label = f"{ADDITIONAL}{row.visited_on.isoformat()}{f'.{of_day + 1}' if of_day else ''}"
            found[label] = Sampling(label, row.visit, instruments, row.visited_on)
    return found
