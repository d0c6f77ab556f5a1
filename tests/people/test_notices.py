"""Notices: whom each reaches, acknowledged once by each person, and kept out of one's mail where that is allowed."""

import json
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from irt.actor import Grant, Role
from irt.assurance.verify import verify
from irt.gate.perform import Done
from irt.gate.refusals import Refused
from irt.gate.tables import Outbox
from irt.migrate import newest
from irt.people.access import GrantWithReason, end
from irt.people.notice_kinds import is_urgent, kinds_for
from irt.people.notices import (
    Acknowledge,
    ChooseMail,
    acknowledge,
    choose_mail,
    reaching,
    shown_to,
    unwanted,
    waiting_for,
)
from irt.people.tables import MailChoice, NoticeAcknowledgement, RoleGrant
from tests.cast import CAST, World, world
from tests.people.notice_setting import notice
from tests.wiring import at_once

URGENT, ROUTINE = "lot.held", "shipment.sent"


@pytest.fixture
def trial(database_url: str) -> World:
    made = world(database_url)
    for name in ("pharmacist_01", "pharmacist_02", "investigator_01", "assessor_01", "trial_manager"):
        made.actor(name)
    made.clock.advance(timedelta(minutes=1))
    return made


def seen_by(world: World, name: str) -> set[str]:
    """The notices that the page of somebody would show."""
    actor = world.actor(name)
    grants = [
        (Grant(Role(row.role), row.at_site), row.second_at or row.proposed_at)
        for row in world.rows(RoleGrant, account=actor.account, state="active")
    ]
    with world.database.reading(actor) as session:
        return {row.id for row in session.scalars(select(Outbox).where(shown_to(actor.account, grants)))}


def waits_for(world: World, name: str) -> set[str]:
    """The urgent notices on somebody's start page."""
    actor = world.actor(name)
    with world.database.reading(actor) as session:
        return {row.id for row in session.scalars(select(Outbox).where(waiting_for(actor.grants)))}


def done(world: World, name: str, told: str) -> Done:
    return world.perform(acknowledge, Acknowledge(notice=told), by=name)


# -- whom a notice reaches -----------------------------------------------------------------------------------------


def test_the_audience_and_the_site_decide_and_both_ways_of_asking_agree(trial: World) -> None:
    """Every role of the cast against messages to every role, of site 01, of site 02 and of none."""
    told = {
        notice(trial, URGENT, role, site=site): (role, site) for role, site in product(sorted(Role), ("01", "02", None))
    }
    names = ["pharmacist_01", "pharmacist_02", "investigator_01", "assessor_01", "trial_manager", "monitor",
             "physician_assessor_01", "laboratory", "safety_officer"]  # fmt: skip
    for name in names:
        grant = CAST[name]
        expected = {
            one
            for one, (role, site) in told.items()
            if role == grant.role and (grant.site is None or site is None or site == grant.site)
        }
        assert len(expected) == (2 if grant.site else 3)
        assert seen_by(trial, name) == waits_for(trial, name) == expected
        rows = {row.id: row for row in trial.rows(Outbox)}
        assert {one for one in told if reaching(rows[one], {grant})} == expected


def test_a_role_whose_name_ends_another_is_not_reached(trial: World) -> None:
    told = notice(trial, URGENT, "physician_assessor", site="01")
    assert told not in seen_by(trial, "assessor_01")
    assert told in seen_by(trial, "physician_assessor_01")


def test_nobody_without_a_role_is_shown_anything(trial: World) -> None:
    notice(trial, URGENT, "pharmacist", site="01")
    with trial.database.reading(trial.actor("pharmacist_01")) as session:
        assert list(session.scalars(select(Outbox).where(shown_to("whoever", [])))) == []
        assert list(session.scalars(select(Outbox).where(waiting_for([])))) == []


def test_who_came_later_sees_what_nobody_of_the_role_has_acknowledged(trial: World) -> None:
    open_one, known = (notice(trial, URGENT, "administrator", "trial_manager") for _ in range(2))
    done(trial, "trial_manager", open_one)
    done(trial, "administrator", known)
    trial.actor("administrator_two")
    assert seen_by(trial, "administrator_two") == waits_for(trial, "administrator_two") == {open_one}
    done(trial, "administrator", open_one)
    assert seen_by(trial, "administrator_two") == waits_for(trial, "administrator_two") == set()


def test_who_came_later_and_acknowledged_still_sees_it(trial: World) -> None:
    told = notice(trial, URGENT, "administrator")
    done(trial, "administrator_two", told)
    assert seen_by(trial, "administrator_two") == {told}
    assert waits_for(trial, "administrator") == set()
    assert seen_by(trial, "administrator") == {told}


# -- notice.acknowledge --------------------------------------------------------------------------------------------


def test_one_of_a_role_acknowledges_for_the_role_at_the_site_alone(trial: World) -> None:
    told = notice(trial, URGENT, "pharmacist", "investigator", site="01")
    assert waits_for(trial, "pharmacist_01") == waits_for(trial, "investigator_01") == {told}
    done(trial, "pharmacist_01", told)
    assert (waits_for(trial, "pharmacist_01"), waits_for(trial, "investigator_01")) == (set(), {told})
    row = trial.row(NoticeAcknowledgement)
    assert (row.outbox, row.account, row.roles, row.acknowledged_at) == (
        told, trial.actor("pharmacist_01").account, ["pharmacist"], trial.clock.now(),
    )  # fmt: skip
    assert told in seen_by(trial, "pharmacist_01"), "it stays to be read"
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_an_acknowledgement_is_audited_with_its_site(trial: World) -> None:
    told = notice(trial, URGENT, "pharmacist", site="01")
    done(trial, "pharmacist_01", told)
    entry = trial.last_audit()
    assert (entry.kind, entry.act, entry.site, entry.name) == ("act", "notice.acknowledge", "01", "Pharmacist 01")
    assert [change[0] for change in json.loads(entry.body)["changes"]] == ["notice_acknowledgement"]


@pytest.mark.parametrize("name", ["pharmacist_02", "assessor_01", "investigator_01", "trial_manager"])
def test_a_notice_that_does_not_reach_somebody_is_not_there(trial: World, name: str) -> None:
    """Another site, another role, or no such notice: one answer, so that nobody learns what others were told."""
    told = notice(trial, URGENT, "pharmacist", site="01")
    refused = trial.refusal(acknowledge, Acknowledge(notice=told), by=name)
    never = trial.refusal(acknowledge, Acknowledge(notice="nothing"), by=name)
    assert (refused.code, refused.facts) == (never.code, never.facts) == ("not_found", {"what": "outbox"})


def test_whose_role_ended_acknowledges_nothing(trial: World) -> None:
    told = notice(trial, URGENT, "pharmacist", site="01")
    (grant,) = trial.rows(RoleGrant, account=trial.actor("pharmacist_01").account)
    trial.do(end, GrantWithReason(grant=grant.id, reason="has left the site"), by="administrator")
    assert trial.refusal(acknowledge, Acknowledge(notice=told), by="pharmacist_01").code == "role_not_allowed"


def test_an_acknowledgement_is_given_once(trial: World) -> None:
    told = notice(trial, URGENT, "pharmacist", site="01")
    order = Acknowledge(notice=told)
    first = trial.perform(acknowledge, order, by="pharmacist_01", request_id="form")
    again = trial.perform(acknowledge, order, by="pharmacist_01", request_id="form")
    assert (again.answer, again.repeated) == (first.answer, True)
    assert trial.refusal(acknowledge, order, by="pharmacist_01").code == "notice_acknowledged"


def test_two_windows_at_once_acknowledge_once(trial: World, database_url: str) -> None:
    told = notice(trial, URGENT, "pharmacist", site="01")
    rival = world(database_url, seed=bytes([7] * 32))
    rival.clock.move_to(trial.clock.now())
    rival.actors = dict(trial.actors)
    answers = at_once(lambda: done(trial, "pharmacist_01", told), lambda: done(rival, "pharmacist_01", told))
    assert sorted(one.code if isinstance(one, Refused) else "done" for one in answers) == [
        "done", "notice_acknowledged",
    ]  # fmt: skip
    assert len(trial.rows(NoticeAcknowledgement)) == 1


# -- notice.choose_mail --------------------------------------------------------------------------------------------


def off(world: World, name: str) -> frozenset[str]:
    return unwanted(world.rows(MailChoice, account=world.actor(name).account))


def test_a_kind_is_switched_off_and_on_again_and_each_choice_stays(trial: World) -> None:
    assert trial.do(choose_mail, ChooseMail(mail={ROUTINE: "off"}), by="pharmacist_01") == 1
    assert off(trial, "pharmacist_01") == {ROUTINE}
    assert off(trial, "pharmacist_02") == set()
    assert trial.do(choose_mail, ChooseMail(mail={ROUTINE: "off"}), by="pharmacist_01") == 0
    assert trial.do(choose_mail, ChooseMail(mail={ROUTINE: "on"}), by="pharmacist_01") == 1
    assert off(trial, "pharmacist_01") == set()
    rows = sorted(trial.rows(MailChoice), key=lambda row: row.revision)
    assert [(row.kind, row.revision, row.wanted) for row in rows] == [(ROUTINE, 1, False), (ROUTINE, 2, True)]
    entry = trial.last_audit()
    assert (entry.act, entry.site) == ("notice.choose_mail", None)
    assert [change[0] for change in json.loads(entry.body)["changes"]] == ["mail_choice"]


def test_no_urgent_kind_can_be_switched_off(trial: World) -> None:
    urgent = [kind for kind in kinds_for({Role.PHARMACIST}, trial.study) if is_urgent(kind)]
    assert len(urgent) >= 3
    for kind in urgent:
        refused = trial.refusal(choose_mail, ChooseMail(mail={ROUTINE: "off", kind: "off"}), by="pharmacist_01")
        assert (refused.code, refused.facts) == ("notice_urgent", {"notice": kind})
    assert trial.do(choose_mail, ChooseMail(mail=dict.fromkeys(urgent, "on")), by="pharmacist_01") == 0
    assert off(trial, "pharmacist_01") == set()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pharmacist_01", "supply.short"),
        ("assessor_01", ROUTINE),
        ("pharmacist_01", "invitation"),
        ("pharmacist_01", "unheard.of"),
    ],
)
def test_nobody_chooses_what_no_role_of_theirs_is_told(trial: World, name: str, kind: str) -> None:
    refused = trial.refusal(choose_mail, ChooseMail(mail={kind: "off"}), by=name)
    assert (refused.code, refused.facts) == ("notice_not_yours", {"notice": kind})


def test_a_choice_is_repeated_and_made_by_two_windows_at_once(trial: World, database_url: str) -> None:
    order = ChooseMail(mail={ROUTINE: "off"})
    rival = world(database_url, seed=bytes([7] * 32))
    rival.clock.move_to(trial.clock.now())
    rival.actors = dict(trial.actors)
    answers = at_once(
        lambda: trial.perform(choose_mail, order, by="pharmacist_01", request_id="one"),
        lambda: rival.perform(choose_mail, order, by="pharmacist_01", request_id="other"),
    )
    counts = sorted(one.answer for one in answers if isinstance(one, Done))
    assert counts == [0, 1]
    first = trial.perform(choose_mail, order, by="pharmacist_01", request_id="one")
    assert first.repeated
    assert len(trial.rows(MailChoice)) == 1
