"""The treatment as it went: doses, holds, the stop, vials that came back, mishaps, and what is settled about them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, Document, SiteOwned

BY_ACT = {"kept_by": "act"}


def _of_site() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"])


class Dose(SiteOwned, Base):
    """One line of the diary: what became of a scheduled dose, or a dose that was not due. The highest revision counts.

    `number` is that of the schedule (1 … 84), or counts the doses that were not due (1, 2, …).
    """

    __tablename__ = "dose"
    __table_args__ = (
        UniqueConstraint("participant", "kind", "number", "revision"),
        CheckConstraint("kind IN ('scheduled', 'extra')", name="kind"),
        CheckConstraint("outcome IN ('taken', 'partial', 'missed', 'void')", name="outcome"),
        CheckConstraint("(outcome IN ('taken', 'partial')) = (taken_on IS NOT NULL)", name="day"),
        CheckConstraint("(taken_on IS NULL) = (kit IS NULL)", name="kit"),
        _of_site(),
        Index("ix_dose_kit", "kit"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    kind: Mapped[str]
    number: Mapped[int]
    revision: Mapped[int]
    outcome: Mapped[str]  # void: recorded by mistake (of an extra dose)
    taken_on: Mapped[date | None]  # the day at the site
    taken_at: Mapped[str | None]  # HH:MM there, where it is known
    kit: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))
    place: Mapped[str | None]  # clinic, home
    injection_site: Mapped[str | None]  # an id of study.toml
    reason: Mapped[str | None]  # of a missed or partial dose: an id of study.toml
    note: Mapped[str | None]  # in words: also why it is corrected, or why it was too close to another
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Hold(SiteOwned, Base):
    """Treatment held from a day on; resumed on a day, which is the first on which doses are due again."""

    __tablename__ = "hold"
    __table_args__ = (UniqueConstraint("participant", "from_on"), _of_site(), {"info": BY_ACT})
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    from_on: Mapped[date]
    resumed_on: Mapped[date | None]
    reason: Mapped[str]
    note: Mapped[str | None]
    held_by: Mapped[str]
    held_at: Mapped[datetime]
    resumed_by: Mapped[str | None]
    resumed_at: Mapped[datetime | None]


class TreatmentStop(SiteOwned, Base):
    """Treatment ended early, for a medical or other reason; the participant stays in follow-up."""

    __tablename__ = "treatment_stop"
    __table_args__ = (_of_site(), {"info": BY_ACT})
    participant: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    last_day: Mapped[date]  # the last day on which a dose was due
    reason: Mapped[str]
    note: Mapped[str | None]
    stopped_by: Mapped[str]
    stopped_at: Mapped[datetime]


class KitReturn(SiteOwned, Base):
    """The count of a kit's vials when it came back, or when it was given up as lost. The highest revision counts."""

    __tablename__ = "kit_return"
    __table_args__ = (
        UniqueConstraint("kit", "revision"),
        CheckConstraint("unused >= 0 AND used >= used_before AND broken >= 0 AND lost >= 0", name="counts"),
        CheckConstraint("used_before >= 0", name="used_before"),
        _of_site(),
        Index("ix_kit_return_participant", "participant"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"))
    participant: Mapped[str]
    site: Mapped[str]
    revision: Mapped[int]
    returned_on: Mapped[date]
    unused: Mapped[int]
    used: Mapped[int]
    used_before: Mapped[int]  # of `used`: by whoever had the box before this participant
    broken: Mapped[int]
    lost: Mapped[int]
    reason: Mapped[str | None]  # why counted anew
    counted_by: Mapped[str]
    counted_at: Mapped[datetime]


class Discrepancy(SiteOwned, Base):
    """Two counts that should agree and do not, open until somebody says why."""

    __tablename__ = "discrepancy"
    __table_args__ = (
        CheckConstraint("kind IN ('vials', 'diary', 'adherence')", name="kind"),
        CheckConstraint("state IN ('open', 'resolved')", name="state"),
        CheckConstraint("(state = 'resolved') = (resolution IS NOT NULL)", name="resolution"),
        _of_site(),
        Index("ix_discrepancy_kit", "kit"),
        Index("ix_discrepancy_participant", "participant"),
        {"info": BY_ACT},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    kit: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))
    kind: Mapped[str]
    expected: Mapped[int]
    found: Mapped[int]
    state: Mapped[str]
    opened_at: Mapped[datetime]
    resolution: Mapped[str | None]
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]


class Disposal(SiteOwned, Base):
    """Kits destroyed at the site before a witness, or sent back to the depot."""

    __tablename__ = "disposal"
    __table_args__ = (
        CheckConstraint("kind IN ('destroyed', 'sent_back')", name="kind"),
        CheckConstraint("state IN ('proposed', 'done', 'withdrawn')", name="state"),
        CheckConstraint("received_at IS NULL OR kind = 'sent_back'", name="received"),
        {"info": BY_ACT},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    kind: Mapped[str]
    kits: Mapped[Any] = mapped_column(Document)  # numbers, sorted
    method: Mapped[str]  # how it was destroyed, or the carrier and waybill
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
    witnessed_by: Mapped[str | None]
    witnessed_at: Mapped[datetime | None]
    witness_signature: Mapped[str | None] = mapped_column(ForeignKey("signature.id"))
    received_by: Mapped[str | None]  # of what was sent back: by the depot
    received_at: Mapped[datetime | None]
    missing: Mapped[Any] = mapped_column(Document, nullable=True)  # numbers that were not in the box


class Mishap(SiteOwned, Base):
    """What should not have happened to a box: told in one step, put right in any order, ended by a note to file."""

    __tablename__ = "mishap"
    __table_args__ = (
        CheckConstraint("kind IN ('wrong_kit', 'not_handed_over', 'lost', 'damaged', 'elsewhere')", name="kind"),
        CheckConstraint("box IN ('with_participant', 'recovered', 'at_site', 'lost')", name="box"),
        CheckConstraint(
            "replacement IN ('not_wanted', 'being_sent', 'to_be_allowed', 'set_aside', 'handed_over', 'not_collected', "
            "'to_ask')",
            name="replacement",
        ),
        Index("ix_mishap_kit", "kit"),
        {"info": BY_ACT},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str | None] = mapped_column(ForeignKey("participant.id"))  # None: a box in stock, nobody's
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))  # where it happened; of `elsewhere` not the home site
    kind: Mapped[str]
    visit: Mapped[str | None]
    kit: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))  # the box that it is about
    instead_of: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))  # the box that should have been given
    happened_on: Mapped[date]
    told: Mapped[str]
    box: Mapped[str]  # where the box is now
    replacement: Mapped[str]
    replacement_kit: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))
    card: Mapped[str | None]  # of `elsewhere`: the two numbers that were shown, as this site knows nobody else's people
    deviation: Mapped[str] = mapped_column(ForeignKey("deviation.id"))
    reported_by: Mapped[str]
    reported_at: Mapped[datetime]
    note_signature: Mapped[str | None] = mapped_column(ForeignKey("signature.id"))  # under the note to file
    note_signed_at: Mapped[datetime | None]
    note_covers: Mapped[str | None]  # what it told of when it was signed: see `ending.covers`


class PassedOn(SiteOwned, Base):
    """A box that left this site's books when it was handed to a participant of another, whose books it is in since.

    Its line in these books stays, with what its label said.
    """

    __tablename__ = "passed_on"
    __table_args__ = ({"info": APPEND_ONLY},)
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"), primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))  # from which it was handed over
    mishap: Mapped[str] = mapped_column(ForeignKey("mishap.id"))
    lot: Mapped[str]
    expiry: Mapped[date]
    vials: Mapped[int]
    passed_at: Mapped[datetime]
    passed_by: Mapped[str]


class KitAllowance(SiteOwned, Base):
    """A second person's word that a visit may be given one more kit, though two of its kits are gone."""

    __tablename__ = "kit_allowance"
    __table_args__ = (UniqueConstraint("participant", "visit", "ordinal"), _of_site(), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    ordinal: Mapped[int]  # of the assignment that it allows
    reason: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
    allowed_by: Mapped[str]
    allowed_at: Mapped[datetime]


class ChangeRequest(SiteOwned, Base):
    """A site asks for a recorded value to be changed that it may not change alone; both values stay."""

    __tablename__ = "change_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'agreed', 'declined')", name="state"),
        CheckConstraint("(state = 'open') = (decision IS NULL)", name="decision"),
        _of_site(),
        {"info": BY_ACT},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    target: Mapped[str]  # sex, first_dose, stop, withdrawal, visit:W4, hand_over:W4, hold:<id>, return:<kit> …
    before: Mapped[str]
    wanted: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decision: Mapped[str | None]  # why agreed or declined
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class LineReview(SiteOwned, Base):
    """A monitor's signature under one line of the pharmacy's books as it stood; a line changed later is unsigned."""

    __tablename__ = "line_review"
    __table_args__ = (Index("ix_line_review_line", "book", "line"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    book: Mapped[str]
    line: Mapped[str]  # the kit's number; of the inventory log with the number of the move: 1234567/3
    digest: Mapped[str]  # SHA-256 of the line's text
    reviewed_by: Mapped[str]
    reviewed_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
