"""The practice code: done, refused, repeated, concurrent, audited; its answers are kept nowhere; and what a site needs
of it, now and when who practised has left."""

from typing import Any

import pytest

from irt.actor import Grant, Role
from irt.conduct.sites import SiteOrder, activate_site, sign_delegation
from irt.conduct.tables import PracticeBreak, Site
from irt.entropy import new_id
from irt.gate.tables import AuditEntry, Outbox, SignatureRow
from irt.people.access import GrantWithReason, ProposeRole, end, propose
from irt.people.accounts import AccountWithReason, disable, enable
from irt.people.tables import RoleGrant
from irt.safety.emergency_tables import CodeBreak
from irt.safety.practice import practise
from irt.supply.readiness import LaySites, lay_sites, make_ready
from irt.vault._tables import Opening
from tests.cast import CAST, World, world
from tests.setting import approve, open_trial, practice, stock
from tests.wiring import at_once

INVESTIGATOR, SECOND = "investigator_01", "another_01"
SITE = SiteOrder(site="01")
INVENTED = {"told": "he fell off a yellow ladder", "stop_note": "the ladder was much too high"}


@pytest.fixture(autouse=True)
def _a_second_investigator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CAST, SECOND, Grant(Role.INVESTIGATOR, "01"))


@pytest.fixture
def laid(database_url: str) -> World:
    made = world(database_url)
    made.do(lay_sites, LaySites(), by="operator")
    return made


@pytest.fixture
def all_but_practice(laid: World) -> World:
    """A site that misses nothing but its practice."""
    approve(laid, "01", "ethics", "contract")
    laid.do(sign_delegation, SITE, by=INVESTIGATOR)
    stock(laid, "01")
    return laid


def leaves(world: World, name: str, how: str) -> None:
    """Somebody stops being the investigator of site 01, in one of the ways in which people do."""
    account = world.actor(name).account
    if how == "disabled":
        world.do(disable, AccountWithReason(account=account, reason="left the hospital"), by="administrator")
        return
    held = world.row(RoleGrant, account=account, role="investigator", state="active")
    world.do(end, GrantWithReason(grant=held.id, reason="left the trial"), by="administrator")
    if how == "another role":
        order = ProposeRole(account=account, role=Role.COORDINATOR, site="01")
        world.do(propose, order, by="administrator")


def missing(world: World, act: Any = make_ready) -> list[str]:
    refused = world.refusal(act, SITE, by="trial_manager")
    assert refused.code == "site_not_ready"
    return list(refused.facts["missing"])


# -- the act -----------------------------------------------------------------------------------------------------


def test_that_somebody_practised_is_kept_and_no_answer(laid: World) -> None:
    order = practice("01", treatment="stop", stop_reason="adverse_event", sponsor_told="yes", **INVENTED)
    done = laid.perform(practise, order, by=INVESTIGATOR)
    row, entry = laid.row(PracticeBreak), laid.last_audit()
    who = laid.actor(INVESTIGATOR).account
    assert (row.id, row.site, row.broken_by, row.broken_at) == (done.answer, "01", who, laid.clock.now())
    assert laid.row(SignatureRow, id=row.signature).meaning.startswith("I have broken the practice code")
    assert (entry.act, entry.site, entry.account, entry.participant) == ("code_break.practise", "01", who, None)
    assert '"order":{"site":"01"}' in entry.body.replace(" ", "")
    stored = str(laid.snapshot()) + "".join(one.body for one in laid.rows(AuditEntry))
    assert not any(text in stored for text in INVENTED.values())
    assert laid.rows(CodeBreak) == laid.rows(Opening) == []
    assert {one.kind for one in laid.rows(Outbox)} <= {"invitation", "role_proposed"}, "nobody is told of an emergency"


def test_it_is_refused_as_an_emergency_would_be(laid: World) -> None:
    for changed, code in (
        ({"break_reason": "curiosity"}, "not_offered"),
        ({"treatment": "stop"}, "stop_reason_missing"),
        ({"treatment": "stop", "stop_reason": "curiosity"}, "not_offered"),
        ({"treatment": "stop", "stop_reason": "other"}, "say_in_words"),
    ):
        assert laid.refusal(practise, practice("01", **changed), by=INVESTIGATOR).code == code, changed
    assert laid.refusal(practise, practice("02"), by=INVESTIGATOR).code == "not_found"
    for other in ("coordinator_01", "trial_manager", "medical_monitor"):
        assert laid.refusal(practise, practice("01"), by=other).code == "role_not_allowed", other
    assert laid.rows(PracticeBreak) == []


def test_a_repeated_request_is_one_practice_and_a_new_one_a_second(laid: World) -> None:
    request = new_id(laid.entropy)
    first = laid.perform(practise, practice("01"), INVESTIGATOR, request)
    again = laid.perform(practise, practice("01"), INVESTIGATOR, request)
    assert (again.answer, again.repeated) == (first.answer, True)
    assert len(laid.rows(PracticeBreak)) == 1
    laid.do(practise, practice("01"), by=INVESTIGATOR)
    assert len(laid.rows(PracticeBreak)) == 2


def test_one_form_sent_by_two_hands_at_once_is_one_practice(laid: World, database_url: str) -> None:
    other, request = world(database_url, seed=b"2" * 32), new_id(laid.entropy)
    other.actors[INVESTIGATOR] = laid.actor(INVESTIGATOR)
    answers = at_once(
        lambda: laid.perform(practise, practice("01"), INVESTIGATOR, request),
        lambda: other.perform(practise, practice("01"), INVESTIGATOR, request),
    )
    assert sorted(getattr(one, "repeated", None) for one in answers) == [False, True]
    assert len(laid.rows(PracticeBreak)) == 1
    other.database.write.dispose()
    other.database.read.dispose()


# -- what a site needs of it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["disabled", "role ended", "another role"])
def test_who_has_left_has_not_practised(all_but_practice: World, how: str) -> None:
    trial = all_but_practice
    assert missing(trial) == ["practice"]
    trial.do(practise, practice("01"), by=SECOND)
    leaves(trial, SECOND, how)
    assert missing(trial) == ["practice"]
    trial.do(practise, practice("01"), by=INVESTIGATOR)
    trial.do(make_ready, SITE, by="trial_manager")
    assert trial.row(Site, code="01").state == "ready"


def test_who_comes_back_has_practised(all_but_practice: World) -> None:
    trial, account = all_but_practice, all_but_practice.actor(SECOND).account
    trial.do(practise, practice("01"), by=SECOND)
    leaves(trial, SECOND, "disabled")
    assert missing(trial) == ["practice"]
    trial.do(enable, AccountWithReason(account=account, reason="back again"), by="administrator")
    trial.do(make_ready, SITE, by="trial_manager")


def test_the_practice_of_another_site_s_investigator_does_not_count(all_but_practice: World) -> None:
    all_but_practice.do(practise, practice("02"), by="investigator_02")
    assert missing(all_but_practice) == ["practice"]


@pytest.mark.parametrize("how", ["disabled", "role ended"])
def test_a_site_that_was_ready_is_asked_again_before_it_opens(all_but_practice: World, how: str) -> None:
    trial = all_but_practice
    trial.do(practise, practice("01"), by=SECOND)
    trial.do(make_ready, SITE, by="trial_manager")
    leaves(trial, SECOND, how)
    assert missing(trial, activate_site) == ["practice"]
    assert trial.row(Site, code="01").state == "ready"
    trial.do(practise, practice("01"), by=INVESTIGATOR)
    trial.do(activate_site, SITE, by="trial_manager")
    assert trial.row(Site, code="01").state == "active"


def test_an_open_site_stays_open(database_url: str) -> None:
    trial = open_trial(world(database_url), "01")
    leaves(trial, INVESTIGATOR, "disabled")
    assert trial.row(Site, code="01").state == "active"
