"""The emergency door: each breaking of a code, and the second person who agreed to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
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
