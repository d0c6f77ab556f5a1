"""Instruments: ranges, totals, masking; and the core set that points into them."""

from collections.abc import Iterator

from irt.study.instruments import Instrument, InstrumentField, Total
from irt.study.mistakes import Mistake, shown
from irt.study.rules.reading import ids_of, range_mistakes, read, unknown
from irt.study.whole import StudyFile

# Percents of TIS are of these ranges; that of the muscle test is mmt_max.
RANGES = {"physician_global": 10, "patient_global": 10, "haq": 3, "extramuscular": 10}
MEASURES = ("mmt", *RANGES)


def fields(study: StudyFile) -> Iterator[Mistake]:
    """A number has range and step, a choice its choices, a text neither."""
    for i, instrument in read(study.instruments):
        if instrument.fields == ():
            yield Mistake(f"instruments[{i}].fields", "is empty", "add at least one field")
        for k, field in read(instrument.fields, "type", "choices"):
            yield from _field(f"instruments[{i}].fields[{k}]", field)


def _field(key: str, field: InstrumentField) -> Iterator[Mistake]:
    if field.type == "number":
        yield from range_mistakes(key, field)
    else:
        for name in ("minimum", "maximum", "step"):
            if getattr(field, name) is not None:
                yield Mistake(f"{key}.{name}", f"found {getattr(field, name)} at a {field.type}", f"remove {name}")
        for name in ("ends", "below_detection"):
            if getattr(field, name):
                yield Mistake(f"{key}.{name}", f"found at a {field.type}", f"remove {name}: it is of numbers")
    if field.ends and len(field.ends) != 2:
        yield Mistake(f"{key}.ends", f"found {len(field.ends)}", "write two texts: what 0 and what the most stands for")
    if field.type == "choice" and len(field.choices) < 2:
        yield Mistake(f"{key}.choices", f"found {shown(field.choices)}", "give at least two choices")
    if field.type != "choice" and field.choices:
        yield Mistake(f"{key}.choices", f"found {shown(field.choices)} at a {field.type}", "remove them")


def marks(study: StudyFile) -> Iterator[Mistake]:
    """There is one mark for each step of each number of the instrument."""
    for i, instrument in read(study.instruments, "marks", "fields"):
        wrong = (_unmarked(k, one, len(instrument.marks)) for k, one in read(instrument.fields, "type"))
        first = next(filter(None, wrong), None) if instrument.marks else None
        if first is not None:
            yield Mistake(f"instruments[{i}].marks", *first)


def _unmarked(place: int, field: InstrumentField, marks: int) -> tuple[str, str] | None:
    if field.type != "number":
        return f"fields[{place}] of the instrument is a {field.type}", "remove the marks, or make it a number"
    if field.minimum is None or field.maximum is None or field.step is None:
        return None
    steps = (field.maximum - field.minimum) / field.step + 1
    return None if marks == steps else (f"found {marks} texts", f"write {steps}, one for each step of fields[{place}]")


def totals(study: StudyFile) -> Iterator[Mistake]:
    """A total is of number fields of its instrument, has a range, and can reach its maximum."""
    for i, instrument in read(study.instruments, "fields"):
        for k, total in read(instrument.totals):
            yield from _total(f"instruments[{i}].totals[{k}]", instrument, total)


def _total(key: str, instrument: Instrument, total: Total) -> Iterator[Mistake]:
    numbers = {one.id: one for _, one in read(instrument.fields, "id") if one.type in ("number", None)}
    of = total.of or ()
    for place, name in enumerate(of):
        if name not in numbers:
            yield unknown(f"{key}.of[{place}]", name, numbers, "number of this instrument")
    low, high = total.minimum, total.maximum
    if low is not None and high is not None and low >= high:
        yield Mistake(f"{key}.maximum", f"{high} is not above the minimum {low}", "write a larger maximum")
    if total.minimum_answered is not None and total.of is not None and total.minimum_answered > len(of):
        remedy = f"write at most {len(of)}"
        yield Mistake(f"{key}.minimum_answered", f"{total.minimum_answered} is more than the fields", remedy)
    if total.how == "sum" and high is not None and of and all(name in numbers for name in of):
        parts = [(numbers[name].maximum, numbers[name].items) for name in dict.fromkeys(of)]
        sums = [maximum * items for maximum, items in parts if maximum is not None and items is not None]
        if len(sums) == len(parts) and len(set(of)) == len(of) and sum(sums) != high:
            remedy = f"write {sum(sums)}, or mend the fields' ranges"
            yield Mistake(f"{key}.maximum", f"{high} is not the sum of the fields' maxima", remedy)


def masking(study: StudyFile) -> Iterator[Mistake]:
    """What can unmask is entered by the laboratory and shown to nobody."""
    for i, instrument in read(study.instruments, "can_unmask", "rater"):
        if instrument.can_unmask and instrument.rater != "laboratory":
            remedy = 'write rater = "laboratory"; no masked role may read what can unmask'
            yield Mistake(f"instruments[{i}].rater", f"{shown(instrument.rater)} rates what can unmask", remedy)
        if instrument.can_unmask and instrument.shown_to_physician_assessor:
            key = f"instruments[{i}].shown_to_physician_assessor"
            yield Mistake(key, "found true for what can unmask", "remove it")


def core_set(study: StudyFile) -> Iterator[Mistake]:
    """Each core set measure is a number of an instrument, and the muscle test has the scale that mmt_max says."""
    core = study.core_set
    if core is None or study.instruments is None:
        return
    known = values_of(study)
    pointers = [(f"core_set.{name}", getattr(core, name)) for name in MEASURES]
    for i, enzyme in read(core.enzymes):
        pointers += [(f"core_set.enzymes[{i}].{name}", getattr(enzyme, name)) for name in ("value", "upper_limit")]
    if core.enzymes == ():
        yield Mistake("core_set.enzymes", "is empty", "name at least one enzyme")
    for key, pointer in pointers:
        if pointer is not None and pointer not in known:
            yield unknown(key, pointer, known, "number of an instrument (instrument.field)")
    found = known.get(core.mmt) if core.mmt is not None else None
    if found is not None and found.maximum is not None and core.mmt_max is not None and found.maximum != core.mmt_max:
        remedy = f"write {found.maximum}, or change {core.mmt}"
        yield Mistake("core_set.mmt_max", f"{core.mmt_max} is not the maximum of {core.mmt}", remedy)
    for name, most in RANGES.items():
        scale = known.get(getattr(core, name) or "")
        if scale is not None and scale.maximum is not None and scale.maximum != most:
            remedy = f"name a number of 0 to {most}: the response criteria take percents of that range"
            yield Mistake(f"core_set.{name}", f"{getattr(core, name)} goes up to {scale.maximum}", remedy)


def values_of(study: StudyFile) -> dict[str, InstrumentField | Total]:
    """Every number and total of an instrument, as `instrument.field`."""
    found: dict[str, InstrumentField | Total] = {}
    for _, instrument in read(study.instruments, "id"):
        for _, field in read(instrument.fields, "id"):
            if field.type in ("number", None):
                found[f"{instrument.id}.{field.id}"] = field
        for _, total in read(instrument.totals, "id"):
            found[f"{instrument.id}.{total.id}"] = total
    return found


def glucocorticoids(study: StudyFile) -> Iterator[Mistake]:
    """Prednisone is among the glucocorticoids, and is its own measure."""
    for i, one in read(study.prednisone_equivalents, "drug", "equal_to_5_mg"):
        if one.drug == "prednisone" and one.equal_to_5_mg != 5:
            key = f"prednisone_equivalents[{i}].equal_to_5_mg"
            yield Mistake(key, f"found {one.equal_to_5_mg}", "write 5: prednisone is its own measure")
    if study.prednisone_equivalents is not None and "prednisone" not in ids_of(study.prednisone_equivalents, "drug"):
        yield Mistake("prednisone_equivalents", "prednisone is not among them", "add it with equal_to_5_mg = 5")


RULES = (fields, marks, totals, masking, core_set, glucocorticoids)
