"""What a history says for certain about types, under a rule of picking that everybody knows.

A kit is of one of two types. A fact says how many of some kits may be of the second: all kits of one participant count
together, for they are of one type.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tests.masking.attack.history import Event, History, Kit

Rule = Literal["uniform", "earliest_expiry", "lowest_number"]
FLOOR = 1  # kits of each type on the shelf of a site that is open, whatever its next visits need beside


@dataclass(frozen=True)
class Fact:
    """Of things with these weights, the second type has one of the `allowed` sums. `kind` says where it is from."""

    kind: str
    weights: tuple[tuple[str, int], ...]
    allowed: frozenset[int]

    def holds(self, second: dict[str, bool]) -> bool:
        """Whether it is so under a full answer."""
        return sum(weight for name, weight in self.weights if second[name]) in self.allowed


def least_in_box(kits: int) -> int:
    """How many kits of each type a box holds at the least (irt.vault.blind)."""
    return kits // 4


def facts_of(
    history: History, rule: Rule, *, floor: int = FLOOR, least: Callable[[int], int] | None = least_in_box
) -> list[Fact]:
    """Every fact once, in the order in which they came to be; `least` None: nothing is known of boxes."""
    return list(dict.fromkeys(_facts(history, rule, floor, least)))


def names_of(history: History) -> dict[str, str]:
    """For every kit, what it counts as: its participant, or itself as long as nobody has it."""
    whose = history.of_participant()
    return {number: f"participant {whose[number]}" if number in whose else f"kit {number}" for number in history.kits}


def _facts(history: History, rule: Rule, floor: int, least: Callable[[int], int] | None) -> Iterator[Fact]:
    names = names_of(history)

    def fact(kind: str, kits: Iterable[str], allowed: Iterable[int]) -> Fact:
        weights = Counter(names[kit] for kit in kits)
        return Fact(kind, tuple(sorted(weights.items())), frozenset(allowed))

    for box in history.boxes if least else ():
        size, few = len(box.kits), least(len(box.kits))
        if few and not box.express:
            yield fact("box", box.kits, range(few, size - few + 1))
    shelves: dict[str, dict[str, Kit]] = {}
    for event in history.events:
        shelf = shelves.setdefault(event.site, {})
        maybe = [kit for kit in shelf.values() if kit.expiry >= event.until[0]]
        surely = [kit for kit in maybe if kit.expiry >= event.until[1]]
        numbers, size = [kit.number for kit in maybe], len(maybe)
        if event.kind == "drawn":
            assert event.kit in numbers, f"{event.kit} was not on the shelf"
            yield fact("served", numbers, range(1, size))
            for other in _passed_over(rule, history.kits[event.kit], surely):
                yield fact("passed over", (event.kit, other), (1,))
        elif event.kind == "refused" and len(surely) > 1:
            yield fact("refused", [kit.number for kit in surely], (0, len(surely)))
        elif event.kind == "open":
            yield fact("open", numbers, range(floor, size - floor + 1))
        elif event.kind == "closed" and event.below and size > 2 * event.below - 1:
            few = [*range(event.below), *range(size - event.below + 1, size + 1)]
            yield fact("closed", numbers, few)
        _move(shelf, event, history.kits)


def _passed_over(rule: Rule, chosen: Kit, shelf: Iterable[Kit]) -> Iterator[str]:
    """Kits that would have been taken before the chosen one, were they of its type."""
    for kit in shelf:
        sooner = kit.expiry < chosen.expiry if rule == "earliest_expiry" else kit.number < chosen.number
        if rule != "uniform" and sooner:
            yield kit.number


def _move(shelf: dict[str, Kit], event: Event, kits: dict[str, Kit]) -> None:
    if event.kind == "arrived":
        shelf[event.kit] = kits[event.kit]
    elif event.kind in ("left", "drawn"):
        shelf.pop(event.kit, None)
