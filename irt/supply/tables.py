"""Kits by number, their ledger of movements, shipments, each site's shelf, and the kits set aside for visits."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, SECRET, Base, Document, SiteOwned

KIT_STATES = (
    "at_depot", "packed", "in_transit", "available", "damaged", "missing", "quarantined", "assigned", "dispensed",
    "misallocated", "not_dispensed", "returned", "reconciled", "lost", "expired", "destroyed", "sent_back",
    "back_at_depot",
)  # fmt: skip

LOT_STATES = ("received", "released", "held", "rejected")

HELD_STATES = ("assigned", "dispensed", "misallocated", "returned", "reconciled")  # set aside for somebody, or theirs


class Manifest(Base):
    """A kit list that was taken in: how many kits, and the keyed digest of its file."""

    __tablename__ = "manifest"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    file_digest: Mapped[str] = mapped_column(unique=True)
    kits: Mapped[int]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]


class ManifestDisposal(Base):
    """What became of a manifest's file, which tells every type: destroyed, or deposited where nobody reads it."""

    __tablename__ = "manifest_disposal"
    __table_args__ = (CheckConstraint("kind IN ('destroyed', 'escrow')", name="kind"), {"info": APPEND_ONLY})
    manifest: Mapped[str] = mapped_column(ForeignKey("manifest.id"), primary_key=True)
    kind: Mapped[str]
    place: Mapped[str]  # where and by whom
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
    disposed_by: Mapped[str]
    disposed_at: Mapped[datetime]


class Lot(Base):
    """A blinded lot code: kits of every type with one common expiry, released, held and extended together."""

    __tablename__ = "lot"
    __table_args__ = (CheckConstraint(f"state IN {LOT_STATES}", name="state"), {"info": {"kept_by": "act"}})
    code: Mapped[str] = mapped_column(primary_key=True)
    expiry: Mapped[date]
    state: Mapped[str]
    set_at: Mapped[datetime]


class LotDecision(Base):
    """What was decided of a lot, by whom and why. `expiry`: of an extension, the new one; `before`: the old one."""

    __tablename__ = "lot_decision"
    __table_args__ = (
        CheckConstraint("kind IN ('released', 'held', 'resumed', 'rejected', 'extended', 'shortened')", name="kind"),
        CheckConstraint("(kind IN ('extended', 'shortened')) = (expiry IS NOT NULL)", name="expiry"),
        UniqueConstraint("lot", "ordinal"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    lot: Mapped[str] = mapped_column(ForeignKey("lot.code"))
    ordinal: Mapped[int]  # 1, 2, … along the life of the lot
    kind: Mapped[str]
    reason: Mapped[str]
    before: Mapped[date | None]
    expiry: Mapped[date | None]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]


class RecallDrill(Base):
    """A recall of a lot that was rehearsed: how many kits were found in each place."""

    __tablename__ = "recall_drill"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    lot: Mapped[str] = mapped_column(ForeignKey("lot.code"))
    counts: Mapped[Any] = mapped_column(Document)  # place → kits
    drilled_by: Mapped[str]
    drilled_at: Mapped[datetime]


class Relabelling(SiteOwned, Base):
    """The kits of a lot that stood at a site bear the expiry of an extension; what arrives later has its own row."""

    __tablename__ = "relabelling"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    decision: Mapped[str] = mapped_column(ForeignKey("lot_decision.id"))
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    kits: Mapped[Any] = mapped_column(Document)  # numbers, sorted
    done_by: Mapped[str]
    done_at: Mapped[datetime]


class Attachment(SiteOwned, Base):
    """A PDF that came with a record: of a temperature logger, or a certificate. The trail holds its digest alone."""

    __tablename__ = "attachment"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str | None] = mapped_column(ForeignKey("site.code"))  # None: the depot's
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, info=SECRET)
    sha256: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class Kit(SiteOwned, Base):
    """One numbered box. It has no type here, and never will. Only `ledger.move` changes its state and place."""

    __tablename__ = "kit"
    __table_args__ = (
        CheckConstraint(f"state IN {KIT_STATES}", name="state"),
        CheckConstraint(f"state NOT IN {HELD_STATES} OR participant IS NOT NULL", name="holder"),
        Index("ix_kit_shelf", "site", "state"),
        Index("ix_kit_participant", "participant"),
        {"info": {"kept_by": "act"}},
    )
    number: Mapped[str] = mapped_column(primary_key=True)
    manifest: Mapped[str] = mapped_column(ForeignKey("manifest.id"))
    lot: Mapped[str] = mapped_column(ForeignKey("lot.code"))  # blinded: every lot holds all types
    expiry: Mapped[date]  # its lot's
    vials: Mapped[int]
    moves: Mapped[int]  # lines in the ledger so far
    state: Mapped[str]
    site: Mapped[str | None] = mapped_column(ForeignKey("site.code"))
    participant: Mapped[str | None] = mapped_column(ForeignKey("participant.id"))


class Movement(SiteOwned, Base):
    """One line of the ledger: a kit went from one state to another."""

    __tablename__ = "movement"
    __table_args__ = (Index("ix_movement_shipment", "shipment"), {"info": APPEND_ONLY})
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, … along the life of the kit
    before: Mapped[str]
    after: Mapped[str]
    site: Mapped[str | None]
    participant: Mapped[str | None]
    shipment: Mapped[str | None]
    moved_at: Mapped[datetime]
    moved_by: Mapped[str]


class Shipment(SiteOwned, Base):
    """A box of kits on its way from the depot to a site.

    by_hand: somebody asked for it; resupply: the night did; express: one kit for a visit that found none.
    """

    __tablename__ = "shipment"
    __table_args__ = (
        CheckConstraint("kind IN ('by_hand', 'resupply', 'express')", name="kind"),
        CheckConstraint("state IN ('requested', 'packed', 'in_transit', 'received', 'cancelled')", name="state"),
        CheckConstraint("temperature IN ('in_range', 'excursion', 'not_read')", name="temperature"),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    kind: Mapped[str]
    state: Mapped[str]
    kits: Mapped[int]
    requested_at: Mapped[datetime]
    packed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    carrier: Mapped[str | None]  # and the number of the waybill
    logger: Mapped[str | None]  # its serial number
    overdue_at: Mapped[datetime | None]  # since when it should have come; from then on it is not counted on
    temperature: Mapped[str | None]  # what the logger said on arrival
    lowest: Mapped[Decimal | None]  # °C
    highest: Mapped[Decimal | None]
    minutes: Mapped[int | None]  # out of the range, together
    told: Mapped[str | None]
    attachment: Mapped[str | None] = mapped_column(ForeignKey("attachment.id"))  # the logger's own report
    cancel_reason: Mapped[str | None]


class Quarantine(SiteOwned, Base):
    """Kits that nobody is given until quality decides, on all of them at once.

    transit: of a box whose logger showed an excursion or was not read, or of what was missing in it and found again;
    refrigerator: of a site, all that stood in it; lot: of a lot on hold, wherever they are.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        CheckConstraint("kind IN ('transit', 'refrigerator', 'lot')", name="kind"),
        CheckConstraint("state IN ('open', 'released', 'rejected')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(kind = 'lot') = (lot IS NOT NULL)", name="lot"),
        CheckConstraint("(kind = 'lot') = (site IS NULL)", name="site"),
        CheckConstraint("(kind = 'transit') = (shipment IS NOT NULL)", name="shipment"),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    site: Mapped[str | None] = mapped_column(ForeignKey("site.code"))
    shipment: Mapped[str | None] = mapped_column(ForeignKey("shipment.id"))
    lot: Mapped[str | None] = mapped_column(ForeignKey("lot.code"))
    noticed_on: Mapped[date | None]
    noticed_at: Mapped[str | None]  # HH:MM at the site
    failed_on: Mapped[date | None]  # since when a refrigerator was out of its range, as far as its record tells
    failed_at: Mapped[str | None]
    lowest: Mapped[Decimal | None]  # °C; of a box its shipment has these
    highest: Mapped[Decimal | None]
    minutes: Mapped[int | None]  # out of the range, together
    told: Mapped[str]
    attachment: Mapped[str | None] = mapped_column(ForeignKey("attachment.id"))
    state: Mapped[str]
    reported_by: Mapped[str]
    reported_at: Mapped[datetime]
    decision: Mapped[str | None]  # why it was decided so
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    signature: Mapped[str | None] = mapped_column(ForeignKey("signature.id"))


class QuarantinedKit(SiteOwned, Base):
    """A kit of a quarantine. It goes to `back_to` when nothing holds it any more, unless it moved since `line`."""

    __tablename__ = "quarantined_kit"
    __table_args__ = (
        CheckConstraint("back_to IN ('available', 'at_depot', 'not_dispensed', 'quarantined')", name="back_to"),
        Index("ix_quarantined_kit_kit", "kit"),
        {"info": APPEND_ONLY},
    )
    quarantine: Mapped[str] = mapped_column(ForeignKey("quarantine.id"), primary_key=True)
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)  # of its ledger, at which it stood in quarantine
    site: Mapped[str | None] = mapped_column(ForeignKey("site.code"))
    before: Mapped[str]
    back_to: Mapped[str]


class ExposedKit(SiteOwned, Base):
    """A kit that was handed over from a refrigerator after it failed and before that was reported: it is at home, and
    what quality decides of the entry holds for it too. `site`: its participant's, who may be a guest where it stood."""

    __tablename__ = "exposed_kit"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'released', 'rejected')", name="state"),
        Index("ix_exposed_kit_kit", "kit"),
        {"info": {"kept_by": "act"}},
    )
    quarantine: Mapped[str] = mapped_column(ForeignKey("quarantine.id"), primary_key=True)
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"), primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    handed_over_at: Mapped[datetime]
    state: Mapped[str]  # its entry's, for those who do not see that


class Destruction(Base):
    """Kits that the depot destroyed, with the certificate, once quality has signed."""

    __tablename__ = "destruction"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'done', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'done') = (signed_at IS NOT NULL)", name="signed"),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kits: Mapped[Any] = mapped_column(Document)  # numbers, sorted
    method: Mapped[str]
    attachment: Mapped[str] = mapped_column(ForeignKey("attachment.id"))
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    second_signature: Mapped[str | None] = mapped_column(ForeignKey("signature.id"))


class Express(SiteOwned, Base):
    """For whose visit an express shipment brings its one kit; they alone are given it."""

    __tablename__ = "express"
    __table_args__ = (
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    shipment: Mapped[str] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    ordinal: Mapped[int]  # of the visit's kits, for which it was sent
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"), unique=True)


class Shelf(SiteOwned, Base):
    """A site's shelf: the row that every act taking kits there locks, and whether the site may randomize."""

    __tablename__ = "shelf"
    __table_args__ = (
        CheckConstraint("randomization IN ('open', 'closed')", name="randomization"),
        {"info": {"kept_by": "act"}},
    )
    site: Mapped[str] = mapped_column(ForeignKey("site.code"), primary_key=True)
    randomization: Mapped[str]  # set at receipts; never an answer to an attempt
    set_at: Mapped[datetime]


class Assignment(SiteOwned, Base):
    """The kit of one visit: assigned, then handed over. One visit for each kit.

    Cancelled: not asked for any more, yet the same kit is the answer when asked again. Void: the kit is accounted for
    otherwise (lost, damaged, given to another), and the visit has a claim to a replacement, the next ordinal.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("participant", "visit", "ordinal"),
        CheckConstraint("state IN ('assigned', 'cancelled', 'handed_over', 'void')", name="state"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    ordinal: Mapped[int]  # 1: the visit's kit; 2, 3, …: its replacements
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"), unique=True)
    state: Mapped[str]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str]
    handed_over_at: Mapped[datetime | None]
    handed_over_by: Mapped[str | None]


class SupplyForecast(Base):
    """A forecast that was kept: totals of policies, made from the study file with this digest. The newest is shown."""

    __tablename__ = "supply_forecast"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    study_digest: Mapped[str]
    figures: Mapped[Any] = mapped_column(Document)
