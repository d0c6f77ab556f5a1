"""The data dictionary: every column of every table in both languages, and the code lists of the study file."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from irt.lock.contents import TABLES
from irt.lock.opened import LETTERS
from irt.lock.package.tables import csv_bytes
from irt.outcomes.forms import keys_of
from irt.study import Study, Words

COLUMNS = ("table", "file", "column", "kind", "label_en", "label_zh", "key", "codes")
CODE_COLUMNS = ("list", "code", "label_en", "label_zh")
# Which list of codelists.csv the cells of a column are from: by table and column, or by column in every table.
LISTS: Mapping[str, str] = {
    "arm": "arms", "actual_arm": "arms", "arm_of_kit": "arms", "arm_of_participant": "arms", "site": "sites",
    "visit": "visits", "instrument": "instruments", "stratum": "strata", "stratum_used": "strata",
    "stratum_corrected": "strata", "stop_reason": "stop_reasons", "baseline.field": "baseline",
    "assessments.field": "values", "laboratory.field": "values", "queries.field": "values", "endpoint": "endpoints",
    "term": "adverse_event_terms", "analyte": "safety_laboratory", "medications.kind": "interfering_medications",
    "doses.reason": "missed_reasons", "holds.reason": "hold_reasons", "unblinding_log.reason": "code_break_reasons",
}  # fmt: skip


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> Words: ...


def dictionary_csv() -> bytes:
    """One row for each column, in the order of the tables; `codes` names a list of codelists.csv."""
    rows = [
        (
            table.name, table.file, column.name, column.kind, column.en, column.zh,
            "Y" if column.name in table.key else "",
            LISTS.get(f"{table.name}.{column.name}") or LISTS.get(column.name, ""),
        )
        for table in sorted(TABLES.values(), key=lambda one: one.number)
        for column in table.columns
    ]  # fmt: skip
    return csv_bytes(COLUMNS, rows)


def codelists_csv(study: Study, *, letters: bool = False) -> bytes:
    """The codes that the study file names, with their words; while arms are letters, the letters alone."""
    return csv_bytes(CODE_COLUMNS, _codes(study, letters))


def _codes(study: Study, letters: bool) -> Iterator[tuple[str, str, str, str]]:
    for letter, arm in zip(LETTERS, study.arms, strict=True):
        words = arm.label or Words(en=arm.id, zh=arm.id)
        yield ("arms", letter, f"Arm {letter}", f"{letter} 组") if letters else ("arms", arm.id, words.en, words.zh)
    for site in study.sites:
        yield "sites", site.code, site.name.en, site.name.zh
    for key in study.strata_keys():
        yield "strata", key, key, key
    for field in study.baseline:
        yield "baseline", field.id, field.label.en, field.label.zh
    for instrument in study.instruments:
        yield "instruments", instrument.id, instrument.name.en, instrument.name.zh
        labels = {key: one.label for key, one in keys_of(instrument).items()}
        for key, label in {**labels, **{one.id: one.label for one in instrument.totals}}.items():
            number = key.partition(".")[2]
            yield "values", f"{instrument.id}.{key}", f"{label.en} {number}".strip(), f"{label.zh} {number}".strip()
    for endpoint in study.analysis.endpoints:
        yield "endpoints", endpoint.id, endpoint.label.en, endpoint.label.zh
    for term in study.adverse_event_terms:
        yield "adverse_event_terms", term.id, term.term.en, term.term.zh
    for test in study.safety_laboratory:
        yield "safety_laboratory", test.id, test.label.en, test.label.zh
    named: Mapping[str, tuple[_Named, ...]] = {
        "visits": (*study.visits, *study.unscheduled_visits),
        "stop_reasons": study.treatment.stop_reasons,
        "missed_reasons": study.treatment.missed_reasons,
        "hold_reasons": study.treatment.hold_reasons,
        "interfering_medications": study.interfering_medications,
        "code_break_reasons": study.safety.code_break_reasons,
    }
    for name, choices in named.items():
        for choice in choices:
            yield name, choice.id, choice.name.en, choice.name.zh
