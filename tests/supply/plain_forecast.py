"""The forecast's model once more, as a plain loop over one run: the reference for the arrays, and for their speed.

It is given the same draws and uses the public rule of `irt.supply.resupply` as it stands.
"""

from collections import Counter, defaultdict
from math import comb
from typing import Any

from irt.study import Study
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import NEVER, Draws
from irt.supply.forecast.policies import Policy
from irt.supply.resupply import Outlook, box_size, buffers, recruitment_per_day


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
        self.waiting = [[0] * trial.types for _ in self.sites]
        self.changes: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
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
        self.order(0, 0)
        day = 0
        while self.goes_on(day):
            self.morning(day)
            if self.plan.ships_on(self.trial.weekday(day)):
                self.order(day, self.plan.lead_days)
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

    def morning(self, day: int) -> None:
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
        for lot in self.lots:
            if self.trial.expiries[lot] == day - 1 and self.goes_on(day):
                for site in self.sites:
                    for kind in self.kinds:
                        self.counted["expired"] += self.stock[site][kind][lot]
                        self.stock[site][kind][lot] = 0
        for site, kind, change in self.changes.pop(day, []):
            self.waiting[site][kind] += change
        for site in self.sites:
            usable = self.lasting(self.stock[site], day + self.trial.first_lasting)
            self.open[site] = all(kits >= self.plan.floor for kits in usable)

    def order(self, day: int, lead: int) -> None:
        if not self.goes_on(day):
            return
        last = day + self.trial.study.kit.do_not_ship_days
        lots = [lot for lot in self.lots if self.trial.released(lot) <= day and self.trial.expiries[lot] >= last]
        lasting = day + self.horizon + self.trial.study.kit.do_not_dispense_days
        rule, first = self.policy.rule, not lead
        assert (rule.full_to_the_end, rule.contents_days, rule.by_type) == (False, 0, False), "only what is built"
        for site in self.sites:
            coming = self.lasting(self.coming[site], lasting)
            there = [a + b for a, b in zip(self.lasting(self.stock[site], lasting), coming, strict=True)]
            expected = recruitment_per_day(self.study, self.at_site[site], day) if self.recruiting(site) else 0.0
            outlook = Outlook(there=sum(there), visits=sum(self.waiting[site]), per_day=expected)
            count = box_size(self.study, outlook)
            if not self.open[site] and self.recruiting(site) and not sum(coming) and (rule.closed_gets_box or first):
                count = max(count, self.plan.smallest_box)
            if not count:
                continue
            low, _ = buffers(self.study, expected)
            needed = [self.waiting[site][kind] + low // len(self.kinds) - there[kind] for kind in self.kinds]
            box = self.contents(day, site, count, needed)
            for kind in self.kinds:
                self.coming[site][kind][lots[0]] += box[kind]
                self.arrivals[day + lead].append((site, kind, lots[0], box[kind]))
            self.counted.update(boxes=1, shipped=count)

    def contents(self, day: int, site: int, count: int, needed: list[int]) -> list[int]:
        bounds = [count // (2 * len(needed))] * len(needed)
        while sum(bounds) < count:
            worst = max(self.kinds, key=lambda kind: needed[kind] - bounds[kind])
            if needed[worst] <= bounds[worst]:
                break
            bounds[worst] += 1
        first, most = bounds[0], count - bounds[1]
        assert len(needed) == 2, "the reference knows two types"
        below = distribution(count, self.trial.parts[0] / sum(self.trial.parts))
        start = below[first - 1] if first else 0.0
        target = start + float(self.draws.of_boxes(day)[self.run, site, 0]) * (below[most] - start)
        taken = next((k for k in range(count + 1) if below[k] >= target), count)
        taken = min(max(taken, first), most)
        return [taken, count - taken]

    def visits(self, day: int) -> None:
        wrong = []
        for one, number in sorted(self.asked.pop(day, [])):
            site, kind = self.people["site"][one], self.kind_of[one]
            until = self.since[one] + self.people["until"][one][number]
            self.counted.update(requests=1, dispensed=1)
            given = self.give(site, kind, until, self.people["which"][one][number + 1])
            if not given:
                self.counted.update(refused=1, shipped=1, express=1)
            if number < len(self.trial.visit_days):
                self.waiting[site][kind] -= 1
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
            seen = max(opens - self.horizon, 1)
            if dropped > seen:
                self.changes[day + seen].append((site, kind, 1))
                if dropped < NEVER:
                    self.changes[day + dropped].append((site, kind, -1))
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
