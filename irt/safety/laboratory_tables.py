"""Safety laboratory: samples and their values, suggestions that were dismissed, and values kept to the investigator."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, UNMASKING, Base, SiteOwned


def _of_site() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"])


class LabSample(SiteOwned, Base):
    """A blood sample of a participant, numbered from 1 for each. The highest revision counts, older ones stay."""

    __tablename__ = "lab_sample"
    __table_args__ = (
        UniqueConstraint("participant", "number", "revision"),
        CheckConstraint("(revision = 1) = (reason IS NULL)", name="reason"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    number: Mapped[int]
    revision: Mapped[int]
    taken_on: Mapped[date]  # the day at the site
    stands: Mapped[bool]  # False: recorded by mistake, there was no such sample
    reason: Mapped[str | None]  # why it was corrected
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class LabValue(SiteOwned, Base):
    """A value as the laboratory printed it, with its limits of normal; of each test the highest revision counts."""

    __tablename__ = "lab_value"
    __table_args__ = (
        UniqueConstraint("participant", "number", "analyte", "revision"),
        ForeignKeyConstraint(
            ["participant", "number", "revision"],
            ["lab_sample.participant", "lab_sample.number", "lab_sample.revision"],
        ),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    number: Mapped[int]
    revision: Mapped[int]  # of the sample, with which it was written
    analyte: Mapped[str]  # an id of study.toml
    value: Mapped[Decimal | None]  # None: recorded by mistake, it was not measured
    unit: Mapped[str]  # as study.toml named it then
    lower: Mapped[Decimal | None]
    upper: Mapped[Decimal | None]


class LabDismissal(SiteOwned, Base):
    """That a value is no adverse event, said by an investigator; it holds while grade and value are the same."""

    __tablename__ = "lab_dismissal"
    __table_args__ = (
        UniqueConstraint("participant", "number", "analyte", "revision", "grade"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    number: Mapped[int]
    analyte: Mapped[str]
    revision: Mapped[int]  # of the value
    grade: Mapped[int]
    reason: Mapped[str]
    dismissed_at: Mapped[datetime]
    dismissed_by: Mapped[str]


class WithheldValue(SiteOwned, Base):
    """A value from which the treatment can be told: entered and seen by the site's investigators alone.

    Its table is its own, so that the trail seals it and nothing else. Nothing says in clear whether it is high: it has
    no dismissal, and the reason of a correction is chosen from a list.
    """

    __tablename__ = "withheld_lab_value"
    __table_args__ = (
        UniqueConstraint("participant", "analyte", "taken_on", "revision"),
        CheckConstraint("(revision = 1) = (reason IS NULL)", name="reason"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    analyte: Mapped[str]
    taken_on: Mapped[date]
    revision: Mapped[int]
    value: Mapped[Decimal | None] = mapped_column(info=UNMASKING)  # None: there was no such value
    unit: Mapped[str]
    upper: Mapped[Decimal | None]
    reason: Mapped[str | None]  # copied, unit, mixed_up, laboratory, not_measured
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
