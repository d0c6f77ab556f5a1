"""Accounts, credentials, role grants, training, sessions, access reviews; notices acknowledged and kept out of mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, HOUSEKEEPING, SECRET, Base, Document


class Account(Base):
    """A named person; never shared, never reassigned, never deleted."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("state IN ('invited', 'active', 'disabled')", name="state"),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]  # en, zh_Hans_CN
    state: Mapped[str]
    created_at: Mapped[datetime]
    signed_out_at: Mapped[datetime | None]  # sessions opened before it are over: disabled, or a new password


class Credential(Base):
    """A person's own password, as Argon2id hash."""

    __tablename__ = "credential"
    __table_args__ = ({"info": {"kept_by": "act"}},)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(info=SECRET)
    set_at: Mapped[datetime]


class Invitation(Base):
    """A way in that only the invited person can use; its link is computed when it is sent and stored nowhere."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'used', 'withdrawn')", name="state"),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]  # activation, new_password
    state: Mapped[str]
    expires_at: Mapped[datetime]


class RoleGrant(Base):
    """A role at one site (or at all, site null): proposed, in force, ended or declined."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'active', 'ended', 'declined')", name="state"),
        Index("ix_role_grant_account", "account"),
        {"info": {"kept_by": "act"}},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]
    at_site: Mapped[str | None]  # not named site: a grant belongs to the person
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    second_by: Mapped[str | None]
    second_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Training(Base):
    """That somebody was trained, before access (ICH E6(R3) 4.3.2)."""

    __tablename__ = "training"
    __table_args__ = (UniqueConstraint("account", "version"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    version: Mapped[str]
    at: Mapped[datetime]
    recorded_by: Mapped[str]


class PaperCodeBatch(Base):
    """A sheet of one-use codes that somebody took home; the newest of an account counts, and earlier ones are void."""

    __tablename__ = "paper_code_batch"
    __table_args__ = (UniqueConstraint("account", "ordinal"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    ordinal: Mapped[int]
    issued_at: Mapped[datetime]


class PaperCode(Base):
    """One code of a sheet, as a keyed digest. It is used up by the one signature that was given by it."""

    __tablename__ = "paper_code"
    __table_args__ = (UniqueConstraint("batch", "ordinal"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(ForeignKey("paper_code_batch.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    ordinal: Mapped[int]  # as printed on the sheet
    digest: Mapped[str] = mapped_column(info=SECRET)


class AccessReview(Base):
    """A periodic review of who has access (ICH E6(R3) 4.3.8): what was there, and what was decided."""

    __tablename__ = "access_review"
    __table_args__ = ({"info": APPEND_ONLY},)
    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    reviewed_by: Mapped[str]
    accounts: Mapped[int]
    findings: Mapped[Any] = mapped_column(Document)


class NoticeAcknowledgement(Base):
    """That a person knows of what a message tells, and by which of their roles it reached them.

    It belongs to nobody's site: whoever may see the message may see who acknowledged it.
    """

    __tablename__ = "notice_acknowledgement"
    __table_args__ = (UniqueConstraint("outbox", "account"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    outbox: Mapped[str] = mapped_column(ForeignKey("outbox.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    roles: Mapped[Any] = mapped_column(Document)  # sorted; for the holders of each it no longer waits
    acknowledged_at: Mapped[datetime]


class MailChoice(Base):
    """Whether a person wants messages of a kind by mail. The highest revision counts; without a row they do."""

    __tablename__ = "mail_choice"
    __table_args__ = (UniqueConstraint("account", "kind", "revision"), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    revision: Mapped[int]
    wanted: Mapped[bool]
    chosen_at: Mapped[datetime]


class SignInSession(Base):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "sign_in_session"
    __table_args__ = ({"info": {**HOUSEKEEPING, "later": ("emergency",)}},)
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    emergency: Mapped[bool | None]  # true: opened by a paper code, for emergencies alone; null: by the password
    mac: Mapped[str]


class SignInAttempt(Base):
    """One attempt to sign in: what slows the next one down. Logins are kept as keyed digests."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_login", "login_digest"), {"info": HOUSEKEEPING})
    id: Mapped[str] = mapped_column(primary_key=True)
    login_digest: Mapped[str]
    source: Mapped[str]  # keyed digest of address or known device
    at: Mapped[datetime]
    outcome: Mapped[str]  # in, wrong, slowed
    mac: Mapped[str]
