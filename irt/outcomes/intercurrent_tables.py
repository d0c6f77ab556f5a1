"""Intercurrent events: medication that changes what an outcome means, and what was decided about each event."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned
from irt.outcomes.tables import of_site


class InterferingMedication(SiteOwned, Base):
    """Rescue or prohibited medication that a participant had, numbered from 1 for each. The highest revision counts."""

    __tablename__ = "interfering_medication"
    __table_args__ = (
        UniqueConstraint("participant", "number", "revision"),
        CheckConstraint("(revision = 1) = (reason IS NULL)", name="reason"),
        of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    number: Mapped[int]
    revision: Mapped[int]
    kind: Mapped[str]  # an id of study.toml
    drug: Mapped[str]
    dose: Mapped[str | None]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    stands: Mapped[bool]  # False: recorded by mistake
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Adjudication(SiteOwned, Base):
    """What an event is to the estimand, decided by somebody masked. The highest revision counts, older ones stay.

    `subject` names the event: `medication.NUMBER`, `stop`, `death`; `basis` what was known of it then, so that a
    decision about facts that changed since is seen to be old.
    """

    __tablename__ = "adjudication"
    __table_args__ = (UniqueConstraint("participant", "subject", "revision"), of_site(), {"info": APPEND_ONLY})
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    subject: Mapped[str]
    revision: Mapped[int]
    basis: Mapped[str]
    verdict: Mapped[str]  # a place of analysis.intercurrent_precedence, or none
    happened_on: Mapped[date]
    told: Mapped[str]  # why
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    signature: Mapped[str] = mapped_column(ForeignKey("signature.id"))
