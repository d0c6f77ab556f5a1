"""A deviation reported by a person: of a participant or of a site, never of another's, never before it happened."""

from datetime import timedelta
from typing import Any

import pytest

from irt.conduct.tables import Deviation
from irt.participants.report import Report, report
from tests.cast import World, world
from tests.setting import open_trial, screened


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


def order(trial: World, **other: Any) -> Report:
    values = {"site": "01", "happened_on": trial.clock.now().date(), "told": "The fridge stood open"}
    return Report(**(values | other))


@pytest.mark.parametrize("name", ["investigator_01", "coordinator_01", "pharmacist_01", "monitor", "data_manager"])
def test_whoever_knows_of_it_reports_it(trial: World, name: str) -> None:
    one = screened(trial)
    trial.do(report, order(trial, participant=one.id), by=name)
    row = trial.row(Deviation)
    assert (row.kind, row.participant, row.site, row.told) == ("other", one.id, "01", "The fridge stood open")
    assert row.noted_by == trial.actor(name).account
    assert trial.last_audit().act == "deviation.report"


def test_each_report_is_a_fact_of_its_own_and_each_form_one_report(trial: World) -> None:
    trial.do(report, order(trial), by="pharmacist_01")
    for _ in range(2):
        trial.perform(report, order(trial), by="pharmacist_01", request_id="one-form")
    assert len(trial.rows(Deviation)) == 2


def test_what_cannot_be_reported(trial: World) -> None:
    one = screened(trial)
    later = trial.clock.now().date() + timedelta(days=1)
    refused = trial.refusal(report, order(trial, happened_on=later), by="coordinator_01")
    assert (refused.code, refused.facts["field"]) == ("date_in_future", "happened_on")
    assert trial.refusal(report, order(trial, site="02"), by="coordinator_01").code == "not_found"
    assert trial.refusal(report, order(trial, site="02", participant=one.id), by="monitor").code == "not_found"
    for name in ("assessor_01", "trial_statistician", "supply_manager", "auditor"):
        assert trial.refusal(report, order(trial), by=name).code == "role_not_allowed"
