"""Kits by number, their ledger of movements, shipments, each site's shelf, and the kits set aside for visits."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, Document, SiteOwned

KIT_STATES = (
    "at_depot", "packed", "in_transit", "available", "damaged", "missing", "quarantined", "assigned", "dispensed",
    "misallocated", "not_dispensed", "returned", "reconciled", "lost", "expired", "destroyed", "sent_back",
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


class Lot(Base):
    """A blinded lot code: kits of every type with one common expiry, released, held and extended together."""

    __tablename__ = "lot"
    __table_args__ = (CheckConstraint(f"state IN {LOT_STATES}", name="state"), {"info": {"kept_by": "act"}})
    code: Mapped[str] = mapped_column(primary_key=True)
    expiry: Mapped[date]
    state: Mapped[str]
    set_at: Mapped[datetime]


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
