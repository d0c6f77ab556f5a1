"""The end of kits: chosen, destroyed before a witness or sent back, each step signed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.conduct.tables import Site
from irt.dispensing.clearing import ENDING, UNUSED
from irt.dispensing.disposal import WITNESSES, destroy, send_back, to_choose_from, withdraw_disposal, witness
from irt.dispensing.tables import Disposal
from irt.gate.act import spec_of
from irt.gate.tables import SignatureRow
from irt.supply.tables import Kit
from irt.web import records, texts
from irt.web.asking import Field, ask
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.signed import Signed

pages = Blueprint("disposals", __name__)

READERS = WITNESSES | {Role.TRIAL_MANAGER, Role.AUDITOR}
WAYS: dict[str, Callable[..., Any]] = {"destroy": destroy, "send-back": send_back}


@page(pages, "/disposals", roles=READERS)
def listed() -> Any:
    """The disposals of the reader's sites, the newest first, each with its signatures."""
    with reading() as session:
        found = list(session.scalars(select(Disposal).order_by(Disposal.proposed_at.desc())))
        signatures = {row.id: _signatures(session, row) for row in found}
        sites = actor().sites(spec_of(destroy).roles) if holds(*spec_of(destroy).roles) else frozenset()
    return render_template(
        "disposals.html", found=found, signatures=signatures, sites=sorted(sites or ()), me=actor().account,
        may_witness=holds(*WITNESSES), may_withdraw=holds(*spec_of(withdraw_disposal).roles),
    )  # fmt: skip


def _signatures(session: Session, row: Disposal) -> list[Signed]:
    given = [one for one in (row.signature, row.witness_signature) if one is not None]
    return [Signed(records.one(session, SignatureRow, id=one)) for one in given]


@form_page(pages, "/sites/<site>/disposals/<way>", roles=spec_of(destroy).roles)
def disposed(site: str, way: str) -> Any:
    """Choose the kits that go, and say how; where a site ends, what is available on its shelf goes whole or stays."""
    if way not in WAYS:
        abort(404)
    with reading() as session:
        found = to_choose_from(session, site)
        ending = [row for row in records.rows(session, Site, code=site) if row.state in ENDING]
        shelf = records.rows(session, Kit, site=site, state=UNUSED) if ending else []
    destroyed = way == "destroy"
    chosen = request.form.getlist("shown" if request.form.get("all") else "kits")
    unused = request.form.getlist("unused") if request.form.get("shelf") else []  # as they were shown
    given: dict[str, Any] = {"site": site, "kits": [*chosen, *unused]}
    hint = _("How and by whom they are destroyed.") if destroyed else _("The carrier and the number of the waybill.")
    here = url_for("disposals.listed")
    return ask(
        WAYS[way], title=_("Destroy kits") if destroyed else _("Send kits back"), given=given, kits=found,
        fields=(Field("method", "note", hint=hint),), template="dispose.html", chosen=request.form.getlist("kits"),
        shelf=shelf, lead=texts.site_name(site), done=here, back=here,
        said=_("A witness signs next.") if destroyed else _("The kits are on their way to the depot."),
    )  # fmt: skip


@form_page(pages, "/disposals/<disposal>/witness", roles=WITNESSES)
def witnessed(disposal: str) -> Any:
    """Another person has seen that the kits were destroyed."""
    return _about(witness, disposal, _("Witness the destruction"), _("The kits are destroyed."))


@form_page(pages, "/disposals/<disposal>/withdraw", roles=spec_of(withdraw_disposal).roles)
def withdrawn(disposal: str) -> Any:
    """A proposed disposal is taken back, with the reason."""
    why = (Field("reason", "note"),)
    return _about(withdraw_disposal, disposal, _("Withdraw the disposal"), _("Withdrawn."), why)


def _about(function: Callable[..., Any], disposal: str, title: str, said: str, fields: tuple[Field, ...] = ()) -> Any:
    with reading() as session:
        row = records.one(session, Disposal, id=disposal)
    here = url_for("disposals.listed")
    return ask(
        function, title=title, given={"disposal": disposal}, fields=fields, template="witness.html", row=row,
        done=here, back=here, lead=texts.site_name(row.site), said=said,
    )  # fmt: skip
