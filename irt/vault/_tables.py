"""What only the vault may read: arms and kit types, as ciphertexts, and the order in which slots are used."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, HOUSEKEEPING, UNMASKING, Base


class VaultCheck(Base):
    """A known text under the vault's key: a wrong key file is noticed before it is used."""

    __tablename__ = "vault_check"
    __table_args__ = (CheckConstraint("id = 1", name="one"), {"info": APPEND_ONLY})
    id: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    laid_at: Mapped[datetime]


class SealedList(Base):
    """The design and the seed of the randomization list, sealed as one."""

    __tablename__ = "sealed_list"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SealedSlot(Base):
    """One slot of the list: where it stands, and its arm as ciphertext. Rows are stored in random order."""

    __tablename__ = "sealed_slot"
    __table_args__ = (UniqueConstraint("stratum", "position"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    list: Mapped[str] = mapped_column(ForeignKey("sealed_list.id"))
    stratum: Mapped[str]
    position: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class StratumCounter(Base):
    """How many slots of a stratum are used; it only counts up, by one, and is never read by another room."""

    __tablename__ = "stratum_counter"
    __table_args__ = (CheckConstraint("used <= slots", name="slots"), {"info": {"kept_by": "act", "counter": "used"}})
    stratum: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(info=UNMASKING)
    slots: Mapped[int]


class Draw(Base):
    """A slot drawn for a participant: for good, whatever happens later."""

    __tablename__ = "draw"
    __table_args__ = (UniqueConstraint("stratum", "position"), {"info": APPEND_ONLY})
    participant: Mapped[str] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    slot: Mapped[str] = mapped_column(ForeignKey("sealed_slot.id"), unique=True, info=UNMASKING)
    stratum: Mapped[str]
    position: Mapped[int] = mapped_column(info=UNMASKING)
    drawn_at: Mapped[datetime]


class SealedKit(Base):
    """A kit's type and its manufacturing lot, as ciphertexts of one length each."""

    __tablename__ = "sealed_kit"
    __table_args__ = ({"info": APPEND_ONLY},)
    kit: Mapped[str] = mapped_column(primary_key=True)
    manifest: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_lot: Mapped[bytes] = mapped_column(LargeBinary)


class Opening(Base):
    """A line of the visitors' book: who was let in to be shown whose treatment, and for what. Written before it is.

    One participant's; or, without one, those of the envelopes that were issued by this line.
    """

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("purpose IN ('code_break', 'desk', 'envelopes')", name="purpose"),
        CheckConstraint("(purpose = 'envelopes') = (participant IS NULL)", name="participant"),
        Index("ix_opening_participant", "participant"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    participant: Mapped[str | None] = mapped_column(ForeignKey("draw.participant"))
    account: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"), unique=True)
    entered_at: Mapped[datetime]


class Shown(Base):
    """That what a line of the book let in for was shown, once: written before the seal is broken."""

    __tablename__ = "shown"
    __table_args__ = ({"info": HOUSEKEEPING},)
    opening: Mapped[str] = mapped_column(ForeignKey("opening.id"), primary_key=True)
    shown_at: Mapped[datetime]
    mac: Mapped[str]


class ReleaseOpening(Base):
    """A line of the visitors' book for the whole allocation: written by a release before anything is opened."""

    __tablename__ = "release_opening"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"), unique=True)
    entered_at: Mapped[datetime]


class ReleaseShown(Base):
    """That a line for the whole allocation was redeemed, once: written before the first seal is broken."""

    __tablename__ = "release_shown"
    __table_args__ = ({"info": HOUSEKEEPING},)
    opening: Mapped[str] = mapped_column(ForeignKey("release_opening.id"), primary_key=True)
    shown_at: Mapped[datetime]
    mac: Mapped[str]
