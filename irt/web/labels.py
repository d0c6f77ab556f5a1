"""Kit labels to print: of a lot, a box or one kit for the depot; of a visit's kit, or to relabel, for the pharmacist.

Always sorted by number, and of a lot always all: neither order nor choice tells of what became of a kit.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from irt.actor import Role
from irt.gate.scans import unscanned
from irt.paper.labels import Given, KitLabel, TooLong, labels_pdf
from irt.participants.tables import Participant
from irt.randomization.tables import Eligibility, Randomization
from irt.supply.labelling import label_texts, labels_of
from irt.supply.lots import NEW_EXPIRY
from irt.supply.shipments import contents_of
from irt.supply.tables import Assignment, Kit, LotDecision, Shipment
from irt.web import downloads, lots, records, texts
from irt.web.bilingual import of_study
from irt.web.pages import page, reading
from irt.web.wired import service

pages = Blueprint("labels", __name__)

PRINTERS = frozenset({Role.DEPOT, Role.SUPPLY_MANAGER})
PER_FILE = 400  # fifty sheets: made while the reader waits


@page(pages, "/labels", roles=PRINTERS)
def listed() -> Any:
    """The lots, each as files of so many labels, and one kit's label by its number."""
    wanted = unscanned(request.args.get("kit", "").strip())[:64]
    counts: dict[str, int] = defaultdict(int)
    with reading() as session:
        for kit in session.scalars(select(Kit)):
            counts[kit.lot] += 1
        known = bool(records.rows(session, Kit, number=wanted)) if wanted else False
    files = {lot: -(-count // PER_FILE) for lot, count in sorted(counts.items())}
    return render_template("labels.html", lots=counts, files=files, wanted=wanted, known=known, per_file=PER_FILE)


@page(pages, "/labels/lot/<path:lot>/<int:part>.pdf", roles=PRINTERS)
def of_lot(lot: str, part: int) -> Any:
    """The labels of a lot's kits, wherever they are: so many to a file, the files counted from 1."""
    with reading() as session:
        made = labels_of(records.rows(session, Kit, lot=lot))
    shown = made[(part - 1) * PER_FILE : part * PER_FILE] if part > 0 else []
    return _printed(shown or abort(404), f"kit-labels-{lot.replace('/', '-')}-{part}")


@page(pages, "/labels/kit/<kit>.pdf", roles=PRINTERS)
def of_kit(kit: str) -> Any:
    """One kit's label, in place of one that was spoilt."""
    with reading() as session:
        made = labels_of([records.one(session, Kit, number=kit)])
    return _printed(made, f"kit-label-{kit}")


@page(pages, "/shipments/<shipment>/labels.pdf", roles={Role.DEPOT})
def of_shipment(shipment: str) -> Any:
    """The labels of the kits of one box."""
    with reading() as session:
        box = records.one(session, Shipment, id=shipment)
        numbers = contents_of(session, shipment, depot=True)
        made = labels_of(session.scalars(select(Kit).where(Kit.number.in_(numbers))))
    return _printed(made or abort(404), f"kit-labels-{box.number}")


@page(pages, "/sites/<site>/labels/<decision>.pdf", roles={Role.PHARMACIST})
def to_relabel(site: str, decision: str) -> Any:
    """The labels of the kits that stand at a site and do not bear the new expiry of their lot yet."""
    with reading() as session:
        row = records.one(session, LotDecision, id=decision)
        made = labels_of(lots.unlabelled(session, row, site=site) if row.kind in NEW_EXPIRY else [])
    return _printed(made or abort(404), f"kit-labels-{row.lot.replace('/', '-')}-{site}", site)


@page(pages, "/participants/<participant>/visits/<visit>/label.pdf", roles={Role.PHARMACIST})
def dispensed(participant: str, visit: str) -> Any:
    """The label of the kit of a visit, with whose it is; the day is filled in once it is handed over."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        given = records.kit_of_visit(session, participant, visit)
        kit = records.one(session, Kit, number=given.kit)
        done = records.one(session, Randomization, participant=participant)
        confirmed = records.one(session, Eligibility, id=done.eligibility)
        investigator = records.names(session, confirmed.confirmed_by)[confirmed.confirmed_by]
    if given.state not in ("assigned", "handed_over"):
        abort(404)
    label = KitLabel(kit.number, kit.expiry, _whose(person, given, investigator))
    return _printed([label], f"kit-label-{kit.number}", person.site)


def _whose(person: Participant, given: Assignment, investigator: str) -> Given:
    study, on = service().study, given.handed_over_at
    return Given(
        participant=person.screening_number,
        visit=of_study(study.visit(given.visit).name),
        on=texts.day_of(on, person.site).isoformat() if on else "",
        investigator=investigator,
        telephone=study.site(person.site).telephone or "",
    )


def _printed(labels: Sequence[KitLabel], name: str, site: str | None = None) -> Any:
    study, now = service().study, service().clock.now()
    footer = f"{study.id} / {texts.site_moment(now, site)}"
    try:
        made = labels_pdf(label_texts(study), labels, footer=footer, made_at=now)
    except TooLong as told:
        remedy = _("“%(text)s” is too long for a label. Have the trial manager shorten it.", text=told.text)
        return render_template("plain.html", title=_("The label cannot be printed"), text=remedy), 422
    return downloads.pdf(made, name, site)
