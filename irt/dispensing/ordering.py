"""Every night: which sites are sent a box, and how large; see `irt.supply.resupply`. What it holds the vault draws."""

from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, func, select

from irt.actor import Role
from irt.conduct.tables import Enrolment, Site
from irt.dispensing.ahead import kits_needed
from irt.dispensing.clearing import may_clear
from irt.dispensing.not_come import look_for_boxes
from irt.gate.act import Act, Order, act
from irt.gate.rows import table_of
from irt.gate.tables import JobRun, StudyState
from irt.randomization.tables import Randomization
from irt.supply import ledger
from irt.supply.expiry import depot_day
from irt.supply.resupply import Outlook, box_size, covered_until, levels, recruitment_per_day, smaller_sizes
from irt.supply.shipments import chosen, order_box
from irt.vault import blind

_run = table_of(JobRun)
LAST_RUN = select(func.max(_run.c.started_at).label("at")).where(_run.c.job == "supply.order", _run.c.outcome == "done")
SUPPLIED = ("ready", "active", "closed_to_recruitment")


class OrderSupplies(Order):
    """Nothing to say: the sites are looked at as they are."""


class Ordered(BaseModel):
    """How many boxes and kits were ordered, and for how many sites the depot could not fill one."""

    model_config = ConfigDict(frozen=True)
    boxes: int
    kits: int
    short: int


@act("supply.order", roles={Role.OPERATOR}, everywhere=True)
def order_supplies(act: Act, _order: OrderSupplies) -> Ordered:
    """On a shipping day, order a box for every site that needs one; every night, tell of boxes that do not come.

    A shipping day on which no night ran is made up for by the next night.
    """
    boxes, kits, short = 0, 0, 0
    look_for_boxes(act)
    today = depot_day(act.study, act.now)
    if not _due(act, today):
        return Ordered(boxes=0, kits=0, short=0)
    for site in act.rows(Site):
        if site.state not in SUPPLIED:
            continue
        ledger.lock_shelf(act, site.code)
        if may_clear(act, site.code):  # or what was just sent back would be sent again
            continue
        size, numbers = _box(act, site, today)
        if numbers:
            order_box(act, site.code, "resupply", numbers)
            boxes, kits = boxes + 1, kits + len(numbers)
        elif size:
            short += 1
            act.send("supply.short", audience={Role.TRIAL_MANAGER, Role.SUPPLY_MANAGER}, site=site.code)
    return Ordered(boxes=boxes, kits=kits, short=short)


def _due(act: Act, today: date) -> bool:
    """Whether boxes go today: a shipping day is today, or was since the day of the last night's run."""
    plan = act.study.supply
    ran = act.select(LAST_RUN)[0].at
    last = depot_day(act.study, ran) if ran is not None else today
    return plan.ships_on(today) or any(plan.ships_on(last + timedelta(days=n)) for n in range(1, (today - last).days))


def _box(act: Act, site: Row[Any], today: date) -> tuple[int, list[str]]:
    """The size of a site's box, and the kits that it holds: fewer where no lot can fill it, none where none has any."""
    until = covered_until(act.study.supply, today)
    lasting = until + timedelta(days=act.study.kit.do_not_dispense_days)  # do-not-count
    waiting = kits_needed(act, site.code, until)
    there = len(act.select(ledger.FOR_A_SITE, site=site.code, lasting=lasting))
    per_day = _recruitment(act, site, today)
    minimum, _ = levels(act.study, per_day)
    needs = {"waiting": waiting, "there": ledger.FOR_A_SITE, "site": site.code, "lasting": lasting}
    if not blind.calls_for_a_box(act, minimum=minimum, **needs):
        return 0, []
    size = box_size(act.study, Outlook(there, len(waiting), per_day))
    boxes = (chosen(act, count, spare=minimum, **needs) for count in smaller_sizes(act.study, size))
    return size, next((numbers for numbers in boxes if numbers), [])


def _recruitment(act: Act, site: Row[Any], today: date) -> float:
    """How many randomizations a day are expected at a site; 0 where nobody more can be randomized."""
    study = act.find(StudyState, id=1, lock=False)
    counts = [act.find(Enrolment, scope=scope, lock=False) for scope in ("study", f"site:{site.code}")]
    full = any(one.randomized >= one.cap for one in counts)
    if full or site.state == "closed_to_recruitment" or study.state != "open":
        return 0.0
    begun = min((row.randomized_at for row in act.rows(Randomization)), default=act.now)
    return recruitment_per_day(act.study, counts[1].randomized, (today - depot_day(act.study, begun)).days)
