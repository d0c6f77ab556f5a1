"""Reports that somebody learned a treatment by accident, and what was made of each. Never which treatment it was."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned


class Unblinding(SiteOwned, Base):
    """That somebody learned, or may have learned, who is in which arm, outside an emergency (ICH E6(R3) 4.1.4)."""

    __tablename__ = "unblinding"
    __table_args__ = (
        CheckConstraint("scope IN ('participants', 'site', 'lot', 'trial')", name="scope"),
        CheckConstraint("(scope = 'lot') = (lot IS NOT NULL)", name="lot"),
        CheckConstraint("scope NOT IN ('participants', 'site') OR site IS NOT NULL", name="site"),
        UniqueConstraint("id", "site"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str | None] = mapped_column(ForeignKey("site.code"))  # where it happened; None: at no site
    scope: Mapped[str]  # of whom: participants, a site, a lot, the whole trial
    lot: Mapped[str | None] = mapped_column(ForeignKey("lot.code"))
    learned_on: Mapped[date]
    learned_at: Mapped[str | None]  # HH:MM at the site, where it is known
    who: Mapped[str]  # the people and roles that learned it, in words
    how: Mapped[str]
    done: Mapped[str]  # what was done about it at once
    reported_at: Mapped[datetime]
    reported_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class UnblindedParticipant(SiteOwned, Base):
    """A participant whose treatment may have become known."""

    __tablename__ = "unblinded_participant"
    __table_args__ = (
        UniqueConstraint("unblinding", "participant"),
        ForeignKeyConstraint(["unblinding", "site"], ["unblinding.id", "unblinding.site"]),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    unblinding: Mapped[str]
    participant: Mapped[str]
    site: Mapped[str]


class UnblindingAssessment(SiteOwned, Base):
    """What trial manager or quality make of a report; the highest revision counts, and earlier ones stay."""

    __tablename__ = "unblinding_assessment"
    __table_args__ = (UniqueConstraint("unblinding", "revision"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    unblinding: Mapped[str] = mapped_column(ForeignKey("unblinding.id"))
    site: Mapped[str | None] = mapped_column(ForeignKey("site.code"))
    revision: Mapped[int]
    impact: Mapped[str]
    corrective: Mapped[str]
    reason: Mapped[str]
    assessed_at: Mapped[datetime]
    assessed_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
