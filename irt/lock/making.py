"""`Opened` is made: of what the vault opened at a release, or, for a rehearsal, of an allocation that is invented."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from irt.db import instant_text
from irt.gate.rows import table_of
from irt.lock.contents import Tables
from irt.lock.extract import Allocated, Trial, joined
from irt.lock.frozen import BINDS_THE_ARMS, digest_of
from irt.lock.inventing import Invented, invented
from irt.lock.opened import MAKER, Opened, View, active_of
from irt.lock.package.commitment import analysis_seed
from irt.lock.populations import filled
from irt.lock.review import populations_now
from irt.lock.standing import standing
from irt.lock.still_masked import still_masked
from irt.lock.tables import LockStep
from irt.randomization.tables import PublishedList, Randomization
from irt.study import Study
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit, Movement
from irt.vault.release import Slot, Whole


def opened_from(
    connection: Connection,
    study: Study,
    whole: Whole,
    *,
    view: View,
    at: datetime,
    opened_at: datetime,
    opened_by: str,
    software: str,
    data_sha256: str,
) -> Opened:
    """Join the whole allocation with everything that was recorded, as of `at`, and say how it was made and checked.

    `at`: of the release; `opened_at`, `opened_by`: of this opening, which is a later one where it is opened again.
    """
    trial = Trial(connection, study, at)
    arm_of = {one.participant: one.arm for one in whole.slots if one.participant is not None}
    allocated = Allocated(arm_of, whole.kinds, whole.lots, whole.arm_of_kind)
    facts = dict(whole.facts) | about(trial, view, opened_at, opened_by, software) | published_of(trial)
    facts["frozen_sha256"] = data_sha256  # of the lock: the drug's way back goes on after a first release
    if view != "final":
        facts = {name: value for name, value in facts.items() if name not in ("seed", "seed_sha256")}
    opener = whole.opened if view == "final" else None
    return _made(trial, whole.slots, allocated, whole.list, facts, view, opener)


def invented_from(connection: Connection, study: Study, *, at: datetime, by: str, software: str) -> Opened:
    """The same on an allocation that nobody has, for a rehearsal: nothing of the vault is read for it, and nothing is
    in it from which somebody masked could tell an arm."""
    trial = Trial(connection, study, at)
    made = invention(trial)
    arm_of = {one.participant: one.arm for one in made.slots if one.participant is not None}
    allocated = Allocated(arm_of, made.kinds, {}, {arm.kit_type: arm.id for arm in study.arms})
    invented_facts = {"analysis_seed": analysis_seed(made.facts["merkle_root"]), **made.facts}
    facts = about(trial, "rehearsal", at, by, software) | invented_facts
    return _made(trial, made.slots, allocated, "rehearsal", facts, "rehearsal", None)


def invention(trial: Trial) -> Invented:
    """The invented allocation of today, of who was randomized in which order and of who had which box."""
    in_turn: dict[str, list[str]] = defaultdict(list)
    for row in sorted(trial.all(Randomization), key=lambda row: (row.randomized_at, trial.numbers[row.participant])):
        in_turn[row.stratum].append(row.participant)
    handed: dict[str, str] = {}
    for line in sorted(trial.all(Movement), key=lambda line: (line.kit, line.line)):
        if line.after in AT_HOME and line.participant is not None:
            handed.setdefault(line.kit, line.participant)
    assigned = {row.kit: row.participant for row in trial.all(Assignment)}
    numbers = [row.number for row in trial.all(Kit)]
    return invented(trial.study, trial.now.date(), in_turn, assigned, handed, numbers)


def _made(
    trial: Trial, slots: tuple[Slot, ...], allocated: Allocated, list_name: str,
    facts: Mapping[str, str], view: View, opener: Any,
) -> Opened:  # fmt: skip
    masked, members = populations_now(trial)
    masked["participants"] = filled(masked["participants"], members)
    active = active_of(trial.study, view)
    tables: Tables = joined(
        trial, masked, slots, allocated, list_name=list_name, active=active, facts=facts, opened=opener
    )
    if view == "rehearsal":
        tables = still_masked(dict(tables) | {"unblinding_log": masked["unblinding_log"]})
    return Opened(maker=MAKER, study=trial.study, tables=tables, view=view)


def about(trial: Trial, view: View, opened_at: datetime, opened_by: str, software: str) -> dict[str, str]:
    """Of which data the tables are, and who had them made when.

    A rehearsal tells no digest that is another for other arms, so that two trials of the same course rehearse alike.
    """
    data = digest_of(trial.connection)
    shown = data.besides(BINDS_THE_ARMS) if view == "rehearsal" else data
    return {
        "view": view,
        "study_sha256": trial.study.sha256,
        "frozen_sha256": shown.sha256,
        "lock_version": str(standing(trial.all(LockStep)).version),
        "software": software,
        "opened_at": instant_text(opened_at),
        "opened_by": trial.names.get(opened_by, opened_by),
    }


def published_of(trial: Trial) -> dict[str, str]:
    """What was published of the list before the first participant."""
    published = trial.connection.execute(select(table_of(PublishedList))).one_or_none()
    if published is None:
        return {}
    return {
        "algorithm": published.algorithm,
        "merkle_root": published.merkle_root,
        "seed_sha256": published.seed_sha256 or "",
        "list_prepared_at": instant_text(published.prepared_at),
        "analysis_seed": analysis_seed(published.merkle_root),
    }
