"""The depot: returns received, kits destroyed with a certificate; and what the supply manager alone sees."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.at_depot import report_at_depot
from irt.dispensing.destruction import (
    propose_destruction,
    receive_back,
    sign_destruction,
    to_choose_from,
    withdraw_destruction,
)
from irt.dispensing.tables import Disposal
from irt.gate.act import spec_of
from irt.supply.drills import dispose_of_manifest
from irt.supply.snapshots import Stock, stock_shown
from irt.supply.tables import Destruction, Manifest, ManifestDisposal
from irt.vault import stock
from irt.web import attachments, records, texts, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, holds, page, reading
from irt.web.wired import service

pages = Blueprint("depot", __name__)

READERS = frozenset({Role.DEPOT, Role.QUALITY, Role.TRIAL_MANAGER, Role.AUDITOR})


@page(pages, "/depot/destructions", roles=READERS)
def destroyed() -> Any:
    """What the depot got back and destroyed, the newest first."""
    with reading() as session:
        found = list(session.scalars(select(Destruction).order_by(Destruction.proposed_at.desc(), Destruction.id)))
        sent = list(
            session.scalars(
                select(Disposal).filter_by(kind="sent_back").order_by(Disposal.proposed_at.desc(), Disposal.id)
            )
        )
        names = records.names(session, *(row.proposed_by for row in found), *(row.signed_by for row in found))
    return render_template(
        "destructions.html", found=found, sent=sent, names=names,
        may_destroy=holds(*spec_of(propose_destruction).roles), may_sign=holds(*spec_of(sign_destruction).roles),
    )  # fmt: skip


@form_page(pages, "/depot/returns/<disposal>/receive", roles=spec_of(receive_back).roles)
def received(disposal: str) -> Any:
    """A box that a site sent back: the numbers that are in it are scanned, the others are lost."""
    with reading() as session:
        row = records.one(session, Disposal, id=disposal)
    given = {"disposal": disposal, "kits": request.form.get("scanned", "").split()}
    here = url_for("depot.destroyed")
    return ask(
        receive_back, title=_("Receive a return"), given=given, template="returned.html", row=row, done=here, back=here,
        lead=texts.site_name(row.site),
    )  # fmt: skip


@form_page(pages, "/depot/destroy", roles=spec_of(propose_destruction).roles)
def destroying() -> Any:
    """Kits at the depot that were destroyed, with the certificate."""
    with reading() as session:
        kits = to_choose_from(session)
    given: dict[str, Any] = attachments.sent()
    if request.form.get("all"):
        given["kits"] = request.form.getlist("shown")
    certificate = attachments.upload(_("The certificate of destruction, PDF, at most 5 MB."), optional=False)
    here = url_for("depot.destroyed")
    return ask(
        propose_destruction, title=_("Destroy kits"), given=given, kits=kits, chosen=request.form.getlist("kits"),
        fields=(Field("method", "note"), certificate), template="dispose.html", shelf=(), done=here, back=here,
        said=_("Quality checks the certificate next."),
    )  # fmt: skip


@form_page(pages, "/depot/destructions/<destruction>/sign", roles=spec_of(sign_destruction).roles)
def signed(destruction: str) -> Any:
    """Quality has checked the certificate."""
    return _about(sign_destruction, destruction, _("Check the certificate"))


@form_page(pages, "/depot/destructions/<destruction>/withdraw", roles=spec_of(withdraw_destruction).roles)
def withdrawn(destruction: str) -> Any:
    """The depot takes a destruction back."""
    return _about(withdraw_destruction, destruction, _("Withdraw the destruction"))


@form_page(pages, "/depot/kits/report", roles=spec_of(report_at_depot).roles)
def reported() -> Any:
    """A kit is lost or broken at the depot, or one that was lost is found."""
    fields = (
        Field("kit", "scan"),
        Field("what", "radio", _("What became of it?"), tuple(words.AT_DEPOT.items())),
        Field("reason", "note"),
    )
    here = url_for("supply.depot")
    return ask(
        report_at_depot, title=_("Kit lost or damaged"), fields=fields, done=here, back=here,
        lead=_("If it lies in a box that has not left, that box is cancelled, and its other kits are at the depot "
               "again. A kit that is found goes into quarantine: nobody knows how it was kept."),
    )  # fmt: skip


def _about(function: Any, destruction: str, title: str) -> Any:
    with reading() as session:
        row = records.one(session, Destruction, id=destruction)
    here = url_for("depot.destroyed")
    return ask(
        function,
        title=title,
        given={"destruction": destruction},
        template="witness.html",
        row=row,
        done=here,
        back=here,
    )


@page(pages, "/depot/destructions/<destruction>/certificate.pdf", roles=READERS)
def certificate(destruction: str) -> Any:
    """The certificate, as it was handed in."""
    with reading() as session:
        row = records.one(session, Destruction, id=destruction)
        return attachments.handed_out(session, row.attachment, "certificate")


# -- what the supply manager alone sees -------------------------------------------------------------------------------


@page(pages, "/depot/types", roles={Role.SUPPLY_MANAGER})
def types() -> Any:
    """Kits by type and manufacturing lot that lay at the depot, of each lot at a moment that tells of no single box."""
    with reading() as session:
        stocks = shown_stock(session)
    there = [(number, one.lot) for one in stocks for number in one.kits]
    with service().database.read.connect() as connection:
        piles = stock.piles(connection, service().vault, there)
    return render_template("types.html", piles=piles, as_of={one.lot: one.as_of for one in stocks})


def shown_stock(session: Session) -> list[Stock]:
    """What the supply manager may know of each lot's stock at the depot: see `irt.supply.snapshots`."""
    return stock_shown(session, service().study.supply.depot_time_zone, service().clock.now())


@form_page(pages, "/depot/manifests/<manifest>/put-away", roles=spec_of(dispose_of_manifest).roles)
def put_away(manifest: str) -> Any:
    """What became of the file of a kit list."""
    with reading() as session:
        row = records.one(session, Manifest, id=manifest)
        before = records.rows(session, ManifestDisposal, manifest=manifest)
    fields = (
        Field("kind", "radio", _("What became of it"), tuple(words.MANIFEST_ENDS.items())),
        Field("place", "note", _("Where, and by whom")),
    )
    here = url_for("supply.depot")
    return ask(
        dispose_of_manifest, title=_("The file of a kit list"), given={"manifest": manifest}, fields=fields, done=here,
        back=here, lead=before[0].place if before else _("%(count)s kits", count=row.kits),
    )  # fmt: skip
