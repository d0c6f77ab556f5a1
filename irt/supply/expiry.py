"""The one expiry rule: a kit must stay in date until its last possible use (TRIAL, expiry). Expiry is inclusive."""

from datetime import date, timedelta

from irt.study import Study


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
