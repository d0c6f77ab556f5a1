"""Recall: a lot code or a kit number, and every shelf and every home where such a kit is, in one list."""

from collections import Counter
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from irt.actor import Role
from irt.gate.act import spec_of
from irt.gate.scans import unscanned
from irt.paper.book import Column, table_csv
from irt.supply.drills import drill
from irt.supply.recall import ORDER, Found, search
from irt.supply.tables import Lot, RecallDrill
from irt.web import downloads, records, texts, words
from irt.web.asking import Field, ask
from irt.web.book_tables import LABELS
from irt.web.pages import form_page, holds, page, reading
from irt.web.participants import CARE

pages = Blueprint("recall", __name__)

READERS = CARE | {Role.TRIAL_MANAGER, Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.QUALITY}


def _found(wanted: str) -> tuple[list[Found], int]:
    """Kits of the lot, or with the number, within the reader's sites; for all sites, how many are the depot's too."""
    with reading() as session:
        return search(session, wanted)


def _wanted() -> str:
    return unscanned(request.args.get("q", "").strip())[:64]


@page(pages, "/recall", roles=READERS)
def one() -> Any:
    """The list for one lot or kit; empty until one is asked for."""
    found, depot = _found(_wanted()) if _wanted() else ([], 0)
    sums = Counter((one.site, one.place) for one in found)
    with reading() as session:
        whole = next(iter(records.rows(session, Lot, code=_wanted())), None)
        drills = sorted(records.rows(session, RecallDrill), key=lambda row: row.drilled_at, reverse=True)
    return render_template(
        "recall.html", found=found, at_depot=depot, wanted=_wanted(), sums=sums, places=ORDER, whole=whole,
        drills=drills[:10], may_drill=holds(*spec_of(drill).roles),
    )  # fmt: skip


@form_page(pages, "/recall/drill", roles=spec_of(drill).roles)
def drilled() -> Any:
    """A rehearsed recall is recorded, with the kits of the lot in each place now."""
    with reading() as session:
        lots = tuple((row.code, row.code) for row in records.rows(session, Lot))
    lead = _("What is recorded: how many kits of the lot are in each place at this moment, and who looked.")
    here = url_for("recall.one")
    fields = (Field("lot", "choice", choices=lots, value=_wanted()),)
    return ask(drill, title=_("Rehearse a recall"), fields=fields, done=here, back=here, lead=lead)


@page(pages, "/recall.csv", roles=READERS)
def as_csv() -> Any:
    """The same list as CSV; the depot's kits are one line with their count."""
    found, depot = _found(_wanted()) if _wanted() else ([], 0)
    labels = (
        LABELS["site"], _("Place"), LABELS["participant"], LABELS["kit"], LABELS["lot"], LABELS["expiry"],
        LABELS["state"], _("Since"),
    )  # fmt: skip
    rows: list[Any] = [
        [one.site, words.word(one.place, "KIT_PLACES"), one.participant, one.kit, one.lot, one.expiry,
         words.word(one.state, "KIT_STATES"), texts.site_moment(one.since, one.site)]
        for one in found
    ]  # fmt: skip
    if depot:
        count = _("%(count)s kits", count=depot)
        rows.append(
            ["", words.word("depot", "KIT_PLACES"), "", count, "", "", words.word("at_depot", "KIT_STATES"), ""]
        )
    return downloads.csv(table_csv([Column(str(label)) for label in labels], rows), "recall")
