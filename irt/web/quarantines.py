"""Quarantines: a refrigerator reported, what waits for quality, and its one decision on all kits of an entry."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.actor import Role
from irt.dispensing.excursions import reject_quarantine, release_quarantine, report_excursion
from irt.gate.act import spec_of
from irt.gate.tables import SignatureRow
from irt.supply.tables import ExposedKit, Quarantine, QuarantinedKit, Shipment
from irt.web import attachments, records, texts
from irt.web.asking import Field, ask
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.signed import Signed

pages = Blueprint("quarantines", __name__)

READERS = frozenset({
    Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR, Role.TRIAL_MANAGER, Role.QUALITY,
    Role.MEDICAL_MONITOR, Role.AUDITOR, Role.DEPOT,
})  # fmt: skip
WAYS: dict[str, Callable[..., Any]] = {"release": release_quarantine, "reject": reject_quarantine}


@page(pages, "/quarantines", roles=READERS)
def listed() -> Any:
    """The entries that the reader's sites see: those that are open, then those decided, the newest first."""
    with reading() as session:
        found = list(session.scalars(select(Quarantine).order_by(Quarantine.reported_at.desc(), Quarantine.number)))
        kits = {row.id: [one.kit for one in records.rows(session, QuarantinedKit, quarantine=row.id)] for row in found}
        home = {row.id: [one.kit for one in records.rows(session, ExposedKit, quarantine=row.id)] for row in found}
        boxes = {row.id: row for row in records.rows(session, Shipment)}
        signed = {one.signature: Signed(records.one(session, SignatureRow, id=one.signature))
                  for one in found if one.signature}  # fmt: skip
    found.sort(key=lambda row: row.state != "open")
    may_report = holds(*spec_of(report_excursion).roles)
    sites = sorted(actor().sites(spec_of(report_excursion).roles) or ()) if may_report else []
    return render_template(
        "quarantines.html", found=found, kits=kits, home=home, boxes=boxes, signed=signed, sites=sites,
        may_decide=holds(*spec_of(release_quarantine).roles),
    )  # fmt: skip


@form_page(pages, "/sites/<site>/excursion", roles=spec_of(report_excursion).roles)
def reported(site: str) -> Any:
    """A refrigerator was out of its range: one entry for all that stands in it."""
    first = (
        Field("noticed_on", "day", value=texts.today_at(site).isoformat()), Field("noticed_at", "time"),
        Field("failed_on", "day", optional=True, hint=_("As its record says; empty: since it was noticed.")),
        Field("failed_at", "time", optional=True),
    )  # fmt: skip
    here = url_for("quarantines.listed")
    return ask(
        report_excursion, title=_("Report the refrigerator"), given={"site": site, **attachments.sent()},
        fields=(*first, *attachments.measured(optional_words=False)), done=here, back=here,
        lead=_("Every kit that stands in it is quarantined at once, those set aside for visits too: their visits are "
               "given other kits. Those handed over since it failed are named with them, and stay with their "
               "participants. Quality decides on all of them together."),
        said=_("The kits are in quarantine, and quality is told."),
    )  # fmt: skip


@form_page(pages, "/quarantines/<quarantine>/<way>", roles=spec_of(release_quarantine).roles)
def decided(quarantine: str, way: str) -> Any:
    """Quality releases or rejects all kits of an entry."""
    if way not in WAYS:
        abort(404)
    with reading() as session:
        row = records.one(session, Quarantine, id=quarantine)
        kits = records.rows(session, QuarantinedKit, quarantine=quarantine)
    titles = {"release": _("Release the kits of %(number)s", number=row.number),
              "reject": _("Reject the kits of %(number)s", number=row.number)}  # fmt: skip
    here = url_for("quarantines.listed")
    lead = _(
        "%(count)s kits. The decision is one for all of them: judged one by one, it could tell what they are.",
        count=len(kits),
    )
    return ask(
        WAYS[way], title=titles[way], given={"quarantine": quarantine}, fields=(Field("reason", "note"),), done=here,
        back=here, lead=lead,
    )  # fmt: skip


@page(pages, "/quarantines/<quarantine>/logger.pdf", roles=READERS)
def logger(quarantine: str) -> Any:
    """The report of the temperature logger, as it was handed in."""
    with reading() as session:
        row = records.one(session, Quarantine, id=quarantine)
        return attachments.handed_out(session, row.attachment, f"logger-{row.number}", row.site)
