"""Electronic signatures: one person, one act, one body, fresh, once (21 CFR 11.50, 11.70, 11.200)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from irt.actor import Actor, Role, Signature
from irt.gate.keys import Keys
from irt.gate.refusals import Refused
from irt.gate.signatures import FRESH, seal_of
from irt.gate.tables import SignatureRow
from irt.people.access import GrantOrder, ProposeRole, propose, second
from irt.people.accounts import AccountWithReason, disable
from irt.people.tables import SignInAttempt
from tests.wiring import NOWHERE, PASSWORD, Wiring, at_once


@pytest.fixture
def order(office: Wiring) -> ProposeRole:
    return ProposeRole(account=office.person("chen").account, role=Role.COORDINATOR, site="01")


@pytest.fixture
def signature(office: Wiring, administrator: Actor, order: ProposeRole) -> Signature:
    return office.credentials.sign(administrator, PASSWORD, propose, order)


def test_a_signature_says_who_when_and_what_it_means(
    office: Wiring, administrator: Actor, order: ProposeRole, signature: Signature
) -> None:
    office.perform(propose, administrator, order, signature=signature)
    (row,) = office.rows(SignatureRow)
    assert (row.name, row.meaning, row.signed_at) == (administrator.name, propose.spec.sign, office.clock.now())
    assert json.loads(office.last_entry().body)["signature"] == row.id


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"name": "Somebody Else"},
        {"meaning": "nothing at all"},
        {"body": "0" * 64},
        {"act": "role.second"},
        {"signed_at": None},
        {"seal": "0" * 64},
    ],
    ids=str,
)
def test_a_changed_signature_is_forged(
    office: Wiring, administrator: Actor, order: ProposeRole, signature: Signature, change: dict[str, object]
) -> None:
    if "signed_at" in change:
        change = {"signed_at": signature.signed_at - timedelta(seconds=1)}
    forged = replace(signature, **change)
    assert office.refusal(propose, administrator, order, signature=forged).code == "signature_forged"


def test_a_signature_sealed_with_another_key_is_forged(
    office: Wiring, administrator: Actor, order: ProposeRole, signature: Signature
) -> None:
    forged = replace(signature, seal=seal_of(Keys(bytes(32)), signature))
    assert office.refusal(propose, administrator, order, signature=forged).code == "signature_forged"


def test_another_person_s_signature_is_refused(office: Wiring, order: ProposeRole, signature: Signature) -> None:
    other = office.person("other", (Role.ADMINISTRATOR, None))
    assert office.refusal(propose, other, order, signature=signature).code == "signature_forged"


def test_a_signature_is_for_one_act_and_one_body(
    office: Wiring, administrator: Actor, order: ProposeRole, signature: Signature
) -> None:
    other = order.model_copy(update={"site": "02"})
    assert office.refusal(propose, administrator, other, signature=signature).code == "signature_for_another"
    seconding = office.credentials.sign(administrator, PASSWORD, second, GrantOrder(grant="any"))
    assert office.refusal(propose, administrator, order, signature=seconding).code == "signature_for_another"


def test_a_signature_is_fresh_or_refused(
    office: Wiring, administrator: Actor, order: ProposeRole, signature: Signature
) -> None:
    office.clock.advance(FRESH + timedelta(microseconds=1))
    assert office.refusal(propose, administrator, order, signature=signature).code == "signature_stale"
    unsealed = replace(signature, signed_at=office.clock.now() + timedelta(seconds=1))
    ahead = replace(unsealed, seal=seal_of(office.keys, unsealed))
    assert office.refusal(propose, administrator, order, signature=ahead).code == "signature_stale"


def test_a_signature_is_used_once(
    office: Wiring, administrator: Actor, order: ProposeRole, signature: Signature
) -> None:
    office.perform(propose, administrator, order, request_id="a", signature=signature)
    assert office.refusal(propose, administrator, order, request_id="b", signature=signature).code == (
        "signature_reused"
    )


def test_a_signature_used_twice_at_once_counts_once(
    office: Wiring, administrator: Actor, order: ProposeRole, signature: Signature
) -> None:
    answers = at_once(
        *(
            lambda name=name: office.perform(propose, administrator, order, request_id=name, signature=signature)
            for name in ("a", "b")
        )
    )
    assert sorted(getattr(one, "code", "done") for one in answers) == ["done", "signature_reused"]
    assert len(office.rows(SignatureRow)) == 1


def test_what_asks_for_no_signature_takes_none(office: Wiring, administrator: Actor, signature: Signature) -> None:
    leaving = AccountWithReason(account=office.person("wang").account, reason="left")
    assert office.refusal(disable, administrator, leaving, signature=signature).code == "signature_unasked"


# -- the password at the act -------------------------------------------------------------------------------------


def test_a_wrong_password_signs_nothing_and_slows_only_its_own_session(
    office: Wiring, administrator: Actor, order: ProposeRole
) -> None:
    codes = []
    for _ in range(6):
        with pytest.raises(Refused) as refusal:
            office.credentials.sign(administrator, "not the password", propose, order)
        codes.append(refusal.value.code)
    assert codes == ["signature_password_wrong"] * 5 + ["signature_slowed"]
    assert sorted(row.outcome for row in office.rows(SignInAttempt)) == ["slowed"] + ["wrong"] * 5
    assert office.credentials.sign_in("admin", PASSWORD, NOWHERE) == administrator
    office.clock.advance(timedelta(seconds=6))
    assert office.credentials.sign(administrator, PASSWORD, propose, order)
    office.clock.advance(timedelta(seconds=1))
    with pytest.raises(Refused, match="signature_password_wrong"):
        office.credentials.sign(administrator, "not the password", propose, order)


def test_strangers_failures_do_not_slow_a_signature(office: Wiring, administrator: Actor, order: ProposeRole) -> None:
    for _ in range(10):
        with pytest.raises(Refused):
            office.credentials.sign_in("admin", "not the password", NOWHERE)
    assert office.credentials.sign(administrator, PASSWORD, propose, order)


def test_signing_with_the_right_password_writes_no_row(
    office: Wiring, administrator: Actor, order: ProposeRole
) -> None:
    office.credentials.sign(administrator, PASSWORD, propose, order)
    assert office.rows(SignInAttempt) == []


def test_a_disabled_person_signs_nothing(office: Wiring, administrator: Actor, order: ProposeRole) -> None:
    other = office.person("other", (Role.ADMINISTRATOR, None))
    signed = office.credentials.sign(other, PASSWORD, propose, order)
    office.perform(disable, administrator, AccountWithReason(account=other.account, reason="left"))
    with pytest.raises(Refused, match="signature_password_wrong"):
        office.credentials.sign(other, PASSWORD, propose, order)
    assert office.refusal(propose, other, order, signature=signed).code == "account_inactive"
