"""What leads to the lock and out of it: decisions about populations, the blind review, steps, signatures, releases."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, HOUSEKEEPING, Base, Document, SiteOwned


class PopulationDecision(SiteOwned, Base):
    """Who is in a population, decided masked where the rule alone does not settle it; the highest revision counts."""

    __tablename__ = "population_decision"
    __table_args__ = (
        UniqueConstraint("participant", "population", "revision"),
        CheckConstraint("population IN ('full_analysis', 'per_protocol')", name="population"),
        ForeignKeyConstraint(["participant", "site"], ["participant.id", "participant.site"]),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    population: Mapped[str]
    revision: Mapped[int]
    included: Mapped[bool]
    told: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]


class BlindReview(Base):
    """The record of a blind review meeting; signatures over its digest are rows of their own."""

    __tablename__ = "blind_review"
    __table_args__ = (UniqueConstraint("revision"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    held_on: Mapped[date]
    present: Mapped[str]
    agenda: Mapped[str]
    decisions: Mapped[str]
    listings: Mapped[Any] = mapped_column(Document)  # name → SHA-256 of the listing that lay before the meeting
    populations: Mapped[Any] = mapped_column(Document)  # population → how many are in it
    populations_sha256: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class LockStep(Base):
    """One step of the database: frozen, thawed, locked, unlocked, lapsed, released; the last says how it stands.

    `version`: of the lock, from 1; an unlocking begins the next. `digests`: table → SHA-256 of its rows then.
    """

    __tablename__ = "lock_step"
    __table_args__ = (
        UniqueConstraint("ordinal"),
        CheckConstraint("kind IN ('frozen', 'thawed', 'locked', 'unlocked', 'lapsed', 'released')", name="kind"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int]
    version: Mapped[int]
    kind: Mapped[str]
    data_sha256: Mapped[str | None]
    digests: Mapped[Any] = mapped_column(Document)
    told: Mapped[str | None]
    until: Mapped[datetime | None]  # an unlocking is over by then
    done_at: Mapped[datetime]
    done_by: Mapped[str]


class LockRequest(Base):
    """A request that others sign before it is carried out: to unlock, or to release. It lapses with its version."""

    __tablename__ = "lock_request"
    __table_args__ = (
        CheckConstraint("kind IN ('unlock', 'release')", name="kind"),
        CheckConstraint("view IN ('final', 'letters')", name="view"),
        CheckConstraint("(kind = 'release') = (view IS NOT NULL)", name="release"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    kind: Mapped[str]
    view: Mapped[str | None]
    told: Mapped[str]
    records: Mapped[str | None]  # of an unlocking: which are to be changed
    justification: Mapped[str | None]  # of an unlocking after a release
    data_sha256: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]


class LockSignature(Base):
    """Who signed what of the way to lock and release, over which data. One person signs a step once."""

    __tablename__ = "lock_signature"
    __table_args__ = (
        UniqueConstraint("step", "subject", "role", "data_sha256"),
        UniqueConstraint("step", "subject", "account", "data_sha256"),
        CheckConstraint("step IN ('endorse', 'review', 'lock', 'unlock', 'release')", name="step"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str]
    subject: Mapped[str]  # the site, the review, the lock's version, the request
    version: Mapped[int]
    role: Mapped[str]
    account: Mapped[str]
    data_sha256: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"), unique=True)
    signed_at: Mapped[datetime]


class Release(Base):
    """That the allocation was released: which request was carried out, and under which line of the visitors' book."""

    __tablename__ = "release"
    __table_args__ = ({"info": APPEND_ONLY},)
    request: Mapped[str] = mapped_column(ForeignKey("lock_request.id"), primary_key=True)
    version: Mapped[int]
    view: Mapped[str]
    opening: Mapped[str] = mapped_column(ForeignKey("release_opening.id"), unique=True)
    data_sha256: Mapped[str]
    released_at: Mapped[datetime]
    released_by: Mapped[str]


class ReleaseAgain(Base):
    """That a release was opened once more, because what was made of it the first time was lost before it was kept."""

    __tablename__ = "release_again"
    __table_args__ = ({"info": APPEND_ONLY},)
    opening: Mapped[str] = mapped_column(ForeignKey("release_opening.id"), primary_key=True)
    request: Mapped[str] = mapped_column(ForeignKey("release.request"))
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]


class Handover(Base):
    """What a release was handed over as, sealed under the vault's key: the package, and the analysis made from it."""

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("request", "kind"),
        CheckConstraint("kind IN ('package', 'analysis')", name="kind"),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str] = mapped_column(ForeignKey("release.request"))
    kind: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class Rehearsal(Base):
    """A rehearsal of the release, on an invented allocation: what came of it, and its files, sealed."""

    __tablename__ = "rehearsal"
    __table_args__ = ({"info": HOUSEKEEPING},)
    id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    outcome: Mapped[str]  # done, failed
    facts: Mapped[Any] = mapped_column(Document)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    mac: Mapped[str]


class Making(Base):
    """How far the making of a package or an analysis has come: for the page that waits for it."""

    __tablename__ = "making"
    __table_args__ = ({"info": HOUSEKEEPING},)
    id: Mapped[str] = mapped_column(primary_key=True)  # the request and the kind; or rehearsal
    state: Mapped[str]  # running, done, failed
    done: Mapped[int]
    of: Mapped[int]
    stage: Mapped[str]
    begun_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    mac: Mapped[str]
