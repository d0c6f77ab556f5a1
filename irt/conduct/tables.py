"""Sites, their approvals, delegations and practice, the enrolment counters with their caps, and protocol deviations."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, Document, SiteOwned


class Site(SiteOwned, Base):
    """A hospital taking part: set up, ready, active, closed to recruitment, closed."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("state IN ('set_up', 'ready', 'active', 'closed_to_recruitment', 'closed')", name="state"),
        CheckConstraint("code = site", name="own"),
        {"info": {"kept_by": "act"}},
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]  # its own code: so that reading is scoped like every other row of the site
    state: Mapped[str]
    randomization: Mapped[str]  # running, paused
    dispensing: Mapped[str]


class SiteApproval(SiteOwned, Base):
    """An approval that a site needs before it is ready: ethics, contract, authority (ICH E6(R3) 4.3.5)."""

    __tablename__ = "site_approval"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    kind: Mapped[str]
    reference: Mapped[str]
    approved_on: Mapped[date]
    recorded_at: Mapped[datetime]


class Delegation(SiteOwned, Base):
    """The site's delegation of tasks to the persons who held its roles, signed by its investigator."""

    __tablename__ = "delegation"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    signed_by: Mapped[str]
    persons: Mapped[Any] = mapped_column(Document)  # [account, name, role] each, as on the day of signing
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
    signed_at: Mapped[datetime]


class PracticeBreak(SiteOwned, Base):
    """That an investigator broke the practice code of a site, which belongs to nobody (ICH E6(R3) 4.3.4)."""

    __tablename__ = "practice_break"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    broken_at: Mapped[datetime]
    broken_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class Enrolment(Base):
    """How many were randomized in the study (scope `study`) or at a site (scope `site:CODE`), and at most how many."""

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint("randomized <= cap", name="cap"),
        CheckConstraint("randomized >= 0", name="count"),
        {"info": {"kept_by": "act", "counter": "randomized"}},
    )
    scope: Mapped[str] = mapped_column(primary_key=True)
    randomized: Mapped[int]
    cap: Mapped[int]


class Deviation(SiteOwned, Base):
    """A departure from the protocol, noted once for each fact: by rule in the act that made it, by the nightly sweep,
    or reported by a person."""

    __tablename__ = "deviation"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_deviation_participant", "participant"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    participant: Mapped[str | None] = mapped_column(ForeignKey("participant.id"))
    kind: Mapped[str]
    subject: Mapped[str]  # what it is about, so that one fact is noted once: participant and visit, dose, kit …
    happened_on: Mapped[date]
    facts: Mapped[Any] = mapped_column(Document)  # what fills its sentence
    told: Mapped[str | None]  # in a person's words
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]


class DeviationRevision(SiteOwned, Base):
    """A deviation judged anew, because a recorded day was changed: its facts since then, or that it stands no longer.

    The highest revision counts; the deviation itself, and earlier revisions, keep what was noted before.
    """

    __tablename__ = "deviation_revision"
    __table_args__ = (UniqueConstraint("deviation", "revision"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    deviation: Mapped[str] = mapped_column(ForeignKey("deviation.id"))
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    revision: Mapped[int]  # from 2: the deviation as it was first noted is 1
    stands: Mapped[bool]
    happened_on: Mapped[date]
    facts: Mapped[Any] = mapped_column(Document)
    told: Mapped[str | None]  # why it is judged anew
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]


class DeviationClass(SiteOwned, Base):
    """What data manager and trial statistician, both masked, make of a deviation; the last word of each counts."""

    __tablename__ = "deviation_class"
    __table_args__ = (
        UniqueConstraint("deviation", "role", "revision"),
        CheckConstraint("role IN ('data_manager', 'trial_statistician')", name="role"),
        CheckConstraint("severity IN ('none', 'minor', 'important')", name="severity"),
        CheckConstraint("per_protocol IN ('keep', 'exclude')", name="per_protocol"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    deviation: Mapped[str] = mapped_column(ForeignKey("deviation.id"))
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    role: Mapped[str]
    revision: Mapped[int]
    about: Mapped[int | None]  # the revision of the deviation that was judged; 1 (of old rows None): as first noted
    severity: Mapped[str]  # none: on reflection no deviation
    per_protocol: Mapped[str]
    reason: Mapped[str]
    classified_by: Mapped[str]
    classified_at: Mapped[datetime]
