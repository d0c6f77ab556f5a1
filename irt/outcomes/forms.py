"""The form of an instrument: the keys of its values, what is wrong with what was written, and its totals. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from irt.participants.written import Mistake, number_of, out_of_range
from irt.study import Instrument, InstrumentField, Study, Total

BELOW = "<"  # before the least that a laboratory can tell, where the value is below it
LONGEST_TEXT = 200
Readings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number as written; `below`: it is less than this, by an amount that could not be told."""

    value: Decimal
    below: bool = False


@dataclass(frozen=True, slots=True)
class Short:
    """Too few answers for a total."""

    unanswered: int
    of: int
    needed: int


def keys_of(instrument: Instrument) -> dict[str, InstrumentField]:
    """The keys of an instrument's values in their order: the field's id; of a field with several items, `id.1` on."""
    return {
        (one.id if one.items == 1 else f"{one.id}.{number}"): one
        for one in instrument.fields
        for number in range(1, one.items + 1)
    }


def by_instrument(written: Readings) -> dict[str, dict[str, str]]:
    """What is written by `instrument.key`, of each instrument; nothing of what is empty."""
    named: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, text in written.items():
        instrument, _, key = name.partition(".")
        if text:
            named[instrument][key] = text
    return dict(named)


def measured(field: InstrumentField, text: str) -> Measured | None:
    """The number that was written for a field; None when it writes none."""
    below = field.below_detection and text.startswith(BELOW)
    number = number_of(text.removeprefix(BELOW).strip() if below else text)
    return None if number is None else Measured(number, below)


def mistakes_in(instrument: Instrument, written: Readings, *, whole: bool) -> Iterator[Mistake]:
    """Every mistake in the values of a form: its key, what was written, the remedy as a code.

    `whole`: what is required has to be there; a draft may lack it.
    Remedies: remove_unknown_field, fill_in, one_of, shorten, and those of a number.
    """
    keys = keys_of(instrument)
    for key, text in written.items():
        if key not in keys:
            yield {"field": key, "value": text, "remedy": "remove_unknown_field"}
    for key, field in keys.items():
        text = written.get(key, "")
        wrong = _wrong(field, text) if text else ({"remedy": "fill_in"} if whole and field.required else None)
        if wrong:
            yield {"field": key, "value": text} | wrong


def mistakes_of_sheet(
    instruments: Iterable[Instrument],
    named: Mapping[str, Readings],
    not_done: Mapping[str, str],
    *,
    whole: bool,
) -> list[Mistake]:
    """Every mistake of a sheet by the names of its fields: `readings.instrument.key` and `not_done.instrument`.

    `named`: what is written of each instrument. Remedies: as `mistakes_in`, and done_or_not.
    """
    found: list[Mistake] = []
    for one in instruments:
        if one.id in named and one.id in not_done:
            found.append({"field": f"not_done.{one.id}", "value": not_done[one.id], "remedy": "done_or_not"})
        elif one.id in named:
            wrong = mistakes_in(one, named[one.id], whole=whole)
            found += [mistake | {"field": f"readings.{one.id}.{mistake['field']}"} for mistake in wrong]
    return found


def _wrong(field: InstrumentField, text: str) -> Mistake | None:
    if field.type == "choice":
        return None if text in field.choices else {"remedy": "one_of", "choices": ", ".join(field.choices)}
    if field.type == "text":
        return {"remedy": "shorten", "limit": str(LONGEST_TEXT)} if len(text) > LONGEST_TEXT else None
    below = field.below_detection and text.startswith(BELOW)
    wrong = out_of_range(text.removeprefix(BELOW).strip() if below else text, field.minimum, field.maximum, field.step)
    if below and wrong is None and not number_of(text.removeprefix(BELOW).strip()):
        return {"remedy": "at_least", "limit": str(field.step)}  # nothing is below 0
    return wrong


def totals_of(instrument: Instrument, readings: Readings) -> dict[str, Fraction | None]:
    """Each total of an instrument, exactly; None where too little was answered."""
    return {total.id: _total(total, keys_of(instrument), readings) for total in instrument.totals}


def _total(total: Total, keys: Mapping[str, InstrumentField], readings: Readings) -> Fraction | None:
    wanted = _summed(total, keys)
    given = [Fraction(found.value) for key in wanted if (found := _read(keys[key], readings.get(key)))]
    least = total.minimum_answered or 1 if total.how == "mean_of_answered" else len(wanted)
    if len(given) < least:
        return None
    return sum(given, Fraction(0)) / (len(given) if total.how == "mean_of_answered" else 1)


def _summed(total: Total, keys: Mapping[str, InstrumentField]) -> list[str]:
    return [key for key, field in keys.items() if field.id in total.of]


def short_of(instrument: Instrument, readings: Readings) -> list[Short]:
    """The totals of an instrument that there are not, for want of answers: each with how many there are to be."""
    keys, totals = keys_of(instrument), totals_of(instrument, readings)
    return [
        Short(sum(not readings.get(key) for key in wanted), len(wanted), total.minimum_answered)
        for total in instrument.totals
        if total.minimum_answered and totals[total.id] is None and (wanted := _summed(total, keys))
    ]


def is_given(study: Study, pointer: str, forms: Mapping[str, Readings]) -> bool:
    """Whether the value that `instrument.field` names was written at a visit, or the total of its form is there."""
    name, _, part = pointer.partition(".")
    readings = forms.get(name, {})
    totals = totals_of(study.instrument(name), readings)
    return totals[part] is not None if part in totals else bool(readings.get(part))


def _read(field: InstrumentField, text: str | None) -> Measured | None:
    return measured(field, text) if text else None


def value_of(study: Study, pointer: str, forms: Mapping[str, Readings]) -> Fraction | None:
    """The value or total that `instrument.field` names, among the readings of one visit by instrument, exactly.

    None where it was not recorded, or was below what can be told.
    """
    name, _, part = pointer.partition(".")
    readings = forms.get(name)
    if readings is None:
        return None
    instrument = study.instrument(name)
    if part in {total.id for total in instrument.totals}:
        return totals_of(instrument, readings)[part]
    keys = keys_of(instrument)
    found = _read(keys[part], readings.get(part)) if part in keys else None
    return None if found is None or found.below else Fraction(found.value)


def prednisone_equivalent(study: Study, drug: str, dose: Decimal) -> Fraction | None:
    """Milligrams of prednisone that equal a daily dose of a glucocorticoid, exactly; 0 of none; None if not listed."""
    if drug == "none":
        return Fraction(0)
    of = {one.drug: one.equal_to_5_mg for one in study.prednisone_equivalents}
    return Fraction(dose) * 5 / Fraction(of[drug]) if drug in of else None
