"""The state of many trials on a day, as arrays: where the kits are, who is expected, what was counted."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from irt.supply.forecast.agenda import Agenda, Ints
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.boxes import damaged
from irt.supply.forecast.draws import NEVER, Draws
from irt.supply.forecast.policies import Policy

Counts = npt.NDArray[np.int32]
Stock = npt.NDArray[np.int16]


@dataclass
class Counted:
    """What happened in each run (length: runs).

    requests: kits asked for at a visit, for a lost box, or for a randomization at an open site; refused: not every type
    was there. put_off: people whose randomization waited. boxes, express: shipments of either kind. stranded: kits that
    grew too old to ship at the depot. lost: damaged on the way, or gone with a wrong box. days: the day of the last
    randomization.
    """

    requests: Counts
    refused: Counts
    put_off: Counts
    dispensed: Counts
    shipped: Counts
    boxes: Counts
    express: Counts
    stranded: Counts
    expired: Counts
    lost: Counts
    days: Counts
    randomized: Counts

    @classmethod
    def none(cls, runs: int) -> "Counted":
        """Nothing happened yet."""
        return cls(*(np.zeros(runs, np.int32) for _ in fields(cls)))


class World:
    """Axes: run, site, type, lot. `made`: kits of each type and lot (types × lots) that are packaged for a run."""

    def __init__(self, trial: Trial, policy: Policy, draws: Draws, *, made: Ints, apart: bool) -> None:
        self.trial, self.plan, self.draws, self.apart = trial, policy.plan, draws, apart
        runs, self.sites, types, lots = draws.runs, len(trial.caps), trial.types, trial.lots
        self.expiry = np.array(trial.expiries)
        self.made = int(made.sum())
        self.depot = np.tile(made.astype(np.int32), (runs, 1, 1))
        self.stock: Stock = np.zeros((runs, self.sites, types, lots), np.int16)
        self.coming: Stock = np.zeros_like(self.stock)
        self.arrives: dict[int, Stock] = {}
        self.waiting = np.zeros((runs, self.sites, types), np.int32)  # kits that known visits need until the next box
        self.soon = np.zeros_like(self.waiting)  # … and within `review_days`
        end = trial.longest + 2 * trial.treatment_days  # nothing is known of any later day
        self.changes = np.zeros((2, end, runs * self.sites * types), np.int8)  # of both, by day
        self.open = np.zeros((runs, self.sites), bool)
        self.at_site = np.zeros((runs, self.sites), np.int32)
        self.type_of = np.zeros(draws.comes.shape, np.int8)
        self.randomized_on = np.zeros(draws.comes.shape, np.int32)
        self.began = np.full(runs, NEVER, np.int32)  # the day of the first randomization
        self.candidates, self.asks = Agenda(), Agenda()
        self.counted = Counted.none(runs)
        self.candidates.put(draws.comes.ravel(), np.arange(draws.comes.size))

    @property
    def randomized(self) -> Counts:
        """How many were randomized in each run."""
        return self.counted.randomized

    @property
    def recruiting(self) -> npt.NDArray[np.bool_]:
        """Which sites (runs × sites) may still get participants."""
        wanted: npt.NDArray[np.bool_] = (self.randomized < self.trial.participants)[:, None]
        return wanted & (self.at_site < np.array(self.trial.caps))

    def goes_on(self, day: int) -> npt.NDArray[np.bool_]:
        """Which runs are not over: somebody may still be randomized, or be given a kit."""
        recruits = (self.randomized < self.trial.participants) & (day < self.trial.longest)
        found: npt.NDArray[np.bool_] = recruits | (day <= self.counted.days + self.trial.treatment_days)
        return found

    @property
    def horizon(self) -> int:
        """Days that an order of today must last."""
        return self.plan.lead_days + self.plan.review_days

    def days_open(self, day: int) -> Counts:
        """For how many days each run randomizes."""
        return np.maximum(day - self.began, 0)

    def count(self, **runs: Ints) -> None:
        """Add one to a count for every mention of a run."""
        for name, which in runs.items():
            getattr(self.counted, name)[:] += np.bincount(which, minlength=self.draws.runs)

    def lasting(self, kits: Stock, until: int) -> Stock:
        """How many of `kits` (…, lots) stay in date until a day."""
        found: Stock = kits @ (self.expiry >= until).astype(np.int16)
        return found

    def may_ship(self, day: int) -> list[int]:
        """The lots that may leave the depot on a day, the first to expire first."""
        last = day + self.trial.do_not_order_days
        return [lot for lot in range(self.trial.lots) if self.trial.released[lot] <= day and self.expiry[lot] >= last]

    def night(self, day: int) -> None:
        """Kits that expired yesterday leave; visits come into sight; each site is open for randomization or closed.

        It is open while its shelf holds `floor` kits of every type beyond the visits of the next days.
        """
        here = self.goes_on(day)
        for lot in np.flatnonzero(self.expiry == day - 1):
            self.counted.expired[here] += self.stock[here, :, :, lot].sum(axis=(1, 2), dtype=np.int32)
            self.stock[here, :, :, lot] = 0  # of a run that is over everything stays as it was
        too_old = day - 1 + self.trial.do_not_order_days
        for lot in np.flatnonzero(self.expiry[: self.trial.limited_lots] == too_old):
            self.counted.stranded[here] += self.depot[here, :, lot].sum(axis=1)
        self.waiting += self.changes[0, day].reshape(self.waiting.shape)
        self.soon += self.changes[1, day].reshape(self.waiting.shape)
        self.open = (self._usable(day) - self.soon).min(axis=2) >= self.plan.floor

    def receive(self, day: int) -> None:
        """Boxes come in and what is damaged is put apart; their sites are open with `floor` kits of every type."""
        if (box := self.arrives.pop(day, None)) is None:
            return
        self.coming -= box
        self.stock += box
        self._damaged(day, box)
        received = box.any(axis=(2, 3))
        self.open[received] = self._usable(day)[received].min(axis=1) >= self.plan.floor

    def _usable(self, day: int) -> Stock:
        return self.lasting(self.stock, day + self.trial.first_lasting)

    def _damaged(self, day: int, box: Stock) -> None:
        run, site, kind = np.nonzero(box.any(axis=3))
        share = self.draws.of_receipts(day)[run, site, kind]
        broken = damaged(share, box[run, site, kind].sum(axis=1), self.trial.rests_on.damaged)
        broken *= self.goes_on(day)[run]  # of a run that is over nothing is counted any more
        lot = box[run, site, kind].argmax(axis=1)  # a box is of one lot
        self.stock[run, site, kind, lot] -= broken.astype(np.int16)
        np.add.at(self.counted.lost, run, broken)

    def expect(self, day: int, r: Ints, s: Ints, c: Ints, kind: Ints) -> None:
        """People randomized on a day have visits ahead: they are counted from the night that looks as far as them."""
        opens, dropped = self.draws.opens[r, c], self.draws.dropped[r, c]
        place = np.broadcast_to(((r * self.sites + s) * self.trial.types + kind)[:, None], opens.shape)
        for far, changes in zip((self.horizon, self.plan.review_days), self.changes, strict=True):
            seen = np.maximum(opens - far, 1)
            wanted = dropped > seen
            for days, change, which in ((seen, 1, wanted), (dropped, -1, wanted & (dropped < NEVER))):
                np.add.at(changes, (day + days[which], place[which]), change)
