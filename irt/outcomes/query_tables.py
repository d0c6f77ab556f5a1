"""Queries: questions about one value, with their thread."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from irt.db import APPEND_ONLY, Base, SiteOwned
from irt.outcomes.tables import BY_ACT, of_site


class Query(SiteOwned, Base):
    """A question about a value of a form: raised by a check, the data manager or a monitor; answered by `owner`, the
    role that rates the instrument; closed by its raiser. Numbered from 1 for each participant.

    open, answered, closed.
    """

    __tablename__ = "query"
    __table_args__ = (
        UniqueConstraint("participant", "number"),
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        CheckConstraint("origin IN ('check', 'data_manager', 'monitor')", name="origin"),
        CheckConstraint("(origin = 'check') = (check_id IS NOT NULL)", name="check_id"),
        of_site(),
        Index("ix_query_site", "site"),
        {"info": BY_ACT},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    participant: Mapped[str]
    site: Mapped[str]
    number: Mapped[int]
    visit: Mapped[str]
    instrument: Mapped[str]
    field: Mapped[str | None]  # the key of the value; None: the whole form
    origin: Mapped[str]
    check_id: Mapped[str | None]  # of study.toml
    owner: Mapped[str]  # a role of the site
    state: Mapped[str]
    raised_at: Mapped[datetime]
    raised_by: Mapped[str]


class QueryMessage(SiteOwned, Base):
    """One line of a query's thread: raised, answered, asked_again, closed."""

    __tablename__ = "query_message"
    __table_args__ = (
        UniqueConstraint("query", "ordinal"),
        CheckConstraint("kind IN ('raised', 'answered', 'asked_again', 'closed')", name="kind"),
        of_site(),
        {"info": APPEND_ONLY},
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(ForeignKey("query.id"))
    participant: Mapped[str]
    site: Mapped[str]
    ordinal: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str | None]  # None: the check says it, or nothing needs saying
    written_at: Mapped[datetime]
    written_by: Mapped[str]
