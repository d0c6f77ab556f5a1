"""From the rows of the database to the tables that are handed over."""

from collections.abc import Mapping
from typing import Any

from irt.lock.contents import TABLES
from irt.lock.extract import course, harm, kits, log, measures
from irt.lock.extract.cells import Cells, local, ordered, row_of
from irt.lock.extract.kits import Allocated
from irt.lock.extract.trial import Trial
from irt.randomization.tables import Randomization, RandomizedInError
from irt.vault.release import Slot

__all__ = ["MASKED", "Allocated", "Cells", "Trial", "joined", "masked_tables"]

MASKED = {
    "participants": course.participants,
    "baseline": course.baseline,
    "visits": course.visits,
    "doses": course.doses,
    "holds": course.holds,
    "sites": course.sites,
    "population_decisions": course.population_decisions,
    "assessments": measures.assessments,
    "scores": measures.scores,
    "responses": measures.responses,
    "intercurrent_events": measures.intercurrent_events,
    "medications": measures.medications,
    "adverse_events": harm.adverse_events,
    "deviations": harm.deviations,
    "queries": harm.queries,
    "special_reports": harm.special_reports,
    "accountability": kits.accountability,
    "unblinding_log": log.unblinding_log,
}
"""Tables from which nobody can tell an arm; made before anything is opened, for populations and blind review."""


def masked_tables(trial: Trial) -> dict[str, list[Cells]]:
    """Every table of MASKED, in the order of its key."""
    return {name: ordered(name, make(trial)) for name, make in MASKED.items()}


def joined(
    trial: Trial,
    masked: Mapping[str, list[Cells]],
    slots: tuple[Slot, ...],
    allocated: Allocated,
    *,
    list_name: str,
    active: str,
    facts: Mapping[str, str],
    opened: log.Opened | None,
) -> dict[str, list[Cells]]:
    """All tables of the package: the masked ones with arms in them, and those that only the vault could fill.

    `opened`: how a sealed text of the audit trail is opened; None: it stays sealed.
    """
    arms = {trial.numbers[who]: arm for who, arm in allocated.arm_of.items()}
    treated = {trial.numbers[who]: arm for who, arm in kits.actual_arms(trial, allocated, active).items()}
    people = [
        row | {"arm": arms.get(row["participant"], ""), "actual_arm": treated.get(row["participant"], "")}
        | {"safety": ("Y" if row["participant"] in treated else "N") if row["randomized_on"] else ""}
        for row in masked["participants"]
    ]  # fmt: skip
    whole: dict[str, list[Cells]] = dict(masked) | {
        "participants": people,
        "randomization_list": ordered("randomization_list", (_slot(trial, list_name, one) for one in slots)),
        "allocations": ordered("allocations", (_allocation(trial, row, slots) for row in trial.all(Randomization))),
        "kits": ordered("kits", kits.kits(trial, allocated)),
        "dispensing": ordered("dispensing", kits.dispensing(trial, allocated)),
        "misallocations": ordered("misallocations", kits.misallocations(trial, allocated)),
        "laboratory": ordered("laboratory", measures.laboratory(trial)),
        "safety_laboratory": ordered("safety_laboratory", harm.safety_laboratory(trial)),
        "unblinding_log": ordered("unblinding_log", log.whole_unblinding_log(trial)),
        "audit_trail": ordered("audit_trail", log.audit_trail(trial, opened)),
        "signatures": ordered("signatures", log.signatures(trial)),
        "generation_record": [row_of("generation_record", key=key, value=facts[key]) for key in sorted(facts)],
    }
    return {name: whole[name] for name in TABLES}


def _slot(trial: Trial, list_name: str, one: Slot) -> Cells:
    return row_of(
        "randomization_list",
        list=list_name,
        stratum=one.stratum,
        block=one.block,
        position_in_block=one.position_in_block,
        position=one.position,
        arm=one.arm,
        used=one.participant is not None,
        participant=trial.numbers[one.participant] if one.participant else None,
    )


def _allocation(trial: Trial, row: Any, slots: tuple[Slot, ...]) -> Cells:
    slot = next(one for one in slots if one.participant == row.participant)
    return row_of(
        "allocations",
        participant=trial.numbers[row.participant],
        site=row.site,
        randomization_number=row.number,
        stratum_used=row.stratum,
        stratum_corrected=course.corrected_stratum(trial, row.participant),
        position=slot.position,
        arm=slot.arm,
        randomized_at_utc=row.randomized_at,
        randomized_at_local=local(row.randomized_at, trial.zone(row.site)),
        randomized_by=trial.names[row.randomized_by],
        in_error=bool(trial.of(RandomizedInError, row.participant)),
    )
