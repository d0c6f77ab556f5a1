"""Kits to print labels for, and what the study says on all of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from irt.paper.both import Both
from irt.paper.labels import KitLabel, LabelTexts, labels_pdf
from irt.study import Study, Words
from irt.supply.tables import Kit


def label_texts(study: Study) -> LabelTexts:
    """What stands alike on every label of the study."""
    kit, label = study.kit, study.label
    return LabelTexts(
        trial=study.id,
        registration=study.registration,
        treatment=_both(kit.label),
        form=_both(label.form),
        vials=kit.vials,
        route=_both(study.dosing.route),
        directions=_both(label.directions),
        celsius=f"{kit.storage_minimum_celsius}–{kit.storage_maximum_celsius}",
        contact=_both(label.contact),
        emergency=label.emergency_telephone or "",
        gtin=label.gtin or "",
    )


def try_label(study: Study) -> None:
    """Lay out one label; raises TooLong when the texts of the study do not fit on it."""
    example = KitLabel("1000007", date(2030, 12, 31))
    labels_pdf(label_texts(study), [example], footer=study.id, made_at=datetime(2030, 1, 1, tzinfo=UTC))


def labels_of(kits: Iterable[Kit]) -> list[KitLabel]:
    """A label for each kit, sorted by number: an order that tells of nothing, whatever order the kits came in."""
    return [KitLabel(kit.number, kit.expiry) for kit in sorted(kits, key=lambda kit: int(kit.number))]


def _both(words: Words) -> Both:
    return Both(words.en, words.zh)
