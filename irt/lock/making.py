"""`Opened` is made: of what the vault opened at a release, or, for a rehearsal, of an allocation that is invented."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from irt.db import instant_text
from irt.gate.rows import table_of
from irt.lock.extract import Allocated, Trial, joined
from irt.lock.frozen import digest_of
from irt.lock.opened import MAKER, Opened, View
from irt.lock.populations import filled
from irt.lock.review import populations_now
from irt.lock.standing import standing
from irt.lock.tables import LockStep
from irt.randomization.tables import PublishedList
from irt.study import Study
from irt.vault.release import Slot, Whole

OF_DESK = frozenset({"desk.open", "desk.close"})  # when a case was opened, or closed, could tell an arm


def opened_from(
    connection: Connection,
    study: Study,
    study_text: str,
    whole: Whole,
    *,
    view: View,
    at: datetime,
    by: str,
    software: str,
) -> Opened:
    """Join the whole allocation with everything that was recorded, as of `at`, and say how it was made and checked."""
    trial = Trial(connection, study, at)
    arm_of = {one.participant: one.arm for one in whole.slots if one.participant is not None}
    allocated = Allocated(arm_of, whole.kinds, whole.lots, whole.arm_of_kind)
    facts = dict(whole.facts) | about(trial, view, by, software)
    if view != "final":
        facts = {name: value for name, value in facts.items() if name not in ("seed", "seed_sha256")}
    opener = whole.opened if view == "final" else None
    return _made(trial, study_text, whole.slots, allocated, whole.list, facts, view, opener)


def invented_from(
    connection: Connection,
    study: Study,
    study_text: str,
    slots: tuple[Slot, ...],
    kinds: Mapping[str, str],
    facts: Mapping[str, str],
    *,
    at: datetime,
    by: str,
    software: str,
) -> Opened:
    """The same on an allocation that nobody has, for a rehearsal. What only the laboratory or the
    safety desk may see is left out."""
    trial = Trial(connection, study, at)
    arm_of = {one.participant: one.arm for one in slots if one.participant is not None}
    allocated = Allocated(arm_of, kinds, {}, {arm.kit_type: arm.id for arm in study.arms})
    told = about(trial, "rehearsal", by, software) | dict(facts)
    return _made(trial, study_text, slots, allocated, "rehearsal", told, "rehearsal", None)


def _made(
    trial: Trial, study_text: str, slots: tuple[Slot, ...], allocated: Allocated, list_name: str,
    facts: Mapping[str, str], view: View, opener: Any,
) -> Opened:  # fmt: skip
    masked, members = populations_now(trial)
    masked["participants"] = filled(masked["participants"], members)
    version = int(facts["lock_version"])
    active = active_of(trial.study, view)
    tables = joined(
        trial, masked, slots, allocated, list_name=list_name, active=active, facts=facts, version=version, opened=opener
    )
    if view == "rehearsal":
        open_to_all = [row for row in tables["safety_laboratory"] if row["withheld"] == "N"]
        trail = [row for row in tables["audit_trail"] if row["act"] not in OF_DESK]
        tables |= {"laboratory": [], "safety_laboratory": open_to_all, "audit_trail": trail}
        tables |= {"unblinding_log": masked["unblinding_log"]}
    return Opened(maker=MAKER, study=trial.study, study_text=study_text, tables=tables, view=view)


def active_of(study: Study, view: View) -> str:
    """The arm that counts as treatment with the active drug; A while it is not known."""
    return "A" if view == "letters" else next(arm.id for arm in study.arms if not arm.control)


def about(trial: Trial, view: View, by: str, software: str) -> dict[str, str]:
    """How the list was made, and of which data the tables are."""
    steps = standing(trial.all(LockStep))
    published = trial.connection.execute(select(table_of(PublishedList))).one_or_none()
    found = {
        "view": view,
        "study_sha256": trial.study.sha256,
        "frozen_sha256": digest_of(trial.connection).sha256,
        "lock_version": str(steps.version),
        "software": software,
        "opened_at": instant_text(trial.now),
        "opened_by": trial.names.get(by, by),
    }
    if published is not None:
        found |= {
            "algorithm": published.algorithm,
            "merkle_root": published.merkle_root,
            "seed_sha256": published.seed_sha256 or "",
            "list_prepared_at": instant_text(published.prepared_at),
            "analysis_seed": analysis_seed(published.merkle_root),
        }
    return found


def analysis_seed(merkle_root: str) -> str:
    """The seed of every drawing of the analysis, in hex: fixed by what was published before the first participant, so
    that nobody chose it once outcomes were known, and everybody can check it."""
    return hashlib.sha256(b"irt-analysis-1\x00" + bytes.fromhex(merkle_root)).hexdigest()
