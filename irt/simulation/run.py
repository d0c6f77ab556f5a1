"""From an empty database to a trial that was lived, from one seed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from irt.app import build
from irt.clock import SimulatedClock
from irt.entropy import Entropy, SeededEntropy, SystemEntropy
from irt.gate.keys import Keys
from irt.migrate import upgrade
from irt.settings import Settings
from irt.simulation.cast import Cast, assemble
from irt.simulation.desk import Desk
from irt.simulation.life import Life, Progress
from irt.simulation.nature import Nature
from irt.simulation.opening import lay_foundation, open_trial
from irt.simulation.supply import Supply
from irt.vault import Vault

SPARE_KITS = 1.35
FIRST_DAY = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """How long to live: so many randomized, and whether to follow them to their last kit."""

    participants: int
    seed: int
    follow_up: bool
    password: str
    first_day: datetime = FIRST_DAY


def prepare_database(settings: Settings, entropy: Entropy | None = None) -> None:
    """Migrate an empty database and lay down key files where there are none."""
    entropy = entropy or SystemEntropy()
    upgrade(settings.owner_url, settings.database_url)
    if not settings.service_key.exists():
        Keys.create(settings.service_key, entropy)
    if not settings.vault_key.exists():
        Vault.create_key(settings.vault_key, entropy)


def simulate(settings: Settings, plan: Plan, progress: Progress) -> Life:
    """Live a trial in the database of `settings`, which is prepared and empty; the same seed gives the same trial."""
    clock = SimulatedClock(plan.first_day)
    entropy = SeededEntropy(sha256(f"irt simulation {plan.seed}".encode()).digest())
    service = build(settings, clock=clock, entropy=entropy)
    desk = Desk(service, clock, plan.password)
    lay_foundation(desk)
    cast: Cast = assemble(desk)
    supply = Supply(desk, cast)
    visits = len(service.study.dispensing_visits)
    open_trial(desk, cast, supply, _even(int(plan.participants * visits * SPARE_KITS) + 60 * len(service.study.sites)))
    life = Life(desk, cast, Nature(service.study, plan.seed), supply)
    life.live(plan.participants, follow_up=plan.follow_up, progress=progress)
    return life


def _even(kits: int) -> int:
    return kits + kits % 2
