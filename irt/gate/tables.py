"""The gate's own tables: study state, requests, signatures, outbox, audit, runs of jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, GATE, HOUSEKEEPING, Base, Document


class StudyState(Base):
    """The one row that says what the study allows."""

    __tablename__ = "study"
    __table_args__ = (CheckConstraint("id = 1", name="one"), {"info": {"kept_by": "act"}})
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]  # see irt.gate.state.STATES
    file_sha256: Mapped[str | None]
    randomization: Mapped[str]  # running, paused
    dispensing: Mapped[str]


class Request(Base):
    """A request id that was claimed: it is answered once, with what the audit entry holds."""

    __tablename__ = "request"
    __table_args__ = ({"info": {**GATE, "append_only": True}},)
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    act: Mapped[str]
    body: Mapped[str]  # keyed digest of the order
    at: Mapped[datetime]


class SignatureRow(Base):
    """An electronic signature that was used (21 CFR 11.50: name, time, meaning)."""

    __tablename__ = "signature"
    __table_args__ = (Index("ix_signature_paper_code", "paper_code", unique=True), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    name: Mapped[str]
    act: Mapped[str]
    meaning: Mapped[str]
    body: Mapped[str]
    signed_at: Mapped[datetime]
    seal: Mapped[str]
    method: Mapped[str] = mapped_column(server_default="password")  # password, paper_code
    paper_code: Mapped[str | None]  # which code it was: here, and nowhere else, a code is used up


class Outbox(Base):
    """A message that an act decided to send: who is to learn which fact, never in which words."""

    __tablename__ = "outbox"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    audience: Mapped[Any] = mapped_column(Document)  # roles, or accounts for personal mail
    site: Mapped[str | None]
    participant: Mapped[str | None]
    facts: Mapped[Any] = mapped_column(Document)
    created_at: Mapped[datetime]


class AuditEntry(Base):
    """One entry of the trial's one chain. `hash` covers every other column, and through `previous` all before it."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_request", "request", unique=True),
        Index("ix_audit_participant", "participant"),
        Index("ix_audit_act", "act"),
        Index("ix_audit_hash", "hash", unique=True),  # pages name an entry by it
        {"info": {**GATE, "append_only": True}},
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]  # monotone along the chain
    at: Mapped[datetime]  # business time
    kind: Mapped[str]  # act, refusal
    act: Mapped[str]
    account: Mapped[str]
    name: Mapped[str]
    roles: Mapped[str]
    site: Mapped[str | None]
    participant: Mapped[str | None]
    request: Mapped[str | None]  # unique for acts; a refusal names it inside its body
    reason: Mapped[str | None]
    software: Mapped[str]
    body: Mapped[str] = mapped_column(Text)  # canonical JSON: order, changes, answer
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base):
    """The end of the chain; locked last in every act."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"), {"info": GATE})
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]
    recorded_at: Mapped[datetime]


class Delivery(Base):
    """How far the sending of one outbox row to one recipient has come."""

    __tablename__ = "delivery"
    __table_args__ = ({"info": {"kept_by": "housekeeping"}},)
    id: Mapped[str] = mapped_column(primary_key=True)  # outbox id, dot, account
    outbox: Mapped[str] = mapped_column(ForeignKey("outbox.id"))
    account: Mapped[str]
    state: Mapped[str]  # waiting, leased, sent, given_up, not_wanted
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    mac: Mapped[str]


class JobRun(Base):
    """One due time of one job: taken in hand, and what came of it (null while it runs)."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "due_at"),
        CheckConstraint("outcome IN ('done', 'found', 'skipped', 'refused', 'failed')", name="outcome"),
        {"info": HOUSEKEEPING},
    )
    id: Mapped[str] = mapped_column(primary_key=True)  # job, bar, due time: the request id of the job's act
    job: Mapped[str]
    due_at: Mapped[datetime]
    outcome: Mapped[str | None]
    facts: Mapped[Any] = mapped_column(Document)  # counts and codes, never anything by arm
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    seconds: Mapped[int | None]
    taken: Mapped[int]  # how often it was taken in hand: more than once where a process was killed over it
    mac: Mapped[str]
