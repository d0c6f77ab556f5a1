"""A code break at every site, and who is known by it: for certain, by what everybody there can see."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tests.masking.attack.facts import Fact, Rule, facts_of, names_of
from tests.masking.attack.history import History, Truth
from tests.masking.attack.search import GaveUp, Search


@dataclass
class Known:
    """What breaks told, over all times that one participant of every site was broken."""

    times: int = 0
    others: int = 0  # participants who were not broken, over all times
    known: int = 0  # of these, whose type follows for certain
    undecided: int = 0  # of these, where the search gave up: counted as known
    worst: int = 0  # the most known at one time, undecided ones with them
    facts: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)  # facts that are not so: the attack had the rule wrong
    mistaken: int = 0  # known to be what they are not: there is none as long as no fact is wrong

    @property
    def share(self) -> float:
        """The share of participants not broken that is known for certain; 1 in doubt."""
        return (self.known + self.undecided) / self.others if self.others else 0.0

    def add(self, other: "Known") -> None:
        """Count another trial with this one."""
        for name in ("times", "others", "known", "undecided", "mistaken"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.worst = max(self.worst, other.worst)
        self.facts += other.facts
        self.wrong += other.wrong

    def __str__(self) -> str:
        facts = ", ".join(f"{kind} {number}" for kind, number in sorted(self.facts.items()))
        wrong = f"; NOT AS ASSUMED: {dict(self.wrong)}" if self.wrong else ""
        return (
            f"{self.share:.1%} known (of {self.others} in {self.times} times; {self.undecided} undecided, counted as "
            f"known; at most {self.worst} at a time); facts: {facts}{wrong}"
        )


def known_after_breaks(history: History, truth: Truth, rule: Rule, *, times: int = 10, seed: int = 1) -> Known:
    """Break one participant of every site, drawn, `times` over; answer how many of the others are known for certain.

    The truth is where the search for other answers begins, and what facts are held against: those of a kind that is
    not always so are left out, and named.
    """
    names = set(names_of(history).values())
    answer = {name: _true(name, truth) for name in sorted(names)}
    found = Known()
    facts = facts_of(history, rule)
    found.wrong = Counter(fact.kind for fact in facts if not fact.holds(answer))
    facts = [fact for fact in facts if fact.kind not in found.wrong]
    found.facts = Counter(fact.kind for fact in facts)
    by_site = defaultdict(list)
    for participant, site in sorted(history.home.items()):
        if f"participant {participant}" in answer:
            by_site[site].append(f"participant {participant}")
    chance = np.random.default_rng([seed, 0xC0DE])
    for _ in range(times):
        broken = {str(chance.choice(people)) for _, people in sorted(by_site.items())}
        others = [one for people in by_site.values() for one in people if one not in broken]
        _one_time(found, facts, answer, broken, others)
    return found


def _one_time(
    found: Known, facts: Iterable[Fact], answer: Mapping[str, bool], broken: Iterable[str], others: list[str]
) -> None:
    search = Search(facts, answer)
    assert search.settle({one: answer[one] for one in sorted(broken)}), "the truth meets every fact"
    follows = search.settled()
    known, undecided, is_open = 0, 0, set[str]()
    for one in others:
        if one in follows:
            known += 1
            found.mistaken += follows[one] != answer[one]
        elif one not in is_open:
            try:
                other = search.another(one, not answer[one])
            except GaveUp:
                undecided += 1
                continue
            known += other is None
            is_open |= {name for name, value in (other or {}).items() if value != answer[name]}
    found.times += 1
    found.others += len(others)
    found.known += known
    found.undecided += undecided
    found.worst = max(found.worst, known + undecided)


def _true(name: str, truth: Truth) -> bool:
    what, _, which = name.partition(" ")
    return truth.participants[which] if what == "participant" else truth.kits[which]
