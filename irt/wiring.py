"""What every door is handed: the parts of one service, wired together by `irt.app`."""

from dataclasses import dataclass

from irt.clock import Clock
from irt.db import Database
from irt.entropy import Entropy
from irt.gate.housekeeping import Housekeeping
from irt.gate.keys import Keys
from irt.gate.perform import Gate
from irt.people.credentials import Credentials
from irt.settings import Settings
from irt.study import Study
from irt.vault import Vault


@dataclass(frozen=True)
class Service:
    """Everything a door needs, made once."""

    settings: Settings
    study: Study
    database: Database
    gate: Gate
    credentials: Credentials
    housekeeping: Housekeeping
    clock: Clock
    entropy: Entropy
    keys: Keys
    vault: Vault
