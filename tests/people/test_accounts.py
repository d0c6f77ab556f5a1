"""Accounts: the first administrator, invitations, and access that ends at once."""

import threading
from datetime import timedelta

import pytest

from irt.actor import Actor, Role
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry, Outbox
from irt.people.access import GrantWithReason, end
from irt.people.accounts import (
    AccountWithReason,
    InviteAccount,
    bootstrap,
    disable,
    enable,
    invite,
    invite_again,
)
from irt.people.tables import Account, Invitation, RoleGrant
from tests.wiring import NOWHERE, PASSWORD, Wiring, at_once


def person(login: str = "chen") -> InviteAccount:
    return InviteAccount(login=login, name="Chen Li", email=f"{login}@hospital.example")


def because(actor: Actor | str, reason: str = "left the hospital") -> AccountWithReason:
    return AccountWithReason(account=actor if isinstance(actor, str) else actor.account, reason=reason)


# -- account.bootstrap -------------------------------------------------------------------------------------------


def test_the_operator_invites_the_first_administrator(office: Wiring) -> None:
    answer = office.perform(bootstrap, office.credentials.operator(), person("first")).answer
    (account,) = office.rows(Account)
    assert (account.id, account.state) == (answer.account, "invited")
    assert office.credentials.open_invitation(answer.account) == answer.invitation
    assert office.credentials.open_invitation_of_login(" First") == answer.invitation
    assert office.credentials.open_invitation_of_login("nobody") is None
    first = office.credentials.invited(office.credentials.invitation_token(answer.invitation))
    assert (first.login, first.grants) == ("first", frozenset())
    entry = office.last_entry()
    assert (entry.act, entry.account, entry.roles) == ("account.bootstrap", "operator", "operator")
    assert {change[0] for change in office.changes()} == {"account", "invitation", "outbox", "role_grant", "training"}


def test_a_second_first_administrator_is_refused_until_none_is_left(office: Wiring) -> None:
    operator = office.credentials.operator()
    office.perform(bootstrap, operator, person("first"))
    assert office.refusal(bootstrap, operator, person("second")).code == "administrator_exists"


def test_two_first_administrators_at_once_are_one(office: Wiring) -> None:
    operator = office.credentials.operator()
    answers = at_once(
        *(
            lambda name=name: office.perform(bootstrap, operator, person(name), request_id=name)
            for name in ("aaa", "bbb")
        )
    )
    assert sorted(getattr(one, "code", "done") for one in answers) == ["administrator_exists", "done"]
    assert len(office.rows(Account)) == 1


def test_only_the_operator_does_it(office: Wiring, administrator: Actor) -> None:
    assert office.refusal(bootstrap, administrator, person()).code == "role_not_allowed"


# -- account.invite ----------------------------------------------------------------------------------------------


def test_an_invitation_goes_to_the_invited_person_alone_and_holds_no_link(office: Wiring, administrator: Actor) -> None:
    account = office.perform(invite, administrator, person()).answer
    (message,) = office.rows(Outbox)
    (invitation,) = office.rows(Invitation)
    assert (message.kind, message.audience, message.facts) == ("invitation", [account], {"invitation": invitation.id})
    token = office.credentials.invitation_token(invitation.id)
    digest = token.split(".")[1]
    stored = str([office.rows(model) for model in (Invitation, Outbox, Account)]) + office.last_entry().body
    assert digest not in stored
    assert office.credentials.invitation_of(token) == invitation.id


def test_invited_twice_by_one_request_is_invited_once(office: Wiring, administrator: Actor) -> None:
    first = office.perform(invite, administrator, person(), request_id="form")
    again = office.perform(invite, administrator, person(), request_id="form")
    assert (again.answer, again.seq, again.hash, again.repeated) == (first.answer, first.seq, first.hash, True)
    assert len(office.rows(Account, login="chen")) == 1


def test_a_login_is_given_once(office: Wiring, administrator: Actor) -> None:
    office.perform(invite, administrator, person("chen"))
    refused = office.refusal(invite, administrator, person("CHEN"))
    assert (refused.code, refused.facts) == ("login_taken", {"login": "chen"})


def test_a_login_asked_for_twice_at_once_is_given_once(office: Wiring, administrator: Actor) -> None:
    calls = [lambda name=name: office.perform(invite, administrator, person(), request_id=name) for name in ("a", "b")]
    assert sorted(getattr(one, "code", "done") for one in at_once(*calls)) == ["done", "login_taken"]


def test_only_an_administrator_invites(office: Wiring) -> None:
    assert office.refusal(invite, office.person("tm", (Role.TRIAL_MANAGER, None)), person()).code == "role_not_allowed"


# -- account.invite_again ----------------------------------------------------------------------------------------


def test_a_new_link_withdraws_the_old_one(office: Wiring, administrator: Actor) -> None:
    account = office.perform(invite, administrator, person()).answer
    old = office.credentials.invitation_token(office.credentials.open_invitation(account) or "")
    answer = office.perform(invite_again, administrator, because(account, "the mail was lost")).answer
    with pytest.raises(Refused, match="invitation_unusable"):
        office.credentials.invited(old)
    assert office.credentials.invited(office.credentials.invitation_token(answer.invitation)).account == account
    assert {row.state for row in office.rows(Invitation)} == {"withdrawn", "open"}
    assert office.last_entry().reason == "the mail was lost"


def test_an_active_person_is_invited_to_a_new_password_and_a_disabled_one_to_nothing(
    office: Wiring, administrator: Actor
) -> None:
    chen = office.person("chen")
    office.perform(invite_again, office.credentials.operator(), because(chen, "forgot it"))
    assert [row.kind for row in office.rows(Invitation)] == ["new_password"]
    office.perform(disable, administrator, because(chen))
    assert office.refusal(invite_again, administrator, because(chen)).code == "account_state"


@pytest.mark.parametrize("token", ["", ".", "x", "x.y", "\u00e9.\u00e9", "a" * 20 + "." + "0" * 64])
def test_a_link_that_was_made_up_opens_nothing(office: Wiring, token: str) -> None:
    assert office.credentials.invitation_of(token) is None
    with pytest.raises(Refused, match="invitation_unusable"):
        office.credentials.invited(token)


def test_a_link_lapses_after_a_week(office: Wiring, administrator: Actor) -> None:
    account = office.perform(invite, administrator, person()).answer
    token = office.credentials.invitation_token(office.credentials.open_invitation(account) or "")
    office.clock.advance(timedelta(days=7))
    with pytest.raises(Refused, match="invitation_unusable"):
        office.credentials.invited(token)


# -- account.disable, account.enable -----------------------------------------------------------------------------


def test_a_disabled_person_is_out_at_once(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen", (Role.ADMINISTRATOR, None))
    session = office.credentials.open_session(chen)
    assert office.credentials.actor_of(session) == chen
    office.clock.advance(timedelta(seconds=1))
    office.perform(disable, administrator, because(chen))
    assert office.credentials.actor_of(session) is None
    assert office.refusal(invite, chen, person("other")).code == "account_inactive"
    with pytest.raises(Refused, match="sign_in_wrong"):
        office.credentials.sign_in("chen", PASSWORD, NOWHERE)
    entry = office.last_entry()
    assert entry.kind == "refusal"
    office.perform(enable, administrator, because(chen, "came back"))
    assert office.credentials.actor_of(session) is None, "a session from before stays dead"
    assert office.credentials.sign_in("chen", PASSWORD, NOWHERE) == chen


def test_what_a_person_is_doing_when_they_are_disabled_comes_before_it_in_the_trail(
    office: Wiring, administrator: Actor
) -> None:
    other = office.person("other", (Role.ADMINISTRATOR, None))
    off = threading.Thread(target=lambda: office.perform(disable, administrator, because(other)))

    @act("test.linger", roles={Role.ADMINISTRATOR}, during=None)
    def linger(_act: Act, _order: Order) -> None:
        off.start()
        off.join(1)  # it waits for this act, and would be done by now if it did not

    REGISTRY.pop("test.linger")
    office.perform(linger, other, Order())
    off.join()
    assert [entry.act for entry in office.rows(AuditEntry)] == ["test.linger", "account.disable"]
    assert office.refusal(invite, other, person()).code == "account_inactive"


def test_a_disabled_person_s_link_opens_nothing(office: Wiring, administrator: Actor) -> None:
    account = office.perform(invite, administrator, person()).answer
    token = office.credentials.invitation_token(office.credentials.open_invitation(account) or "")
    office.perform(disable, administrator, because(account))
    with pytest.raises(Refused, match="invitation_unusable"):
        office.credentials.invited(token)
    office.perform(enable, administrator, because(account))
    assert [row.state for row in office.rows(Account, id=account)] == ["invited"]


def test_what_disabling_and_enabling_refuse(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen")
    assert office.refusal(disable, administrator, because(administrator)).code == "own_account"
    assert office.refusal(disable, administrator, because("nobody")).code == "not_found"
    assert office.refusal(enable, administrator, because(chen)).facts == {"login": "chen", "state": "active"}
    office.perform(disable, administrator, because(chen))
    assert office.refusal(disable, administrator, because(chen)).code == "account_state"
    assert office.refusal(disable, office.person("tm", (Role.TRIAL_MANAGER, None)), because(chen)).code == (
        "role_not_allowed"
    )


def test_the_change_is_audited_with_its_reason(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen")
    office.perform(disable, administrator, because(chen))
    ((table, key, old, new),) = office.changes()
    assert (table, key, old["state"], new["state"]) == ("account", chen.account, "active", "disabled")
    assert office.last_entry().reason == "left the hospital"


def test_two_administrators_who_disable_each_other_at_once_leave_one(office: Wiring, administrator: Actor) -> None:
    other = office.person("other", (Role.ADMINISTRATOR, None))
    answers = at_once(
        lambda: office.perform(disable, administrator, because(other), request_id="a"),
        lambda: office.perform(disable, other, because(administrator), request_id="b"),
    )
    codes = sorted(getattr(one, "code", "done") for one in answers)
    assert codes in (["account_inactive", "done"], ["done", "last_administrator"])
    assert sorted(row.state for row in office.rows(Account)) == ["active", "disabled"]


def test_the_last_administrator_s_role_does_not_end(office: Wiring, administrator: Actor) -> None:
    (own,) = office.rows(RoleGrant)
    order = GrantWithReason(grant=own.id, reason="moves to another trial")
    assert office.refusal(end, administrator, order).code == "last_administrator"
    office.person("other", (Role.ADMINISTRATOR, None))
    office.perform(end, administrator, order)
    assert [row.state for row in office.rows(RoleGrant, id=own.id)] == ["ended"]
