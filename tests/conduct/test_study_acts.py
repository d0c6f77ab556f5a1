"""Opening, amending, pausing and resuming the study."""

import pytest

from irt.conduct.sites import RecordApproval, record_approval
from irt.conduct.study_acts import PauseStudy, pause_study, resume_study
from irt.conduct.tables import Enrolment, Site
from irt.gate.tables import SignatureRow, StudyState
from irt.randomization.opening import AmendStudy, OpenStudy, amend_study, open_study
from irt.supply.readiness import LaySites, lay_sites
from tests.cast import World, world
from tests.setting import open_trial, publish_list

PAUSE = PauseStudy(what="dispensing", reason="A temperature alarm at the depot")
AMEND = AmendStudy(reason="Protocol amendment 2")


@pytest.fixture
def setup(database_url: str) -> World:
    made = world(database_url)
    made.do(lay_sites, LaySites(), by="operator")
    return made


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url))


def test_the_study_opens_once_with_its_files_hash(setup: World) -> None:
    publish_list(setup)
    first = setup.perform(open_study, OpenStudy(), by="trial_manager", request_id="once")
    assert first.answer == setup.study.sha256
    state = setup.row(StudyState)
    assert (state.state, state.file_sha256) == ("open", setup.study.sha256)
    assert len(setup.rows(SignatureRow, act="study.open")) == 1
    assert setup.refusal(open_study, OpenStudy(), by="trial_manager").code == "study_state"


def test_the_study_does_not_open_without_its_list(setup: World) -> None:
    assert setup.refusal(open_study, OpenStudy(), by="trial_manager").code == "list_not_published"
    assert setup.refusal(open_study, OpenStudy(), by="sponsor").code == "role_not_allowed"


def test_the_study_does_not_open_on_a_list_of_other_strata(setup: World) -> None:
    publish_list(setup, strata=[*setup.study.strata_keys()[1:], "another"])
    refused = setup.refusal(open_study, OpenStudy(), by="trial_manager")
    assert refused.code == "list_strata"
    assert "another" in refused.facts["list"]


def test_nothing_passes_a_changed_study_file_but_its_amendment(trial: World) -> None:
    trial.actor("sponsor")
    changed = trial.under(cap=trial.study.cap + 1)
    approval = RecordApproval(site="01", kind="ethics", reference="1", approved_on=changed.clock.now().date())
    assert changed.refusal(record_approval, approval, by="trial_manager").code == "study_file_changed"
    assert changed.refusal(amend_study, AMEND, by="sponsor").code == "role_not_allowed"
    assert changed.do(amend_study, AMEND, by="trial_manager") == changed.study.sha256
    assert changed.last_audit().reason == AMEND.reason
    assert changed.row(StudyState).file_sha256 == changed.study.sha256
    assert changed.row(Enrolment, scope="study").cap == changed.study.cap
    changed.do(record_approval, approval, by="trial_manager")
    assert trial.refusal(record_approval, approval, by="trial_manager").code == "study_file_changed"


def test_an_amendment_brings_its_new_sites(trial: World) -> None:
    more = trial.study.sites[0].model_copy(update={"code": "77"})
    changed = trial.under(sites=(*trial.study.sites, more))
    changed.do(amend_study, AMEND, by="trial_manager")
    assert changed.row(Site, code="77").state == "set_up"


def test_an_amendment_that_leaves_a_site_out_is_refused(trial: World) -> None:
    changed = trial.under(sites=trial.study.sites[1:])
    refused = changed.refusal(amend_study, AMEND, by="trial_manager")
    assert (refused.code, refused.facts["sites"]) == ("sites_left_out", [trial.study.sites[0].code])


def test_an_amendment_without_a_change_or_on_other_strata_is_refused(trial: World) -> None:
    assert trial.refusal(amend_study, AMEND, by="trial_manager").code == "study_file_unchanged"
    changed = trial.under(strata=trial.study.strata[:-1])
    assert changed.refusal(amend_study, AMEND, by="trial_manager").code == "list_strata"


@pytest.mark.parametrize("by", ["trial_manager", "medical_monitor", "sponsor"])
def test_the_study_is_paused_and_resumed_with_a_reason(trial: World, by: str) -> None:
    assert trial.refusal(resume_study, PAUSE, by=by).code == "not_paused"
    trial.do(pause_study, PAUSE, by=by)
    assert trial.last_audit().reason == PAUSE.reason
    state = trial.row(StudyState)
    assert (state.dispensing, state.randomization) == ("paused", "running")
    assert trial.refusal(pause_study, PAUSE, by=by).code == "already_paused"
    trial.do(resume_study, PAUSE, by=by)
    assert trial.row(StudyState).dispensing == "running"


@pytest.mark.parametrize("by", ["investigator_01", "administrator", "supply_manager"])
def test_others_pause_no_study(trial: World, by: str) -> None:
    assert trial.refusal(pause_study, PAUSE, by=by).code == "role_not_allowed"
    assert trial.refusal(resume_study, PAUSE, by=by).code == "role_not_allowed"


def test_a_study_that_is_not_open_is_not_paused(setup: World) -> None:
    assert setup.refusal(pause_study, PAUSE, by="trial_manager").code == "study_state"
