"""A report's language: texts by their keys, codes in words, numbers with the arms' names."""

from collections.abc import Iterable, Sequence
from typing import Literal

from irt.analysis.report.document import Sources
from irt.analysis.report.words import CODES, TEXTS, Pair
from irt.analysis.results import Cell
from irt.lock.contents import TABLES
from irt.lock.opened import View
from irt.lock.package.manifest import named
from irt.study import Choice, InstrumentField, Study, Total, UnscheduledVisit, Visit

Language = Literal["en", "zh"]
RAISED = {ord(sign): f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}  # the printed font has but three of them


class Speaker:
    """Says everything in one language. What has no words is said as it is, and noted in `unsaid`."""

    def __init__(self, language: Language, study: Study, files: Iterable[str] = (), view: View = "final") -> None:
        self.language, self.study, self.view = language, study, view
        self.files = {name: f"results/{number:02}_{name}.csv" for number, name in enumerate(files, 1)}
        self.unsaid: set[str] = set()
        self._labels = _labels(study)

    def __call__(self, key: str, **facts: object) -> str:
        """The text with this key, with facts filled in; KeyError where there is no such text."""
        return self.of(TEXTS[key]).format(**facts) if facts else self.of(TEXTS[key])

    def of(self, pair: Pair) -> str:
        """The one of two texts that is in the report's language."""
        return pair[0 if self.language == "en" else 1]

    def code(self, kind: str, code: Cell) -> str:
        """A code of this kind in words: the study's own first (visit, site, term …), then those of the report."""
        if code is None or code == "":
            return ""
        name = str(code)
        pair = self._labels.get(kind, {}).get(name) or CODES.get(kind, {}).get(name)
        if pair is None:
            self.unsaid.add(f"{kind}: {name}")
            return name
        return self.of(pair)

    def stratum(self, key: Cell) -> str:
        """A stratum in words: its levels, parted by commas."""
        return self.list(self.code("level", one) for one in str(key or "").split("|"))

    def codes(self, kind: str, codes: str) -> str:
        """Codes parted by blanks or commas, each in words."""
        return self.list(self.code(kind, one) for one in codes.replace(",", " ").split())

    def measured(self, measure: str) -> str:
        """A measure of the study, or one of its scores, in words."""
        return self.code("measure", measure)

    def list(self, words: Iterable[str]) -> str:
        """Words side by side."""
        return self.of((", ", "、")).join(words)

    def interval(self, low: str, high: str) -> str:
        """An interval of two numbers that are written already."""
        return "–" if "–" in (low, high) else f"{low} {self.of(('to', '至'))} {high}"

    def source(self, sources: Sources) -> str:
        """Where numbers come from: files of results, then files of the package."""
        if sources.told:
            return self(sources.told)
        results = ", ".join(self.files.get(one, one) for one in sources.results)
        package = ", ".join(named(TABLES[one].file, self.view) for one in sources.package)
        return self("source", results=results, package=package) if package else self("source_alone", results=results)


def _labels(study: Study) -> dict[str, dict[str, Pair]]:
    """What the study file calls its own codes, by kind."""
    visits: tuple[Visit | UnscheduledVisit, ...] = (*study.visits, *study.unscheduled_visits)
    choices: dict[str, Sequence[Choice | Visit | UnscheduledVisit]] = {
        "stop_reason": study.treatment.stop_reasons,
        "hold_reason": study.treatment.hold_reasons,
        "missed_reason": study.treatment.missed_reasons,
        "medication": study.interfering_medications,
        "break_reason": study.safety.code_break_reasons,
        "visit": visits,
    }
    labels = {kind: {one.id: (one.name.en, one.name.zh) for one in listed} for kind, listed in choices.items()}
    labels["endpoint"] = {one.id: (one.label.en, one.label.zh) for one in study.analysis.endpoints}
    labels["field"] = {one.id: (one.label.en, one.label.zh) for one in study.baseline}
    labels["factor"] = {one.id: (one.label.en, one.label.zh) for one in study.strata if one.label is not None}
    labels["site"] = {one.code: (f"{one.code} {one.name.en}", f"{one.code} {one.name.zh}") for one in study.sites}
    labels["term"] = {one.id: (one.term.en, one.term.zh) for one in study.adverse_event_terms}
    labels["measure"] = dict(_measures(study))
    labels["level"] = dict(_levels(study))
    labels["analyte"] = {one.id: (one.label.en, one.label.zh) for one in study.safety_laboratory}
    return labels


def _measures(study: Study) -> Iterable[tuple[str, Pair]]:
    for instrument in study.instruments:
        alone = len(instrument.fields) + len(instrument.totals) == 1
        parts: tuple[InstrumentField | Total, ...] = (*instrument.fields, *instrument.totals)
        for one in parts:
            unit = getattr(one, "unit", None)
            yield (
                f"{instrument.id}.{one.id}",
                with_unit(
                    _named(instrument.name.en, one.label.en, alone, ": "),
                    _named(instrument.name.zh, one.label.zh, alone, "："),
                    unit,
                ),
            )


def with_unit(en: str, zh: str, unit: str | None) -> Pair:
    """A label in both languages with its unit."""
    return (f"{en}, {unit.translate(RAISED)}", f"{zh}（{unit.translate(RAISED)}）") if unit else (en, zh)


def _named(instrument: str, part: str, alone: bool, colon: str) -> str:
    """A value by its instrument and its own label, unless one of the two says it all."""
    if alone or f"({part})" in instrument or f"（{part}）" in instrument:
        return instrument
    return part if part.startswith(instrument) else f"{instrument}{colon}{part}"


def _levels(study: Study) -> Iterable[tuple[str, Pair]]:
    """Levels of factors that have a cut, as the cut tells them: ≤ 10 mg/d."""
    units = {one.id: one.unit for one in study.baseline}
    for factor in study.strata:
        if factor.cut is not None:
            unit = f" {units.get(factor.source)}" if units.get(factor.source) else ""
            for level, sign in zip(factor.levels, "≤>", strict=True):
                yield level, (f"{sign} {factor.cut:g}{unit}",) * 2
    for site in study.sites:
        yield site.code, (f"{site.code} {site.name.en}", f"{site.code} {site.name.zh}")
