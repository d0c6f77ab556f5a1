"""Baseline values, and the thresholds and routes computed from them."""

from collections.abc import Iterator

from irt.study.mistakes import Mistake, shown
from irt.study.rules.reading import ids_of, range_mistakes, read, unknown
from irt.study.whole import StudyFile


def baseline_values(study: StudyFile) -> Iterator[Mistake]:
    """A baseline value is a number with range and step, or a choice; never both."""
    for i, field in read(study.baseline, "choices"):
        key = f"baseline[{i}]"
        if not field.choices:
            yield from range_mistakes(key, field)
            continue
        for name in ("minimum", "maximum", "step"):
            if getattr(field, name) is not None:
                yield Mistake(f"{key}.{name}", f"found {getattr(field, name)} beside choices", f"remove {name}")
        if len(field.choices) < 2:
            yield Mistake(f"{key}.choices", f"found {shown(field.choices)}", "give at least two choices")


def thresholds(study: StudyFile) -> Iterator[Mistake]:
    """A threshold compares numbers of the baseline."""
    if study.baseline is None:
        return
    known = ids_of(study.baseline)
    numbers = {one.id for _, one in read(study.baseline, "id") if not one.choices}
    for i, threshold in read(study.thresholds):
        for name in ("value", "per"):
            source = getattr(threshold, name)
            if source is not None and source not in numbers:
                what = "number: it is a choice" if source in known else "baseline value"
                yield unknown(f"thresholds[{i}].{name}", source, numbers, what)


def criteria_thresholds(study: StudyFile) -> Iterator[Mistake]:
    """What is shown beside a criterion is there."""
    if study.thresholds is None:
        return
    known = ids_of(study.thresholds)
    for i, criterion in read(study.criteria, "thresholds"):
        for k, name in enumerate(criterion.thresholds):
            if name not in known:
                yield unknown(f"criteria[{i}].thresholds[{k}]", name, known, "threshold")


def routes(study: StudyFile) -> Iterator[Mistake]:
    """A route counts measures that thresholds have, and no more of them than it names."""
    if study.thresholds is None:
        return
    known, measures = ids_of(study.thresholds), ids_of(study.thresholds, "measure")
    for i, route in read(study.activity_routes):
        key = f"activity_routes[{i}]"
        if route.threshold is not None and route.threshold not in known:
            yield unknown(f"{key}.threshold", route.threshold, known, "threshold")
        for k, name in enumerate(route.among or ()):
            if name not in measures:
                yield unknown(f"{key}.among[{k}]", name, measures, "measure of a threshold")
        if route.among is not None and route.abnormal is not None and route.abnormal > len(route.among):
            remedy = f"write at most {len(route.among)}"
            yield Mistake(f"{key}.abnormal", f"{route.abnormal} is more than the measures it counts among", remedy)


RULES = (baseline_values, thresholds, criteria_thresholds, routes)
