"""Every combination of study state, signatures, performer, data, list and draws: which of them open the allocation.

test_release.py holds it, and prints how many there are (pytest -s).
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import combinations, product
from typing import Any

from sqlalchemy import Table, delete, insert, select, update

from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.state import STATES
from irt.gate.tables import StudyState
from irt.lock.release import CarryOut, carry_out
from irt.lock.tables import LockSignature
from irt.participants.tables import Participant
from irt.randomization.tables import PublishedList
from irt.vault._rows import arm_of, slot_binding
from irt.vault._seal import disclose
from irt.vault._tables import Draw, SealedSlot, StratumCounter
from tests.assurance.tampering import Owner
from tests.cast import World
from tests.lock.locked import allowed, locked

PERFORMERS = ("unblinded_statistician", "sponsor", "trial_statistician", "safety_officer")
DATA = ("as locked", "a year of birth is another")
LISTS = ("as published", "two arms exchanged", "an arm sealed anew", "another root", "another seed")
DRAWS = ("in turn", "one is missing", "two slots exchanged", "counted once more")
Combination = tuple[str, str, str, str, str, str]


def matrix(database_url: str, owner_url: str) -> dict[Combination, str]:
    """State, signatures, performer, data, list, draws → the code of the refusal, or `opened`."""
    world = locked(database_url)
    request = allowed(world)
    owner = Owner(owner_url, random.Random(1))
    found: dict[Combination, str] = {}
    for data, listed, drawn in product(DATA, LISTS, DRAWS):
        with ExitStack() as undone:
            for change in (_data(world, data), _list(world, listed), _draws(world, drawn)):
                for table, values, key in change:
                    undone.enter_context(changed(owner, table, values, key))
            for signed, state in product(_subsets(world), STATES):
                with _signed_by(owner, world, signed), _in_state(owner, state):
                    for by in PERFORMERS:
                        key = (state, "+".join(signed) or "nobody", by, data, listed, drawn)
                        if key != _named(world):
                            found[key] = _outcome(world, request, by)
    found[_named(world)] = _outcome(world, request, "unblinded_statistician")  # last, for it changes everything
    return found


def _named(world: World) -> Combination:
    """The one that is to open it."""
    signed = "+".join(world.study.lock.release_signers[:-1])
    return ("locked", signed, "unblinded_statistician", DATA[0], LISTS[0], DRAWS[0])


def _subsets(world: World) -> list[tuple[str, ...]]:
    roles = world.study.lock.release_signers[:-1]
    return [one for count in range(len(roles) + 1) for one in combinations(roles, count)]


def _outcome(world: World, request: str, by: str) -> str:
    try:
        world.do(carry_out, CarryOut(request=request), by=by)
    except Refused as refused:
        return refused.code
    return "opened"


Change = list[tuple[Table, dict[str, Any], dict[str, Any]]]


def _data(world: World, what: str) -> Change:
    if what == DATA[0]:
        return []
    person = world.rows(Participant)[0]
    return [(table_of(Participant), {"birth_year": person.birth_year + 1}, {"id": person.id})]


def _list(world: World, what: str) -> Change:
    table = table_of(SealedSlot)
    one, other, *_ = sorted(world.rows(SealedSlot), key=lambda row: (row.stratum, row.position))
    if what == "two arms exchanged":
        return [(table, {"sealed": b.sealed}, {"id": a.id}) for a, b in ((one, other), (other, one))]
    if what == "an arm sealed anew":
        arms = [arm.id for arm in world.study.arms]
        instead = next(arm for arm in arms if arm != disclose(arm_of(world.vault, one)))
        sealed = world.vault.seal_bytes(instead.encode(), slot_binding(one), world.entropy)
        return [(table, {"sealed": sealed}, {"id": one.id})]
    if what == "another root":
        return [(table_of(PublishedList), {"merkle_root": "0" * 64}, {"id": 1})]
    if what == "another seed":
        return [(table_of(PublishedList), {"seed_sha256": "0" * 64}, {"id": 1})]
    return []


def _draws(world: World, what: str) -> Change:
    table, rows = table_of(Draw), sorted(world.rows(Draw), key=lambda row: (row.stratum, row.position))
    if what == "one is missing":
        return [(table, {}, {"participant": rows[0].participant})]
    if what == "two slots exchanged":
        one, other, *_ = rows
        aside = {"slot": f"{one.slot}~"}
        return [
            (table, aside, {"participant": one.participant}),
            (table, {"slot": one.slot}, {"participant": other.participant}),
            (table, {"slot": other.slot}, {"participant": one.participant}),
        ]
    if what == "counted once more":
        counter = world.row(StratumCounter, stratum=rows[0].stratum)
        return [(table_of(StratumCounter), {"used": counter.used + 1}, {"stratum": counter.stratum})]
    return []


@contextmanager
def changed(owner: Owner, table: Table, values: dict[str, Any], key: dict[str, Any]) -> Iterator[None]:
    """A row is otherwise, or gone where no values are given; afterwards it is as it was."""
    where = [table.c[name] == value for name, value in key.items()]
    with owner.bypassing(table) as connection:
        before = dict(connection.execute(select(table).where(*where)).mappings().one())
        connection.execute(update(table).where(*where).values(values) if values else delete(table).where(*where))
    yield
    with owner.bypassing(table) as connection:
        if values:
            connection.execute(update(table).where(*where).values({name: before[name] for name in values}))
        else:
            connection.execute(insert(table), before)


@contextmanager
def _in_state(owner: Owner, state: str) -> Iterator[None]:
    with changed(owner, table_of(StudyState), {"state": state}, {"id": 1}):
        yield


@contextmanager
def _signed_by(owner: Owner, world: World, signed: tuple[str, ...]) -> Iterator[None]:
    with ExitStack() as undone:
        for row in world.rows(LockSignature, step="release"):
            if row.role not in signed:
                undone.enter_context(changed(owner, table_of(LockSignature), {}, {"id": row.id}))
        yield


def shown(found: dict[Combination, str]) -> str:
    """The count, and what was opened."""
    opened = [" | ".join(key) for key, outcome in found.items() if outcome == "opened"]
    return "\n".join([f"combinations: {len(found)}, opened: {len(opened)}", *opened])
