"""Which entries of the audit trail somebody reads: of their sites, and of code breaks only who may learn of them.

What the safety officer does is read by nobody here: a placebo case is closed otherwise, and at another time. So entries
bear no running number on the pages, in which one that is not shown would leave a gap: their hashes name them.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from irt.actor import Actor, Role
from irt.dispensing.treatment import stop_treatment
from irt.gate.act import spec_of
from irt.gate.tables import AuditEntry, Outbox
from irt.people.notices import acknowledge
from irt.people.paper_codes import enter
from irt.people.tables import NoticeAcknowledgement
from irt.safety.break_code import agree, break_code
from irt.safety.desk import close_case, open_case
from irt.safety.emergency_tables import CodeBreak
from irt.safety.envelopes import envelope_opened, envelope_returned
from irt.study import Study

READERS = frozenset({Role.AUDITOR, Role.MONITOR, Role.TRIAL_MANAGER, Role.DATA_MANAGER, Role.QUALITY})
BREAK_ROWS = frozenset({"opening", "code_break", "signature", "outbox"})  # what an entry of a code break holds of it
KINDS_OF_BREAKS = ("code_break.done", "code_break.serial", "envelope.opened", "paper_code.used")  # of messages
_break, _acknowledge = spec_of(break_code).name, spec_of(acknowledge).name

OF_DESK = or_(
    AuditEntry.act.in_([spec_of(open_case).name, spec_of(close_case).name]),
    AuditEntry.roles.contains(Role.SAFETY_OFFICER.value),
)
TOLD_OF_BREAK = (
    select(NoticeAcknowledgement)
    .join(Outbox, Outbox.id == NoticeAcknowledgement.outbox)
    .where(
        Outbox.kind.in_(KINDS_OF_BREAKS), NoticeAcknowledgement.account == AuditEntry.account,
        NoticeAcknowledgement.acknowledged_at == AuditEntry.at,
    )
    .exists()
)  # fmt: skip
_ENVELOPES = (spec_of(envelope_opened).name, spec_of(envelope_returned).name)  # how one was found tells of its opening
OF_BREAK = or_(
    AuditEntry.act.in_([_break, spec_of(agree).name, *_ENVELOPES, spec_of(enter).name]),
    and_(AuditEntry.act == _acknowledge, or_(AuditEntry.kind == "refusal", TOLD_OF_BREAK)),
)
THAT_STOPPED = and_(
    AuditEntry.act == _break,
    AuditEntry.kind == "act",
    select(CodeBreak)
    .where(
        CodeBreak.treatment == "stopped", CodeBreak.broken_by == AuditEntry.account,
        CodeBreak.broken_at == AuditEntry.at,
    )
    .exists(),
)  # fmt: skip


def informed(study: Study) -> frozenset[Role]:
    """The roles that may learn of a code break here: those that study.toml tells of it, and inspectors."""
    return frozenset(map(Role, study.safety.code_break_recipients)) | {Role.AUDITOR}


@dataclass(frozen=True)
class Reach:
    """How far somebody reads the trail; None: at every site."""

    sites: frozenset[str] | None
    breaks: frozenset[str] | None  # where they may learn of a code break

    @property
    def entries(self) -> Select[AuditEntry]:
        """The entries that they read. The trail is one chain, so its rows are not scoped by themselves.

        Whoever may not learn of a code break reads of one that ended the treatment as of any end of a treatment: a
        stop without an entry would tell of it.
        """
        seen = or_(~OF_BREAK, _at(self.breaks), THAT_STOPPED)
        return select(AuditEntry).where(~OF_DESK, _at(self.sites), seen)

    def said(self, entry: AuditEntry) -> str:
        """The act as which they read an entry."""
        return entry.act if self.whole(entry) else spec_of(stop_treatment).name

    def whole(self, entry: AuditEntry) -> bool:
        """Whether they read all of an entry that they read."""
        return entry.act != _break or self.breaks is None or entry.site in self.breaks

    def changes(self, entry: AuditEntry, changes: list[Any]) -> list[Any]:
        """The changed rows of an entry that they may read of."""
        return [one for one in changes if self.whole(entry) or one[0] not in BREAK_ROWS]


def reach_of(person: Actor, study: Study) -> Reach:
    """How far somebody reads the trail by the roles that open it."""
    return Reach(person.sites(READERS), person.sites(READERS & informed(study)))


def _at(sites: frozenset[str] | None) -> ColumnElement[bool]:
    return true() if sites is None else AuditEntry.site.in_(sorted(sites))
