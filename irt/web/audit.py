"""The audit trail for those who read it: who did what, when, why, and what it changed. Sealed values stay sealed."""

import json
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from irt.actor import UNMASKED_ROLES
from irt.gate.tables import AuditEntry, SignatureRow
from irt.participants.tables import Participant
from irt.web import records, texts
from irt.web.pages import actor, page, reading
from irt.web.signed import Signed
from irt.web.trail import READERS, reach_of
from irt.web.wired import service

pages = Blueprint("audit", __name__, url_prefix="/audit")

PER_PAGE = 50
LEDGER_COUNTS = {"kit": "moves", "movement": "line", "quarantined_kit": "line"}  # how often a kit has moved


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """The entries, the newest first, of all or of one participant or site; `?before=` an entry: those older than it."""
    reach = reach_of(actor(), service().study)
    with reading() as session:
        newest = session.scalars(reach.entries.order_by(AuditEntry.seq.desc()).limit(1)).one_or_none()
        chosen = _chosen(session, reach.entries)
        if before := request.args.get("before", ""):
            last = session.scalars(reach.entries.where(AuditEntry.hash == before)).one_or_none()
            if last is None:
                abort(404)
            chosen = chosen.where(AuditEntry.seq < last.seq)
        found = list(session.scalars(chosen.order_by(AuditEntry.seq.desc()).limit(PER_PAGE + 1)))
        numbers = _numbers(session, found)
    return render_template(
        "audit.html", found=found[:PER_PAGE], more=len(found) > PER_PAGE, numbers=numbers, newest=newest, reach=reach,
        site=request.args.get("site", ""), number=request.args.get("number", "").strip(),
        sites=texts.site_choices(reach.sites),
    )  # fmt: skip


@page(pages, "/<entry>", roles=READERS)
def one(entry: str) -> Any:
    """One entry whole, by its hash: the order, each changed row before and after, the answer."""
    reach = reach_of(actor(), service().study)
    with reading() as session:
        found = session.scalars(reach.entries.where(AuditEntry.hash == entry)).one_or_none()
        if found is None:
            abort(404)
        numbers = _numbers(session, [found])
        body = json.loads(found.body)
        given = body.get("signature") if reach.whole(found) else None
        signature = Signed(records.one(session, SignatureRow, id=given)) if given else None
    changed = reach.changes(found, body.get("changes", []))
    told = [uncounted(*change) for change in changed if not of_unsent_box(*change)]
    hidden, changes = len(changed) - len(told), [change_lines(*change) for change in told]
    # Why an unmasked step was refused may tell of types and block sizes: the code alone is shown.
    unmasked = UNMASKED_ROLES & set(found.roles.split(","))
    facts = {} if unmasked or body.get("code") == "packed_kits_differ" else body.get("facts", {})
    return render_template(
        "audit_entry.html", entry=found, said=reach.said(found), body=body, changes=changes, hidden=hidden,
        numbers=numbers, facts=facts, signature=signature,
    )  # fmt: skip


def _chosen(session: Session, entries: Select[AuditEntry]) -> Select[AuditEntry]:
    site, number = request.args.get("site", ""), request.args.get("number", "").strip()
    if site:
        entries = entries.where(AuditEntry.site == site)
    if number:
        person = records.one(session, Participant, screening_number=number)
        entries = entries.where(AuditEntry.participant == person.id)
    return entries


def _numbers(session: Session, entries: list[AuditEntry]) -> dict[str, str]:
    wanted = {entry.participant for entry in entries if entry.participant}
    found = session.scalars(select(Participant).where(Participant.id.in_(wanted)))
    return {row.id: row.screening_number for row in found}


def of_unsent_box(table: str, _key: Any, old: Any, new: Any) -> bool:
    """Whether a changed row tells of a kit that it lies in a box that has not left the depot.

    What one box after another would hold, each cancelled before it leaves, tells in time which kits are of one type.
    """
    if old == "bulk" or table not in ("kit", "movement", "express", "quarantined_kit"):
        return False
    if table == "express":
        return True
    before = (old or {}).get("state") if table == "kit" else new.get("before")
    after = new.get("after") if table == "movement" else new.get("state")
    return bool(after == "packed" or (before == "packed" and after != "in_transit"))


def uncounted(table: str, key: Any, old: Any, new: Any) -> tuple[str, Any, Any, Any]:
    """A changed row without the number of its kit's moves: the boxes that never left count in it too.

    Of two kits of a box, the one that was drawn more often before is of the type that is scarce at the depot.
    """
    column = LEDGER_COUNTS.get(table)
    if column is None or old == "bulk":
        return table, key, old, new
    row_key = key.rpartition("/")[0] if column == "line" else key  # the line ends the key of its row
    return table, row_key, *(one and {name: one[name] for name in one if name != column} for one in (old, new))


def change_lines(table: str, key: Any, old: Any, new: Any) -> dict[str, Any]:
    """One changed row for reading: each column before and after; a bulk as its count and digest."""
    if old == "bulk":
        lines = [("count", "", str(new["count"])), ("digest", "", str(new["digest"]))]
        return {"table": table, "key": ", ".join(f"{name}={value}" for name, value in key.items()), "lines": lines}
    columns = sorted(new) if old is None else sorted(set(old) | set(new))
    lines = [(name, shown((old or {}).get(name)), shown(new.get(name))) for name in columns]
    return {"table": table, "key": key, "lines": lines}


def shown(value: Any) -> str:
    """A recorded value for reading; a sealed or digested one is named as what it is."""
    if isinstance(value, dict) and set(value) == {"sealed"}:
        return str(_("sealed"))
    if isinstance(value, dict) and set(value) == {"digest"}:
        return str(_("kept as a digest only"))
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
