"""Who should have been told of harm, computed apart from the service: by hand for each kind, and from the rows alone.

A person of the simulated cast holds one role, at one site or at all; the login says which.
"""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, select

from irt.gate.rows import table_of
from irt.gate.tables import Outbox
from irt.mail import recipients
from irt.people.tables import Account, RoleGrant
from irt.safety.emergency_tables import CodeBreak
from irt.safety.special_tables import SpecialReportVersion
from irt.safety.tables import EventVersion, SusarCandidate
from irt.safety.unblinding_tables import Unblinding

SERIOUS = {"medical-monitor", "safety-officer", "trial-manager", "monitor"}
DESK = {"safety-officer"}
OVERSEERS = {"medical-monitor", "trial-manager"}
# What is told, to whom of the centre, and to whom of the site where it happened.
BY_HAND: dict[str, tuple[set[str], set[str]]] = {
    "event.serious": (SERIOUS, set()),
    "event.news": (SERIOUS, set()),
    "event.late": (OVERSEERS, {"investigator"}),
    "event.candidate": (DESK, set()),
    "clock.report_close": (set(), {"investigator"}),
    "clock.report_over": (OVERSEERS, {"investigator"}),
    "clock.opinion_close": (OVERSEERS, set()),
    "clock.opinion_over": (OVERSEERS, set()),
    "clock.desk_close": (DESK, set()),
    "clock.desk_over": (DESK, set()),
    "code_break.done": (
        {"monitor", "medical-monitor", "trial-manager", "trial-statistician"},
        {"investigator", "coordinator", "pharmacist"},
    ),
    "code_break.serial": (OVERSEERS, set()),
    "unblinding.reported": ({"trial-manager", "quality"}, set()),
    "special_report": (SERIOUS, set()),
    "envelopes.due": (DESK, set()),
}
PERSONAL = "invitation"
CERTAIN = {"event.serious", "event.late", "event.candidate", "code_break.done", "code_break.serial", "special_report"}


def check_told(connection: Connection) -> int:
    """Every message of the trial reaches exactly whom it should; answers how many single notices there are."""
    rows = connection.execute(select(table_of(Outbox))).all()
    logins = {row.id: row.login for row in connection.execute(select(table_of(Account)))}
    told = {row.id: {logins[one.id] for one in recipients(connection, row)} for row in rows}
    apart = {row.id: {logins[account] for account in _by_rows(connection, row)} for row in rows}
    assert told == apart
    for row in rows:
        if row.kind in BY_HAND:
            central, there = BY_HAND[row.kind]
            assert told[row.id] == central | {f"{role}-{row.site}" for role in there}, row.kind
        elif row.kind != PERSONAL:
            assert told[row.id], row.kind
    kinds = Counter(row.kind for row in rows)
    assert min(kinds[kind] for kind in CERTAIN) > 0
    assert {kind: kinds[kind] for kind in ("code_break.done", "code_break.serial", *_rows_of(connection))} == {
        **_breaks(connection), **_rows_of(connection)
    }  # fmt: skip
    return sum(map(len, told.values()))


def _by_rows(connection: Connection, message: Any) -> set[str]:
    """The accounts of a message, from grants and accounts one by one."""
    accounts = {row.id: row for row in connection.execute(select(table_of(Account)))}
    found = {name for name in message.audience if name in accounts and accounts[name].state != "disabled"}
    for grant in connection.execute(select(table_of(RoleGrant))):
        in_force = grant.second_at if grant.second_at is not None else grant.proposed_at
        named = grant.role in message.audience and grant.state == "active" and in_force <= message.created_at
        here = message.site is None or grant.at_site is None or grant.at_site == message.site
        if named and here and accounts[grant.account].state == "active":
            found.add(grant.account)
    return found


def _breaks(connection: Connection) -> dict[str, int]:
    breaks = connection.execute(select(table_of(CodeBreak))).all()
    return {"code_break.done": len(breaks), "code_break.serial": sum(row.earlier >= 2 for row in breaks)}


def _rows_of(connection: Connection) -> dict[str, int]:
    """How many messages there are to be of each kind that has one for each row of a table."""
    candidates = len(connection.execute(select(table_of(SusarCandidate))).all())
    reports = len(connection.execute(select(table_of(SpecialReportVersion))).all())
    unblindings = len(connection.execute(select(table_of(Unblinding))).all())
    versions = connection.execute(select(table_of(EventVersion))).all()
    serious = len({row.event for row in versions if row.stands and row.seriousness})
    return {
        "event.candidate": candidates, "special_report": reports, "unblinding.reported": unblindings,
        "event.serious": serious,
    }  # fmt: skip
