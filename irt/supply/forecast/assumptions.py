"""What the forecast takes for granted of people and boxes, and a study's numbers as the model needs them.

The rates are those by which a whole trial is simulated (`irt.simulation`); a test holds the two together.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from irt.study import Study, Supply
from irt.supply.expiry import PACKING_DAYS, first_kit_until, last_possible_use
from irt.supply.forecast.recruitment import Floats, Rates, days_until

MONDAY = date(2026, 1, 5)  # day 0 of every run; only the day of the week counts
TRIED = 1000


@dataclass(frozen=True)
class Assumptions:
    """Of people: how often what befalls them, each a probability. Of lots: how many kits, and how long they last."""

    recruitment_shape: float = 2.0  # sites differ: their rates have a coefficient of variation of 0.7
    least_share: float = 0.15 / 1.15  # of the mean rate, which the slowest site has too
    never_dosed: float = 0.02
    first_at_home: float = 0.15
    withdraws: float = 0.04
    stops: float = 0.06
    skipped: float = 0.008
    unrecorded: float = 0.004
    out_of_window: float = 0.03
    late_by: int = 4  # days after the window, at most
    on_the_day: float = 0.5
    box_given_up: float = 0.010  # lost or spoilt at home: another is given for the visit
    given_up_within: tuple[int, int] = (2, 20)  # days
    wrong_box: float = 0.010  # one kit more leaves the shelf, whatever it is
    damaged: float = 0.004  # of a kit on its way
    never_dosed_known: int = 9  # days after randomization
    retry_days: int = 2  # a randomization that was put off is tried again
    days_to_expiry: tuple[int, ...] = (365, 500, 760)  # of the lots of one packaging run, each of as many kits
    overage: float = 1.12  # the run is planned for so many times the kits that everybody would be given
    a_site: int = 8  # … and for so many on the shelf of each site, beside its first box


@dataclass(frozen=True)
class Trial:
    """A study as the model sees it: counts, days and probabilities; kit types by number."""

    study: Study
    rests_on: Assumptions = field(default_factory=Assumptions)

    def __post_init__(self) -> None:
        if self.again_days <= 0:
            raise ValueError(f"the last lot must last {2 * self.study.kit.do_not_ship_days} days, and more")

    @property
    def participants(self) -> int:
        """How many are to be randomized."""
        return self.study.cap

    @cached_property
    def caps(self) -> tuple[int, ...]:
        """The most that each site may randomize."""
        return tuple(site.cap for site in self.study.sites)

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """The parts of each kit type in the allocation ratio."""
        kinds = dict.fromkeys(arm.kit_type for arm in self.study.arms)
        return tuple(sum(arm.ratio for arm in self.study.arms if arm.kit_type == kind) for kind in kinds)

    @property
    def types(self) -> int:
        """How many kit types there are."""
        return len(self.parts)

    @cached_property
    def rates(self) -> Rates:
        """Randomizations a day at a site, such that half of all trials are recruited within `recruitment_weeks`.

        A site that is full recruits nobody more; so the rates are found by trying, always with the same draws.
        """
        mean = self.participants / (7 * self.study.supply.recruitment_weeks * len(self.caps))
        least = self.rests_on.least_share * mean
        rates = Rates(self.rests_on.recruitment_shape, mean - least, least)
        took = days_until(self.arrivals(rates, np.random.default_rng(0), TRIED), self.participants)
        faster = float(np.median(took)) / (7 * self.study.supply.recruitment_weeks)
        return Rates(rates.shape, rates.gamma_mean * faster, rates.least * faster)

    def arrivals(self, rates: Rates, draws: np.random.Generator, runs: int) -> Floats:
        """The days (runs × sites × the largest cap) on which people are ready to be randomized; none beyond a cap."""
        times = rates.times(draws, runs, len(self.caps), max(self.caps))
        for site, cap in enumerate(self.caps):
            times[:, site, cap:] = np.inf
        return times

    @property
    def again_days(self) -> int:
        """For trials that take long a lot like the last is made anew after so many days, before that one is too old."""
        return self.rests_on.days_to_expiry[-1] - 2 * self.study.kit.do_not_ship_days

    @property
    def do_not_order_days(self) -> int:
        """Kits that expire sooner are in no new box: it may leave a day later than it is ordered."""
        return self.study.kit.do_not_ship_days + PACKING_DAYS

    @cached_property
    def released(self) -> tuple[int, ...]:
        """The day from which each lot may be shipped; there is one on the last day of the longest run."""
        again = range(self.again_days, self.longest + self.treatment_days + 1, self.again_days)
        return (*(0 for _ in self.rests_on.days_to_expiry), *again)

    @property
    def lots(self) -> int:
        """How many lots there are."""
        return len(self.released)

    @cached_property
    def expiries(self) -> tuple[int, ...]:
        """The last day of each lot, in ascending order."""
        days = self.rests_on.days_to_expiry
        lasts = (*days, *(days[-1] for _ in self.released[len(days) :]))
        return tuple(day + last for day, last in zip(self.released, lasts, strict=True))

    @property
    def limited_lots(self) -> int:
        """How many lots are planned; of the last of the packaging run, and of those after it, there is enough."""
        return len(self.rests_on.days_to_expiry) - 1

    def first_box(self, plan: Supply) -> int:
        """How many kits a site has before its first participant."""
        return max(plan.smallest_box, self.types * plan.maximum)

    def planned_kits(self, plan: Supply) -> int:
        """How many kits the packaging run is planned for."""
        a, sites = self.rests_on, len(self.caps)
        return int(self.participants * len(self.lasting) * a.overage) + sites * (a.a_site + self.first_box(plan))

    @cached_property
    def visit_days(self) -> tuple[int, ...]:
        """Days from the first dose to each visit with a kit after the first."""
        first, *later = self.study.dispensing_visits
        return tuple(visit.day - first.day for visit in later)

    @cached_property
    def margins(self) -> tuple[int, ...]:
        """The days by which each of these visits may be early or late."""
        return tuple(visit.window_days for visit in self.study.dispensing_visits[1:])

    @cached_property
    def lasting(self) -> tuple[int, ...]:
        """Days for which a kit must stay in date from the day it is handed over, for each visit with a kit."""
        visits = self.study.dispensing_visits
        return tuple((last_possible_use(self.study, one.id, MONDAY) - MONDAY).days for one in visits)

    @cached_property
    def first_lasting(self) -> int:
        """Days for which a kit must stay in date from the randomization on."""
        return (first_kit_until(self.study, MONDAY) - MONDAY).days

    @property
    def treatment_days(self) -> int:
        """Days from a randomization to the last day on which a kit may be asked for."""
        last = self.visit_days[-1] + self.margins[-1] + self.rests_on.late_by + self.rests_on.given_up_within[1]
        return self.study.dosing.first_dose_within_days + last

    @property
    def longest(self) -> int:
        """The day on which recruitment ends at the latest: after 2.5 times the planned."""
        return 35 * self.study.supply.recruitment_weeks // 2

    @staticmethod
    def weekday(day: int) -> date:
        """A date with the weekday of a run's day."""
        return MONDAY + timedelta(days=day % 7)
