"""The versions of an adverse event side by side: a line for each field, and what differs from the version before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from irt.safety.tables import EventVersion
from irt.web import event_words, texts, words
from irt.web.event_log import term_word


@dataclass(frozen=True)
class Cell:
    """What one version says of one field."""

    said: str
    changed: bool


@dataclass(frozen=True)
class Line:
    """One field, as each version has it."""

    label: str
    cells: tuple[Cell, ...]

    @property
    def changed(self) -> bool:
        """Whether it ever was otherwise."""
        return any(cell.changed for cell in self.cells)


def compared(versions: Sequence[EventVersion]) -> list[Line]:
    """Every field of all versions, in the order of the form; what is new of every version is not marked as changed."""
    told = [Line(label, _cells(versions, said)) for label, said in _fields()]
    return told + [Line(label, tuple(Cell(said(one), False) for one in versions)) for label, said in _of_the_version()]


def _cells(versions: Sequence[EventVersion], said: Callable[[EventVersion], str]) -> tuple[Cell, ...]:
    texts_ = [said(one) for one in versions]
    before = [texts_[0], *texts_]
    return tuple(Cell(text, text != earlier) for text, earlier in zip(texts_, before, strict=False))


def _fields() -> list[tuple[str, Callable[[EventVersion], str]]]:
    def coded(name: str, table: str) -> tuple[str, Callable[[EventVersion], str]]:
        return words.field(name), lambda one: words.word(getattr(one, name), table)

    return [
        (words.field("term"), lambda one: term_word(one) if one.term else _("Any other")),
        (words.field("verbatim"), lambda one: one.verbatim),
        (words.field("grade"), lambda one: str(one.grade)),
        (words.field("onset_on"), lambda one: _moment(one.onset_on, one.onset_at)),
        (words.field("seriousness"), criteria),
        coded("causality_drug", "CAUSALITIES"),
        coded("causality_procedure", "CAUSALITIES"),
        coded("action", "DRUG_ACTIONS"),
        (words.field("treatment"), lambda one: one.treatment or "–"),
        (words.field("event_outcome"), lambda one: words.word(one.outcome, "EVENT_OUTCOMES")),
        (words.field("ended_on"), lambda one: _moment(one.ended_on, one.ended_at)),
        (_("Last dose before the onset"), lambda one: _moment(one.last_dose_on, one.last_dose_at)),
        (_("Kit of that dose"), lambda one: one.last_kit or "–"),
        coded("reporter", "REPORTERS"),
    ]


def _of_the_version() -> list[tuple[str, Callable[[EventVersion], str]]]:
    return [
        (words.field("aware_on"), lambda one: texts.site_moment(one.aware_at, one.site)),
        (_("Known to the sponsor"), lambda one: texts.site_moment(one.recorded_at, one.site)),
        (_("What is new"), lambda one: one.why or "–"),
    ]


def criteria(version: EventVersion) -> str:
    """What makes an event serious, as a version has it."""
    said = [str(word) for code, word in event_words.SERIOUSNESS.items() if code in version.seriousness]
    return "; ".join(said) or str(_("Not serious"))


def _moment(day: Any, at: str | None) -> str:
    return " ".join(filter(None, (str(day), at))) if day is not None else "–"
