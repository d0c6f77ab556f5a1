"""Lots: their state and expiry, how many kits of each are where, what was decided, and the next decision."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.db import reads_everywhere
from irt.dispensing.lot_holds import hold_lot, reject_lot, resume_lot
from irt.gate.act import spec_of
from irt.gate.tables import SignatureRow
from irt.supply.lots import NEW_EXPIRY, TO_RELABEL, extend_lot, relabel, release_lot, shorten_lot
from irt.supply.recall import place_in_trial
from irt.supply.tables import Kit, Lot, LotDecision, Relabelling
from irt.web import records, words
from irt.web.asking import Field, ask
from irt.web.pages import form_page, holds, page, reading
from irt.web.signed import Signed

pages = Blueprint("lots", __name__)

READERS = frozenset({
    Role.QUALITY, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER, Role.MONITOR, Role.DATA_MANAGER, Role.AUDITOR, Role.SPONSOR,
    Role.DEPOT, Role.SUPPLY_MANAGER, Role.PHARMACIST,
})  # fmt: skip
STEPS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {  # step → act, and the states that it leads on from
    "release": (release_lot, ("received",)),
    "hold": (hold_lot, ("released",)),
    "resume": (resume_lot, ("held",)),
    "reject": (reject_lot, ("received", "held")),
    "extend": (extend_lot, ("received", "released", "held")),
    "shorten": (shorten_lot, ("received", "held")),
}
DECIDERS = spec_of(hold_lot).roles


def steps_from(state: str) -> list[str]:
    """The decisions that the reader may take on a lot in this state."""
    return [step for step, (function, states) in STEPS.items() if state in states and holds(*spec_of(function).roles)]


@page(pages, "/lots", roles=READERS)
def listed() -> Any:
    """Every lot with its kits by place, and the decisions on it."""
    with reading() as session:
        lots = records.rows(session, Lot)
        told = not holds(Role.SUPPLY_MANAGER)  # no kit's fate after shipping for whoever knows the types
        counted = list(session.scalars(select(Kit))) if told else []
        places = Counter((kit.lot, place_in_trial(kit)) for kit in counted)
        if not reads_everywhere(session):  # what is missing there would tell of which lot other sites' boxes are
            places = Counter({one: count for one, count in places.items() if one[1] != "depot"})
        decisions = sorted(records.rows(session, LotDecision), key=lambda row: row.ordinal)
        signatures = {row.id: Signed(records.one(session, SignatureRow, id=row.signature)) for row in decisions}
    return render_template(
        "lots.html", lots=lots, places=places, decisions=decisions, signatures=signatures, steps_from=steps_from
    )


@form_page(pages, "/lots/<step>/<path:code>", roles=DECIDERS)
def decided(step: str, code: str) -> Any:
    """One decision on a lot, signed."""
    if step not in STEPS or not holds(*spec_of(STEPS[step][0]).roles):
        abort(404)
    with reading() as session:
        lot = records.one(session, Lot, code=code)
    leads = {
        "hold": _("Kits on shelves, set aside and at the depot are quarantined at once, boxes that have not left are "
                  "cancelled, and what is on its way arrives into quarantine. Kits at home stay there: the sites are "
                  "told, and the recall list names them."),
        "resume": _("The kits are back where they were. Those that had been set aside for somebody go to nobody."),
        "reject": _("No kit of this lot is ever given. Those at sites and at the depot wait to be destroyed."),
        "extend": _("All kits of the lot have the new expiry, whatever they hold. The sites relabel those on their "
                    "shelves; a kit at home bears the old date and stays listed when that is past."),
        "shorten": _("All kits of the lot have the earlier expiry, whatever they hold. The sites relabel those on "
                     "their shelves, and kits at home past it are listed for them to be called back."),
    }  # fmt: skip
    day = (Field("expiry", "day", hint=_("Now: %(day)s", day=lot.expiry)),) if step in ("extend", "shorten") else ()
    here = url_for("lots.listed")
    return ask(
        STEPS[step][0], title=f"{words.word(step, 'LOT_STEPS')}: {code}", fields=(*day, Field("reason", "note")),
        given={"lot": code}, done=here, back=here, lead=leads.get(step),
    )  # fmt: skip


@form_page(pages, "/sites/<site>/relabel/<decision>", roles=spec_of(relabel).roles)
def relabelled(site: str, decision: str) -> Any:
    """The kits of a lot on a site's shelf bear its new expiry: those that the page shows, looked at one by one."""
    given = {"site": site, "decision": decision, "kits": request.form.get("shown", "").split()}
    with reading() as session:
        row = records.one(session, LotDecision, id=decision)
        kits = unlabelled(session, row, site=site)
    if row.kind not in NEW_EXPIRY:
        abort(404)
    lead = _("Lot %(lot)s expires on %(day)s. Look at each of these kits: it bears the new date.", lot=row.lot,
             day=row.expiry)  # fmt: skip
    here = url_for("home.worklist")
    return ask(
        relabel, title=_("Kits relabelled"), given=given, done=here, back=here, lead=lead, template="relabel.html",
        kits=kits, site=site, decision=decision,
    )  # fmt: skip


def unlabelled(session: Session, decision: LotDecision, **place: str) -> list[Kit]:
    """Kits at the reader's sites that are to bear the new expiry of a decision and do not yet, sorted by number."""
    told = records.rows(session, Relabelling, decision=decision.id, **place)
    done = {(row.site, number) for row in told for number in row.kits}
    standing = [kit for kit in records.rows(session, Kit, lot=decision.lot, **place) if kit.state in TO_RELABEL]
    found = [kit for kit in standing if kit.site is not None and (kit.site, kit.number) not in done]
    return sorted(found, key=lambda kit: int(kit.number))


def to_relabel(session: Session) -> list[tuple[str, LotDecision]]:
    """The reader's sites with kits of a lot with a new expiry, and the last one that these were not relabelled for."""
    decided = sorted(records.rows(session, LotDecision), key=lambda row: row.ordinal)
    last = {row.lot: row for row in decided if row.kind in NEW_EXPIRY}
    found = {(kit.site or "", lot) for lot, row in last.items() for kit in unlabelled(session, row)}
    return [(site, last[lot]) for site, lot in sorted(found)]
