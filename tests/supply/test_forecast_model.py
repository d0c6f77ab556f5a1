"""The model of the forecast: kits are conserved, small worlds come out as by hand, and worse plans do no better."""

from types import SimpleNamespace

import numpy as np
import pytest

from irt.simulation import habits, nature, supply, treatment, troubles
from irt.supply.forecast.assumptions import Assumptions, Trial
from irt.supply.forecast.draws import draw
from irt.supply.forecast.figures import upper_limit
from irt.supply.forecast.policies import grid
from irt.supply.forecast.run import lived, planned
from irt.supply.forecast.world import World
from tests.supply.forecasting import policy, small, trial
from tests.supply.plain_forecast import PlainRun, compared
from tests.wiring import study_of_tests


@pytest.mark.parametrize("which", [0, 1, -3, -1])
def test_the_arrays_and_the_plain_loop_count_the_same_in_every_run(which):
    whole = Trial(study_of_tests() if which == 0 else small(sites=4, cap=50))
    draws, tried = draw(whole, 4, (7, which % 5)), grid(whole.study.supply)[which]
    counted = lived(whole, tried, draws)
    for run in range(4):
        plain = {name: count for name, count in PlainRun(whole, tried, draws, run).lived().items() if count}
        assert plain == compared(counted, run), (tried.name, run)
        assert plain["randomized"] == whole.participants
        assert plain["dispensed"] > 4 * whole.participants


def test_under_scarcity_both_count_the_same():
    scarce = Assumptions(days_to_expiry=(120, 150, 200), overage=0.8, damaged=0.1, wrong_box=0.1, box_given_up=0.1)
    whole = Trial(small(sites=3, cap=30, lead_days=14, minimum=0, maximum=1), scarce)
    draws, tried = draw(whole, 6, (3,)), policy(whole.study)
    counted = lived(whole, tried, draws)
    for name in ("refused", "express", "expired", "stranded", "lost", "put_off"):
        assert getattr(counted, name).sum() > 0, name
    for run in range(6):
        plain = {name: count for name, count in PlainRun(whole, tried, draws, run).lived().items() if count}
        assert plain == compared(counted, run), run


@pytest.mark.parametrize("apart", [False, True])
def test_no_kit_comes_from_nowhere_or_gets_lost(apart):
    whole = Trial(
        small(sites=4, cap=80, weeks=30), Assumptions(damaged=0.05, wrong_box=0.05, days_to_expiry=(200, 250))
    )
    days = []

    def looked(world: World, day: int) -> None:
        assert min(world.stock.min(), world.coming.min(), world.depot.min(), world.waiting.min()) >= 0
        counted = world.counted
        gone = counted.dispensed + counted.lost + counted.expired
        kept = (world.depot, world.stock, world.coming)
        places = sum(kits.reshape(8, -1).sum(axis=1, dtype=np.int64) for kits in kept)
        assert (places + gone == world.made).all(), day
        assert (counted.shipped == world.made - world.depot.sum(axis=(1, 2))).all()
        days.append(day)

    counted = lived(whole, policy(whole.study), draw(whole, 8, (1,)), apart=apart, watch=looked)
    assert len(days) > 300
    for name in ("expired", "lost", "refused", "express", "boxes"):
        assert getattr(counted, name).sum() > 0, name
    assert (counted.express <= counted.refused).all()
    assert (counted.dispensed <= counted.requests).all()


def test_without_mishaps_everybody_gets_every_kit_and_nothing_is_wasted_but_what_is_left():
    study = small(minimum=12, maximum=14)
    quiet = trial(study)
    counted = lived(quiet, policy(study), draw(quiet, 50, (2,)))
    kits = len(study.dispensing_visits)
    assert (counted.randomized == 12).all()
    assert (counted.dispensed == 12 * kits).all()
    assert (counted.requests == 12 * kits).all()
    for name in ("refused", "express", "expired", "lost", "put_off"):
        assert not getattr(counted, name).any(), name
    assert (counted.boxes >= 2).all()


def test_of_one_site_without_a_second_box_what_is_given_is_what_was_sent():
    study = small(sites=1, cap=8, smallest_box=100, minimum=1, maximum=2)
    quiet = trial(study)
    counted = lived(quiet, policy(study), draw(quiet, 20, (2,)))
    assert (counted.boxes == 1).all()
    assert (counted.shipped == 100).all()
    assert (counted.dispensed == 48).all()


def test_an_empty_depot_closes_a_site():
    study = small(sites=1, cap=8)
    quiet = trial(study)
    counted = lived(quiet, policy(study), draw(quiet, 5, (2,)), made=np.zeros((2, quiet.lots), int))
    assert not counted.boxes.any()
    assert not counted.randomized.any()
    assert (counted.put_off == 8).all()


def test_lots_that_leave_days_without_one_are_refused():
    with pytest.raises(ValueError, match="the last lot must last 94 days"):
        trial(small(), days_to_expiry=(365, 94))


def test_on_every_day_of_the_longest_trial_a_lot_may_be_shipped():
    for lasts in ((365, 500, 760), (200,), (120,)):
        quiet = trial(small(), days_to_expiry=lasts)
        world = World(
            quiet, policy(quiet.study), draw(quiet, 1, (1,)), made=planned(quiet, policy(quiet.study)), apart=False
        )
        days = range(quiet.longest + quiet.treatment_days + 1)
        assert all(max(world.may_ship(day)) >= quiet.limited_lots for day in days)
        assert list(quiet.expiries) == sorted(quiet.expiries)


def test_kits_that_expire_on_the_shelf_are_counted_and_given_to_nobody():
    study = small(sites=1, cap=8, smallest_box=40, weeks=5)
    short = trial(study, days_to_expiry=(110,))
    counted = lived(short, policy(study), draw(short, 20, (4,)))
    assert (counted.expired > 0).all()
    assert (counted.dispensed == 48).all()


def refused(whole: Trial, runs: int = 40, **numbers) -> tuple[float, float]:
    """The share of refused requests under a policy, and an upper limit of it."""
    counted = lived(whole, policy(whole.study, **numbers), draw(whole, runs, (11,)))
    return counted.refused.sum() / counted.requests.sum(), upper_limit(counted.refused, counted.requests)


def test_a_longer_way_and_smaller_numbers_do_not_lessen_refusals():
    whole = Trial(small(sites=4, cap=80))
    shares = [refused(whole, lead_days=days)[0] for days in (3, 14)]
    assert shares[0] < shares[1]
    more, fewer = refused(whole, minimum=6, maximum=9), refused(whole, minimum=1, maximum=2)
    assert more[1] < fewer[0]


def test_a_plan_for_more_time_takes_more_time():
    slow, fast = Trial(small(weeks=40)), Trial(small(weeks=20))
    assert 1.6 < np.median(draw(slow, 400, (1,)).recruited_on) / np.median(draw(fast, 400, (1,)).recruited_on) < 2.4
    assert np.median(draw(fast, 400, (1,)).recruited_on) == pytest.approx(140, rel=0.15)


def test_the_same_seed_draws_the_same_and_another_another():
    quiet = trial(small())
    here, there, other = (draw(quiet, 5, (seed,)) for seed in (1, 1, 2))
    assert (here.asks == there.asks).all()
    assert (here.of_boxes(3) == there.of_boxes(3)).all()
    assert (here.comes != other.comes).any()
    assert (here.of_boxes(3) != other.of_boxes(3)).any()
    assert (here.of_boxes(3) != here.of_boxes(4)).any()


def test_what_is_taken_for_granted_is_what_the_simulation_does():
    a = Assumptions()
    assert (a.never_dosed, a.first_at_home, a.stops) == (habits.NEVER_DOSED, habits.FIRST_AT_HOME, habits.STOPPED)
    assert a.withdraws == nature.WITHDRAWAL
    assert (a.skipped, a.unrecorded, a.out_of_window) == (
        treatment.SKIPPED, treatment.UNRECORDED, treatment.OUT_OF_WINDOW,
    )  # fmt: skip
    assert (a.box_given_up, a.wrong_box) == (troubles.GIVEN_UP, troubles.WRONG)
    assert a.damaged == supply.DAMAGED
    assert (a.days_to_expiry, a.overage, a.a_site) == (supply.DAYS_TO_EXPIRY, supply.OVERAGE, supply.A_SITE)


def test_as_many_kits_are_planned_as_the_simulation_makes():
    desk = SimpleNamespace(service=SimpleNamespace(study=study_of_tests()))
    made = supply.Supply(desk, None).made_for(240)  # type: ignore[arg-type]
    assert Trial(desk.service.study).planned_kits(desk.service.study.supply) == made > 1440


def test_kits_are_made_anew_on_the_day_on_which_the_simulation_makes_them():
    desk = SimpleNamespace(service=SimpleNamespace(study=study_of_tests()))
    assert Trial(desk.service.study).again_days == supply.Supply(desk, None).again_days  # type: ignore[arg-type]
