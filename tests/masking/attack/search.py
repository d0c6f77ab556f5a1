"""Which answers do facts leave open? An exact search with propagation, that gives up after so many steps.

It starts from an answer that is known to hold and repairs what an assumption breaks, so that a question which is open
is found to be so at once; a question that is closed ends in a contradiction, which is a proof.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.masking.attack.facts import Fact

STEPS = 3000


class GaveUp(Exception):
    """The question was neither answered nor closed within the steps that were allowed."""


@dataclass
class _Bound:
    """A fact under way: how much is settled for the second type, how much is open, how much it would be as guessed."""

    things: list[tuple[int, int]]
    within: list[int]  # within[n]: how many allowed sums are below n
    heaviest: int
    settled: int = 0
    free: int = 0
    guessed: int = 0

    def some(self, low: int, high: int) -> bool:
        """Whether an allowed sum lies from `low` to `high`."""
        low, high = max(low, 0), min(high, len(self.within) - 2)
        return low <= high and self.within[high + 1] > self.within[low]

    def is_met(self) -> bool:
        return self.some(self.guessed, self.guessed)


@dataclass
class Search:
    """Facts, and an answer that meets them all."""

    facts: Iterable[Fact]
    answer: Mapping[str, bool]
    _place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._names = list(self.answer)
        self._place = {name: at for at, name in enumerate(self._names)}
        self._bounds = [self._bound(fact) for fact in self.facts]
        self._in: list[list[tuple[_Bound, int]]] = [[] for _ in self._names]
        self._guess = [self.answer[name] for name in self._names]
        for bound in self._bounds:
            bound.free = sum(weight for _, weight in bound.things)
            bound.guessed = sum(weight for thing, weight in bound.things if self._guess[thing])
            for thing, weight in bound.things:
                self._in[thing].append((bound, weight))
        self._value: list[bool | None] = [None] * len(self._names)
        self._trail: list[int] = []
        self._broken = {id(bound): bound for bound in self._bounds if not bound.is_met()}
        assert not self._broken, "the answer to start from breaks facts"

    def _bound(self, fact: Fact) -> _Bound:
        total = sum(weight for _, weight in fact.weights)
        within = [0]
        for number in range(total + 1):
            within.append(within[-1] + (number in fact.allowed))
        things = [(self._place[name], weight) for name, weight in fact.weights]
        return _Bound(things, within, max((weight for _, weight in things), default=0))

    # -- asked from outside --------------------------------------------------------------------------------------

    def settle(self, known: Mapping[str, bool]) -> bool:
        """Take things as known, for good; answers whether that can be."""
        return all(self._set(self._place[name], value) for name, value in known.items())

    def settled(self) -> dict[str, bool]:
        """What follows so far, each step from one fact."""
        return {self._names[thing]: bool(self._value[thing]) for thing in self._trail}

    def another(self, name: str, value: bool, steps: int = STEPS) -> dict[str, bool] | None:
        """An answer that meets all facts and says so of `name`; None where there is none. Raises GaveUp."""
        mark = len(self._trail)
        try:
            return self._search(self._place[name], value, steps)
        finally:
            self._undo(mark)

    # -- inside --------------------------------------------------------------------------------------------------

    def _search(self, thing: int, value: bool, steps: int) -> dict[str, bool] | None:
        stack: list[tuple[int, int, bool, bool]] = []  # mark, thing, value, whether the other value is still to try
        going = self._set(thing, value)
        for _ in range(steps):
            if not going:
                while stack and not stack[-1][3]:
                    self._undo(stack.pop()[0])
                if not stack:
                    return None
                mark, thing, value, _more = stack.pop()
                self._undo(mark)
                stack.append((mark, thing, not value, False))
                going = self._set(thing, not value)
                continue
            if not self._broken:
                return {name: self._guess[at] for at, name in enumerate(self._names)}
            thing = self._to_turn()
            stack.append((len(self._trail), thing, not self._guess[thing], True))
            going = self._set(thing, not self._guess[thing])
        raise GaveUp(self._names[thing])

    def _to_turn(self) -> int:
        """The open thing of a broken fact whose turning mends most and breaks least."""
        bound = next(iter(self._broken.values()))
        free = [(thing, weight) for thing, weight in bound.things if self._value[thing] is None]
        assert free, "a broken fact without an open thing would have been a contradiction"
        return min(free, key=lambda one: (self._harm(one[0]), one[0]))[0]

    def _harm(self, thing: int) -> int:
        """How many facts more would be broken if it were turned."""
        harm = 0
        for bound, weight in self._in[thing]:
            turned = bound.guessed - weight if self._guess[thing] else bound.guessed + weight
            harm += bound.is_met() - bound.some(turned, turned)
        return harm

    def _set(self, first: int, value: bool) -> bool:
        """Settle a thing and all that follows; answers False on a contradiction, with the trail as far as it went."""
        waiting = [(first, value)]
        while waiting:
            thing, value = waiting.pop()
            if self._value[thing] is not None:
                if self._value[thing] != value:
                    return False
                continue
            self._value[thing] = value
            self._trail.append(thing)
            self._turn(thing, value)
            consistent = True
            for bound, weight in self._in[thing]:
                bound.free -= weight
                bound.settled += weight if value else 0
                consistent = consistent and bound.some(bound.settled, bound.settled + bound.free)
            if not consistent:
                return False
            for bound, _ in self._in[thing]:
                waiting += self._forced(bound)
        return True

    def _forced(self, bound: _Bound) -> list[tuple[int, bool]]:
        low, high = bound.settled, bound.settled + bound.free
        if low == high or (bound.some(low + bound.heaviest, high) and bound.some(low, high - bound.heaviest)):
            return []
        found = []
        for thing, weight in bound.things:
            if self._value[thing] is None:
                if not bound.some(low + weight, high):
                    found.append((thing, False))
                elif not bound.some(low, high - weight):
                    found.append((thing, True))
        return found

    def _turn(self, thing: int, value: bool) -> None:
        if self._guess[thing] == value:
            return
        self._guess[thing] = value
        for bound, weight in self._in[thing]:
            bound.guessed += weight if value else -weight
            if bound.is_met():
                self._broken.pop(id(bound), None)
            else:
                self._broken[id(bound)] = bound

    def _undo(self, mark: int) -> None:
        while len(self._trail) > mark:
            thing = self._trail.pop()
            for bound, weight in self._in[thing]:
                bound.free += weight
                bound.settled -= weight if self._value[thing] else 0
            self._value[thing] = None
            self._turn(thing, self.answer[self._names[thing]])
