"""Forms of instruments as pages show them: values with their words, exact totals, who, when and every revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.gate.tables import SignatureRow
from irt.outcomes.capture import rated_by
from irt.outcomes.forms import keys_of, totals_of
from irt.outcomes.tables import OutcomeForm
from irt.study import Instrument
from irt.web import outcome_wording, records, texts
from irt.web.rating import Place, Rated, instruments_at
from irt.web.signed import Signed
from irt.web.wired import service


@dataclass(frozen=True)
class Value:
    """One value, or the values of a row of items, in words; `exact`: the fraction behind a rounded number."""

    label: str
    text: str
    unit: str = ""
    exact: str = ""


@dataclass(frozen=True)
class Revision:
    """One revision of a form, with the name of who recorded it and the signature under it."""

    row: OutcomeForm
    who: str
    signed: Signed | None
    values: Sequence[Value]
    totals: Sequence[Value]


@dataclass(frozen=True)
class Shown:
    """An instrument at a visit: its state, the revision that counts and those before it; nothing of what is hidden."""

    instrument: Instrument
    state: str  # open, draft, final, not_done
    hidden: bool
    own: bool  # the reader records it
    timing: str = ""
    latest: Revision | None = None
    earlier: Sequence[Revision] = ()


@dataclass(frozen=True)
class Known:
    """Names and signatures of the forms of a page, read once."""

    names: Mapping[str, str]
    signatures: Mapping[str, SignatureRow]

    def revision(self, instrument: Instrument, row: OutcomeForm) -> Revision:
        """One row as it is shown."""
        given = self.signatures.get(row.signature or "")
        return Revision(
            row, self.names.get(row.recorded_by, ""), Signed(given) if given else None,
            values_of(instrument, row.readings), totals_shown(instrument, row.readings),
        )  # fmt: skip


def known_of(session: Session, rows: Sequence[OutcomeForm]) -> Known:
    """Names and signatures of these forms."""
    wanted = {row.signature for row in rows if row.signature}
    found = session.scalars(select(SignatureRow).where(SignatureRow.id.in_(wanted))) if wanted else ()
    return Known(records.names(session, *(row.recorded_by for row in rows)), {row.id: row for row in found})


def visits_of(session: Session, seen: Rated) -> list[tuple[Place, list[Shown]]]:
    """Every visit that has begun with what the reader may know of its instruments."""
    known = known_of(session, seen.rows)
    mine = ((place, [one for one in instruments_at(place) if seen.reads(one)]) for place in seen.places)
    return [(place, [_shown(known, seen, place, one) for one in of]) for place, of in mine if of]


def _shown(known: Known, seen: Rated, place: Place, instrument: Instrument) -> Shown:
    own = rated_by(instrument) in seen.rating
    form = seen.forms.get((place.visit, instrument.id))
    if form is None or form.state == "draft":
        return Shown(instrument, "draft" if form is not None and own else "open", False, own)
    if seen.hidden(place.visit, instrument):
        return Shown(instrument, form.state, True, own)
    rows = [row for row in seen.rows if (row.visit, row.instrument) == (place.visit, instrument.id)]
    told = sorted((row for row in rows if row.state != "draft"), key=lambda row: row.revision, reverse=True)
    latest, *earlier = (known.revision(instrument, row) for row in told)
    when = seen.timing(place, form.assessed_on) if form.assessed_on and form.state == "final" else ""
    return Shown(instrument, form.state, False, own, when, latest, earlier)


def extract_of(seen: Rated, place: Place) -> list[tuple[Instrument, OutcomeForm | None, Sequence[Value]]]:
    """What a physician-assessor may read of a visit beside the sheet: the instruments that the study names, no more."""
    found: list[tuple[Instrument, OutcomeForm | None, Sequence[Value]]] = []
    for one in (one for one in instruments_at(place) if one.shown_to_physician_assessor):
        form = seen.forms.get((place.visit, one.id))
        form = None if form is None or form.state == "draft" else form
        found.append((one, form, values_of(one, form.readings) if form else ()))
    return found


def values_of(instrument: Instrument, readings: Mapping[str, Any]) -> list[Value]:
    """What was recorded, each value with its label; items in one row; after a glucocorticoid's dose its equivalent."""
    found = []
    keys = keys_of(instrument)
    for field in instrument.fields:
        of = [(key, readings[key]) for key, one in keys.items() if one is field and readings.get(key)]
        if of:
            said = ", ".join(outcome_wording.value_said(instrument, field, text) for _key, text in of)
            found.append(Value(texts.said(field.label), said, field.unit or ""))
    equal = outcome_wording.equivalent(service().study, instrument, readings)
    if equal is not None:
        found.append(Value(outcome_wording.EQUIVALENT, outcome_wording.rounded(equal), "mg/d", _exact(equal)))
    return found


def totals_shown(instrument: Instrument, readings: Mapping[str, Any]) -> list[Value]:
    """The raw totals of what was recorded, each with the most that it can be; none of what has too few answers."""
    exact = totals_of(instrument, readings)
    return [
        Value(texts.said(one.label), outcome_wording.rounded(total), f"/ {one.maximum:g}", _exact(total))
        for one in instrument.totals
        if (total := exact[one.id]) is not None
    ]


def _exact(number: Any) -> str:
    return "" if number.denominator == 1 else str(number)
