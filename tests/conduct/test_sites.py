"""A site's life, step by step: done, refused with every code, repeated, another site's, audited with its reason."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from irt.conduct.sites import (
    CloseSite,
    PauseSite,
    RecordApproval,
    SiteOrder,
    activate_site,
    close_recruitment,
    close_site,
    pause_site,
    record_approval,
    resume_site,
    sign_delegation,
)
from irt.conduct.tables import Delegation, Enrolment, Site, SiteApproval
from irt.gate.act import Order
from irt.gate.tables import AuditEntry, SignatureRow
from irt.safety.practice import practise
from irt.supply.readiness import LaySites, lay_sites, make_ready
from irt.supply.tables import Shelf
from tests.cast import World, world
from tests.setting import activate, approve, open_trial, practice, stock

SITE = SiteOrder(site="01")
CLOSE = CloseSite(site="01", reason="No more participants are expected")
PAUSE = PauseSite(site="01", what="randomization", reason="The freezer failed")


@pytest.fixture
def laid(database_url: str) -> World:
    made = world(database_url)
    made.do(lay_sites, LaySites(), by="operator")
    return made


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01")


def approval(world: World, **other: Any) -> RecordApproval:
    values = {"kind": "ethics", "reference": "2026-017", "approved_on": world.clock.now().date()}
    return RecordApproval(site="01", **(values | other))


def test_the_sites_of_the_study_are_laid_out_once(laid: World) -> None:
    sites = laid.rows(Site)
    assert [site.code for site in sites] == sorted(site.code for site in laid.study.sites)
    assert {(site.state, site.randomization, site.dispensing) for site in sites} == {("set_up", "running", "running")}
    assert [shelf.randomization for shelf in laid.rows(Shelf)] == ["closed"] * len(sites)
    caps = {row.scope: row.cap for row in laid.rows(Enrolment)}
    assert caps == {"study": laid.study.cap} | {f"site:{site.code}": site.cap for site in laid.study.sites}
    before = laid.snapshot()
    assert laid.do(lay_sites, LaySites(), by="operator") == 0
    assert laid.snapshot() == before


def test_caps_follow_the_study_file_but_never_below_the_randomized(database_url: str) -> None:
    made = world(database_url)
    made.put(Enrolment, scope="study", randomized=3, cap=5)
    made.do(lay_sites, LaySites(), by="operator")
    study = made.row(Enrolment, scope="study")
    assert (study.randomized, study.cap) == (3, made.study.cap)


def test_caps_are_locked_in_the_order_in_which_a_randomization_counts(laid: World) -> None:
    scopes = [key for table, key, *_ in json.loads(laid.last_audit().body)["changes"] if table == "enrolment"]
    assert len(scopes) > 1
    assert scopes[-1] == "study"


def test_a_cap_below_the_randomized_is_refused(database_url: str) -> None:
    made = world(database_url)
    many = made.study.cap + 1
    made.put(Enrolment, scope="study", randomized=many, cap=many)
    refused = made.refusal(lay_sites, LaySites(), by="operator")
    assert refused.code == "cap_below_randomized"
    assert (refused.facts["scope"], refused.facts["randomized"]) == ("study", many)


@pytest.mark.parametrize("by", ["trial_manager", "administrator", "investigator_01"])
def test_only_the_operator_lays_sites_out(laid: World, by: str) -> None:
    assert laid.refusal(lay_sites, LaySites(), by=by).code == "role_not_allowed"


def test_an_approval_is_recorded_and_audited(laid: World) -> None:
    order = approval(laid)
    first = laid.perform(record_approval, order, by="trial_manager", request_id="once")
    again = laid.perform(record_approval, order, by="trial_manager", request_id="once")
    assert again.repeated
    assert again.seq == first.seq
    row = laid.row(SiteApproval)
    assert (row.site, row.kind, row.reference, row.approved_on) == ("01", "ethics", "2026-017", order.approved_on)
    entry = laid.last_audit()
    assert (entry.act, entry.site, entry.account) == (
        "site.record_approval", "01", laid.actor("trial_manager").account,
    )  # fmt: skip
    renewed = approval(laid, reference="2026-018")
    laid.do(record_approval, renewed, by="trial_manager")
    assert len(laid.rows(SiteApproval)) == 2


def test_an_approval_that_cannot_be_is_refused(laid: World) -> None:
    tomorrow = approval(laid, approved_on=laid.clock.now().date() + timedelta(days=1))
    refused = laid.refusal(record_approval, tomorrow, by="trial_manager")
    assert (refused.code, refused.facts["field"]) == ("date_in_future", "approved_on")
    assert laid.refusal(record_approval, approval(laid), by="investigator_01").code == "role_not_allowed"
    nowhere = RecordApproval(site="99", kind="ethics", reference="1", approved_on=laid.clock.now().date())
    assert laid.refusal(record_approval, nowhere, by="trial_manager").code == "not_found"
    laid.do(record_approval, approval(laid), by="trial_manager")
    assert laid.refusal(record_approval, approval(laid), by="trial_manager").code == "approval_already_recorded"
    laid.do(close_site, CLOSE, by="trial_manager")
    later = approval(laid, reference="2026-018")
    assert laid.refusal(record_approval, later, by="trial_manager").code == "site_inactive"


def test_today_is_the_day_at_the_site(laid: World) -> None:
    laid.clock.advance(timedelta(hours=16))  # 17:00 UTC, 01:00 the next day in Beijing
    tomorrow_in_utc = laid.clock.now().date() + timedelta(days=1)
    laid.do(record_approval, approval(laid, approved_on=tomorrow_in_utc), by="trial_manager")


def test_the_delegation_is_signed_by_the_sites_own_investigator(laid: World) -> None:
    laid.do(sign_delegation, SITE, by="investigator_01")
    row = laid.row(Delegation)
    one = laid.actor("investigator_01")
    assert (row.site, row.signed_by, row.persons) == ("01", one.account, [[one.account, one.name, "investigator"]])
    assert laid.row(SignatureRow, id=row.signature).meaning.startswith("I have delegated")
    assert laid.refusal(sign_delegation, SITE, by="investigator_02").code == "not_found"
    assert laid.refusal(sign_delegation, SITE, by="trial_manager").code == "role_not_allowed"
    laid.do(close_site, CLOSE, by="trial_manager")
    assert laid.refusal(sign_delegation, SITE, by="investigator_01").code == "site_inactive"


def test_a_delegation_names_whoever_holds_a_role_at_the_site_when_it_is_signed(laid: World) -> None:
    laid.do(sign_delegation, SITE, by="investigator_01")
    for other in ("coordinator_01", "pharmacist_02", "monitor"):
        laid.actor(other)
    laid.clock.advance(timedelta(days=1))
    laid.do(sign_delegation, SITE, by="investigator_01")
    first, again = sorted(laid.rows(Delegation), key=lambda row: row.signed_at)
    assert [role for _, _, role in first.persons] == ["investigator"]
    assert [role for _, _, role in again.persons] == ["coordinator", "investigator"]


def test_a_site_is_ready_when_nothing_is_missing(laid: World) -> None:
    refused = laid.refusal(make_ready, SITE, by="trial_manager")
    assert (refused.code, refused.facts["missing"]) == (
        "site_not_ready", ["ethics", "contract", "delegation", "practice", "stock"],
    )  # fmt: skip
    approve(laid, "01", "ethics")
    approve(laid, "02", "contract")
    stock(laid, "02")
    laid.do(sign_delegation, SITE, by="investigator_01")
    refused = laid.refusal(make_ready, SITE, by="trial_manager")
    assert refused.facts["missing"] == ["contract", "practice", "stock"], "what another site has does not count"
    approve(laid, "01", "contract")
    stock(laid, "01")
    laid.do(practise, practice("02"), by="investigator_02")
    assert laid.refusal(make_ready, SITE, by="trial_manager").facts["missing"] == ["practice"]
    laid.do(practise, practice("01"), by="investigator_01")
    assert laid.refusal(make_ready, SITE, by="investigator_01").code == "role_not_allowed"
    laid.do(make_ready, SITE, by="trial_manager")
    assert laid.row(Site, code="01").state == "ready"
    assert laid.refusal(make_ready, SITE, by="trial_manager").code == "site_state"


def test_a_site_goes_through_its_states_in_order(trial: World) -> None:
    for act, order, state in (
        (close_recruitment, SITE, "closed_to_recruitment"),
        (close_site, CLOSE, "closed"),
    ):
        trial.do(act, order, by="trial_manager")
        assert trial.row(Site, code="01").state == state
        assert trial.refusal(act, order, by="trial_manager").code == "site_state"
    assert trial.rows(AuditEntry, act="site.close", kind="act")[0].reason == CLOSE.reason
    refused = trial.refusal(activate_site, SITE, by="trial_manager")
    assert (refused.facts["state"], refused.facts["next"]) == ("closed", [])


@pytest.mark.parametrize(
    ("act", "order"),
    [(activate_site, SITE), (close_recruitment, SITE), (close_site, CLOSE)],
    ids=["activate", "close_recruitment", "close"],
)
def test_only_the_trial_manager_moves_a_site(trial: World, act: Callable[..., Any], order: Order) -> None:
    assert trial.refusal(act, order, by="investigator_01").code == "role_not_allowed"
    assert trial.refusal(act, order.model_copy(update={"site": "99"}), by="trial_manager").code == "not_found"


def test_an_active_site_is_not_closed_at_once(trial: World) -> None:
    refused = trial.refusal(close_site, CLOSE, by="trial_manager")
    assert (refused.code, refused.facts["next"]) == ("site_state", ["closed_to_recruitment"])


@pytest.mark.parametrize("by", ["trial_manager", "investigator_01"])
def test_a_site_is_paused_and_resumed_with_a_reason(trial: World, by: str) -> None:
    assert trial.refusal(resume_site, PAUSE, by=by).code == "not_paused"
    trial.do(pause_site, PAUSE, by=by)
    assert trial.last_audit().reason == "The freezer failed"
    site = trial.row(Site, code="01")
    assert (site.randomization, site.dispensing) == ("paused", "running")
    assert trial.refusal(pause_site, PAUSE, by=by).code == "already_paused"
    trial.do(resume_site, PAUSE, by=by)
    assert trial.row(Site, code="01").randomization == "running"


def test_a_pause_of_another_site_is_not_found(trial: World) -> None:
    assert trial.refusal(pause_site, PAUSE, by="investigator_02").code == "not_found"
    assert trial.refusal(resume_site, PAUSE, by="investigator_02").code == "not_found"
    assert trial.refusal(pause_site, PAUSE, by="coordinator_01").code == "role_not_allowed"


def test_a_closed_site_is_neither_paused_nor_resumed(trial: World) -> None:
    trial.do(close_recruitment, SITE, by="trial_manager")
    trial.do(close_site, CLOSE, by="trial_manager")
    assert trial.refusal(pause_site, PAUSE, by="trial_manager").code == "site_inactive"
    assert trial.refusal(resume_site, PAUSE, by="trial_manager").code == "site_inactive"


def test_two_sites_live_their_own_lives(trial: World) -> None:
    activate(trial, "02")
    trial.do(pause_site, PAUSE, by="trial_manager")
    assert trial.row(Site, code="02").randomization == "running"
