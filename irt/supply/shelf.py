"""Whether a site may randomize: a status of the site, set at receipts and nightly, never an answer to an attempt."""

from irt.actor import Role
from irt.conduct.tables import Site
from irt.gate.act import Act, Order, act
from irt.participants.visits import local_day
from irt.supply import ledger
from irt.supply.expiry import first_kit_until
from irt.supply.tables import Shelf
from irt.vault import blind


def set_randomization(act: Act, site: str) -> str:
    """Set a site open or closed for randomization from what its shelf holds; answers the status."""
    shelf = ledger.lock_shelf(act, site)
    until = first_kit_until(act.study, local_day(act.now, act.study.site(site).time_zone))
    opens = blind.serves_every_arm(act, ledger.ON_SHELF, act.study.supply.floor, site=site, until=until)
    status = "open" if opens else "closed"
    if status != shelf.randomization:
        act.change(Shelf, shelf, randomization=status, set_at=act.now)
    return status


class ReviewShelves(Order):
    """Every site's status is to be set anew; asked for once a day."""


@act("shelf.review", roles={Role.OPERATOR})
def review_shelves(act: Act, _order: ReviewShelves) -> int:
    """Set the status of every active site from what is in date on its shelf today; answers how many are open."""
    active = [site.code for site in act.rows(Site, state="active")]
    return sum(set_randomization(act, code) == "open" for code in active)
