"""Outcomes in words: instruments and their values by the study's names, totals as people read them, mistakes."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.outcomes.forms import Readings, keys_of, prednisone_equivalent
from irt.participants.written import number_of
from irt.study import Instrument, InstrumentField, Study
from irt.web import texts, words
from irt.web.forms import Mistake
from irt.web.wired import service

EQUIVALENT = _l("Prednisone equivalent")
PARTS = ("readings", "not_done")  # fields whose parts are instruments
REMEDIES = {
    "done_or_not": _l("values stand beside it; take these away, or the reason"),
    "shorten": _l("write at most %(limit)s characters"),
}


def instrument_name(code: str) -> str:
    """An instrument in the reader's language; one that the study has no more by its code."""
    return next((texts.said(one.name) for one in service().study.instruments if one.id == code), code)


def field_said(first: str, part: str) -> str:
    """A field of a sheet: `readings` with its instrument and value, `not_done` with its instrument."""
    name, _dot, key = part.partition(".")
    instrument = next((one for one in service().study.instruments if one.id == name), None)
    if instrument is None:
        return part
    return f"{texts.said(instrument.name)} · {label_of(instrument, key) if key else words.field(first)}"


def label_of(instrument: Instrument, key: str) -> str:
    """A value of an instrument by its label, with its number where there are several."""
    field = keys_of(instrument).get(key)
    if field is None:
        return key
    number = key.removeprefix(field.id).removeprefix(".")
    return " ".join(filter(None, (texts.said(field.label), number)))


def value_said(instrument: Instrument, field: InstrumentField, text: str) -> str:
    """A value as it is read: a choice by its word, a mark by its number and its word, a number as it was written."""
    if field.type == "choice":
        return str(texts.choice_word(text))
    number = number_of(text)
    if instrument.marks and number is not None:
        place = int(number - (field.minimum or 0))
        if 0 <= place < len(instrument.marks):
            return f"{text} {texts.said(instrument.marks[place])}"
    return text


def rounded(number: Fraction) -> str:
    """A number to three places of a decimal at most."""
    text = f"{float(round(number, 3)):.3f}"
    return text.rstrip("0").rstrip(".")


def equivalent(study: Study, instrument: Instrument, readings: Readings) -> Fraction | None:
    """The prednisone equivalent of a daily dose, where the instrument asks for a glucocorticoid of the study's list."""
    listed = {one.drug for one in study.prednisone_equivalents} | {"none"}
    drugs = [one for one in instrument.fields if one.type == "choice" and set(one.choices) <= listed]
    doses = [number_of(readings.get(one.id, "")) for one in instrument.fields if one.type == "number"]
    dose = doses[0] if len(doses) == 1 else None
    if not drugs or dose is None or drugs[0].id not in readings:
        return None
    return prednisone_equivalent(study, readings[drugs[0].id], dose)


def outcome_mistakes(facts: Mapping[str, Any], remedies: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with a sheet or a form, each thing at its field."""
    for one in facts["mistakes"]:
        first, _dot, part = one["field"].partition(".")
        told = field_said(first, f"{facts['instrument']}.{part}" if "instrument" in facts else part)
        remedy = str({**remedies, **REMEDIES}[one["remedy"]]) % {"limit": one.get("limit", "")}
        if one["value"]:
            said = _(
                "%(field)s: “%(value)s” is not accepted; %(remedy)s.",
                field=told, value=one["value"][:80], remedy=remedy,
            )  # fmt: skip
        else:
            said = _("%(field)s: %(remedy)s.", field=told, remedy=remedy)
        yield Mistake(one["field"], one["value"], said)
