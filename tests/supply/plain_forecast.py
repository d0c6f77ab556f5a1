"""The forecast's model once more, as a plain loop over one run: the reference for the arrays, and for their speed.

It is given the same draws, and uses the public rule of `irt.supply.resupply` and the vault's way to fill a box as they
stand. It knows two types.
"""

from collections import Counter, defaultdict
from math import comb
from typing import Any

from irt.study import Study
from irt.supply.expiry import PACKING_DAYS
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import NEVER, Draws
from irt.supply.forecast.policies import Policy
from irt.supply.forecast.run import planned
from irt.supply.resupply import Outlook, box_size, levels, recruitment_per_day
from irt.vault import _boxes

ALL = 2**64 - 1


class Sequence:
    """The numbers that follow from one, as `irt.supply.forecast.draws.word` has them; bytes of them for the vault."""

    def __init__(self, first: int, place: int = 0) -> None:
        self.first, self.place = first, place

    def word(self) -> int:
        self.place += 1
        z = (self.first + self.place * 0x9E3779B97F4A7C15) & ALL
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & ALL
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & ALL
        return z ^ (z >> 31)

    def take(self, count: int) -> bytes:
        assert count == 1, "two types are chosen by one bit"
        return bytes([self.word() >> 56])


class PlainRun:
    """One run, site by site and person by person."""

    def __init__(self, trial: Trial, policy: Policy, draws: Draws, run: int) -> None:
        self.trial, self.policy, self.plan = trial, policy, policy.plan
        self.study: Study = trial.study.model_copy(update={"supply": policy.plan})
        self.draws, self.run = draws, run
        self.people = {name: getattr(draws, name)[run].tolist() for name in (
            "site", "comes", "asks", "until", "opens", "dropped", "wrong", "which", "which_wrong",
        )}  # fmt: skip
        self.types = draws.types[run].tolist()
        self.kinds, self.lots, self.sites = range(trial.types), range(trial.lots), range(len(trial.caps))
        self.stock = [[[0] * trial.lots for _ in self.kinds] for _ in self.sites]
        self.coming = [[[0] * trial.lots for _ in self.kinds] for _ in self.sites]
        self.arrivals: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
        self.depot = planned(trial, policy).tolist()
        self.weights = dict(enumerate(trial.parts))
        self.ahead = [[[0] * trial.types for _ in self.sites] for _ in range(2)]
        self.waiting, self.soon = self.ahead
        self.changes: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
        self.open = [False] * len(trial.caps)
        self.at_site = [0] * len(trial.caps)
        self.kind_of: dict[int, int] = {}
        self.since: dict[int, int] = {}
        self.ready: dict[int, list[int]] = defaultdict(list)
        self.asked: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.counted: Counter[str] = Counter()
        self.horizon = self.plan.lead_days + self.plan.review_days
        for one, day in enumerate(self.people["comes"]):
            self.ready[day].append(one)

    def lived(self) -> dict[str, int]:
        self.first_boxes()
        day = 0
        while self.goes_on(day):
            self.night(day)
            if self.plan.ships_on(self.trial.weekday(day)):
                self.order(day)
            self.receive(day)
            self.visits(day)
            self.randomizations(day)
            day += 1
        return dict(self.counted)

    def recruits(self) -> bool:
        return self.counted["randomized"] < self.trial.participants

    def recruiting(self, site: int) -> bool:
        return self.recruits() and self.at_site[site] < self.trial.caps[site]

    def goes_on(self, day: int) -> bool:
        return (self.recruits() and day < self.trial.longest) or day <= self.counted["days"] + self.trial.treatment_days

    def lasting(self, kits: list[list[int]], until: int) -> list[int]:
        return [sum(kits[kind][lot] for lot in self.lots if self.trial.expiries[lot] >= until) for kind in self.kinds]

    def night(self, day: int) -> None:
        for lot in self.lots:
            if self.trial.expiries[lot] == day - 1:
                for site in self.sites:
                    for kind in self.kinds:
                        self.counted["expired"] += self.stock[site][kind][lot]
                        self.stock[site][kind][lot] = 0
            if (
                lot < self.trial.limited_lots
                and self.trial.expiries[lot] == day - 1 + self.trial.study.kit.do_not_ship_days + PACKING_DAYS
            ):
                self.counted["stranded"] += sum(kits[lot] for kits in self.depot)
        for ahead, site, kind, change in self.changes.pop(day, []):
            self.ahead[ahead][site][kind] += change
        for site in self.sites:
            self.open[site] = self.serves(site, day, self.soon[site])

    def serves(self, site: int, day: int, needed: list[int]) -> bool:
        usable = self.lasting(self.stock[site], day + self.trial.first_lasting)
        return all(usable[kind] - needed[kind] >= self.plan.floor for kind in self.kinds)

    def receive(self, day: int) -> None:
        shares = self.draws.of_receipts(day)[self.run].tolist() if day in self.arrivals else []
        boxes: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for site, kind, lot, count in self.arrivals.pop(day, []):
            self.coming[site][kind][lot] -= count
            self.stock[site][kind][lot] += count
            boxes[site, kind].append((count, lot))
        for (site, kind), parts in boxes.items():
            total, (_, lot) = sum(count for count, _ in parts), max(parts, key=lambda part: (part[0], -part[1]))
            broken = quantile_of_binomial(shares[site][kind], total, self.trial.rests_on.damaged)
            self.stock[site][kind][lot] -= broken
            self.counted["lost"] += broken
        for site in {site for site, _ in boxes}:
            self.open[site] = self.serves(site, day, [0] * len(self.kinds))

    def may_ship(self, day: int) -> list[int]:
        last = day + self.trial.study.kit.do_not_ship_days + PACKING_DAYS
        return [lot for lot in self.lots if self.trial.released[lot] <= day and self.trial.expiries[lot] >= last]

    def first_boxes(self) -> None:
        count = max(self.plan.smallest_box, len(self.kinds) * self.plan.maximum)
        for site in self.sites:
            numbers = Sequence(int(self.draws.of_boxes(NEVER)[self.run, site]))
            least = count // (2 * len(self.kinds))
            known = distribution(count, self.trial.parts[0] / sum(self.trial.parts))
            start = known[least - 1] if least else 0.0
            target = start + (numbers.word() >> 11) * 2.0**-53 * (known[count - least] - start)
            taken = next((k for k in range(count + 1) if known[k] >= target), count)
            taken = min(max(taken, least), count - least)
            self.send(site, 0, 0, {0: taken, 1: count - taken})

    def order(self, day: int) -> None:
        lasting = day + self.horizon + self.trial.study.kit.do_not_dispense_days
        for site in self.sites:
            there = [
                a + b
                for a, b in zip(
                    self.lasting(self.stock[site], lasting), self.lasting(self.coming[site], lasting), strict=True
                )
            ]
            lacking = {kind: self.waiting[site][kind] - there[kind] for kind in self.kinds}
            since = max(0, day - min(self.since.values(), default=day))
            expected = recruitment_per_day(self.study, self.at_site[site], since) if self.recruiting(site) else 0.0
            minimum, _ = levels(self.study, expected)
            numbers = Sequence(int(self.draws.of_boxes(day)[self.run, site]))
            level = minimum + ((numbers.word() >> 32) * 3 >> 32 == 0)
            if max(lacking.values()) + level <= 0:
                continue
            count = box_size(self.study, Outlook(sum(there), sum(self.waiting[site]), expected))
            floor = count // (2 * len(self.kinds))
            self.send(
                site, day, self.plan.lead_days, _boxes.filled(numbers, count, self.weights, floor, lacking, minimum)
            )

    def send(self, site: int, day: int, lead: int, box: dict[int, int]) -> None:
        for lot in self.may_ship(day):
            if all(self.depot[kind][lot] >= box[kind] for kind in self.kinds):
                for kind in self.kinds:
                    self.depot[kind][lot] -= box[kind]
                    self.coming[site][kind][lot] += box[kind]
                    self.arrivals[day + lead].append((site, kind, lot, box[kind]))
                self.counted.update(boxes=1, shipped=sum(box.values()))
                return

    def express(self, day: int, kind: int, until: int) -> None:
        for lot in self.may_ship(day):
            if self.trial.expiries[lot] >= until and all(kits[lot] for kits in self.depot):
                self.depot[kind][lot] -= 1
                self.counted.update(shipped=1, express=1, dispensed=1)
                return

    def visits(self, day: int) -> None:
        wrong = []
        for one, number in sorted(self.asked.pop(day, [])):
            site, kind = self.people["site"][one], self.kind_of[one]
            until = self.since[one] + self.people["until"][one][number]
            given = self.give(site, kind, until, self.people["which"][one][number + 1])
            self.counted.update(requests=1, dispensed=int(given), refused=int(not given))
            if not given:
                self.express(day, kind, until)
            if number < len(self.trial.visit_days):
                self.waiting[site][kind] -= 1
                self.soon[site][kind] -= 1
                if given:
                    wrong.append((one, number + 1))
        self.wrong_boxes(wrong)

    def randomizations(self, day: int) -> None:
        wrong = []
        for one in sorted(self.ready.pop(day, [])):
            if not self.recruits() or day >= self.trial.longest:
                continue
            site = self.people["site"][one]
            kind = self.types[self.counted["randomized"]]
            given = False
            if self.open[site]:
                self.counted["requests"] += 1
                given = self.give(site, kind, day + self.trial.first_lasting, self.people["which"][one][0])
                self.counted["refused"] += not given
            if not given:
                self.counted["put_off"] += self.people["comes"][one] == day
                self.ready[day + self.trial.rests_on.retry_days].append(one)
                continue
            self.counted.update(randomized=1, dispensed=1)
            self.counted["days"] = day
            self.at_site[site] += 1
            self.kind_of[one], self.since[one] = kind, day
            self.expect(day, one, site, kind)
            wrong.append((one, 0))
        self.wrong_boxes(wrong)

    def expect(self, day: int, one: int, site: int, kind: int) -> None:
        for opens, dropped in zip(self.people["opens"][one], self.people["dropped"][one], strict=True):
            for ahead, far in enumerate((self.horizon, self.plan.review_days)):
                seen = max(opens - far, 1)
                if dropped > seen:
                    self.changes[day + seen].append((ahead, site, kind, 1))
                    if dropped < NEVER:
                        self.changes[day + dropped].append((ahead, site, kind, -1))
        for number, asks in enumerate(self.people["asks"][one]):
            if asks < NEVER:
                self.asked[day + asks].append((one, number))

    def give(self, site: int, kind: int, until: int, which: float) -> bool:
        if not all(self.lasting(self.stock[site], until)):
            return False
        kits = [n if self.trial.expiries[lot] >= until else 0 for lot, n in enumerate(self.stock[site][kind])]
        self.stock[site][kind][place_of(kits, which)] -= 1
        return True

    def wrong_boxes(self, handed_over: list[tuple[int, int]]) -> None:
        for one, box in handed_over:
            site = self.people["site"][one]
            kits = [n for kind in self.kinds for n in self.stock[site][kind]]
            if self.people["wrong"][one][box] and sum(kits):
                kind, lot = divmod(place_of(kits, self.people["which_wrong"][one][box]), len(self.lots))
                self.stock[site][kind][lot] -= 1
                self.counted["lost"] += 1


def place_of(kits: list[int], which: float) -> int:
    """Where the kit lies that a share of all kits chooses."""
    total, seen = which * sum(kits), 0
    for place, count in enumerate(kits):
        seen += count
        if seen > total:
            return place
    raise AssertionError("a share is below 1")


def distribution(count: int, share: float) -> list[float]:
    """P(X ≤ k) of a binomial, k = 0 … count."""
    below, total = [], 0.0
    for k in range(count + 1):
        total += comb(count, k) * share**k * (1 - share) ** (count - k)
        below.append(total)
    return below


def quantile_of_binomial(share: float, count: int, chance: float) -> int:
    """The least k with P(X ≤ k) ≥ share."""
    return next((k for k, below in enumerate(distribution(count, chance)) if below >= share), count) if chance else 0


def compared(counted: Any, run: int) -> dict[str, int]:
    """What the arrays counted in one run, without zeros, as the plain loop has it."""
    return {name: int(values[run]) for name, values in vars(counted).items() if values[run]}
