"""Whether a site may randomize: a status of the site, set at receipts and nightly, never an answer to an attempt."""

from collections.abc import Sequence

from irt.gate.act import Act
from irt.participants.visits import local_day
from irt.supply import ledger
from irt.supply.expiry import first_kit_until
from irt.supply.tables import Shelf
from irt.vault import blind


def set_randomization(act: Act, site: str, waiting: Sequence[str]) -> str:
    """Set a site open or closed for randomization from what its shelf holds; answers the status.

    `waiting`: participants who will need kits before the next box, each once for every kit.
    """
    shelf = ledger.lock_shelf(act, site)
    until = first_kit_until(act.study, local_day(act.now, act.study.site(site).time_zone))
    opens = blind.serves_every_arm(
        act, ledger.ON_SHELF, act.study.supply.floor, waiting=waiting, site=site, until=until
    )
    status = "open" if opens else "closed"
    if status != shelf.randomization:
        act.change(Shelf, shelf, randomization=status, set_at=act.now)
    return status
