"""A site's status, set anew nightly and when its shelf changes whole: may it randomize, the next kits put by?"""

from datetime import timedelta

from irt.actor import Role
from irt.clock import local_day
from irt.conduct.tables import Site
from irt.dispensing.ahead import kits_needed
from irt.gate.act import Act, Order, act
from irt.supply.shelf import set_randomization


class ReviewShelves(Order):
    """Every site's status is to be set anew; asked for once a day."""


@act("shelf.review", roles={Role.OPERATOR}, everywhere=True)
def review_shelves(act: Act, _order: ReviewShelves) -> int:
    """Set the status of every active site from what is in date on its shelf today; answers how many are open."""
    active = [site.code for site in act.rows(Site, state="active")]
    return sum(review_shelf(act, code) == "open" for code in active)


def review_shelf(act: Act, site: str) -> str:
    """Set one site's status anew, at night or when its shelf changed whole by day; answers it.

    The visits that are known count by day too: opened without them, a shelf would say by night that they took its last
    kits of one type.
    """
    today = local_day(act.now, act.study.site(site).time_zone)
    until = today + timedelta(days=act.study.supply.review_days)
    return set_randomization(act, site, kits_needed(act, site, until))
