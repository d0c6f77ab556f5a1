"""The analysis: endpoints at visits where their measures are recorded, in a fixed order."""

from collections.abc import Iterator

from irt.study.closing import Analysis, Endpoint
from irt.study.mistakes import Mistake
from irt.study.rules.instruments import values_of
from irt.study.rules.reading import absent, ids_of, read, unknown
from irt.study.whole import StudyFile

RESPONSES = ("tis", "doi")
LEVELS = 3


def endpoints(study: StudyFile) -> Iterator[Mistake]:
    """Each endpoint is a response or a number of an instrument, at a visit; a proportion says from where."""
    if study.analysis is None:
        return
    for i, endpoint in read(study.analysis.endpoints):
        key = f"analysis.endpoints[{i}]"
        if study.visits is not None and endpoint.visit is not None and endpoint.visit not in ids_of(study.visits):
            yield unknown(f"{key}.visit", endpoint.visit, ids_of(study.visits), "visit")
        if endpoint.measure is not None and study.instruments is not None:
            yield from _measure(key, endpoint, study)
        if endpoint.summary == "proportion" and endpoint.measure == "tis" and absent(endpoint, "threshold"):
            yield Mistake(f"{key}.threshold", "is missing for a proportion", "add the least score that counts")


def _measure(key: str, endpoint: Endpoint, study: StudyFile) -> Iterator[Mistake]:
    known = values_of(study)
    if endpoint.measure in RESPONSES:
        return
    if endpoint.measure not in known:
        yield unknown(f"{key}.measure", endpoint.measure, [*RESPONSES, *known], "response or number of an instrument")
        return
    visit = next((one for _, one in read(study.visits, "id", "instruments") if one.id == endpoint.visit), None)
    instrument = endpoint.measure.partition(".")[0]
    if visit is None or not set(visit.instruments) <= ids_of(study.instruments):
        return  # the visit, or what it names, is a mistake of its own
    if instrument not in visit.instruments:
        remedy = f"add {instrument} to the instruments of {visit.id}, or name another visit"
        yield Mistake(f"{key}.visit", f"{instrument} is not recorded at {visit.id}", remedy)


def order(study: StudyFile) -> Iterator[Mistake]:
    """The primary endpoint is there and the first of the fixed sequence."""
    analysis = study.analysis
    if analysis is None or analysis.endpoints is None:
        return
    known = ids_of(analysis.endpoints)
    if analysis.primary is not None and analysis.primary not in known:
        yield unknown("analysis.primary", analysis.primary, known, "endpoint")
    for i, name in enumerate(analysis.fixed_sequence or ()):
        if name not in known:
            yield unknown(f"analysis.fixed_sequence[{i}]", name, known, "endpoint")
    yield from _first(analysis, known)


def _first(analysis: Analysis, known: set[str]) -> Iterator[Mistake]:
    sequence, primary = analysis.fixed_sequence, analysis.primary
    if sequence is None or primary is None or primary not in known or not set(sequence) <= known:
        return
    if not sequence or sequence[0] != primary:
        remedy = f"let it begin with the primary endpoint {primary}"
        yield Mistake("analysis.fixed_sequence", f"found {', '.join(sequence) or 'nothing'}", remedy)


def covariates(study: StudyFile) -> Iterator[Mistake]:
    """Covariates are baseline values."""
    if study.analysis is not None and study.baseline is not None:
        known = ids_of(study.baseline)
        for i, name in enumerate(study.analysis.covariates or ()):
            if name not in known:
                yield unknown(f"analysis.covariates[{i}]", name, known, "baseline value")


def precedence(study: StudyFile) -> Iterator[Mistake]:
    """Every kind of intercurrent event has its rank, for one participant may have several."""
    if study.analysis is None or study.analysis.intercurrent_precedence is None:
        return
    given = study.analysis.intercurrent_precedence
    kinds = {"death", "rescue", "stop_for_adverse_event_or_lack_of_efficacy", "missing", "other"}
    if lacking := sorted(kinds - set(given)):
        yield Mistake("analysis.intercurrent_precedence", f"{', '.join(lacking)} has no rank", "add it where it ranks")


def responses(study: StudyFile) -> Iterator[Mistake]:
    """The primary endpoint is a proportion by TIS; minimal, moderate and major improvement have their least scores."""
    analysis = study.analysis
    if analysis is None:
        return
    levels = analysis.response_levels
    if levels is not None and (len(levels) != LEVELS or sorted(levels) != list(levels)):
        remedy = "write the least score of minimal, moderate and major improvement, upwards, such as [20, 40, 60]"
        yield Mistake("analysis.response_levels", f"found {', '.join(map(str, levels)) or 'nothing'}", remedy)
    first = list(analysis.fixed_sequence or ())[:1] == [analysis.primary]  # another is a mistake of its own
    for i, one in read(analysis.endpoints, "id", "measure", "summary"):
        if one.id == analysis.primary and first and (one.measure, one.summary) != ("tis", "proportion"):
            problem = f"{one.id} is the primary endpoint, and no proportion by tis"
            yield Mistake(f"analysis.endpoints[{i}]", problem, 'write measure = "tis" and summary = "proportion"')


RULES = (endpoints, order, covariates, precedence, responses)
