"""The history checker finds each kind of anomaly alone, and agrees with an oracle that tries all orders."""

import random
from dataclasses import replace
from math import inf

import pytest

from irt.assurance.histories import KINDS, Held, Operation, check


def op(who: str, position: int, start: float, end: float, **other: object) -> Operation:
    given = {"request": f"q-{who}", "answer": f"number of {who}", "kit": f"kit-{who}", "acknowledged": True, **other}
    return Operation("F", who, start=start, end=end, position=position, **given)  # type: ignore[arg-type]


def row(who: str, position: int, kit: str | None = None) -> Held:
    return Held("F", position, who, kit or f"kit-{who}")


GOOD = [op("a", 1, 0, 3), op("a", 1, 1, 9), op("b", 2, 2, 5), op("c", 3, 5.5, 6), op("c", 3, 7, 8)]
ROWS = [row("a", 1), row("b", 2), row("c", 3)]
UNANSWERED = Operation("F", "d", "q-d", 2, inf)

PLANTED = {
    "double slot": ([*GOOD, op("d", 3, 5.5, 6)], [*ROWS, row("d", 3)]),
    "hole": ([*GOOD, op("d", 5, 9, 10)], [*ROWS, row("d", 5)]),
    "inversion": ([*GOOD, op("d", 4, 0, 0.5)], [*ROWS, row("d", 4)]),
    "two answers": ([*GOOD[:-1], replace(GOOD[-1], answer="another number")], ROWS),
    "acknowledged but absent": ([*GOOD, op("d", 4, 9, 10)], ROWS),
    "participant drawn twice": ([*GOOD, op("c", 4, 9, 10, request="q2")], [*ROWS, row("c", 4)]),
    "kit twice": ([*GOOD, op("d", 4, 9, 10, kit="kit-a")], [*ROWS, row("d", 4, "kit-a")]),
}


def test_every_kind_is_planted() -> None:
    assert set(PLANTED) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_alone_is_found_and_nothing_else(kind: str) -> None:
    found = check(*PLANTED[kind])
    assert {one.kind for one in found} == {kind}
    assert all(one.detail for one in found)


def test_a_good_history_yields_nothing() -> None:
    assert check(GOOD, ROWS) == []
    assert check([], []) == []


def test_an_unanswered_call_takes_its_position_from_the_database() -> None:
    assert check([*GOOD, UNANSWERED], ROWS) == []  # it was not done
    assert check([*GOOD, UNANSWERED], [*ROWS, row("d", 4)]) == []  # it was done, and may have ended any time
    late = replace(UNANSWERED, start=7)
    found = check([*GOOD, late, op("e", 5, 9, 10)], [row("d", 1), row("a", 2), row("b", 3), row("c", 4), row("e", 5)])
    assert {one.kind for one in found} >= {"inversion"}  # those who ended before 7 cannot come after it


def test_a_position_that_is_not_told_is_read_from_the_database() -> None:
    untold = [replace(one, position=None, kit=None) for one in GOOD]
    assert check(untold, ROWS) == []
    swapped = [row("c", 1), row("b", 2), row("a", 3)]
    assert [one.kind for one in check(untold, swapped)].count("inversion") == 2
    assert {one.kind for one in check(untold, ROWS[:2])} == {"acknowledged but absent"}


def test_strata_count_apart_but_a_participant_is_drawn_once_over_all() -> None:
    other = [replace(op("d", 1, 9, 10), stratum="M")]
    assert check([*GOOD, *other], [*ROWS, Held("M", 1, "d", "kit-d")]) == []
    again = check([*GOOD, replace(other[0], participant="a")], [*ROWS, Held("M", 1, "a", "kit-d")])
    assert {one.kind for one in again} == {"participant drawn twice"}


def some_order_explains(calls: list[Operation], rows: list[Held]) -> bool:
    """The oracle: does any order that keeps real time let a ticket dispenser answer and end so?"""
    done = {(r.stratum, r.participant) for r in rows}
    live = [c for c in calls if c.acknowledged or (c.stratum, c.participant) in done]
    named = {(c.stratum, c.participant) for c in live}
    live += [Operation(r.stratum, r.participant, f"ghost {n}", -inf) for n, r in enumerate(rows)
             if (r.stratum, r.participant) not in named]  # fmt: skip
    wanted = sorted((r.stratum, r.position, r.participant, str(r.kit)) for r in rows)
    kit_of = {(r.stratum, r.participant): r.kit for r in rows}

    def run(left: list[Operation], drawn: dict[str, Held], answers: dict[str, str | None]) -> bool:
        if not left:
            return sorted((h.stratum, h.position, h.participant, str(h.kit)) for h in drawn.values()) == wanted
        first_end = min(c.end for c in left)
        for c in left:
            if c.start > first_end:
                continue  # something else had ended before it began
            had = drawn.get(c.participant)
            if had is None:
                position = 1 + sum(h.stratum == c.stratum for h in drawn.values())
                kit = (c.kit if c.acknowledged else None) or kit_of.get((c.stratum, c.participant))
                if kit is not None and any(h.kit == kit for h in drawn.values()):
                    continue
                had = Held(c.stratum, position, c.participant, kit)
            if had.stratum != c.stratum:
                continue
            if c.acknowledged and (c.position not in (None, had.position) or c.kit not in (None, had.kit)):
                continue
            if c.acknowledged and answers.get(c.request, c.answer) != c.answer:
                continue
            told = {**answers, c.request: c.answer} if c.acknowledged else answers
            if run([x for x in left if x is not c], {**drawn, c.participant: had}, told):
                return True
        return False

    return run(live, {}, {})


def small_history(chance: random.Random) -> tuple[list[Operation], list[Held]]:
    """Up to four participants, each asked for once or twice; some histories are then spoilt."""
    people = list("abcd")[: chance.randint(1, 4)]
    at = {who: chance.uniform(0, 12) for who in people}  # when it was really done
    calls, rows = [], []
    for position, who in enumerate(sorted(people, key=at.__getitem__), 1):
        start, end = at[who] - chance.uniform(0, 3), at[who] + chance.uniform(0, 3)
        rows.append(row(who, position))
        told = chance.random() < 0.8
        calls.append(op(who, position, start, end if told else inf, acknowledged=told))
        if len(people) < 4 and chance.random() < 0.5:
            again = at[who] + chance.uniform(-3, 3)
            calls.append(op(who, position, again, max(again, at[who]) + chance.uniform(0, 2)))
    if chance.random() < 0.3:
        calls = [replace(c, position=None, kit=None) for c in calls]
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        calls, rows = spoilt(chance, calls, rows)
    return calls, rows


def spoilt(chance: random.Random, calls: list[Operation], rows: list[Held]) -> tuple[list[Operation], list[Held]]:
    n, m = chance.randrange(len(calls)), chance.randrange(len(rows)) if rows else None
    way = chance.randrange(7)
    if way == 0:
        calls[n] = replace(calls[n], answer="another")
    elif way == 1:
        calls[n] = replace(calls[n], position=chance.randint(1, 5))
    elif way == 2 and m is not None:
        rows = [r for i, r in enumerate(rows) if i != m]
    elif way == 3 and m is not None:
        rows[m] = replace(rows[m], position=chance.randint(1, 5))
    elif way == 4 and m is not None:
        rows[m] = replace(rows[m], kit=f"kit-{chance.choice('abcd')}")
    elif way == 5 and m is not None:
        rows = [*rows, replace(rows[m], position=len(rows) + 1)]
    else:
        calls[n] = replace(calls[n], start=calls[n].start + 4, end=calls[n].end + 4)
    return calls, rows


def test_it_agrees_with_an_oracle_that_tries_all_orders() -> None:
    chance, verdicts = random.Random(20261123), {True: 0, False: 0}
    for _ in range(4000):
        calls, rows = small_history(chance)
        explained = some_order_explains(calls, rows)
        found = check(calls, rows)
        assert (found == []) == explained, (calls, rows, found)
        verdicts[explained] += 1
    assert min(verdicts.values()) >= 1000
