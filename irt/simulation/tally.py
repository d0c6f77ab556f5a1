"""How the treatment of a simulated trial came out: doses, adherence, vials, mishaps, deviations; from the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from statistics import median
from typing import Any

from sqlalchemy import Connection, Row, select

from irt.clock import local_day
from irt.conduct.tables import Deviation
from irt.db import Base
from irt.dispensing.adherence import overall
from irt.dispensing.agreement import given_kits, had_by, latest_counts, parts_of
from irt.dispensing.course import Course, course
from irt.dispensing.tables import Discrepancy, Dose, Hold, KitReturn, Mishap, TreatmentStop
from irt.gate.rows import table_of
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.study import Study
from irt.supply.tables import Assignment, Kit, Movement

BECAME = ("taken", "partial", "missed", "held", "unrecorded")
DECIMALS = 4


def treatment_figures(connection: Connection, study: Study, now: datetime) -> dict[str, Any]:
    """Counts over all randomized participants. For each of them, doses due are the sum of what became of them."""
    trial = _Trial(connection, study, now)
    doses = Counter[str]()
    by_vials, by_diary = list[Fraction](), list[Fraction]()
    for person in trial.randomized():
        one = trial.course_of(person)
        became = {name: getattr(one.tally, name) for name in BECAME}
        assert one.tally.due == sum(became.values()) == len(one.due), f"doses of {person.screening_number}"
        doses.update(due=one.tally.due, **became)
        found = overall(parts_of(one, trial.given_to(person)))
        by_vials += [found.vials] if found.vials is not None else []
        by_diary += [share] if (share := one.diary_adherence()) is not None else []
    discrepancies = Counter(row.state for row in trial.all(Discrepancy))
    mishaps = Counter(row.kind for row in trial.all(Mishap))
    return {
        **{f"doses_{name}": doses[name] for name in ("due", *BECAME)},
        "adherence_vials_median": _median(by_vials),
        "adherence_diary_median": _median(by_diary),
        "kits_returned": len({row.kit for row in trial.all(Movement) if row.after == "returned"}),
        "discrepancies_open": discrepancies["open"],
        "discrepancies_resolved": discrepancies["resolved"],
        "misallocated": mishaps["wrong_kit"],
        "mishaps": dict(sorted(mishaps.items())),
        "deviations": dict(sorted(Counter(row.kind for row in trial.all(Deviation)).items())),
    }


class _Trial:
    """The rows of a whole trial, read once and sorted by whom they are about."""

    def __init__(self, connection: Connection, study: Study, now: datetime) -> None:
        self._connection, self._study, self._now = connection, study, now
        self._read: dict[type[Base], Sequence[Row[Any]]] = {}
        self._of: dict[tuple[type[Base], str], dict[str, list[Row[Any]]]] = {}

    def all(self, model: type[Base]) -> Sequence[Row[Any]]:
        """All rows of a table."""
        if model not in self._read:
            table = table_of(model)
            self._read[model] = self._connection.execute(select(table).order_by(*table.primary_key)).all()
        return self._read[model]

    def of(self, model: type[Base], who: str, column: str = "participant") -> list[Row[Any]]:
        """The rows about one participant, or with another value in `column`."""
        if (model, column) not in self._of:
            found: dict[str, list[Row[Any]]] = defaultdict(list)
            for row in self.all(model):
                found[row._mapping[column]].append(row)
            self._of[model, column] = found
        return self._of[model, column][who]

    def randomized(self) -> Iterable[Row[Any]]:
        """Everybody who was randomized."""
        return [person for person in self.all(Participant) if self.of(Randomization, person.id)]

    def course_of(self, person: Row[Any]) -> Course:
        """The course of a participant up to today."""
        zone = self._study.site(person.site).time_zone
        (done,) = self.of(Randomization, person.id)
        return course(
            self._study,
            participant=person,
            randomized_on=local_day(done.randomized_at, zone),
            doses=self.of(Dose, person.id),
            holds=self.of(Hold, person.id),
            stop=next(iter(self.of(TreatmentStop, person.id)), None),
            until=local_day(self._now, zone),
        )

    def _kits(self, **equal: str) -> list[Row[Any]]:
        ((column, value),) = equal.items()
        return self.of(Kit, value, column)

    def given_to(self, person: Row[Any]) -> list[Any]:
        """The kits that a participant was given, with their counts."""
        counts = latest_counts(self.of(KitReturn, person.id))
        kits = had_by(person.id, counts, self._kits)
        zone = self._study.site(person.site).time_zone
        return given_kits(zone, kits, counts, self.of(Assignment, person.id), lambda kit: self.of(Movement, kit, "kit"))


def _median(shares: Sequence[Fraction]) -> float | None:
    return round(float(median(shares)), DECIMALS) if shares else None
