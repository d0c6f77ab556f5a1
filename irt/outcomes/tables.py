"""Outcomes as captured: forms of instruments, results of the laboratory, the enzyme that is followed, marks, codes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, SECRET, UNMASKING, Base, Document, SiteOwned

BY_ACT = {"kept_by": "act"}


def of_site() -> ForeignKeyConstraint:
    """The participant of a row, who is of the row's site."""
    return ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"])


class OutcomeForm(SiteOwned, Base):
    """One instrument of one participant at one visit. The highest revision counts, older ones stay.

    draft: begun, seen by its raters alone; final: rated (with a signature where a rater judges); not_done: it was not
    made, with the reason. After the first that is no draft, a revision is a correction, and has a reason.
    `visit`: as in VisitRecord.
    """

    __tablename__ = "outcome_form"
    __table_args__ = (
        UniqueConstraint("participant", "visit", "instrument", "revision"),
        CheckConstraint("state IN ('draft', 'final', 'not_done')", name="state"),
        CheckConstraint("source IN ('rater', 'participant', 'transcribed')", name="source"),
        CheckConstraint("state <> 'final' OR assessed_on IS NOT NULL", name="day"),
        CheckConstraint("state <> 'not_done' OR reason IS NOT NULL", name="reason"),
        of_site(),
        Index("ix_outcome_form_site", "site"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    instrument: Mapped[str]
    revision: Mapped[int]
    state: Mapped[str]
    assessed_on: Mapped[date | None]  # the day at the site
    readings: Mapped[Any] = mapped_column(Document)  # by the key of the value, as written; empty where not done
    source: Mapped[str]  # who gave the values: the rater, the participant alone, or a person from paper
    reason: Mapped[str | None]  # why not done, why corrected
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    signature: Mapped[str | None] = mapped_column(ForeignKey("signature.id"))


class LaboratoryResult(SiteOwned, Base):
    """One instrument from whose values the treatment can be told, of one visit: entered and read by the laboratory.

    Its table is its own, so that the trail seals its values and nothing else. The reason of a correction is chosen from
    a list, for words would tell the value.
    """

    __tablename__ = "laboratory_result"
    __table_args__ = (
        UniqueConstraint("participant", "visit", "instrument", "revision"),
        CheckConstraint("state IN ('final', 'not_done')", name="state"),
        CheckConstraint("(state = 'final') = (collected_on IS NOT NULL)", name="day"),
        CheckConstraint("(revision = 1) = (why IS NULL)", name="why"),
        of_site(),
        Index("ix_laboratory_result_site", "site"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    instrument: Mapped[str]
    revision: Mapped[int]
    state: Mapped[str]
    collected_on: Mapped[date | None]
    readings: Mapped[str] = mapped_column(info=UNMASKING)  # JSON by the key of the value; `<` before what was below
    not_done: Mapped[str | None]  # why there is none, from a list
    why: Mapped[str | None]  # why it was corrected, from a list
    batch: Mapped[str | None]  # the request of the file that it came with
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class EnzymeChoice(SiteOwned, Base):
    """The muscle enzyme that is followed: the most abnormal at baseline, chosen when that was recorded.

    A further revision comes from a corrected baseline alone; the highest counts, older ones stay.
    """

    __tablename__ = "enzyme_choice"
    __table_args__ = (UniqueConstraint("participant", "revision"), of_site(), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    revision: Mapped[int]
    form: Mapped[str] = mapped_column(ForeignKey("outcome_form.id"))
    enzyme: Mapped[str | None]  # an id of study.toml; None: none was measured
    upper_limit: Mapped[Decimal | None]  # at baseline: the range of the score is a multiple of it
    chosen_at: Mapped[datetime]


class KioskCode(SiteOwned, Base):
    """A code that opens the page of one participant's answers at one visit, once; it was shown once and lapses.

    open, answered, closed (by whoever opened it, or by a newer code for the same visit).
    """

    __tablename__ = "kiosk_code"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        of_site(),
        Index("ix_kiosk_code_digest", "digest", unique=True),
        {"info": BY_ACT},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    visit: Mapped[str]
    digest: Mapped[str] = mapped_column(info=SECRET)
    state: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SourceCheck(SiteOwned, Base):
    """That a monitor compared one revision of a form with its source; a later revision has no mark until it has."""

    __tablename__ = "source_check"
    __table_args__ = (UniqueConstraint("form"), of_site(), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    form: Mapped[str] = mapped_column(ForeignKey("outcome_form.id"))
    checked_at: Mapped[datetime]
    checked_by: Mapped[str]
