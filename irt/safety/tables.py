"""Adverse events as they were told, version by version; the sponsor's opinions; what may have to be reported."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, Document, SiteOwned


def _of_site() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"])


class EventTold(SiteOwned, Base):
    """What somebody told the site of and no investigator has judged yet: an event then, news of one, or none."""

    __tablename__ = "event_told"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'reported', 'followed_up', 'no_event')", name="state"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled"),
        _of_site(),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    told: Mapped[str]
    serious: Mapped[bool]  # it may be: the clock of the investigator's report runs
    aware_at: Mapped[datetime]
    told_at: Mapped[datetime]
    told_by: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]  # why it is no event
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    signature: Mapped[str | None] = mapped_column(ForeignKey("signature.id"))  # of the judgement that settled it


class AdverseEvent(SiteOwned, Base):
    """An adverse event of a participant, numbered from 1 for each; what is known of it stands in its versions."""

    __tablename__ = "adverse_event"
    __table_args__ = (UniqueConstraint("participant", "number"), _of_site(), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    number: Mapped[int]
    told: Mapped[str | None] = mapped_column(ForeignKey("event_told.id"), unique=True)  # as which it was first heard of
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]


class EventVersion(SiteOwned, Base):
    """What was known of an event at one moment, signed. The highest version counts; earlier ones stay as they were."""

    __tablename__ = "event_version"
    __table_args__ = (
        UniqueConstraint("event", "version"),
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        CheckConstraint("(version = 1) = (why IS NULL)", name="why"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("adverse_event.id"))
    participant: Mapped[str]
    site: Mapped[str]
    version: Mapped[int]
    stands: Mapped[bool]  # False: told by mistake; the event is counted no more, and stays to be read
    verbatim: Mapped[str]  # in the reporter's words, Chinese or English
    term: Mapped[str | None]  # an id of study.toml's term list; None: any other
    grade: Mapped[int]  # of CTCAE, in the version that study.toml names
    onset_on: Mapped[date]
    onset_at: Mapped[str | None]  # HH:MM at the site, where it is known
    ended_on: Mapped[date | None]
    ended_at: Mapped[str | None]
    seriousness: Mapped[Any] = mapped_column(Document)  # criteria that make it serious, sorted; none: not serious
    causality_drug: Mapped[str]  # unrelated, unlikely, possible, probable, definite
    causality_procedure: Mapped[str]
    action: Mapped[str]  # with the study drug: none, held, withdrawn, not_applicable
    treatment: Mapped[str | None]  # what was given against it
    outcome: Mapped[str]  # recovered, recovering, not_recovered, sequelae, fatal, unknown
    last_dose_on: Mapped[date | None]  # the last dose before the onset, from the diary
    last_dose_at: Mapped[str | None]
    last_kit: Mapped[str | None] = mapped_column(ForeignKey("kit.number"))
    reporter: Mapped[str]  # who told it: participant, relative, physician, other
    aware_at: Mapped[datetime]  # when the site knew of what is new in this version
    why: Mapped[str | None]  # of a follow-up: what is new, in words
    told: Mapped[str | None] = mapped_column(
        ForeignKey("event_told.id"), unique=True
    )  # as which that was first heard of
    recorded_at: Mapped[datetime]  # when the sponsor could know of it: the notice goes out with the version
    recorded_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class EventOpinion(SiteOwned, Base):
    """The sponsor's own causality and expectedness; it stands beside the investigator's and never in its place.

    Expectedness is judged as if the participant were on the test drug. The highest revision counts.
    """

    __tablename__ = "event_opinion"
    __table_args__ = (
        UniqueConstraint("event", "revision"),
        CheckConstraint("expectedness IN ('expected', 'unexpected')", name="expectedness"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("adverse_event.id"))
    site: Mapped[str]
    revision: Mapped[int]
    about: Mapped[int]  # the version that was judged
    causality_drug: Mapped[str]
    expectedness: Mapped[str]
    reason: Mapped[str]
    judged_at: Mapped[datetime]
    judged_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))


class SusarCandidate(SiteOwned, Base):
    """A serious event that somebody suspects and the reference information does not list: it goes to the safety desk.

    One row for each urgency, so that an event that became fatal is a candidate anew. Whoever is masked reads the same
    of every candidate; what became of it stands in the desk's own rows.
    """

    __tablename__ = "susar_candidate"
    __table_args__ = (
        UniqueConstraint("event", "urgency"),
        CheckConstraint("urgency IN ('fatal', 'other')", name="urgency"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("adverse_event.id"))
    participant: Mapped[str]
    site: Mapped[str]
    urgency: Mapped[str]  # fatal: fatal or life-threatening (7 days, and 8 more); other: 15 days
    version: Mapped[int]  # of the event, that made it one
    day_zero: Mapped[date]  # on which the sponsor had the facts that made it one
    arose_at: Mapped[datetime]


class ClockReminder(SiteOwned, Base):
    """That somebody was reminded of a clock, so that nobody is twice.

    Of a candidate's clock it says nothing of what became of the case: it is written whatever that was.
    """

    __tablename__ = "clock_reminder"
    __table_args__ = (
        UniqueConstraint("subject", "clock", "stage"),
        CheckConstraint("clock IN ('report', 'opinion', 'first', 'follow_up')", name="clock"),
        CheckConstraint("stage IN ('half', 'over')", name="stage"),
        _of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]  # the id of an `event_told`, of a version without opinion, or of a candidate
    clock: Mapped[str]
    stage: Mapped[str]  # half: of its time is gone
    participant: Mapped[str]
    site: Mapped[str]
    reminded_at: Mapped[datetime]
