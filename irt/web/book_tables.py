"""The books as tables for paper and for spreadsheets: the columns with their words, the cells, times at the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from irt.dispensing.books import COUNTED, KIT_COLUMNS, KitLine, MoveLine
from irt.dispensing.coming import Coming
from irt.dispensing.sign_off import Checked
from irt.paper.book import Cell, Column, table_csv, table_pdf
from irt.web import records, texts, words
from irt.web.wired import service

LABELS = {
    "site": _l("Site"),
    "participant": _l("Participant"),
    "kit": _l("Kit"),
    "lot": _l("Lot"),
    "expiry": _l("Expiry"),
    "visit": _l("Visit"),
    "vials": _l("Vials"),
    "assigned_on": _l("Set aside on"),
    "handed_over_on": _l("Handed over on"),
    "returned_on": _l("Returned on"),
    "unused": _l("Unused"),
    "used": _l("Used"),
    "broken": _l("Broken"),
    "lost": _l("Lost"),
    "unaccounted": _l("Unaccounted for"),
    "state": _l("State"),
    "discrepancy": _l("Discrepancy"),
    "received": _l("Received"),
    "available": _l("On the shelf"),
    "set_aside": _l("Set aside"),
    "with_participants": _l("With participants"),
    "returned": _l("Returned"),
    "unusable": _l("Not usable"),
    "gone": _l("Left the site"),
}
WIDE = {"kit": 1.4, "participant": 1.4, "visit": 1.3, "state": 1.4}
DATES = ("expiry", "assigned_on", "handed_over_on", "returned_on")


@dataclass(frozen=True)
class Table:
    """A table with its title, ready to be a file."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    def csv(self) -> bytes:
        """As CSV."""
        return table_csv(self.columns, self.rows)

    def pdf(self, site: str) -> bytes:
        """As PDF, with the site, the moment and the pages."""
        wired = service()
        now = wired.clock.now()
        made = _("Made %(when)s", when=texts.site_moment(now, site))
        zone = _("times in %(zone)s", zone=texts.zone_of(site))
        return table_pdf(
            self.title,
            [
                f"{wired.study.id} · {texts.site_name(site)}",
                f"{made} · {zone}",
            ],
            self.columns,
            self.rows,
            footer=f"{wired.study.id} · {self.title} · {site}",
            pages=_("page {page} of {pages}"),
            made_at=now,
            if_empty=_("Nothing is here."),
        )


def of_kits(session: Session, found: list[Checked[KitLine]]) -> Table:
    """The accountability log, with who signed each line as it stands."""
    who = records.names(session, *(one.review.reviewed_by for one in found if one.review))
    columns = [Column(str(LABELS[name]), WIDE.get(name, 1.15 if name in DATES else 0.8)) for name in KIT_COLUMNS]
    columns.append(Column(_("Signed off"), 1.8))
    rows = [[*(kit_cell(name, getattr(one.line, name)) for name in KIT_COLUMNS), _signed(one, who)] for one in found]
    return Table(_("Accountability log"), columns, rows)


def kit_cell(name: str, value: Any) -> Cell:
    """A cell of the accountability log, codes in words."""
    if name == "state":
        return words.word(value, "KIT_STATES")
    if name == "discrepancy":
        return words.word(value, "DISCREPANCIES")
    return texts.visit_name(value) if name == "visit" else value


def _signed(one: Checked[Any], who: dict[str, str]) -> str:
    if one.review is None:
        return ""
    told = f"{who.get(one.review.reviewed_by, '')} {texts.cell_moment(one.review.reviewed_at, one.line.site)}"
    return told if one.valid else _("changed since it was signed: %(told)s", told=told)


def of_moves(session: Session, found: list[Checked[MoveLine]], site: str) -> Table:
    """The inventory log, with the totals after each move."""
    signers = (one.review.reviewed_by for one in found if one.review)
    who = records.names(session, *(one.line.moved_by for one in found), *signers)
    first = (
        (_("When"), 1.9),
        (str(LABELS["kit"]), 1.1),
        (_("Before"), 1.1),
        (_("After"), 1.1),
        (_("Participant"), 1.1),
        (_("Who"), 1.5),
    )
    columns = [Column(label, share) for label, share in first]
    columns += [Column(str(LABELS[name]), 1.05, "right") for name in COUNTED]
    columns.append(Column(_("Signed off"), 1.9))
    rows: list[list[Cell]] = [
        [
            texts.cell_moment(line.moved_at, site),
            line.kit,
            words.word(line.before, "KIT_STATES"),
            words.word(line.after, "KIT_STATES"),
            line.participant,
            who.get(line.moved_by, ""),
            *(line.totals[name] for name in COUNTED),
            _signed(one, who),
        ]
        for one in found
        for line in [one.line]
    ]
    return Table(_("Inventory log"), columns, rows)


def of_day(found: list[Coming], on: date) -> Table:
    """Who comes on a day."""
    labels = (_("Participant"), _("Visit"), _("Planned day"), _("Window to"), _("Expected"), _("Box"), _("Comes back"))
    columns = [Column(label, share) for label, share in zip(labels, (1, 1, 1, 1, 1, 1.2, 3), strict=True)]
    rows: list[list[Cell]] = [
        [
            one.number,
            texts.visit_name(one.visit),
            one.planned_on,
            one.latest,
            words.word(one.expected, "EXPECTED"),
            one.kit or words.word(one.box, "DAY_BOXES"),
            "; ".join(back_words(back.kit, back.vials, back.unused) for back in one.back),
        ]
        for one in found
    ]
    return Table(_("Visits of %(day)s", day=on), columns, rows)


def back_words(kit: str, vials: int, unused: int | None) -> str:
    """A kit that comes back, in words."""
    if unused is None:
        return str(_("%(kit)s (%(vials)s vials)", kit=kit, vials=vials))
    return str(_("%(kit)s (%(vials)s vials, %(unused)s unused expected)", kit=kit, vials=vials, unused=unused))
