"""The site's safety laboratory: what is graded can be graded, into grades that its term may take."""

from collections.abc import Iterator
from itertools import pairwise

from irt.study.laboratory import LaboratoryTest
from irt.study.mistakes import Mistake, shown
from irt.study.rules.reading import ids_of, range_mistakes, read, unknown
from irt.study.whole import StudyFile


def ranges(study: StudyFile) -> Iterator[Mistake]:
    """A value has a range that its step divides."""
    for i, test in read(study.safety_laboratory):
        yield from range_mistakes(f"safety_laboratory[{i}]", test)


def terms(study: StudyFile) -> Iterator[Mistake]:
    """A test that suggests an adverse event names its term, which may take every grade that the limits tell apart."""
    if study.adverse_event_terms is None:
        return
    grades = {one.id: one.grades for _, one in read(study.adverse_event_terms, "id", "grades")}
    for i, test in read(study.safety_laboratory, "above", "below"):
        key = f"safety_laboratory[{i}]"
        if test.term is None:
            if test.grades and "term" not in test.model_fields_set:
                yield Mistake(f"{key}.term", "is missing: the test has grades", "name the term that it suggests")
        elif test.term not in ids_of(study.adverse_event_terms):
            yield unknown(f"{key}.term", test.term, ids_of(study.adverse_event_terms), "adverse event term")
        elif extra := [n for n in _told_apart(test) if n not in grades.get(test.term, (n,))]:
            yield Mistake(key, f"{shown(test.term)} takes no grade {extra[0]}", "give the limits of its grades only")


def _told_apart(test: LaboratoryTest) -> Iterator[int]:
    """The grades that some value gets: where two limits are one, the lower grade is nobody's."""
    limits = test.above
    for n in range(1, test.grades + 1):
        if not limits or n == len(limits) or limits[n - 1] != limits[n]:
            yield n


def limits(study: StudyFile) -> Iterator[Mistake]:
    """Limits of grades are written from grade 1 on, ever further from normal, in one direction."""
    for i, test in read(study.safety_laboratory, "above", "above_baseline", "below"):
        key = f"safety_laboratory[{i}]"
        for name, downwards in (("above", False), ("above_baseline", False), ("below", True)):
            values = getattr(test, name)
            if any((a < b) if downwards else (a > b) for a, b in pairwise(values)) or any(one <= 0 for one in values):
                yield Mistake(f"{key}.{name}", f"found {shown(values)}", "write limits above 0, grade 1 first")
        if test.above and test.below:
            yield Mistake(f"{key}.below", "the test is graded upwards already", "remove it, or above")
        few = test.by_baseline != "also" and len(test.above_baseline) < len(test.above)
        if test.above_baseline and (few or len(test.above_baseline) > len(test.above)):
            remedy = f"write {len(test.above)}: one for each grade of above"
            yield Mistake(f"{key}.above_baseline", f"found {len(test.above_baseline)} limit(s)", remedy)


def baselines(study: StudyFile) -> Iterator[Mistake]:
    """A baseline that was recorded at screening has its value and its limit there."""
    if study.baseline is None:
        return
    known = ids_of(study.baseline)
    for i, test in read(study.safety_laboratory):
        key = f"safety_laboratory[{i}]"
        for name in ("baseline", "baseline_limit"):
            if (value := getattr(test, name)) is not None and value not in known:
                yield unknown(f"{key}.{name}", value, known, "baseline value")
        if (test.baseline is None) != (test.baseline_limit is None):
            lacking = "baseline" if test.baseline is None else "baseline_limit"
            if lacking not in test.model_fields_set:
                yield Mistake(f"{key}.{lacking}", "is missing", "name value and upper limit, or neither")


RULES = (ranges, terms, limits, baselines)
