"""What waits about stock: for quality lots and quarantines to decide on, at sites kits to relabel."""

from collections import Counter

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing import destruction
from irt.dispensing.tables import Disposal
from irt.supply.overdue import UNDER_WAY, overdue
from irt.supply.tables import Destruction, Kit, Lot, Manifest, ManifestDisposal, Quarantine, Shipment
from irt.web import lots, records, texts, words
from irt.web.site_worklists import Group, Line
from irt.web.wired import service


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
    proposed = [
        Line(_("%(count)s kits", count=len(row.kits)), row.method, _("Check"),
             url_for("depot.signed", destruction=row.id))
        for row in records.rows(session, Destruction, state="proposed")
    ]  # fmt: skip
    return [
        Group(_("Certificates of destruction to check"), proposed),
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


def expired(session: Session) -> list[Group]:
    """For a pharmacist: kits that went out of date on the shelf, by site."""
    found = Counter(kit.site for kit in records.rows(session, Kit, state="expired") if kit.site is not None)
    lines = [
        Line(texts.site_name(site), _("%(count)s kits", count=count), _("Dispose of them"),
             url_for("disposals.disposed", site=site, way="destroy"))
        for site, count in sorted(found.items())
    ]  # fmt: skip
    return [Group(_("Expired kits to be disposed of"), lines)]


def returns(session: Session) -> list[Group]:
    """For the depot: kits that sites sent back, those that were not in the box until they come, and kits to destroy."""
    sent = list(
        session.scalars(select(Disposal).filter_by(kind="sent_back").order_by(Disposal.proposed_at, Disposal.id))
    )
    lines = [
        Line(texts.site_name(row.site), f"{_('%(count)s kits', count=len(row.kits))} · {row.method}", _("Receive"),
             url_for("depot.received", disposal=row.id))
        for row in sent
        if row.received_at is None
    ]  # fmt: skip
    missing = [
        Line(texts.site_name(row.site), _("%(count)s kits", count=len(row.missing)), _("Receive"),
             url_for("depot.received", disposal=row.id))
        for row in sent
        if row.missing
    ]  # fmt: skip
    return [
        Group(_("Returns to receive"), lines),
        Group(_("Returns with kits missing"), missing),
        Group(_("Kits to destroy"), _to_destroy(session)),
    ]


def _to_destroy(session: Session) -> list[Line]:
    """What lies at the depot to be destroyed, by state."""
    found = Counter(kit.state for kit in destruction.to_choose_from(session))
    return [
        Line(words.word(state, "KIT_STATES"), _("%(count)s kits", count=count), _("Destroy kits"),
             url_for("depot.destroying"))
        for state, count in sorted(found.items())
    ]  # fmt: skip


def not_come(session: Session) -> list[Group]:
    """For the depot and the trial manager: boxes that should have come by now, the one awaited longest first."""
    plan, now = service().study.supply, service().clock.now()
    found = session.scalars(select(Shipment).where(Shipment.state.in_(UNDER_WAY)).order_by(Shipment.number))
    late = sorted((box for box in found if overdue(plan, box, now)), key=lambda box: box.sent_at or box.requested_at)
    lines = [
        Line(box.number,
             f"{texts.site_name(box.site)} · {words.word(box.state, 'SHIPMENT_STATES')} · "
             f"{texts.site_moment(box.sent_at or box.requested_at, box.site)}",
             _("Look"), url_for("supply.shipment", shipment=box.id), True)
        for box in late
    ]  # fmt: skip
    return [Group(_("Shipments overdue"), lines)]


def manifests(session: Session) -> list[Group]:
    """For the supply manager: files of kit lists that are not put away."""
    away = {row.manifest for row in records.rows(session, ManifestDisposal)}
    lines = [
        Line(texts.site_moment(row.imported_at), _("%(count)s kits", count=row.kits), _("Record"),
             url_for("depot.put_away", manifest=row.id), True)
        for row in records.rows(session, Manifest)
        if row.id not in away
    ]  # fmt: skip
    return [Group(_("Files of kit lists to be destroyed or put into escrow"), lines)]
