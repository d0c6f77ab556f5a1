"""A licensed dictionary of medical terms as its owner gave it, and the codes that events were given by it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned


class Dictionary(Base):
    """One release of MedDRA in one language. None comes with the service: it is the sponsor's own licensed copy."""

    __tablename__ = "dictionary"
    __table_args__ = (
        UniqueConstraint("version", "language"),
        CheckConstraint("language IN ('en', 'zh')", name="language"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    language: Mapped[str]
    sha256: Mapped[str]  # of the three files, one after another
    terms: Mapped[int]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]


class DictionaryTerm(Base):
    """A lowest level term with its preferred term and the primary system organ class of that."""

    __tablename__ = "dictionary_term"
    __table_args__ = (Index("ix_dictionary_term_sought", "dictionary", "sought"), {"info": APPEND_ONLY})
    dictionary: Mapped[str] = mapped_column(ForeignKey("dictionary.id"), primary_key=True)
    llt_code: Mapped[str] = mapped_column(primary_key=True)
    llt_name: Mapped[str]
    sought: Mapped[str]  # the name with its case folded: what a search compares
    current: Mapped[bool]  # False: kept by MedDRA for old data, nothing is coded with it any more
    pt_code: Mapped[str]
    pt_name: Mapped[str]
    soc_code: Mapped[str]
    soc_name: Mapped[str]


class EventCode(SiteOwned, Base):
    """The code of an adverse event, with the words that were coded and the terms as they were named then.

    The highest revision counts, older ones stay.
    """

    __tablename__ = "event_code"
    __table_args__ = (
        UniqueConstraint("event", "revision"),
        CheckConstraint("(revision = 1) = (reason IS NULL)", name="reason"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        ForeignKeyConstraint(["dictionary", "llt_code"], ["dictionary_term.dictionary", "dictionary_term.llt_code"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("adverse_event.id"))
    participant: Mapped[str]
    site: Mapped[str]
    revision: Mapped[int]
    about: Mapped[int]  # the version of the event
    verbatim: Mapped[str]  # as that version has it
    dictionary: Mapped[str]
    version: Mapped[str]  # of the dictionary
    llt_code: Mapped[str]
    llt_name: Mapped[str]
    pt_code: Mapped[str]
    pt_name: Mapped[str]
    soc_code: Mapped[str]
    soc_name: Mapped[str]
    reason: Mapped[str | None]  # why it was coded anew
    coded_at: Mapped[datetime]
    coded_by: Mapped[str]
