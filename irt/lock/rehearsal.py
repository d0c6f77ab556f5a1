"""Rehearsals as they are kept: what came of each, and the files of the last few, sealed like what a release hands over.

They are no part of the trial: rows of the housekeeping, which say how far the data are from a package that is whole.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from irt.entropy import Entropy, new_id
from irt.gate.housekeeping import Housekeeping
from irt.gate.rows import table_of
from irt.lock.checklist import checklist
from irt.lock.extract import Trial
from irt.lock.tables import Rehearsal
from irt.randomization.tables import Randomization
from irt.study import Study
from irt.vault.release import open_kept, seal_kept

WITH_FILES = 3  # of so many the files are kept
Facts = Mapping[str, Any]

_table = table_of(Rehearsal)
_told = [column for column in _table.columns if column.name != "sealed"]
_NEWEST = select(*_told, _table.c.sealed.is_not(None).label("kept")).order_by(
    _table.c.made_at.desc(), _table.c.id.desc()
)


def can_rehearse(trial: Trial) -> bool:
    """Whether there is anything to rehearse on: somebody was randomized."""
    return bool(trial.all(Randomization))


def still_open(connection: Connection, study: Study, at: datetime) -> dict[str, int] | None:
    """Item of the checklist → how many still wait, only those that do; None where there is nothing to rehearse on."""
    trial = Trial(connection, study, at)
    if not can_rehearse(trial):
        return None
    return {one.code: one.open for one in checklist(trial) if one.open}


def keep_rehearsal(
    housekeeping: Housekeeping,
    vault: Any,
    entropy: Entropy,
    *,
    at: datetime,
    outcome: str,
    facts: Facts,
    content: bytes | None,
) -> str:
    """Keep what came of a rehearsal with its files, and let go of the files of older ones; answers its id."""
    rehearsal, sha256 = new_id(entropy), None if content is None else hashlib.sha256(content).hexdigest()
    sealed = None if content is None else seal_kept(vault, content, _bound_to(rehearsal, sha256), entropy)
    told = dict(facts) | ({} if content is None else {"sha256": sha256, "bytes": len(content)})
    housekeeping.add(Rehearsal, id=rehearsal, made_at=at, outcome=outcome, facts=told, sealed=sealed)
    with housekeeping.database.read.connect() as connection:
        kept = [row.id for row in connection.execute(_NEWEST) if row.kept]
    for old in kept[WITH_FILES:]:
        housekeeping.change(Rehearsal, id=old, sealed=None)
    return rehearsal


def newest_rehearsals(connection: Connection, count: int) -> list[Any]:
    """The last rehearsals without their files, the newest first; `kept`: whether its files are still there."""
    return list(connection.execute(_NEWEST.limit(count)))


def files_of(connection: Connection, vault: Any, rehearsal: str) -> bytes | None:
    """The files of a rehearsal, opened; None where there are none. For those who work with data under arms that are
    invented: the caller answers for it."""
    row = connection.execute(select(_table).where(_table.c.id == rehearsal)).one_or_none()
    if row is None or row.sealed is None:
        return None
    return open_kept(vault, row.sealed, _bound_to(row.id, row.facts["sha256"]))


def _bound_to(rehearsal: str, sha256: str | None) -> str:
    return f"rehearsal|{rehearsal}|{sha256}"
