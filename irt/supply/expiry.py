"""The one expiry rule: a kit must stay in date until its last possible use (TRIAL, expiry). Expiry is inclusive."""

from datetime import date, datetime, timedelta

from irt.clock import local_day
from irt.study import Study

PACKING_DAYS = 1  # a box that is ordered by night leaves on that day, or on the next


def last_possible_use(study: Study, visit: str, dispensed_on: date) -> date:
    """The last day on which the kit of `visit`, handed over on `dispensed_on`, may be used.

    Days to the next visit that gives or takes back kits, plus its window, and never less than the do-not-dispense
    floor.
    """
    here = study.visit(visit)
    later = [one for one in study.visits if one.day > here.day and (one.dispense or one.returns)]
    days = later[0].day - here.day + later[0].window_days if later else 0
    return dispensed_on + timedelta(days=max(days, study.kit.do_not_dispense_days))


def first_kit_until(study: Study, randomized_on: date) -> date:
    """Until when a participant's first kit must be in date: the first dose may be some days after randomization."""
    latest = randomized_on + timedelta(days=study.dosing.first_dose_within_days)
    return last_possible_use(study, study.dispensing_visits[0].id, latest)


def last_arrival_use(study: Study, shipped_on: date) -> date:
    """Kits that expire before this day are not shipped any more (do-not-ship)."""
    return shipped_on + timedelta(days=study.kit.do_not_ship_days)


def leaves_by(study: Study, ordered_at: datetime) -> date:
    """The day at the depot on which a box that is ordered now has left: what it holds may be shipped then."""
    return depot_day(study, ordered_at) + timedelta(days=PACKING_DAYS)


def depot_day(study: Study, at: datetime) -> date:
    """The day at the depot."""
    return local_day(at, study.supply.depot_time_zone)
