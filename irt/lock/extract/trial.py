"""The rows of a whole trial, read once and sorted by whom they are about; the courses and plans made of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, select

from irt.clock import local_day
from irt.db import Base
from irt.dispensing.adherence import Adherence, overall
from irt.dispensing.agreement import given_kits, had_by, latest_counts, parts_of
from irt.dispensing.course import Course, course
from irt.dispensing.planned import planned_visits
from irt.dispensing.tables import Dose, Hold, KitReturn, TreatmentStop
from irt.gate.rows import table_of
from irt.lock.frozen import site_sha256
from irt.outcomes.completeness import Expected, Person, expected_forms
from irt.outcomes.query_tables import Query
from irt.outcomes.tables import LaboratoryResult, OutcomeForm
from irt.participants.tables import Participant, VisitRecord
from irt.participants.visits import Window
from irt.people.tables import Account
from irt.randomization.tables import Randomization
from irt.study import Study
from irt.supply.tables import Assignment, Kit, Movement


class Trial:
    """A whole trial as it is stored, as of `now`."""

    def __init__(self, connection: Connection, study: Study, now: datetime) -> None:
        self.connection, self.study, self.now = connection, study, now
        self._read: dict[type[Base], Sequence[Row[Any]]] = {}
        self._of: dict[tuple[type[Base], str], dict[Any, list[Row[Any]]]] = {}
        self._courses: dict[str, Course] = {}
        self._sites: dict[str, str] = {}

    def all(self, model: type[Base]) -> Sequence[Row[Any]]:
        """All rows of a table, by primary key."""
        if model not in self._read:
            table = table_of(model)
            self._read[model] = self.connection.execute(select(table).order_by(*table.primary_key)).all()
        return self._read[model]

    def of(self, model: type[Base], who: Any, column: str = "participant") -> list[Row[Any]]:
        """The rows about one participant, or with another value in `column`."""
        if (model, column) not in self._of:
            found: dict[Any, list[Row[Any]]] = defaultdict(list)
            for row in self.all(model):
                found[row._mapping[column]].append(row)
            self._of[model, column] = found
        return self._of[model, column].get(who, [])

    def site_sha256(self, site: str) -> str:
        """The SHA-256 over what a site recorded, which its investigator signs."""
        if site not in self._sites:
            self._sites[site] = site_sha256(self.connection, site)
        return self._sites[site]

    def one(self, model: type[Base], who: str, column: str = "participant") -> Row[Any] | None:
        """The one row about a participant, or None."""
        return next(iter(self.of(model, who, column)), None)

    @cached_property
    def people(self) -> list[Row[Any]]:
        """Everybody who was screened, by screening number."""
        return sorted(self.all(Participant), key=lambda row: str(row.screening_number))

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Participant → screening number."""
        return {row.id: row.screening_number for row in self.people}

    @cached_property
    def sites(self) -> dict[str, str]:
        """Participant → site."""
        return {row.id: row.site for row in self.people}

    @cached_property
    def names(self) -> dict[str, str]:
        """Account → name."""
        return {row.id: row.name for row in self.all(Account)}

    def randomized(self) -> Iterable[Row[Any]]:
        """Everybody who was randomized."""
        return [person for person in self.people if self.of(Randomization, person.id)]

    def zone(self, site: str) -> str:
        """The time zone of a site."""
        return self.study.site(site).time_zone

    def today(self, person: Any) -> date:
        """The day that it is at somebody's site."""
        return local_day(self.now, self.zone(person.site))

    def randomized_on(self, person: Any) -> date | None:
        """The day at the site on which somebody was randomized; None: they were not."""
        done = self.one(Randomization, person.id)
        return None if done is None else local_day(done.randomized_at, self.zone(person.site))

    def plan_of(self, person: Any) -> list[Window]:
        """The windows of somebody's planned visits; none for who was not randomized."""
        on = self.randomized_on(person)
        return [] if on is None else planned_visits(self.study, on, person.first_dose_on)

    def course_of(self, person: Row[Any]) -> Course:
        """The course of a participant's treatment up to today."""
        if person.id not in self._courses:
            self._courses[person.id] = course(
                self.study,
                participant=person,
                randomized_on=self.randomized_on(person),
                doses=self.of(Dose, person.id),
                holds=self.of(Hold, person.id),
                stop=self.one(TreatmentStop, person.id),
                until=self.today(person),
            )
        return self._courses[person.id]

    def expected_of(self, person: Row[Any]) -> list[Expected]:
        """Every instrument that was to be recorded of somebody who was randomized, and how it stands."""
        on = self.randomized_on(person)
        assert on is not None, "of somebody who was randomized"
        one = Person(
            person,
            on,
            self.today(person),
            visits=self.of(VisitRecord, person.id),
            forms=self.of(OutcomeForm, person.id),
            results=self.of(LaboratoryResult, person.id),
            queries=self.of(Query, person.id),
        )
        return expected_forms(self.study, one)

    def adherence_of(self, person: Row[Any]) -> Adherence:
        """Vials and doses over all days that are over."""
        return overall(parts_of(self.course_of(person), self._given_to(person)))

    def _given_to(self, person: Row[Any]) -> list[Any]:
        counts = latest_counts(self.of(KitReturn, person.id))
        kits = had_by(person.id, counts, self._kits)
        assigned = self.of(Assignment, person.id)
        return given_kits(self.zone(person.site), kits, counts, assigned, lambda kit: self.of(Movement, kit, "kit"))

    def _kits(self, **equal: str) -> list[Row[Any]]:
        ((column, value),) = equal.items()
        return self.of(Kit, value, column)
