"""The emergency door and the safety desk: that somebody was shown a treatment, for what, and who agreed to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned


class CodeBreak(SiteOwned, Base):
    """That an investigator was shown one participant's treatment in an emergency, and why; never what was shown."""

    __tablename__ = "code_break"
    __table_args__ = (
        CheckConstraint("treatment IN ('stopped', 'was_over', 'continues')", name="treatment"),
        CheckConstraint("(treatment = 'stopped') <= (stop_reason IS NOT NULL)", name="stop_reason"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        Index("ix_code_break_site", "site", "broken_at"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(ForeignKey("opening.id"), primary_key=True)  # its line in the visitors' book
    participant: Mapped[str]
    site: Mapped[str]
    kit: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))  # by whose number it was asked for
    reason: Mapped[str]  # an id of study.toml
    told: Mapped[str]  # in words
    event: Mapped[str | None] = mapped_column(ForeignKey("adverse_event.id"))
    sponsor_told: Mapped[bool]  # whether the sponsor was talked to before
    treatment: Mapped[str]  # what follows for it; was_over: there was none left to stop
    stop_reason: Mapped[str | None]
    earlier: Mapped[int]  # breaks at the site within the hour before
    second: Mapped[str | None] = mapped_column(ForeignKey("second_person.id"))  # who agreed, where one was asked for
    alone: Mapped[bool]  # one was asked for, and the investigator went on without
    broken_at: Mapped[datetime]
    broken_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class SecondPerson(SiteOwned, Base):
    """A second person's signed word that further codes are to be broken at a site within the hour that follows."""

    __tablename__ = "second_person"
    __table_args__ = (Index("ix_second_person_site", "site", "agreed_at"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    reason: Mapped[str]
    agreed_at: Mapped[datetime]
    agreed_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class DeskOpening(SiteOwned, Base):
    """That the safety officer was shown one participant's treatment for one expedited report; never what was shown."""

    __tablename__ = "desk_opening"
    __table_args__ = (
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(ForeignKey("opening.id"), primary_key=True)  # its line in the visitors' book
    candidate: Mapped[str] = mapped_column(ForeignKey("susar_candidate.id"))
    participant: Mapped[str]
    site: Mapped[str]
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class DeskClosing(SiteOwned, Base):
    """That a case was handled at the safety desk. What became of it is not kept here: it would tell the arm."""

    __tablename__ = "desk_closing"
    __table_args__ = (
        UniqueConstraint("candidate", "part"),
        CheckConstraint("part IN ('report', 'follow_up')", name="part"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    candidate: Mapped[str] = mapped_column(ForeignKey("susar_candidate.id"))
    site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    part: Mapped[str]  # follow_up: the complete report after the first one of a fatal or life-threatening event
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
