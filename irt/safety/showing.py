"""What an emergency or a case of the safety desk is shown: the arm, and every kit that the participant had."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from irt.gate.housekeeping import Housekeeping
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.statements import rows_of
from irt.study import Study
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Movement
from irt.vault import reveal
from irt.vault.reveal import REDEEMED_WITHIN, Line, Treatment

_movement = table_of(Movement)
HAD = select(_movement.c.kit).where(
    _movement.c.participant == bindparam("participant"), or_(*(_movement.c.after == state for state in AT_HOME))
)  # fmt: skip


def line_of(housekeeping: Housekeeping, opening: str, account: str) -> Line:
    """The line of the visitors' book that an account wrote; refused as not found where it wrote none such."""
    with housekeeping.database.read.connect() as connection:
        line = reveal.line_of(connection, opening)
    if line is None or line.account != account:
        raise Refused("not_found", what="opening")
    return line


def shown_at(connection: Connection, openings: Iterable[str]) -> dict[str, datetime]:
    """When what these lines of the book let in for was shown, by line; those that never were redeemed are not in it."""
    return reveal.shown_at(connection, openings)


def in_time(asked_at: datetime, now: datetime) -> bool:
    """Whether what was asked for then is still to be shown now."""
    return now - asked_at <= REDEEMED_WITHIN


def show_once(
    housekeeping: Housekeeping, vault: Any, study: Study, line: Line, *, kits: Sequence[str], now: datetime
) -> Treatment:
    """Show what a line of the book let its account in for: the arm, and those of `kits` that the participant had.

    Once, and within a minute. Refused: already_shown, shown_too_late.
    """
    with housekeeping.database.read.connect() as connection:
        had = _kits_had(connection, line.participant)
    theirs = [kit for kit in kits if kit in had]
    return reveal.open_one(housekeeping, vault, study, line.id, account=line.account, kits=theirs, now=now)


def _kits_had(connection: Connection, participant: str) -> set[str]:
    """The kits that were ever in a participant's hands: a door can ask for no other."""
    return {row.kit for row in rows_of(connection, HAD, {"participant": participant})}
