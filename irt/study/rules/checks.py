"""Edit checks: their keys fit the kind, they name values that there are, and none that can unmask."""

from collections.abc import Iterator, Mapping

from irt.study.checks import FOLLOWED_ENZYME, Check
from irt.study.mistakes import Mistake, shown
from irt.study.rules.instruments import values_of
from irt.study.rules.reading import ids_of, read, unknown
from irt.study.whole import StudyFile

RANGE = ("minimum", "maximum")
KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # what a kind needs; what it may have beside
    "plausible": (("value",), RANGE),
    "together": (("values",), ()),
    "implies": (("when", "one_of", "value"), RANGE),
    "at_most_other": (("value", "other"), ("factor",)),
    "change": (("value", "since"), ("amount", "factor")),
    "given": (("value",), ()),
}
OF_SOME_KIND = sorted({name for needed, beside in KEYS.values() for name in (*needed, *beside)})


def keys(study: StudyFile) -> Iterator[Mistake]:
    """A check has the keys of its kind and no others."""
    for i, check in read(study.checks, "kind"):
        key = f"checks[{i}]"
        needed, beside = KEYS[check.kind]
        given = check.model_fields_set
        for name in needed:
            if name not in given:
                yield Mistake(f"{key}.{name}", f"is missing for a check of kind {check.kind}", f"add {name}")
        for name in OF_SOME_KIND:
            if name in given and name not in (*needed, *beside):
                yield Mistake(f"{key}.{name}", f"found at a check of kind {check.kind}", f"remove {name}")
        yield from _limits(key, check)


def _limits(key: str, check: Check) -> Iterator[Mistake]:
    given = check.model_fields_set
    if check.kind in ("plausible", "implies") and not given & {*RANGE}:
        yield Mistake(f"{key}.minimum", "is missing, and so is maximum", "add one of them, or both")
    if check.minimum is not None and check.maximum is not None and check.minimum > check.maximum:
        yield Mistake(f"{key}.maximum", f"{check.maximum} is below the minimum {check.minimum}", "write a larger one")
    if check.kind == "change" and len(given & {"amount", "factor"}) != 1:
        yield Mistake(f"{key}.amount", "a change is judged by one of amount and factor", "give one of the two")
    if check.amount is not None and check.amount < 0:
        yield Mistake(f"{key}.amount", f"found {check.amount}", "write 0 or more")
    least = 1 if check.kind == "change" else 0
    if check.factor is not None and check.factor <= least:
        yield Mistake(f"{key}.factor", f"found {check.factor}", f"write a factor above {least}")
    if check.kind == "together" and check.values is not None and 0 < len(check.values) < 2:
        yield Mistake(f"{key}.values", f"found {shown(check.values)}", "name at least two values")


def pointers(study: StudyFile) -> Iterator[Mistake]:
    """What a check names is a value of an instrument, recorded at a visit; nothing that can unmask, for a query would
    leave a trace of its value."""
    if study.instruments is None:
        return
    numbers, choices, anything = _known(study)
    found = read(study.instruments, "id", "can_unmask")
    sealed = {one.id for _, one in found if one.can_unmask and one.rater == "laboratory"}  # else a mistake of its own
    for i, check in read(study.checks, "kind"):
        key = f"checks[{i}]"
        valued = numbers | anything if check.kind == "given" else numbers
        named = [(f"{key}.value", check.value, valued), (f"{key}.other", check.other, numbers)]
        named.append((f"{key}.when", check.when, choices))
        named += [(f"{key}.values[{place}]", one, anything) for place, one in enumerate(check.values or ())]
        for at, pointer, known in named:
            if pointer is None:
                continue
            if pointer.partition(".")[0] in sealed:
                remedy = "remove the check: its query would leave a trace of the value"
                yield Mistake(at, f"{shown(pointer)} can unmask", remedy)
            elif pointer not in known:
                yield unknown(at, pointer, known, "value that this check can be about (instrument.key)")
        yield from _answers(key, check, study)


def _answers(key: str, check: Check, study: StudyFile) -> Iterator[Mistake]:
    """The answers of a check are among the choices that it points to."""
    name, _, part = (check.when or "").partition(".")
    for _, instrument in read(study.instruments, "id", "fields"):
        for _, field in read(instrument.fields, "id", "choices"):
            if (instrument.id, field.id) == (name, part) and field.type == "choice":
                for place, answer in enumerate(check.one_of or ()):
                    if answer not in field.choices:
                        yield unknown(f"{key}.one_of[{place}]", answer, field.choices, f"choice of {name}.{part}")


def _known(study: StudyFile) -> tuple[set[str], set[str], set[str]]:
    """Numbers and totals, choices, and whatever can be given, as `instrument.key`."""
    choices, given = set(), set()
    numbers = {one for one in values_of(study) if "." in one}
    for _, instrument in read(study.instruments, "id"):
        for _, field in read(instrument.fields, "id", "items"):
            names = [field.id] if field.items == 1 else [f"{field.id}.{n}" for n in range(1, field.items + 1)]
            found = {f"{instrument.id}.{one}" for one in names}
            given |= found
            if field.type == "choice":
                choices |= found
            if field.items > 1:  # values_of names the field, a check one of its items
                numbers = numbers - {f"{instrument.id}.{field.id}"} | (found if field.type == "number" else set())
    return numbers, choices, given


def visits(study: StudyFile) -> Iterator[Mistake]:
    """Several values of one check are recorded at the same visits, else it would never speak."""
    if study.instruments is None or study.visits is None:
        return
    known = ids_of(study.instruments)
    for i, check in read(study.checks):
        names = {one.partition(".")[0] for one in (check.value, check.other, check.when, *(check.values or ())) if one}
        if not names <= known:
            continue  # named already
        if not any(names <= set(one.instruments) for _, one in read(study.visits, "instruments")):
            remedy = "name values of one visit, or add the instruments to a visit"
            yield Mistake(f"checks[{i}]", f"no visit records {', '.join(sorted(names))} together", remedy)


def names(study: StudyFile) -> Iterator[Mistake]:
    """No check has the name of one that is asked without being configured."""
    for i, check in read(study.checks, "id"):
        if check.id == FOLLOWED_ENZYME:
            yield Mistake(f"checks[{i}].id", f"{shown(check.id)} is asked as it is", "choose another id")


RULES = (keys, pointers, visits, names)
