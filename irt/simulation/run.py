"""From an empty database to a trial that was lived, from one seed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from math import ceil, sqrt

from irt.clock import SimulatedClock
from irt.entropy import SeededEntropy
from irt.simulation.cast import Cast, assemble
from irt.simulation.desk import Desk
from irt.simulation.harm import Harm
from irt.simulation.life import Life, Progress
from irt.simulation.nature import Nature
from irt.simulation.opening import lay_foundation, open_trial
from irt.simulation.rounds import Rounds
from irt.simulation.supply import Supply
from irt.study import Study
from irt.wiring import Service

SETTING_UP_DAYS = 14
FIRST_DAY = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """How long to live: so many randomized, and until all have passed the visit `through`; or up to a day."""

    participants: int
    seed: int
    password: str
    first_day: datetime = FIRST_DAY
    through: str | None = None  # None: until the last one is randomized
    until: date | None = None
    incidents: bool = True  # a refrigerator, a warm box and a lost one, a lot on hold
    harm: bool = True  # people fall ill, and codes are broken
    rounds: bool = True  # outcomes are rated

    @classmethod
    def up_to(cls, now: datetime, study: Study, participants: int, seed: int, password: str) -> "Plan":
        """A trial that has come as far as `now`, with so many randomized, or nearly so: with time for twice the
        standard deviation of a Poisson count, which of a few participants is long."""
        days = Nature(study, seed).expected_days(participants)
        first_day = now - timedelta(days=days + ceil(2 * days / sqrt(participants)) + SETTING_UP_DAYS)
        return cls(participants, seed, password=password, first_day=first_day, until=now.date())


def entropy_of(seed: int) -> SeededEntropy:
    """The service's randomness in a simulated trial."""
    return SeededEntropy(sha256(f"irt simulation {seed}".encode()).digest())


def simulate(service: Service, clock: SimulatedClock, plan: Plan, progress: Progress) -> Life:
    """Live a trial in the empty database of `service`, which runs on `clock` and `entropy_of(plan.seed)`.

    The same plan gives the same trial.
    """
    desk = Desk(service, clock, plan.password)
    lay_foundation(desk)
    cast: Cast = assemble(desk)
    supply = Supply(desk, cast)
    open_trial(desk, cast, supply, supply.made_for(plan.participants))
    life = Life(desk, cast, Nature(service.study, plan.seed), supply, incidents=plan.incidents)
    if plan.harm:
        life.harm = Harm(life, plan.seed)
    if plan.rounds:
        life.rounds = Rounds(life, plan.seed)
    life.live(plan.participants, progress=progress, through=plan.through, until=plan.until)
    return life
