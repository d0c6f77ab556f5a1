"""What a policy came to: limits that count runs, not requests; the recommendation by its rule; policies that fail."""

import json
from dataclasses import replace

import numpy as np
import pytest

from irt.paper.scatter import Point, Words, points_of, scatter
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.figures import Figures, Price, price_of_masking, recommended, upper_limit
from irt.supply.forecast.forecast import forecast
from irt.supply.forecast.policies import chosen, grid
from tests.supply.forecasting import small
from tests.wiring import study_of_tests

LINE = Figures(
    policy="a", now=False, refused_per_1000=0.1, refused_upper=0.5, any_refused=0.1, put_off_per_1000=0.0,
    overage_percent=20.0, kits_to_make=100, kits_shipped=90.0, dispensed=80.0, boxes=9.0, express=0.1, stranded=1.0,
    expired=1.0, lost=1.0, recruited=1.0,
)  # fmt: skip
TABLE = [
    replace(LINE, policy="cheap but refuses", overage_percent=1.0, refused_upper=1.0001),
    replace(LINE, policy="dear", overage_percent=40.0, refused_upper=0.0),
    replace(LINE, policy="just passes", overage_percent=15.0, refused_upper=1.0),
    replace(LINE, policy="passes", overage_percent=16.0, refused_upper=0.2),
]


def test_the_least_overage_of_those_that_pass_is_recommended():
    best = recommended(TABLE)
    assert best is not None
    assert best.policy == "just passes"
    assert [line.passes for line in TABLE] == [False, True, True, True]
    assert recommended(TABLE[:1]) is None
    assert recommended([]) is None


def test_the_price_of_masking_is_the_difference_of_the_best():
    apart = [replace(LINE, policy="apart", overage_percent=9.0), TABLE[0]]
    assert price_of_masking(TABLE, apart) == Price("just passes", "apart", 6.0)
    assert price_of_masking(TABLE, TABLE[:1]) is None


def test_where_nothing_was_refused_the_limit_still_says_how_many_runs_there_were():
    none = np.zeros(20, int)
    few, many = upper_limit(none, none + 1000), upper_limit(np.zeros(1000, int), np.full(1000, 1000))
    assert few == pytest.approx((1 - 0.025 ** (1 / 20)) / 1000)
    assert 0 < many < few
    assert upper_limit(np.zeros(1, int), np.ones(1, int)) == 1


def test_refusals_that_come_together_count_for_less_than_so_many_apart():
    requests = np.full(200, 1000)
    apart, together = np.ones(200, int), np.zeros(200, int)
    together[:4] = 50
    assert apart.sum() == together.sum()
    assert upper_limit(together, requests) > 1.5 * upper_limit(apart, requests)


def test_the_limit_covers_the_truth_in_most_repetitions():
    chance, truth, covered = np.random.default_rng(3), 0.0015, 0
    for _ in range(150):
        refused = chance.poisson(chance.gamma(0.5, 3.0, 1000))  # clustered, 1.5 of 1,000
        covered += upper_limit(refused, np.full(1000, 1000)) >= truth
    assert covered >= 0.94 * 150


def test_the_grid_holds_what_must_fail_and_the_forecast_says_so():
    whole = Trial(small(sites=4, cap=80))
    policies = grid(whole.study.supply)
    names = [one.name for one in policies]
    assert len(names) == len(set(names)) >= 12
    assert {"0/1", "1/2", "2/4", "3/5", "3/6", "5/10", "predictive 0.99", "2/4 weekly"} <= set(names)
    assert [one.name for one in policies if one.now] == ["2/4"]
    told = []
    found = forecast(whole, chosen(policies, ["0/1", "5/10"]), 10, 3, lambda done, of: told.append((done, of)))
    bad, good = found.lines
    assert not bad.passes
    assert bad.refused_per_1000 > good.refused_per_1000
    assert bad.any_refused == 1
    assert told[-1] == (40, 40)
    assert found.lines[:1] == forecast(whole, chosen(policies, ["0/1"]), 10, 3).lines
    assert json.loads(json.dumps(found.document()))["policies"][0]["policy"] == "0/1"


def test_a_policy_that_there_is_not_is_named():
    with pytest.raises(ValueError, match=r"9/9: there is no such policy; write one of 2/4, 0/1"):
        chosen(grid(study_of_tests().supply), ["9/9"])


def test_the_picture_holds_every_policy_and_no_inline_style():
    document = {"recommended": "just passes", "policies": [vars(line) | {"passes": line.passes} for line in TABLE]}
    points = points_of(document)
    drawn = scatter(points, 1.0, Words("title <b>", "x", "y", "limit"))
    assert [point.chosen for point in points] == [False, False, True, False]
    assert all(point.name in drawn for point in points)
    assert "title &lt;b&gt;" in drawn
    assert "style" not in drawn.replace("no-style", "")
    assert drawn.count('stroke-width="2"') == 1
    assert "<circle" in scatter([Point("zero", 0.0, 0.0, 0.0, good=True)], 1.0, Words("", "", "", ""))
