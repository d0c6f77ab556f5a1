"""Sites, their approvals and delegations, and the enrolment counters with their caps."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
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
