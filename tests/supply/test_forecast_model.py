"""The model of the forecast: kits are conserved, small worlds come out as by hand, and worse plans do no better."""

import numpy as np
import pytest

from irt.simulation import habits, nature, supply, treatment, troubles
from irt.supply.forecast.assumptions import Assumptions, Trial
from irt.supply.forecast.draws import draw
from irt.supply.forecast.figures import upper_limit
from irt.supply.forecast.policies import AS_BUILT, Rule, grid
from irt.supply.forecast.run import lived
from irt.supply.forecast.world import World
from tests.cast import study_of_tests
from tests.supply.forecasting import policy, small, trial
from tests.supply.plain_forecast import PlainRun, compared


@pytest.mark.parametrize("which", [0, 2, 4, -3, -1])
def test_the_arrays_and_the_plain_loop_count_the_same_in_every_run(which):
    whole = Trial(study_of_tests())
    draws, tried = draw(whole, 12, (7, which % 5)), grid(whole.study.supply)[which]
    counted = lived(whole, tried, draws)
    for run in range(12 if which == 0 else 4):
        plain = {name: count for name, count in PlainRun(whole, tried, draws, run).lived().items() if count}
        assert plain == compared(counted, run), (tried.name, run)
        assert plain["randomized"] == whole.participants
        assert plain["dispensed"] > 4 * whole.participants


def test_the_closed_site_rule_is_the_same_in_both():
    whole = Trial(study_of_tests())
    draws, tried = draw(whole, 6, (3,)), policy(whole.study, Rule(closed_gets_box=True), minimum=1)
    counted = lived(whole, tried, draws)
    for run in range(3):
        plain = {name: count for name, count in PlainRun(whole, tried, draws, run).lived().items() if count}
        assert plain == compared(counted, run)


@pytest.mark.parametrize("apart", [False, True])
def test_no_kit_comes_from_nowhere_or_gets_lost(apart):
    whole = Trial(study_of_tests(), Assumptions(damaged=0.05, wrong_box=0.05, lot_every_days=90, shelf_life_days=200))
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
    counted = lived(quiet, policy(study, Rule(full_to_the_end=True)), draw(quiet, 50, (2,)))
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
    counted = lived(quiet, policy(study), draw(quiet, 5, (2,)), made=0)
    assert not counted.boxes.any()
    assert not counted.randomized.any()
    assert (counted.put_off == 8).all()


def test_lots_that_leave_days_without_one_are_refused():
    with pytest.raises(ValueError, match="must last 47 days longer"):
        trial(small(), lot_every_days=60, shelf_life_days=100)


def test_kits_that_expire_on_the_shelf_are_counted_and_given_to_nobody():
    study = small(sites=1, cap=8, smallest_box=40, weeks=5)
    short = trial(study, lot_every_days=45, shelf_life_days=100)
    counted = lived(short, policy(study), draw(short, 20, (4,)))
    assert (counted.expired > 0).all()
    assert (counted.dispensed == 48).all()


def refused(whole: Trial, runs: int = 60, **numbers) -> tuple[float, float]:
    """The share of refused requests under a policy, and an upper limit of it."""
    counted = lived(whole, policy(whole.study, **numbers), draw(whole, runs, (11,)))
    return counted.refused.sum() / counted.requests.sum(), upper_limit(counted.refused, counted.requests)


def test_a_longer_way_and_smaller_numbers_do_not_lessen_refusals():
    whole = Trial(study_of_tests())
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


def test_the_rule_is_what_is_built():
    assert Rule(closed_gets_box=False, full_to_the_end=False, contents_days=0, by_type=False) == AS_BUILT
