"""What waits about stock: for quality lots and quarantines to decide on, at sites kits to relabel."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.supply.tables import Lot, Quarantine
from irt.web import lots, records, texts, words
from irt.web.site_worklists import Group, Line


def to_decide(session: Session) -> list[Group]:
    """For quality: lots that wait for release or are on hold, and kits in quarantine."""
    waiting = [
        Line(row.code, _("Expiry: %(day)s", day=row.expiry), _("Release"),
             url_for("lots.decided", step="release", code=row.code))
        for row in records.rows(session, Lot, state="received")
    ]  # fmt: skip
    held = [
        Line(row.code, texts.site_moment(row.set_at), _("Look"), url_for("lots.listed"), True)
        for row in records.rows(session, Lot, state="held")
    ]
    found = session.scalars(select(Quarantine).filter_by(state="open").order_by(Quarantine.reported_at))
    quarantined = [
        Line(row.number, f"{words.word(row.kind, 'QUARANTINE_KINDS')} · {texts.site_name(row.site)}", _("Decide"),
             url_for("quarantines.listed"), True)
        for row in found
        if row.site is not None
    ]  # fmt: skip
    return [
        Group(_("Lots to release"), waiting),
        Group(_("Lots on hold"), held),
        Group(_("Kits in quarantine"), quarantined),
    ]


def to_relabel(session: Session) -> list[Group]:
    """For a pharmacist: kits on the shelf whose lot has a later expiry than their label says."""
    lines = [
        Line(row.lot, _("New expiry: %(day)s", day=row.expiry), _("Relabelled"),
             url_for("lots.relabelled", site=site, decision=row.id))
        for site, row in lots.to_relabel(session)
    ]  # fmt: skip
    return [Group(_("Kits to relabel"), lines)]
