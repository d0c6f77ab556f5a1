"""Special reports as they were told: pregnancies, medication errors, overdoses, misuse; version by version."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned


def _of_site() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"])


class SpecialReport(SiteOwned, Base):
    """A report about a participant, numbered from 1 for each; what is known stands in its versions."""

    __tablename__ = "special_report"
    __table_args__ = (
        UniqueConstraint("participant", "number"),
        CheckConstraint("kind IN ('pregnancy', 'medication_error', 'overdose', 'misuse')", name="kind"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    kind: Mapped[str]
    number: Mapped[int]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]


class SpecialReportVersion(SiteOwned, Base):
    """What was known at one moment, signed. The highest version counts; earlier ones stay as they were.

    Of a pregnancy the columns from `whose` to `child` are filled, of the other kinds those from `told` to `event`.
    """

    __tablename__ = "special_report_version"
    __table_args__ = (
        UniqueConstraint("report", "version"),
        CheckConstraint("(version = 1) = (why IS NULL)", name="why"),
        CheckConstraint("(whose IS NULL) <> (told IS NULL)", name="kind"),
        CheckConstraint("whose IN ('participant', 'partner')", name="whose"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    report: Mapped[str] = mapped_column(ForeignKey("special_report.id"))
    participant: Mapped[str]
    site: Mapped[str]
    version: Mapped[int]
    whose: Mapped[str | None]  # participant, partner
    last_period_on: Mapped[date | None]
    expected_on: Mapped[date | None]
    outcome: Mapped[str | None]  # ongoing, live_birth, spontaneous_abortion, elective_abortion, stillbirth, unknown
    outcome_on: Mapped[date | None]
    child: Mapped[str | None]  # the child's condition, in words
    told: Mapped[str | None]
    happened_on: Mapped[date | None]
    happened_at: Mapped[str | None]  # HH:MM at the site, where it is known
    kit: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))
    vials_taken: Mapped[int | None]
    vials_intended: Mapped[int | None]
    harm: Mapped[bool | None]
    event: Mapped[str | None] = mapped_column(ForeignKey("adverse_event.id"))
    aware_at: Mapped[datetime]  # when the site knew of what is new in this version
    why: Mapped[str | None]  # of a follow-up: what is new, in words
    recorded_at: Mapped[datetime]  # when the sponsor could know of it: the notice goes out with the version
    recorded_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
