"""Nothing stands twice: ids among their like, values in a list."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from irt.study.mistakes import Mistake, shown
from irt.study.part import Part
from irt.study.rules.reading import read
from irt.study.whole import StudyFile

LISTS = (
    ("arms", "id", "arm"), ("arms", "kit_type", "kit type"), ("sites", "code", "site"), ("strata", "id", "factor"),
    ("baseline", "id", "baseline value"), ("thresholds", "id", "threshold"), ("activity_routes", "id", "route"),
    ("criteria", "id", "criterion"), ("instruments", "id", "instrument"),
    ("prednisone_equivalents", "drug", "drug"), ("adverse_event_terms", "id", "term"),
    ("safety_laboratory", "id", "test"), ("checks", "id", "check"), ("interfering_medications", "id", "medication"),
)  # fmt: skip


def same_id(study: StudyFile) -> Iterator[Mistake]:
    """Two elements of a list with one id. Two arms with one kit type would be told apart by nothing."""
    for name, field, what in LISTS:
        found = [(f"{name}[{i}].{field}", part, field) for i, part in read(getattr(study, name), field)]
        yield from _twice(found, what)
    parts: list[tuple[str, Sequence[Part] | None, str]] = []
    if study.kit is not None:
        parts.append(("kit.ancillaries", study.kit.ancillaries, "thing handed out"))
    if study.treatment is not None:
        parts.append(("treatment.injection_sites", study.treatment.injection_sites, "injection site"))
        for name in ("missed_reasons", "hold_reasons", "stop_reasons"):
            parts.append((f"treatment.{name}", getattr(study.treatment, name), "reason"))
    if study.core_set is not None:
        parts.append(("core_set.enzymes", study.core_set.enzymes, "enzyme"))
    if study.analysis is not None:
        parts.append(("analysis.endpoints", study.analysis.endpoints, "endpoint"))
    for key, elements, what in parts:
        yield from _twice([(f"{key}[{i}].id", part, "id") for i, part in read(elements, "id")], what)


def same_visit(study: StudyFile) -> Iterator[Mistake]:
    """A scheduled and an unscheduled visit share one set of ids."""
    scheduled = [(f"visits[{i}].id", one, "id") for i, one in read(study.visits, "id")]
    others = [(f"unscheduled_visits[{i}].id", one, "id") for i, one in read(study.unscheduled_visits, "id")]
    yield from _twice([*scheduled, *others], "visit")


def same_field(study: StudyFile) -> Iterator[Mistake]:
    """Fields and totals of an instrument share one set of ids."""
    for i, instrument in read(study.instruments):
        fields = [(f"instruments[{i}].fields[{k}].id", one, "id") for k, one in read(instrument.fields, "id")]
        totals = [(f"instruments[{i}].totals[{k}].id", one, "id") for k, one in read(instrument.totals, "id")]
        yield from _twice([*fields, *totals], "value of this instrument")


def same_value(study: StudyFile) -> Iterator[Mistake]:
    """A value twice in a list of values: a level, a choice, an instrument of a visit, a grade, a signer."""
    for key, values in _value_lists(study):
        seen: set[object] = set()
        for place, value in enumerate(values):
            if value in seen:
                yield Mistake(f"{key}[{place}]", f"{shown(value)} stands twice in {key}", "remove one of the two")
            seen.add(value)


def _value_lists(study: StudyFile) -> Iterator[tuple[str, Sequence[object]]]:
    for name, field in (
        ("strata", "levels"), ("baseline", "choices"), ("criteria", "thresholds"), ("activity_routes", "among"),
        ("visits", "instruments"), ("unscheduled_visits", "instruments"), ("adverse_event_terms", "grades"),
        ("checks", "values"), ("checks", "one_of"),
    ):  # fmt: skip
        for i, part in read(getattr(study, name), field):
            yield f"{name}[{i}].{field}", getattr(part, field)
    for i, instrument in read(study.instruments):
        for k, one in read(instrument.fields, "choices"):
            yield f"instruments[{i}].fields[{k}].choices", one.choices
        for k, total in read(instrument.totals, "of"):
            yield f"instruments[{i}].totals[{k}].of", total.of
    for name, field in (
        ("safety", "serious_event_recipients"), ("safety", "code_break_recipients"), ("lock", "signers"),
        ("lock", "release_signers"), ("lock", "reopen_signers"), ("analysis", "fixed_sequence"),
        ("analysis", "covariates"), ("analysis", "intercurrent_precedence"), ("analysis", "response_levels"),
    ):  # fmt: skip
        values = getattr(getattr(study, name), field, None)
        if values is not None:
            yield f"{name}.{field}", values


def _twice(found: Iterable[tuple[str, Part, str]], what: str) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    for key, part, field in found:
        value = getattr(part, field)
        if value in first:
            remedy = f"remove one of the two, or give this {what} its own {field}"
            yield Mistake(key, f"{shown(value)} is also the {field} at {first[value]}", remedy)
        first.setdefault(value, key)


RULES: tuple[Callable[[StudyFile], Iterator[Mistake]], ...] = (same_id, same_visit, same_field, same_value)
