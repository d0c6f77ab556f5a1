"""What may be known of the list, eligibility as confirmed, and who was randomized when."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, Document, SiteOwned


class PublishedList(Base):
    """The commitment to the sealed list, published before the first participant."""

    __tablename__ = "published_list"
    __table_args__ = (CheckConstraint("id = 1", name="one"), {"info": APPEND_ONLY})
    id: Mapped[int] = mapped_column(primary_key=True)
    merkle_root: Mapped[str]
    seed_sha256: Mapped[str | None]  # null: the statistician's own list, which has no seed
    algorithm: Mapped[str]
    strata: Mapped[Any] = mapped_column(Document)  # stratum → number of slots
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]


class Eligibility(SiteOwned, Base):
    """An investigator's confirmation, criterion by criterion, for one protocol version."""

    __tablename__ = "eligibility"
    __table_args__ = (
        UniqueConstraint("participant", "revision"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    revision: Mapped[int]  # 1, 2, …: the highest is the one that counts
    protocol_version: Mapped[str]
    answers: Mapped[Any] = mapped_column(Document)  # criterion → yes/no
    eligible: Mapped[bool]
    stratum: Mapped[str]
    confirmed_by: Mapped[str]
    confirmed_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class Randomization(SiteOwned, Base):
    """That a participant was randomized, with the strata as used. Immutable; it says nothing about the arm."""

    __tablename__ = "randomization"
    __table_args__ = (
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    participant: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)  # random: from neither slot nor position
    stratum: Mapped[str]
    eligibility: Mapped[str] = mapped_column(ForeignKey("eligibility.id"))
    randomized_by: Mapped[str]
    randomized_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class StratumCorrection(SiteOwned, Base):
    """A stratum found wrong after randomization: the right one stands beside the one that was used."""

    __tablename__ = "stratum_correction"
    __table_args__ = (
        UniqueConstraint("participant", "revision"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    revision: Mapped[int]  # 1, 2, …: the highest is the one that counts
    stratum: Mapped[str]
    reason: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class RandomizedInError(SiteOwned, Base):
    """A participant who should not have been randomized; the slot stays used."""

    __tablename__ = "randomized_in_error"
    __table_args__ = (
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    participant: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    reason: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
