"""A forecast is kept by the operator, beside those before it, and nobody else."""

from datetime import timedelta

import pytest

from irt.supply.keep_forecast import KeepForecast, keep_forecast
from irt.supply.tables import SupplyForecast
from tests.cast import World
from tests.stocked import running_trial

ORDER = KeepForecast(figures={"runs": 2, "policies": [], "recommended": None})


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01")


def test_it_is_kept_with_its_time_and_study_file_and_stands_in_the_trail(trial: World) -> None:
    first = trial.do(keep_forecast, ORDER, by="operator")
    trial.clock.advance(timedelta(days=1))
    second = trial.do(keep_forecast, ORDER, by="operator")
    rows = {row.id: row for row in trial.rows(SupplyForecast)}
    assert set(rows) == {first, second}
    assert rows[first].figures == ORDER.figures
    assert rows[first].study_digest == trial.study.sha256
    assert rows[second].made_at > rows[first].made_at
    assert trial.last_audit().act == "forecast.keep"


def test_asked_again_with_the_same_request_it_is_kept_once(trial: World) -> None:
    for _ in range(2):
        trial.perform(keep_forecast, ORDER, "operator", request_id="0" * 32)
    assert len(trial.rows(SupplyForecast)) == 1


@pytest.mark.parametrize("name", ["supply_manager", "trial_manager"])
def test_only_the_operator_keeps_one(trial: World, name: str) -> None:
    assert trial.refusal(keep_forecast, ORDER, by=name).code == "role_not_allowed"
    assert not trial.rows(SupplyForecast)
