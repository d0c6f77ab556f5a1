"""What the laboratory's pages show: who may have a sample, what is recorded of each, and what is still open."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.outcomes.forms import keys_of
from irt.outcomes.import_results import known_results
from irt.outcomes.result_file import COLUMNS, OPTIONAL, File, read_results
from irt.outcomes.results import current_results, readings_of, today_at_sites
from irt.outcomes.sampling import Sampled, Sampling, sampled
from irt.outcomes.tables import LaboratoryResult
from irt.participants.tables import Participant, VisitRecord
from irt.randomization.tables import Randomization
from irt.study import Instrument
from irt.web import records, texts
from irt.web.wired import service


@dataclass(frozen=True)
class Shown:
    """One instrument of one visit: its revisions, the last of which counts; none: it is open."""

    place: Sampling
    instrument: Instrument
    rows: tuple[LaboratoryResult, ...]

    @property
    def current(self) -> LaboratoryResult | None:
        """The revision that counts."""
        return self.rows[-1] if self.rows else None


def everybody(session: Session) -> dict[str, Sampled]:
    """Everybody of whom the laboratory may have a sample, by number: three statements."""
    study = service().study
    return sampled(
        study, session.scalars(select(Participant)), records.rows(session, Randomization),
        records.rows(session, VisitRecord), today_at_sites(study, service().clock.now()),
    )  # fmt: skip


def somebody(session: Session, participant: str) -> Sampled:
    """One of them by id; the page "not found" for anybody else."""
    study, of = service().study, {"participant": participant}
    person = records.one(session, Participant, id=participant)
    found = sampled(
        study, [person], records.rows(session, Randomization, **of), records.rows(session, VisitRecord, **of),
        today_at_sites(study, service().clock.now()),
    )  # fmt: skip
    return found.get(person.screening_number) or abort(404)


def shown_of(session: Session, one: Sampled) -> list[Shown]:
    """Every instrument of every visit of a participant that the laboratory may have a sample of."""
    rows = records.rows(session, LaboratoryResult, participant=one.id)
    return [
        Shown(
            place,
            instrument,
            tuple(
                sorted(
                    (row for row in rows if (row.visit, row.instrument) == (place.visit, instrument.id)),
                    key=lambda row: row.revision,
                )
            ),
        )
        for place in one.visits.values()
        for instrument in place.instruments
    ]


def place_of(session: Session, participant: str, visit: str, instrument: str) -> tuple[Sampled, Shown]:
    """One of them by its address; the page "not found" where it is none."""
    one = somebody(session, participant)
    found = (
        shown
        for shown in shown_of(session, one)
        if (shown.place.label, shown.instrument.id) == (visit, instrument)
    )  # fmt: skip
    return one, next(found, None) or abort(404)


def open_of(session: Session) -> list[tuple[Sampled, Sampling, list[Instrument]]]:
    """What waits for a result, by number and visit; nothing of visits after somebody left."""
    known = known_results(records.rows(session, LaboratoryResult))
    found = []
    for one in everybody(session).values():
        for place in (place for place in one.visits.values() if place.expected):
            if left := [each for each in place.instruments if (one.id, place.visit, each.id) not in known]:
                found.append((one, place, left))
    return found


def read_file(session: Session, data: bytes, filename: str) -> File:
    """A file of results, read against what is there."""
    known = known_results(records.rows(session, LaboratoryResult))
    return read_results(data, filename, everybody(session), known)


def template(session: Session) -> bytes:
    """A file to be filled in, with a row for each value that is open."""
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(COLUMNS + OPTIONAL)
    for one, place, instruments in open_of(session):
        for instrument in instruments:
            for key, field in keys_of(instrument).items():
                test = f"{instrument.id}.{key}"
                writer.writerow([one.number, place.label, "", test, "", field.unit or "", ""])
    return kept.getvalue().encode("utf-8-sig")  # a spreadsheet takes it for UTF-8 by the mark


def visit_word(place: Sampling) -> str:
    """A visit as the laboratory knows it: one outside the plan by its day alone."""
    if place.day is None:
        return texts.visit_name(place.visit)
    _day, _dot, again = place.label.removeprefix("X.").partition(".")
    named = str(_("Additional visit of %(day)s", day=place.day))
    return f"{named} ({again})" if again else named


def values_of(row: LaboratoryResult, instrument: Instrument) -> list[tuple[str, str, str]]:
    """The values of a result with their names and units, in the order of the instrument."""
    keys, readings = keys_of(instrument), readings_of(row)
    return [(texts.said(keys[key].label), readings[key], keys[key].unit or "") for key in keys if key in readings]


def current_values(shown: Shown) -> Mapping[str, Any]:
    """The values that count, by the names of the form's fields."""
    row = shown.current
    if row is None:
        return {}
    assert current_results(shown.rows)[row.visit, row.instrument] is row
    named: dict[str, Any] = {f"readings.{key}": text for key, text in readings_of(row).items()}
    return named | {"collected_on": row.collected_on, "not_done": row.not_done}
