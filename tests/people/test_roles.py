"""Roles: who may hold what together or ever, at which place, and which need a second person's signature."""

import json
from typing import Any

import pytest

from irt.actor import Actor, Grant, Role
from irt.gate.refusals import Refused
from irt.gate.tables import Outbox, SignatureRow
from irt.people.access import GrantOrder, GrantWithReason, ProposeRole, decline, end, propose, second
from irt.people.accounts import AccountWithReason, disable
from irt.people.tables import RoleGrant
from tests.wiring import PASSWORD, Wiring, at_once

MASKED, UNMASKED = Role.COORDINATOR, Role.SUPPLY_MANAGER


@pytest.fixture
def other(office: Wiring) -> Actor:
    """A second administrator."""
    return office.person("second.admin", (Role.ADMINISTRATOR, None))


def proposal(actor: Actor, role: Role, site: str | None = None) -> ProposeRole:
    return ProposeRole(account=actor.account, role=role, site=site)


def ended(office: Wiring, by: Actor, actor: Actor) -> None:
    for grant in office.rows(RoleGrant, account=actor.account, state="active"):
        office.perform(end, by, GrantWithReason(grant=grant.id, reason="changes post"))


# -- role.propose ------------------------------------------------------------------------------------------------


def test_a_first_site_role_is_in_force_at_once(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen")
    answer = office.perform(propose, administrator, proposal(chen, MASKED, "01")).answer
    assert answer.state == "active"
    assert office.as_now(chen).grants == {Grant(MASKED, "01")}
    entry = office.last_entry()
    assert (entry.act, entry.account) == ("role.propose", administrator.account)
    assert {change[0] for change in office.changes()} == {"role_grant", "signature"}


def test_a_repeated_proposal_is_answered_as_before(office: Wiring, administrator: Actor) -> None:
    order = proposal(office.person("chen"), MASKED, "01")
    signature = office.credentials.sign(administrator, PASSWORD, propose, order)
    first = office.perform(propose, administrator, order, request_id="form", signature=signature)
    again = office.perform(propose, administrator, order, request_id="form", signature=signature)
    assert (again.answer, again.repeated) == (first.answer, True)
    assert len(office.rows(SignatureRow)) == 1


@pytest.mark.parametrize(
    ("role", "site", "code"),
    [
        (Role.INVESTIGATOR, None, "site_needed"),
        (Role.INVESTIGATOR, "99", "site_unknown"),
        (Role.SPONSOR, "01", "site_not_for_role"),
        (Role.OPERATOR, None, "role_not_grantable"),
    ],
)
def test_a_role_stands_where_it_belongs(
    office: Wiring, administrator: Actor, role: Role, site: str | None, code: str
) -> None:
    assert office.refusal(propose, administrator, proposal(office.person("chen"), role, site)).code == code


def test_a_monitor_may_have_one_site_or_all(office: Wiring, administrator: Actor) -> None:
    for login, site in (("one", "02"), ("all", None)):
        monitor = office.person(login)
        office.perform(propose, administrator, proposal(monitor, Role.MONITOR, site))
        assert office.as_now(monitor).sites() == (None if site is None else {site})


def test_nobody_grants_to_themselves(office: Wiring, administrator: Actor) -> None:
    assert office.refusal(propose, administrator, proposal(administrator, Role.AUDITOR)).code == "own_grant"


def test_a_role_is_held_once_and_not_by_the_disabled(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen", (MASKED, "01"))
    assert office.refusal(propose, administrator, proposal(chen, MASKED, "01")).code == "grant_exists"
    office.perform(disable, administrator, AccountWithReason(account=chen.account, reason="left"))
    assert office.refusal(propose, administrator, proposal(chen, Role.PHARMACIST, "01")).code == "account_state"


def test_only_an_administrator_proposes_and_only_signed(office: Wiring, administrator: Actor) -> None:
    order = proposal(office.person("chen"), MASKED, "01")
    assert office.refusal(propose, office.person("tm", (Role.TRIAL_MANAGER, None)), order).code == "role_not_allowed"
    assert office.refusal(propose, administrator, order, signature=None).code == "signature_missing"


# -- masked and unmasked, over time ------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "then"), [(MASKED, UNMASKED), (UNMASKED, MASKED)])
def test_masked_and_unmasked_never_meet_in_one_person(
    office: Wiring, administrator: Actor, other: Actor, first: Role, then: Role
) -> None:
    def at(role: Role) -> str | None:
        return "01" if role is MASKED else None

    chen = office.person("chen", (first, at(first)))
    refused = office.refusal(propose, administrator, proposal(chen, then, at(then)))
    assert (refused.code, refused.facts) == ("masked_and_unmasked", {"role": then, "other": first})
    ended(office, other, chen)
    assert office.as_now(chen).grants == frozenset()
    assert office.refusal(propose, administrator, proposal(chen, then, at(then))).code == "masked_and_unmasked"


def test_a_declined_proposal_was_never_held(office: Wiring, administrator: Actor, other: Actor) -> None:
    chen = office.person("chen")
    grant = office.perform(propose, administrator, proposal(chen, UNMASKED)).answer.grant
    assert office.refusal(propose, administrator, proposal(chen, MASKED, "01")).code == "masked_and_unmasked"
    office.perform(decline, other, GrantWithReason(grant=grant, reason="not their task"))
    assert office.perform(propose, administrator, proposal(chen, MASKED, "01")).answer.state == "active"


def test_two_proposals_at_once_do_not_bring_them_together(office: Wiring, administrator: Actor, other: Actor) -> None:
    chen = office.person("chen")
    orders = [(administrator, proposal(chen, MASKED, "01")), (other, proposal(chen, UNMASKED))]
    answers = at_once(
        *(lambda by=by, order=order: office.perform(propose, by, order, request_id=by.login) for by, order in orders)
    )
    assert sorted(getattr(one, "code", "done") for one in answers) == ["done", "masked_and_unmasked"]
    assert len(office.rows(RoleGrant, account=chen.account)) == 1


@pytest.mark.parametrize("role", [Role.DATA_MANAGER, UNMASKED, Role.ADMINISTRATOR])
def test_the_laboratory_is_combined_with_no_role_ever(office: Wiring, administrator: Actor, role: Role) -> None:
    laboratory = office.person("laboratory", (Role.LABORATORY, None))
    assert office.refusal(propose, administrator, proposal(laboratory, role)).code == "laboratory_alone"
    ended(office, administrator, laboratory)
    assert office.refusal(propose, administrator, proposal(laboratory, role)).code == "laboratory_alone"
    assert office.perform(propose, administrator, proposal(laboratory, Role.LABORATORY)).answer.state == "active"


@pytest.mark.parametrize("role", [Role.AUDITOR, UNMASKED])
def test_an_administrator_stands_alone_while_it_lasts(
    office: Wiring, administrator: Actor, other: Actor, role: Role
) -> None:
    assert office.refusal(propose, administrator, proposal(other, role)).code == "administrator_alone"
    ended(office, administrator, other)
    office.perform(propose, administrator, proposal(other, role))
    chen = office.person("chen", (Role.AUDITOR, None))
    assert office.refusal(propose, administrator, proposal(chen, Role.ADMINISTRATOR)).code == "administrator_alone"


# -- role.second -------------------------------------------------------------------------------------------------


def waiting(office: Wiring, by: Actor, actor: Actor, role: Role = UNMASKED, site: str | None = None) -> str:
    answer = office.perform(propose, by, proposal(actor, role, site)).answer
    assert answer.state == "proposed"
    return str(answer.grant)


def test_an_unmasked_role_is_in_force_after_two_signatures_of_two_persons(
    office: Wiring, administrator: Actor, other: Actor
) -> None:
    chen = office.person("chen")
    grant = waiting(office, administrator, chen)
    assert office.as_now(chen).grants == frozenset()
    assert [(m.kind, m.facts) for m in office.rows(Outbox)] == [("role_proposed", {"grant": grant})]
    assert office.refusal(second, administrator, GrantOrder(grant=grant)).code == "same_person"
    assert office.refusal(second, other, GrantOrder(grant=grant), signature=None).code == "signature_missing"
    office.perform(second, other, GrantOrder(grant=grant))
    assert office.as_now(chen).grants == {Grant(UNMASKED)}
    signers = {row.account: row.meaning for row in office.rows(SignatureRow)}
    assert signers == {
        administrator.account: "I propose that this person holds this role",
        other.account: "I agree that this person holds this role",
    }
    assert office.last_entry().act == "role.second"
    (change,) = [change for change in office.changes() if change[0] == "role_grant"]
    assert change[3] == {"state": "active", "second_by": other.account, "second_at": change[3]["second_at"]}


def test_a_second_site_needs_a_second_person_and_the_first_does_not(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen", (MASKED, "01"))
    same_site = office.perform(propose, administrator, proposal(chen, Role.PHARMACIST, "01")).answer
    assert same_site.state == "active"
    grant = waiting(office, administrator, chen, MASKED, "02")
    assert office.as_now(chen).sites() == {"01"}
    office.perform(second, office.person("qa", (Role.QUALITY, None)), GrantOrder(grant=grant))
    assert office.as_now(chen).sites() == {"01", "02"}


def test_two_seconds_at_once_are_one(office: Wiring, administrator: Actor, other: Actor) -> None:
    grant = waiting(office, administrator, office.person("chen"))
    manager = office.person("tm", (Role.TRIAL_MANAGER, None))
    orders = GrantOrder(grant=grant)
    answers = at_once(
        lambda: office.perform(second, other, orders, request_id="a"),
        lambda: office.perform(second, manager, orders, request_id="b"),
    )
    assert sorted(getattr(one, "code", "done") for one in answers) == ["done", "grant_state"]
    (row,) = office.rows(RoleGrant, id=grant)
    assert row.second_by in {other.account, manager.account}


def test_the_same_second_sent_twice_at_once_has_one_answer(office: Wiring, administrator: Actor, other: Actor) -> None:
    order = GrantOrder(grant=waiting(office, administrator, office.person("chen")))
    signature = office.credentials.sign(other, PASSWORD, second, order)
    call = lambda: office.perform(second, other, order, request_id="form", signature=signature)  # noqa: E731
    answers: list[Any] = at_once(call, call)
    assert sorted(one.repeated for one in answers) == [False, True]
    assert answers[0].hash == answers[1].hash


def test_what_a_second_refuses(office: Wiring, administrator: Actor, other: Actor) -> None:
    chen = office.person("chen", (Role.TRIAL_MANAGER, None))
    own = GrantOrder(grant=waiting_at_second_site(office, administrator, chen))
    assert office.refusal(second, chen, own).code == "own_grant"
    assert office.refusal(second, other, GrantOrder(grant="nothing")).code == "not_found"
    assert office.refusal(second, office.person("depot", (Role.DEPOT, None)), own).code == "role_not_allowed"
    office.perform(disable, administrator, AccountWithReason(account=chen.account, reason="left"))
    assert office.refusal(second, other, own).code == "account_state"


def waiting_at_second_site(office: Wiring, administrator: Actor, chen: Actor) -> str:
    office.perform(propose, administrator, proposal(chen, Role.INVESTIGATOR, "01"))
    return waiting(office, administrator, chen, Role.INVESTIGATOR, "02")


def test_the_rules_hold_again_when_the_second_signs(office: Wiring, administrator: Actor, other: Actor) -> None:
    chen = office.person("chen")
    grant = waiting(office, administrator, chen)
    with office.database.writing() as connection:  # as if an older release had let a masked role in
        values = {"id": "older", "account": chen.account, "role": MASKED.value, "at_site": "01", "state": "ended"}
        values |= {"proposed_by": "x", "proposed_at": office.clock.now()}
        connection.execute(RoleGrant.__table__.insert(), values)
    assert office.refusal(second, other, GrantOrder(grant=grant)).code == "masked_and_unmasked"


# -- role.decline, role.end --------------------------------------------------------------------------------------


def test_a_declined_role_cannot_be_seconded_and_an_active_one_not_declined(
    office: Wiring, administrator: Actor, other: Actor
) -> None:
    chen = office.person("chen")
    grant = waiting(office, administrator, chen)
    office.perform(decline, other, GrantWithReason(grant=grant, reason="not their task"))
    assert office.last_entry().reason == "not their task"
    assert office.refusal(second, other, GrantOrder(grant=grant)).facts == {"state": "declined"}
    (active,) = office.rows(RoleGrant, account=other.account)
    assert office.refusal(decline, administrator, GrantWithReason(grant=active.id, reason="why not")).code == (
        "grant_state"
    )


def test_an_ended_role_opens_nothing_at_once(office: Wiring, administrator: Actor) -> None:
    manager = office.person("tm", (Role.TRIAL_MANAGER, None))
    session = office.credentials.open_session(manager)
    ended(office, administrator, manager)
    now = office.credentials.actor_of(session)
    assert now is not None
    assert now.grants == frozenset()
    order = GrantOrder(grant="any")
    signature = office.credentials.sign(manager, PASSWORD, second, order)
    assert office.refusal(second, manager, order, signature=signature).code == "role_not_allowed"
    (grant,) = office.rows(RoleGrant, account=manager.account)
    assert office.refusal(end, administrator, GrantWithReason(grant=grant.id, reason="again")).code == "grant_state"
    assert json.loads(office.rows_of_act("role.end")[0].body)["order"]["reason"] == "changes post"


def test_the_operator_is_no_role_that_a_person_holds(office: Wiring, administrator: Actor) -> None:
    with pytest.raises(Refused, match="signature_password_wrong"):
        office.credentials.sign(office.credentials.operator(), PASSWORD, second, GrantOrder(grant="any"))
