"""Emergency envelopes: which were issued, by which line of the visitors' book, and what became of each."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned


class Envelope(SiteOwned, Base):
    """An envelope that was issued for a participant; the highest serial counts. Neither half of it is stored."""

    __tablename__ = "envelope"
    __table_args__ = (
        UniqueConstraint("participant", "serial"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        Index("ix_envelope_opening", "opening"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    serial: Mapped[int]  # 1, 2, … for each participant
    misallocations: Mapped[int]  # wrong boxes that the participant had had by then: with one more, another is due
    opening: Mapped[str] = mapped_column(ForeignKey("opening.id"))  # the line in the visitors' book
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]


class EnvelopeExport(Base):
    """That both halves of the envelopes of a line of the visitors' book were written; without it they count as due."""

    __tablename__ = "envelope_export"
    __table_args__ = ({"info": APPEND_ONLY},)
    opening: Mapped[str] = mapped_column(ForeignKey("opening.id"), primary_key=True)
    written_at: Mapped[datetime]
    written_by: Mapped[str]


class EnvelopeFate(SiteOwned, Base):
    """What became of an envelope: opened at the site; back, or destroyed there."""

    __tablename__ = "envelope_fate"
    __table_args__ = (
        UniqueConstraint("envelope", "kind"),
        CheckConstraint("kind IN ('opened', 'returned', 'destroyed')", name="kind"),
        CheckConstraint("(kind = 'opened') = (opened_by IS NOT NULL)", name="opened_by"),
        CheckConstraint("(kind = 'opened') = (happened_at IS NOT NULL)", name="happened_at"),
        Index("ix_envelope_fate_site", "site"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    envelope: Mapped[str] = mapped_column(ForeignKey("envelope.id"))
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    kind: Mapped[str]
    happened_on: Mapped[date]  # as the calendar at the site shows it
    happened_at: Mapped[str | None]  # HH:MM at the site
    opened_by: Mapped[str | None]  # who opened it, in words: it may be somebody without an account
    told: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"), unique=True)
