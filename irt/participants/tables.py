"""Participants, their consents and baseline values."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned

LIVE = text("state <> 'screen_failed'")


class Participant(SiteOwned, Base):
    """A person in the trial, known by number: screened, screen failure, randomized, withdrawn."""

    __tablename__ = "participant"
    __table_args__ = (
        CheckConstraint("state IN ('screened', 'screen_failed', 'randomized', 'withdrawn')", name="state"),
        CheckConstraint("sex IN ('female', 'male')", name="sex"),
        UniqueConstraint("id", "site"),
        Index("ix_participant_identity", "identity"),
        Index("ix_participant_site", "site"),
        # one person, one live row: two sites screening the same person at once cannot both succeed
        Index("uq_participant_live", "identity", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    screening_number: Mapped[str] = mapped_column(unique=True)
    sex: Mapped[str]
    birth_year: Mapped[int]
    identity: Mapped[str]  # keyed digest of an identity document's number: finds the same person, names nobody
    state: Mapped[str]
    screened_at: Mapped[datetime]
    rescreen_of: Mapped[str | None] = mapped_column(ForeignKey("participant.id"))
    first_dose_on: Mapped[date | None]


class Consent(SiteOwned, Base):
    """A written consent, or a renewed one, to a version of the information sheet."""

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint("participant", "version"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    version: Mapped[str]
    signed_on: Mapped[date]
    recorded_at: Mapped[datetime]


class BaselineValue(SiteOwned, Base):
    """A baseline value as recorded: the highest revision is the current one, older ones stay."""

    __tablename__ = "baseline_value"
    __table_args__ = (
        UniqueConstraint("participant", "field", "revision"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    field: Mapped[str]
    revision: Mapped[int]
    value: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
