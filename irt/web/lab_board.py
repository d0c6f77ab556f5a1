"""What the laboratory pages show of a participant, whose values wait, and the form of a sample: a row for each test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.participants.baseline import current
from irt.participants.tables import BaselineValue, Participant
from irt.safety.grading import Liver, Measured
from irt.safety.laboratory import REPORT_EVENT
from irt.safety.laboratory_tables import LabDismissal, LabSample, LabValue, WithheldValue
from irt.safety.readings import (
    Reading,
    Suggestion,
    baselines_of,
    current_samples,
    current_values,
    graded,
    livers,
    readings,
    suggestions,
    told,
)
from irt.safety.tables import AdverseEvent, EventVersion
from irt.safety.withheld import withheld_readings
from irt.study import LaboratoryTest
from irt.web import records
from irt.web.wired import service


@dataclass(frozen=True)
class Board:
    """A participant's samples, newest first, with what they suggest."""

    person: Participant
    samples: list[Any]  # the current revision of each, those that were taken back too
    found: Mapping[tuple[int, str], Reading]
    grades: Mapping[tuple[int, str], int]
    baselines: Mapping[str, Measured]
    suggested: list[Suggestion]
    livers: Mapping[int, Liver]
    dismissals: list[LabDismissal]

    @property
    def laws(self) -> list[tuple[Any, Liver]]:
        """The samples that fulfil the laboratory part of Hy's law by the limits of normal."""
        of = {row.number: row for row in self.samples}
        return [(of[number], one) for number, one in sorted(self.livers.items()) if one.by_limit]

    def beside(self, one: Suggestion) -> list[Reading]:
        """The other liver values of the same sample: what tells muscle from liver."""
        study = service().study
        test = study.laboratory_test(one.reading.analyte)
        if test is None or test.liver is None:
            return []
        others = [other.id for other in study.safety_laboratory if other.liver and other.id != test.id]
        return [self.found[one.reading.number, other] for other in others if (one.reading.number, other) in self.found]


def shown_tests(to: str = "site") -> list[LaboratoryTest]:
    """The tests that the site (or its investigator alone) sees."""
    return [test for test in service().study.safety_laboratory if test.shown_to == to]


def board_of(session: Session, person: Participant) -> Board:
    """The board of a participant whom the reader may see."""
    of = {"participant": person.id}
    samples, values = records.rows(session, LabSample, **of), records.rows(session, LabValue, **of)
    dismissals = records.rows(session, LabDismissal, **of)
    found = readings(samples, values)
    study = service().study
    baselines = baselines_of(study, found, records.baseline_of(session, person.id), person.first_dose_on)
    events = told(records.rows(session, AdverseEvent, **of), records.rows(session, EventVersion, **of))
    current = sorted(current_samples(samples).values(), key=lambda row: (row.taken_on, row.number), reverse=True)
    by_place = {(one.number, one.analyte): one for one in found}
    return Board(
        person,
        current,
        by_place,
        {place: graded(study, one, baselines) for place, one in by_place.items()},
        baselines,
        suggestions(study, found, baselines, person.first_dose_on, events, dismissals),
        livers(study, found, baselines),
        dismissals,
    )


def waiting(session: Session) -> list[tuple[Participant, list[Suggestion]]]:
    """The participants under treatment whose values nobody has judged, by number: six statements, however many."""
    study = service().study
    kept = {
        model: records.by_participant(records.rows(session, model))
        for model in (LabSample, LabValue, LabDismissal, AdverseEvent, EventVersion, BaselineValue)
    }
    found = []
    for person in session.scalars(select(Participant).order_by(Participant.screening_number, Participant.id)):
        samples, values, dismissals, events, versions, baseline = (of.get(person.id, []) for of in kept.values())
        read = readings(samples, values)
        baselines = baselines_of(study, read, current(baseline), person.first_dose_on)
        judged = told(events, versions)
        suggested = suggestions(study, read, baselines, person.first_dose_on, judged, dismissals)
        if left := [one for one in suggested if one.open]:
            found.append((person, left))
    return found


@dataclass(frozen=True)
class Withheld:
    """A withheld value with its grade, and whether it may be an adverse event."""

    reading: Reading
    grade: int
    emergent: bool


def withheld_of(session: Session, person: Participant) -> tuple[list[Withheld], list[WithheldValue]]:
    """The values kept to the investigator, newest first, and every revision. There is no dismissal: it would tell."""
    rows = records.rows(session, WithheldValue, participant=person.id)
    found, study = withheld_readings(rows), service().study
    baselines = baselines_of(study, found, {}, person.first_dose_on)
    shown = [Withheld(one, graded(study, one, baselines), _emergent(one.taken_on, person)) for one in found]
    return list(reversed(shown)), sorted(rows, key=lambda row: (row.taken_on, row.analyte, row.revision))


def _emergent(day: date, person: Participant) -> bool:
    return person.first_dose_on is not None and day > person.first_dose_on


def report_address(person: str, term: str, grade: int, onset: date) -> str:
    """Where an event is reported, filled in as far as the laboratory knows it."""
    return f"{REPORT_EVENT.format(participant=person)}?term={term}&grade={grade}&onset={onset.isoformat()}"


def proposed_limits(session: Session, person: Participant) -> dict[str, str]:
    """The limits that the laboratory printed last, of this participant or else at the site, to be compared with."""
    newest = select(LabValue).join(LabSample, _same_sample()).where(LabSample.site == person.site)
    rows = session.scalars(newest.order_by(LabSample.recorded_at, LabValue.id))
    latest: dict[str, LabValue] = {}
    for row in sorted(rows, key=lambda one: one.participant == person.id):
        if row.value is not None:
            latest[row.analyte] = row
    return written({name: (None, row.lower, row.upper) for name, row in latest.items()})


def _same_sample() -> Any:
    return (
        (LabSample.participant == LabValue.participant)
        & (LabSample.number == LabValue.number)
        & (LabSample.revision == LabValue.revision)
    )


def recorded_values(session: Session, person: Participant, sample: int) -> dict[str, str]:
    """The current values of a sample as the form's fields hold them."""
    rows = current_values(records.rows(session, LabValue, participant=person.id, number=sample)).values()
    return written({row.analyte: (row.value, row.lower, row.upper) for row in rows if row.value is not None})


def written(values: Mapping[str, tuple[Any, Any, Any]]) -> dict[str, str]:
    """Values and limits by the names of the form's fields."""
    fields = {}
    for name, columns in values.items():
        for part, value in zip(("values", "lower", "upper"), columns, strict=True):
            if value is not None:
                fields[f"{part}.{name}"] = str(value)
    return fields


def normal(found: Measured) -> str:
    """The limits of normal beside a value, in words; empty where it has none."""
    if found.lower is not None and found.upper is not None:
        return f"{found.lower}–{found.upper}"
    if found.upper is not None:
        return str(_("up to %(limit)s", limit=found.upper))
    return "" if found.lower is None else str(_("from %(limit)s", limit=found.lower))


def measure(one: Suggestion) -> str:
    """What the grade was measured by, in words: multiples of the upper limit, and the baseline where that counts."""
    test = service().study.laboratory_test(one.reading.analyte)
    found, told = one.reading.found, []
    if found.upper and test is not None and test.above:
        told.append(_("%(times)s × ULN", times=f"{found.value / found.upper:.2f}"))
    if test is not None and test.above_baseline:
        if one.baseline is None:
            told.append(_("no baseline"))
        elif one.baseline.raised:
            told.append(_("baseline %(value)s, raised", value=one.baseline.value))
        else:
            told.append(_("baseline %(value)s", value=one.baseline.value))
    return " · ".join(map(str, told))
