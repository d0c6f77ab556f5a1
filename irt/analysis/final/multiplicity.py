"""The fixed sequence: each endpoint is tested only if all before it showed a difference; the rest is nominal."""

from collections.abc import Iterable, Mapping

from irt.analysis.final.reading import made
from irt.analysis.results import Cell, ResultTable
from irt.study import Study

CONFIRMATORY, NOMINAL = "confirmatory", "nominal"


def tables(study: Study, primary: ResultTable, secondary: ResultTable) -> Iterable[ResultTable]:
    """multiplicity: of the fixed sequence in its order, then of all other endpoints, which have no position."""
    p = {row["endpoint"]: row["p"] for row in secondary.records()}
    test = {row["method"]: row["p"] for row in primary.records()}
    p[study.analysis.primary] = test["cochran_mantel_haenszel"]
    yield made(
        "multiplicity", "position endpoint p tested significant", list(sequence(study, p)),
        " ".join(dict.fromkeys((*primary.sources, *secondary.sources))),
    )  # fmt: skip


def sequence(study: Study, p: Mapping[Cell, Cell]) -> Iterable[tuple[Cell, ...]]:
    """The rows from each endpoint's two-sided p. Without one an endpoint shows nothing, and what follows is nominal.

    `significant` is Y or N of the confirmatory ones, and empty of the nominal.
    """
    alpha, open_still = float(study.analysis.alpha), True
    for position, endpoint in enumerate(study.analysis.fixed_sequence, 1):
        value = p.get(endpoint)
        shown = isinstance(value, float) and value <= alpha
        yield position, endpoint, value, CONFIRMATORY if open_still else NOMINAL, _told(shown) if open_still else ""
        open_still = open_still and shown
    for one in study.analysis.endpoints:
        if one.id not in study.analysis.fixed_sequence and one.id in p:
            yield None, one.id, p[one.id], NOMINAL, ""


def _told(shown: bool) -> str:
    return "Y" if shown else "N"
