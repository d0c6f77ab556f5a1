"""One's own password, which nobody else sets: activation and renewal."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from irt.actor import Actor
from irt.gate.refusals import Refused
from irt.people import passwords
from irt.people.accounts import AccountWithReason, InviteAccount, invite, invite_again
from irt.people.activation import ActivateAccount, RenewPassword, activate, renew
from irt.people.tables import Account, Credential
from tests.wiring import NOWHERE, PASSWORD, Wiring, at_once

CHOSEN = "brown otters swim upstream"


def invited(office: Wiring, administrator: Actor, login: str = "chen") -> tuple[Actor, str]:
    order = InviteAccount(login=login, name="Chen Li", email=f"{login}@hospital.example")
    account = office.perform(invite, administrator, order).answer
    invitation = office.credentials.open_invitation(account) or ""
    return office.credentials.invited(office.credentials.invitation_token(invitation)), invitation


def activation(office: Wiring, actor: Actor, invitation: str, password: str = CHOSEN) -> ActivateAccount:
    return ActivateAccount(invitation=invitation, password_hash=office.credentials.password_hash(actor, password))


def test_the_invited_person_sets_a_password_and_signs_in(office: Wiring, administrator: Actor) -> None:
    chen, invitation = invited(office, administrator)
    with pytest.raises(Refused, match="sign_in_wrong"):
        office.credentials.sign_in("chen", CHOSEN, NOWHERE)
    office.perform(activate, chen, activation(office, chen, invitation))
    assert office.credentials.sign_in("chen", CHOSEN, NOWHERE).account == chen.account
    assert office.credentials.open_invitation(chen.account) is None


def test_the_audit_trail_holds_no_hash(office: Wiring, administrator: Actor) -> None:
    chen, invitation = invited(office, administrator)
    office.perform(activate, chen, activation(office, chen, invitation))
    body = office.last_entry().body
    assert "argon2" not in body
    assert office.rows(Credential, account=chen.account)[0].password_hash.rsplit("$", 1)[1] not in body
    assert {change[0] for change in office.changes()} == {"account", "credential", "invitation"}


def test_sent_twice_by_one_form_it_is_done_once(office: Wiring, administrator: Actor) -> None:
    chen, invitation = invited(office, administrator)
    office.perform(activate, chen, activation(office, chen, invitation), request_id="form")
    assert office.perform(activate, chen, activation(office, chen, invitation), request_id="form").repeated


def test_a_link_opens_once_even_for_two_at_once(office: Wiring, administrator: Actor) -> None:
    chen, invitation = invited(office, administrator)
    orders = [activation(office, chen, invitation, password) for password in (CHOSEN, "grey otters swim downstream")]
    answers = at_once(
        lambda: office.perform(activate, chen, orders[0], request_id="a"),
        lambda: office.perform(activate, chen, orders[1], request_id="b"),
    )
    assert sorted(getattr(one, "code", "done") for one in answers) == ["done", "invitation_unusable"]


def test_nobody_uses_another_s_link_or_a_lapsed_one(office: Wiring, administrator: Actor) -> None:
    chen, invitation = invited(office, administrator)
    wang, _ = invited(office, administrator, "wang")
    assert office.refusal(activate, wang, activation(office, wang, invitation)).code == "invitation_unusable"
    assert office.refusal(activate, administrator, activation(office, administrator, invitation)).code == (
        "invitation_unusable"
    )
    order = activation(office, chen, invitation)
    office.clock.advance(timedelta(days=8))
    assert office.refusal(activate, chen, order).code == "invitation_unusable"


def test_a_forgotten_password_is_set_anew_by_its_owner_and_ends_every_session(
    office: Wiring, administrator: Actor
) -> None:
    chen = office.person("chen")
    session = office.credentials.open_session(chen)
    office.clock.advance(timedelta(seconds=1))
    answer = office.perform(
        invite_again, administrator, AccountWithReason(account=chen.account, reason="forgotten")
    ).answer
    office.perform(activate, chen, activation(office, chen, answer.invitation))
    assert office.credentials.actor_of(session) is None
    assert office.credentials.sign_in("chen", CHOSEN, NOWHERE) == chen
    assert [row.state for row in office.rows(Account, id=chen.account)] == ["active"]


# -- password.renew ----------------------------------------------------------------------------------------------


def test_a_renewed_password_replaces_the_old_one_and_ends_every_session(office: Wiring) -> None:
    chen = office.person("chen")
    session = office.credentials.open_session(chen)
    office.clock.advance(timedelta(seconds=1))
    office.credentials.confirm_password(chen, PASSWORD)
    order = RenewPassword(password_hash=office.credentials.password_hash(chen, CHOSEN))
    done = office.perform(renew, chen, order, request_id="form")
    again = RenewPassword(password_hash=office.credentials.password_hash(chen, CHOSEN))
    assert office.perform(renew, chen, again, request_id="form").hash == done.hash
    assert office.credentials.actor_of(session) is None
    assert office.credentials.sign_in("chen", CHOSEN, NOWHERE) == chen
    with pytest.raises(Refused, match="sign_in_wrong"):
        office.credentials.sign_in("chen", PASSWORD, NOWHERE)
    assert "argon2" not in office.last_entry().body


def test_the_same_password_is_no_new_one_and_an_invited_person_renews_none(
    office: Wiring, administrator: Actor
) -> None:
    chen = office.person("chen")
    order = RenewPassword(password_hash=office.credentials.password_hash(chen, CHOSEN))
    office.perform(renew, chen, order)
    assert office.refusal(renew, chen, order).code == "password_same"
    wang, _ = invited(office, administrator, "wang")
    order = RenewPassword(password_hash=office.credentials.password_hash(wang, CHOSEN))
    assert office.refusal(renew, wang, order).code == "account_state"


def test_the_password_is_asked_for_before_it_is_renewed(office: Wiring) -> None:
    chen = office.person("chen")
    with pytest.raises(Refused, match="password_wrong"):
        office.credentials.confirm_password(chen, CHOSEN)


# -- which passwords are taken -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_short"),
        ("", "password_short"),
        ("x" * 129, "password_long"),
        ("Password1234", "password_common"),
        ("１２３４５６７８９０１２", "password_common"),
        ("aaaaaaaaaaaabb", "password_common"),
        ("Head.Investigator", "password_is_login"),
        ("head.investigator2026", "password_is_login"),
    ],
)
def test_what_is_not_taken(office: Wiring, password: str, code: str) -> None:
    actor = office.person("head.investigator")
    with pytest.raises(Refused) as refusal:
        office.credentials.password_hash(actor, password)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "password", ["all lower case words", "七只灰鹭在浅水里慢慢走过去", "x1" * 3 + "yzyzyz", "quiet rivers bend " * 7]
)
def test_what_is_taken_with_no_rule_of_composition(office: Wiring, password: str) -> None:
    actor = office.person("chen")
    stored = office.credentials.password_hash(actor, password)
    assert passwords.HASHER.verify(stored, passwords.normal(password))
    assert stored == office.credentials.password_hash(actor, password)
    assert stored != office.credentials.password_hash(office.person("wang"), password)


def test_the_commonest_are_passwords_that_length_alone_would_let_in() -> None:
    assert len(passwords.COMMONEST) >= 90
    assert all(len(one) >= passwords.SHORTEST and one == one.casefold() for one in passwords.COMMONEST)


def test_an_order_takes_no_hash_of_another_strength() -> None:
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(CHOSEN)
    for bad in (weak, CHOSEN, ""):
        with pytest.raises(ValidationError):
            RenewPassword(password_hash=bad)
