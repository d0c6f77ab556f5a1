"""Recall: a lot code or a kit number, and every shelf and every home where such a kit is, in one list."""

from collections import Counter
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import or_, select

from irt.actor import Role
from irt.gate.scans import unscanned
from irt.paper.book import Column, table_csv
from irt.participants.tables import Participant
from irt.supply.recall import ORDER, Found, at_depot, recalled
from irt.supply.tables import Kit, Movement
from irt.web import downloads, texts, words
from irt.web.book_tables import LABELS
from irt.web.pages import page, reading
from irt.web.participants import CARE

pages = Blueprint("recall", __name__)

READERS = CARE | {Role.TRIAL_MANAGER, Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.QUALITY}


def _found(wanted: str) -> tuple[list[Found], int]:
    """Kits of the lot, or with the number, within the reader's sites; and how many of them lie at the depot."""
    with reading() as session:
        asked = select(Kit).where(or_(Kit.lot == wanted, Kit.number == wanted)).order_by(Kit.number)
        kits = list(session.scalars(asked))
        of_these = select(Kit.number).where(or_(Kit.lot == wanted, Kit.number == wanted))
        moves = session.scalars(select(Movement).where(Movement.kit.in_(of_these)))
        who = {kit.participant for kit in kits if kit.participant}
        people = session.scalars(select(Participant).where(Participant.id.in_(who)))
        numbers = {row.id: row.screening_number for row in people}
        return recalled(kits, moves, numbers), at_depot(kits)


def _wanted() -> str:
    return unscanned(request.args.get("q", "").strip())[:64]


@page(pages, "/recall", roles=READERS)
def one() -> Any:
    """The list for one lot or kit; empty until one is asked for."""
    found, depot = _found(_wanted()) if _wanted() else ([], 0)
    sums = Counter((one.site, one.place) for one in found)
    return render_template("recall.html", found=found, at_depot=depot, wanted=_wanted(), sums=sums, places=ORDER)


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
