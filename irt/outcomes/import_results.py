"""Many results of the laboratory at once, from its file: all of them or none."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

from irt.entropy import new_id
from irt.gate.act import Act, act
from irt.outcomes.result_file import Known, read_results
from irt.outcomes.results import LABORATORY, add_result, current_results, everybody, readings_of
from irt.outcomes.tables import LaboratoryResult
from irt.supply.import_kits import TableFile


class ImportResults(TableFile):
    """A file of results."""


class Imported(BaseModel):
    """How many results came in, and how many rows were recorded so already."""

    model_config = ConfigDict(frozen=True)
    results: int
    known: int


@act("results.import", roles=LABORATORY, everywhere=True)
def import_results(act: Act, order: ImportResults) -> Imported:
    """Take in a file of results. Refused: import_mistakes (how many; no value is recorded), import_known (nothing is
    new)."""
    known = known_results(act.rows(LaboratoryResult))
    found = read_results(order.content, order.filename, everybody(act), known)
    if found.mistakes:
        act.refuse("import_mistakes", mistakes=list(found.mistakes))
    if not found.results:
        act.refuse("import_known", known=found.known)
    batch = new_id(act.entropy)
    for one in found.results:
        add_result(act, one.of, one.place, one.instrument, one.readings, collected_on=one.collected_on, batch=batch)
    return Imported(results=len(found.results), known=found.known)


def known_results(rows: Iterable[Any]) -> Known:
    """What is recorded of everybody, by place."""
    of: dict[str, list[Any]] = {}
    for row in rows:
        of.setdefault(row.participant, []).append(row)
    return {
        (participant, visit, instrument): (row.collected_on, readings_of(row))
        for participant, found in of.items()
        for (visit, instrument), row in current_results(found).items()
    }
