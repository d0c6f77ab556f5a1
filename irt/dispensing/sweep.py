"""Every night: kits that went out of date, on the shelves and at home."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from irt.actor import Role
from irt.clock import local_day
from irt.conduct.deviations import note
from irt.conduct.tables import Site
from irt.dispensing.review import review_shelf
from irt.gate.act import Act, Order, act
from irt.supply import ledger
from irt.supply.expiry import depot_day
from irt.supply.tables import Kit


class SweepKits(Order):
    """Nothing to say: the kits are looked at as they are."""


class Swept(BaseModel):
    """How many kits went from a shelf and from the depot's stock, and how many are at home past their expiry."""

    model_config = ConfigDict(frozen=True)
    expired: int
    at_home: int
    at_depot: int = 0  # that left the depot's stock


@act("kits.sweep", roles={Role.OPERATOR}, everywhere=True)
def sweep_kits(act: Act, _order: SweepKits) -> Swept:
    """Take kits past their expiry from shelves and depot, and note those at home as deviations, each once.

    Expiry is inclusive, by the calendar of the place. A shelf that lost kits is set open or closed for randomization
    anew.
    """
    expired = at_home = 0
    for site in act.rows(Site):
        today = local_day(act.now, act.study.site(site.code).time_zone)
        ledger.lock_shelf(act, site.code)
        gone = [kit for kit in act.rows(Kit, lock=True, site=site.code, state="available") if kit.expiry < today]
        for kit in gone:
            ledger.move(act, kit, "expired", site=kit.site)
        if gone and site.state == "active":
            review_shelf(act, site.code)
        late = [
            kit for state in ledger.AT_HOME for kit in act.rows(Kit, site=site.code, state=state) if kit.expiry < today
        ]
        for kit in late:
            note(
                act, "kit_past_expiry", site=site.code, participant=kit.participant,
                subject=f"{kit.participant}/{kit.number}", happened_on=kit.expiry + timedelta(days=1),
                facts={"kit": kit.number, "expiry": kit.expiry.isoformat()},
            )  # fmt: skip
        expired, at_home = expired + len(gone), at_home + len(late)
    return Swept(expired=expired, at_home=at_home, at_depot=_sweep_depot(act))


def _sweep_depot(act: Act) -> int:
    today = depot_day(act.study, act.now)
    gone = [kit for kit in act.rows(Kit, lock=True, site=None, state="at_depot") if kit.expiry < today]
    for kit in gone:
        ledger.move(act, kit, "expired", site=None)
    return len(gone)
