"""Which kit was assigned to whom for which visit, and whether it was handed over."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import Base, SiteOwned


class Assignment(SiteOwned, Base):
    """The kit of one visit: assigned, then handed over. One for each visit, one visit for each kit."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("participant", "visit"),
        CheckConstraint("state IN ('assigned', 'handed_over')", name="state"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    kit: Mapped[str] = mapped_column(ForeignKey("kit.number"), unique=True)
    state: Mapped[str]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str]
    handed_over_at: Mapped[datetime | None]
    handed_over_by: Mapped[str | None]
