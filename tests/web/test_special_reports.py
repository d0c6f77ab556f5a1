"""Special reports on pages: told from the participant's page, read by the site and those who watch over safety."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.safety.special_tables import SpecialReport, SpecialReportVersion
from tests.cast import PASSWORD, World
from tests.stocked import randomized, running_trial
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]
DAY = timedelta(days=1)


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


@pytest.fixture
def participant(trial: World) -> str:
    one, _ = randomized(trial)
    trial.clock.advance(3 * DAY)
    return str(one.id)


def overdose(trial: World) -> dict[str, str]:
    day = (trial.clock.now().date() - DAY).isoformat()
    return {"told": "two vials on one day", "happened_on": day, "harm": "no", "vials_taken": "2",
            "vials_intended": "1", "aware_on": day, "aware_at": "08:30", "password": PASSWORD}  # fmt: skip


def test_the_investigator_reports_and_follows_up(trial: World, visit: Visit, participant: str) -> None:
    visitor = visit("investigator_01")
    page = visitor.get(f"/participants/{participant}").text
    assert f"/special-reports/of/{participant}/overdose" in page
    answer = visitor.send(f"/special-reports/of/{participant}/overdose", **overdose(trial))
    report = trial.row(SpecialReport)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/special-reports/{report.id}")
    shown = visitor.get(f"/special-reports/{report.id}").text
    for text in ("two vials on one day", "Reported late", "Version 1", "I report this to the sponsor as I know it"):
        assert text in shown
    form = visitor.get(f"/special-reports/{report.id}/follow-up").text
    assert "two vials on one day" in form, "what was known is proposed"
    again = {**overdose(trial), "aware_on": trial.clock.now().date().isoformat(), "reason": "asked again"}
    assert visitor.send(f"/special-reports/{report.id}/follow-up", **again).status_code == 303
    shown = visitor.get(f"/special-reports/{report.id}").text
    assert shown.index("Version 2") < shown.index("Version 1")
    assert "In time" in shown
    assert "asked again" in shown
    assert len(trial.rows(SpecialReportVersion)) == 2
    assert f"/special-reports/{report.id}" in visitor.get(f"/participants/{participant}").text
    visitor.get("/language/zh_Hans_CN")
    assert "用药过量" in visitor.get(f"/special-reports/{report.id}").text


def test_a_pregnancy_is_reported_and_mistakes_stand_at_their_fields(
    trial: World, visit: Visit, participant: str
) -> None:
    visitor, day = visit("investigator_01"), trial.clock.now().date().isoformat()
    filled = {"whose": "partner", "outcome": "ongoing", "outcome_on": day, "aware_on": day, "aware_at": "08:00",
              "password": PASSWORD}  # fmt: skip
    wrong = visitor.send(f"/special-reports/of/{participant}/pregnancy", **filled)
    assert wrong.status_code == 422
    assert 'href="#field-outcome"' in wrong.text
    right = visitor.send(f"/special-reports/of/{participant}/pregnancy", **{**filled, "outcome_on": ""})
    assert right.status_code == 303
    assert trial.row(SpecialReport).kind == "pregnancy"
    assert visitor.get(f"/special-reports/of/{participant}/nonsense").status_code == 404


def test_who_reads_it(trial: World, visit: Visit, participant: str) -> None:
    visit("investigator_01").send(f"/special-reports/of/{participant}/misuse", **overdose(trial))
    report = trial.row(SpecialReport).id
    for name in ("medical_monitor", "monitor", "trial_manager", "safety_officer"):
        visitor = visit(name)
        assert report in visitor.get("/special-reports/").text
        page = visitor.get(f"/special-reports/{report}")
        assert page.status_code == 200
        assert "Follow-up" not in page.text
    assert visit("coordinator_01").get(f"/special-reports/{report}").status_code == 200
    assert visit("investigator_02").get(f"/special-reports/{report}").status_code == 404
    assert visit("investigator_02").get(f"/special-reports/{report}/follow-up").status_code == 404
    for name in ("assessor_01", "physician_assessor_01", "laboratory", "pharmacist_01", "data_manager"):
        visitor = visit(name)
        assert visitor.get(f"/special-reports/{report}").status_code == 403
        page = visitor.get(f"/participants/{participant}").text
        assert "Special report" not in page
        assert report not in page + visitor.get("/notices").text + visitor.get("/").text


def test_those_who_are_told_find_it_by_their_notice(trial: World, visit: Visit, participant: str) -> None:
    visitor = visit("medical_monitor")
    visit("investigator_01").send(f"/special-reports/of/{participant}/misuse", **overdose(trial))
    report = trial.row(SpecialReport).id
    page = visitor.get("/notices").text
    assert f'href="/special-reports/{report}">Look' in page
    assert "A special report about participant" in page
    assert "two vials" not in page
    assert "Misuse" not in page
