"""Kits: the manifest that comes in, the depot's stock, shipments on their way, the site's shelf."""

import base64
from collections import Counter
from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.cancelling import cancel_shipment
from irt.dispensing.receiving import STANDS_AS, correct_receipt, correctable, receive_shipment
from irt.gate.act import spec_of
from irt.supply.import_kits import import_kits
from irt.supply.overdue import UNDER_WAY
from irt.supply.shipments import (
    UNSENT,
    contents_of,
    pack_shipment,
    request_shipment,
    send_shipment,
)
from irt.supply.tables import Kit, Lot, Manifest, ManifestDisposal, Movement, Quarantine, Shelf, Shipment
from irt.web import attachments, records, signed, texts, words
from irt.web import depot as depot_pages
from irt.web.asking import Field, ask
from irt.web.pages import actor, form_page, holds, page, reading

pages = Blueprint("supply", __name__)

SITE_STOCK = frozenset({Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR, Role.TRIAL_MANAGER})
SHIPMENTS = SITE_STOCK | {Role.DEPOT, Role.SUPPLY_MANAGER, Role.AUDITOR, Role.QUALITY}
# Neither size nor kits of a box, nor any kit's fate after shipping, for whoever knows what lay at the depot by type.
CONTENTS = SHIPMENTS - {Role.SUPPLY_MANAGER}
DEPOT_STOCK = frozenset({Role.SUPPLY_MANAGER, Role.DEPOT, Role.TRIAL_MANAGER, Role.AUDITOR})


@page(pages, "/supply", roles=DEPOT_STOCK)
def depot() -> Any:
    """The manifests, and how many kits of each lot lie at the depot: for the supply manager, as in `depot.types`."""
    now = not holds(Role.SUPPLY_MANAGER)  # from the stock as it is, one box after another would tell its size and kind
    with reading() as session:
        manifests = sorted(records.rows(session, Manifest), key=lambda row: row.imported_at)
        stock = _stock(session) if now else _stock_as_shown(session)
        taken_in = [
            (row, signed.last(session, "kits.import", by=row.imported_by, until=row.imported_at)) for row in manifests
        ]
        ends = {row.manifest: row for row in records.rows(session, ManifestDisposal)}
    may_import = holds(*spec_of(import_kits).roles)
    return render_template("supply.html", manifests=taken_in, stock=stock, now=now, may_import=may_import, ends=ends)


def _stock(session: Session) -> list[tuple[str, date, int, None]]:
    found = Counter((kit.lot, kit.expiry) for kit in records.rows(session, Kit, state="at_depot"))
    return [(lot, expiry, count, None) for (lot, expiry), count in sorted(found.items())]


def _stock_as_shown(session: Session) -> list[tuple[str, date, int, datetime]]:
    expiries = {lot.code: lot.expiry for lot in records.rows(session, Lot)}
    return [(one.lot, expiries[one.lot], len(one.kits), one.as_of) for one in depot_pages.shown_stock(session)]


@form_page(pages, "/supply/manifest", roles=spec_of(import_kits).roles)
def manifest() -> Any:
    """Take in a kit list; it is read in memory and kept nowhere."""
    sent = request.files.get("file")
    given: dict[str, Any] = {}
    if sent is not None and sent.filename:
        given = {"filename": sent.filename[:200], "content": base64.b64encode(sent.read())}
    fields = (Field("file", "file", hint=_("CSV or XLSX with kit number, type, lot, expiry and vials; at most 8 MB.")),)
    lead = _(
        "The kit types are sealed at once. If one row is wrong, nothing is taken in and every wrong row is listed."
    )
    here = url_for("supply.depot")
    return ask(import_kits, title=_("Import a kit list"), fields=fields, given=given, done=here, back=here, lead=lead)


@page(pages, "/shipments", roles=SHIPMENTS)
def shipments() -> Any:
    """The shipments to the reader's sites, the newest first."""
    with reading() as session:
        found = list(session.scalars(select(Shipment).order_by(Shipment.requested_at.desc(), Shipment.number)))
    return render_template(
        "shipments.html", found=found, may_request=holds(*spec_of(request_shipment).roles), contents=holds(*CONTENTS)
    )


@form_page(pages, "/shipments/request", roles=spec_of(request_shipment).roles)
def requested() -> Any:
    """Ask the depot for kits for a site."""
    sites = texts.site_choices(actor().sites(spec_of(request_shipment).roles))
    fields = (
        Field("site", "choice", choices=sites),
        Field("kits", "number", _("How many kits"), hint=_("At least 8: fewer in one box would tell of each other.")),
    )
    here = url_for("supply.shipments")
    return ask(request_shipment, title=_("Request a shipment"), fields=fields, done=here, back=here)


@page(pages, "/shipments/<shipment>", roles=CONTENTS)
def shipment(shipment: str) -> Any:
    """One shipment: its way, the numbers of its kits, and as what each arrived."""
    with reading() as session:
        found = records.one(session, Shipment, id=shipment)
        numbers = contents_of(session, shipment, depot=holds(Role.DEPOT))
        kits = {kit.number: kit for kit in session.scalars(select(Kit).where(Kit.number.in_(numbers)))}
        lines = sorted(records.rows(session, Movement, shipment=shipment), key=lambda line: line.line)
        entries = sorted(records.rows(session, Quarantine, shipment=shipment), key=lambda row: row.reported_at)
    arrived = {line.kit: line for line in lines if line.before != "at_depot" and line.after in STANDS_AS}
    listed = [kits[number] for number in numbers if number in kits]
    return render_template(
        "shipment.html", found=found, kits=listed, arrived=arrived, entries=entries, stands_as=STANDS_AS, unsent=UNSENT,
        under_way=UNDER_WAY, may_cancel=holds(*spec_of(cancel_shipment).roles),
        correctable=_correctable(found, listed, arrived),
    )  # fmt: skip


def _correctable(found: Shipment, kits: list[Kit], arrived: dict[str, Movement]) -> set[str]:
    """The kits whose finding may still be corrected by the reader."""
    if found.state != "received" or not holds(*spec_of(correct_receipt).roles):
        return set()
    still = [kit for kit in kits if kit.number in arrived and arrived[kit.number].line == kit.moves]
    return {kit.number for kit in still if correctable(kit.state, arrived[kit.number].before)}


@form_page(pages, "/shipments/<shipment>/pack", roles=spec_of(pack_shipment).roles)
def packed(shipment: str) -> Any:
    """Every kit that goes into the box is scanned, one after another."""
    with reading() as session:
        found = records.one(session, Shipment, id=shipment)
        numbers = contents_of(session, shipment, depot=True)
    given = {"shipment": shipment, "kits": request.form.get("scanned", "").split()}
    here = url_for("supply.shipment", shipment=shipment)
    return ask(
        pack_shipment, title=_("Pack shipment %(number)s", number=found.number), given=given, done=here, back=here,
        template="pack.html", found=found, numbers=numbers, press=_("The box is packed"),
    )  # fmt: skip


@form_page(pages, "/shipments/<shipment>/send", roles=spec_of(send_shipment).roles)
def sent(shipment: str) -> Any:
    """The packed box leaves the depot."""
    with reading() as session:
        found = records.one(session, Shipment, id=shipment)
    fields = (
        Field("carrier", label=_("Carrier and waybill"), optional=True),
        Field("logger", label=_("Serial number of the temperature logger"), optional=True),
    )
    here = url_for("supply.shipment", shipment=shipment)
    return ask(
        send_shipment, title=_("Send shipment %(number)s", number=found.number), fields=fields, done=here, back=here,
        given={"shipment": shipment}, press=_("It has left the depot"),
        lead=_("%(kits)s kits for %(site)s", kits=found.kits, site=texts.site_name(found.site)),
    )  # fmt: skip


@form_page(pages, "/shipments/<shipment>/cancel", roles=spec_of(cancel_shipment).roles)
def cancelled(shipment: str) -> Any:
    """A box that has not left is not sent."""
    with reading() as session:
        found = records.one(session, Shipment, id=shipment)
    here = url_for("supply.shipments")
    return ask(
        cancel_shipment, title=_("Cancel shipment %(number)s", number=found.number), given={"shipment": shipment},
        fields=(Field("reason", "note"),), done=here, back=here, press=_("Cancel it"),
        lead=_("Its kits lie at the depot again, to be shipped in another box."),
    )  # fmt: skip


@form_page(pages, "/shipments/<shipment>/receive", roles=spec_of(receive_shipment).roles)
def received(shipment: str) -> Any:
    """Every kit of the box is looked at and accounted for, and the temperature record read."""
    with reading() as session:
        found = records.one(session, Shipment, id=shipment)
        numbers = contents_of(session, shipment)
    here = url_for("supply.shipment", shipment=shipment)
    if found.sent_at is None:
        return redirect(here, 303)
    choices = tuple(words.RECEIPTS.items())
    kits = tuple(Field(f"kits.{number}", "radio", number, choices, value="intact") for number in numbers)
    read = Field("temperature", "radio", choices=tuple(words.TEMPERATURES.items()))
    return ask(
        receive_shipment, title=_("Receive shipment %(number)s", number=found.number), done=here, back=here,
        fields=(*kits, read, *attachments.measured(optional_words=True)), press=_("Received as stated"),
        given={"shipment": shipment, **attachments.sent()},
        lead=_("Look at every box: number, seal, temperature record. Change those that are damaged or not there."),
        template="receive.html",
    )  # fmt: skip


@form_page(pages, "/shipments/<shipment>/kits/<kit>/correct", roles=spec_of(correct_receipt).roles)
def corrected(shipment: str, kit: str) -> Any:
    """A kit was found otherwise than it was recorded."""
    with reading() as session:
        found = records.one(session, Shipment, id=shipment)
    fields = (Field("found", "radio", choices=tuple(words.RECEIPTS.items())), Field("reason", "note"))
    here = url_for("supply.shipment", shipment=shipment)
    return ask(
        correct_receipt, title=_("Correct the receipt of kit %(kit)s", kit=kit), fields=fields, done=here, back=here,
        given={"shipment": shipment, "kit": kit}, lead=_("Shipment %(number)s", number=found.number),
    )  # fmt: skip


@page(pages, "/shipments/<shipment>/logger.pdf", roles=CONTENTS)
def logger(shipment: str) -> Any:
    """The report of the temperature logger, as it was handed in."""
    with reading() as session:
        found = records.one(session, Shipment, id=shipment)
        return attachments.handed_out(session, found.attachment, f"logger-{found.number}", found.site)


@page(pages, "/shelf", roles=SITE_STOCK)
def shelf() -> Any:
    """The kits of the reader's sites by number and state, and whether the site may randomize."""
    with reading() as session:
        shelves = records.rows(session, Shelf)
        at_sites = session.scalars(select(Kit).where(Kit.site.is_not(None)).order_by(Kit.site, Kit.number))
        kits = [kit for kit in at_sites if kit.state not in ("packed", "in_transit")]
    counts = Counter((kit.site, kit.state) for kit in kits)
    return render_template("shelf.html", shelves=shelves, kits=kits, counts=counts)
