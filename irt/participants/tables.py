"""Participants, their consents, baseline values and visits."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned

LIVE = text("state <> 'screen_failed'")


class Participant(SiteOwned, Base):
    """A person in the trial, known by number: screened, screen failure, randomized, withdrawn, completed."""

    __tablename__ = "participant"
    __table_args__ = (
        CheckConstraint("state IN ('screened', 'screen_failed', 'randomized', 'withdrawn', 'completed')", name="state"),
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
    first_dose_on: Mapped[date | None]  # study day 1: the anchor of the calendar
    ended_on: Mapped[date | None]  # the day of withdrawal or completion


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


class VisitRecord(SiteOwned, Base):
    """That a visit took place or was skipped; the highest revision counts, older ones stay. Void: nothing is recorded,
    for what recorded it never was.

    `visit` is an id of study.toml; of a visit without a day (early termination, unscheduled) with its ordinal: `UV.1`.
    """

    __tablename__ = "visit_record"
    __table_args__ = (
        UniqueConstraint("participant", "visit", "revision"),
        CheckConstraint("state IN ('done', 'skipped', 'void')", name="state"),
        CheckConstraint("(state = 'done') = (visited_on IS NOT NULL)", name="day"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    revision: Mapped[int]
    state: Mapped[str]
    visited_on: Mapped[date | None]
    reason: Mapped[str | None]  # why out of its window, why skipped, why unscheduled, why revised
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
