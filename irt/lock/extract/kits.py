"""Tables of kits: what they hold, to whom they were given, and what became of their vials."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from irt.clock import local_day
from irt.dispensing.agreement import latest_counts, unaccounted
from irt.dispensing.tables import Discrepancy, Disposal, KitReturn, Mishap
from irt.lock.extract.cells import Cells, row_of
from irt.lock.extract.trial import Trial
from irt.randomization.tables import RandomizedInError
from irt.supply.expiry import depot_day
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Destruction, Kit, Movement


@dataclass(frozen=True, repr=False)
class Allocated:
    """Who is in which arm, and what is in which kit, by the names that the package has for them."""

    arm_of: Mapping[str, str]  # participant → arm
    kinds: Mapping[str, str]  # kit → type
    lots: Mapping[str, str]  # kit → manufacturing lot
    arm_of_kind: Mapping[str, str]  # type → arm

    def __repr__(self) -> str:
        return "<allocated>"

    def joined(self, participant: str | None, kit: str | None) -> dict[str, Any]:
        """The arm of the participant, the type and arm of the kit, and whether they agree."""
        arm = self.arm_of.get(participant or "")
        kind = self.kinds.get(kit or "")
        match = None if not kind else self.arm_of_kind[kind] == arm
        return {"arm_of_participant": arm, "kit_type": kind, "match": match}


def kits(trial: Trial, allocated: Allocated) -> Iterator[Cells]:
    """Every kit of the trial."""
    for kit in trial.all(Kit):
        yield row_of(
            "kits",
            kit=kit.number,
            kit_type=allocated.kinds.get(kit.number),
            manufacturing_lot=allocated.lots.get(kit.number),
            lot=kit.lot,
            expiry=kit.expiry,
            vials=kit.vials,
            state=kit.state,
            site=kit.site,
            participant=trial.numbers.get(kit.participant),
        )


def dispensing(trial: Trial, allocated: Allocated) -> Iterator[Cells]:
    """Every kit that was assigned to somebody, and every one that was in somebody's hands without being assigned."""
    used: Counter[tuple[str, str]] = Counter()
    for person in trial.randomized():
        used.update((person.id, row.kit) for row in trial.course_of(person).given if row.kit is not None)
    assigned = {(row.participant, row.kit): row for row in trial.all(Assignment)}
    given = _given(trial)
    for participant, kit in sorted({*assigned, *given}):
        row, at = assigned.get((participant, kit)), given.get((participant, kit))
        told = allocated.joined(participant, kit)
        yield row_of(
            "dispensing",
            participant=trial.numbers[participant],
            site=trial.sites[participant],
            visit=row.visit if row else None,
            ordinal=row.ordinal if row else None,
            kit=kit,
            arm_of_kit=allocated.arm_of_kind.get(told["kit_type"] or ""),
            how="assigned" if row else "wrong_kit",
            assigned_at_utc=row.assigned_at if row else None,
            given_at_utc=at,
            given_on=None if at is None else local_day(at, trial.zone(trial.sites[participant])),
            doses_taken=used[participant, kit],
            **told,
        )


def _given(trial: Trial) -> dict[tuple[str, str], Any]:
    """(participant, kit) → when it first came into their hands, by the ledger."""
    found: dict[tuple[str, str], Any] = {}
    for line in trial.all(Movement):
        if line.after in AT_HOME and line.participant is not None:
            key = (line.participant, line.kit)
            found[key] = min(found.get(key, line.moved_at), line.moved_at)
    return found


def accountability(trial: Trial) -> Iterator[Cells]:
    """Every kit that left a shelf for somebody, with its count and what became of it; no type is in it."""
    counts, ends = latest_counts(trial.all(KitReturn)), _destroyed(trial)
    handed: dict[str, str] = {}
    for line in trial.all(Movement):
        if line.after in AT_HOME and line.participant is not None:
            handed[line.kit] = line.participant
    for kit in trial.all(Kit):
        if kit.number not in handed:
            continue
        count = counts.get(kit.number)
        odd = trial.of(Discrepancy, kit.number, "kit")
        vials: dict[str, Any] = {}
        if count is not None:
            told = {name: getattr(count, name) for name in ("unused", "used", "used_before", "broken", "lost")}
            vials = told | {"unaccounted": unaccounted(kit, count)}
        yield row_of(
            "accountability",
            kit=kit.number,
            site=kit.site,
            participant=trial.numbers[count.participant if count is not None else handed[kit.number]],
            state=kit.state,
            vials=kit.vials,
            returned_on=count.returned_on if count is not None else None,
            discrepancy=" ".join(sorted({row.state for row in odd})),
            resolution="; ".join(sorted(row.resolution for row in odd if row.resolution)),
            destroyed_on=ends.get(kit.number),
            **vials,
        )


def _destroyed(trial: Trial) -> dict[str, Any]:
    """Kit → the day on which it was destroyed, at its site or at the depot."""
    found: dict[str, Any] = {}
    for row in trial.all(Disposal):
        if row.kind == "destroyed" and row.state == "done":
            found.update(dict.fromkeys(row.kits, local_day(row.witnessed_at, trial.zone(row.site))))
    for row in trial.all(Destruction):
        if row.state == "done":
            found.update(dict.fromkeys(row.kits, depot_day(trial.study, row.signed_at)))
    return found


def misallocations(trial: Trial, allocated: Allocated) -> Iterator[Cells]:
    """Who was randomized in error, and every wrong kit."""
    for row in trial.all(RandomizedInError):
        yield row_of(
            "misallocations",
            kind="randomized_in_error",
            participant=trial.numbers[row.participant],
            site=row.site,
            on=local_day(row.recorded_at, trial.zone(row.site)),
            arm_of_participant=allocated.arm_of.get(row.participant),
            told=row.reason,
        )
    for row in trial.all(Mishap):
        if row.kind == "wrong_kit" and row.participant is not None:
            yield row_of(
                "misallocations",
                kind="wrong_kit",
                participant=trial.numbers[row.participant],
                site=row.site,
                on=row.happened_on,
                kit=row.kit,
                instead_of=row.instead_of,
                told=row.told,
                **allocated.joined(row.participant, row.kit),
            )


def actual_arms(trial: Trial, allocated: Allocated, active: str) -> dict[str, str]:
    """Participant → the arm as treated: the active one, if ever a kit of it was handed over to them, used or not.

    Somebody who took no dose has none.
    """
    handed: dict[str, set[str]] = defaultdict(set)
    for participant, kit in _given(trial):
        handed[participant].add(allocated.arm_of_kind[allocated.kinds[kit]])
    dosed = [
        person.id for person in trial.randomized() if trial.course_of(person).given
    ]  # each of a kit in their hands
    return {who: active if active in handed[who] else min(handed[who]) for who in dosed}
