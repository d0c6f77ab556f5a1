"""No access before training, and the periodic review of who has access."""

from datetime import timedelta

from irt.actor import Actor, Grant, Role
from irt.people.access import ProposeRole, propose
from irt.people.accounts import AccountWithReason, InviteAccount, disable, invite
from irt.people.review import (
    AccountAccess,
    RecordTraining,
    ReviewAccess,
    access_list,
    record_training,
    review_access,
    seen_digest,
)
from irt.people.tables import AccessReview, Training
from tests.wiring import NOWHERE, PASSWORD, Wiring, at_once, wire

INVITE = InviteAccount(login="new", name="New", email="new@hospital.example")


def test_an_untrained_person_signs_in_and_holds_nothing(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen", (Role.ADMINISTRATOR, None), trained=False)
    assert office.credentials.sign_in("chen", PASSWORD, NOWHERE).grants == frozenset()
    assert office.refusal(invite, chen, INVITE).code == "role_not_allowed"
    office.perform(record_training, administrator, RecordTraining(account=chen.account))
    assert office.credentials.sign_in("chen", PASSWORD, NOWHERE).grants == {Grant(Role.ADMINISTRATOR)}
    office.perform(invite, chen, INVITE)
    (row,) = office.rows(Training, account=chen.account)
    assert (row.version, row.recorded_by) == (office.study.training_version, administrator.account)


def test_a_new_version_asks_for_training_again(office: Wiring, database_url: str) -> None:
    chen = office.person("chen", (Role.COORDINATOR, "01"))
    newer = office.study.model_copy(update={"training_version": office.study.training_version + ".1"})
    later = wire(database_url, newer, b"2" * 32)
    assert later.as_now(chen).grants == frozenset()
    later.perform(record_training, later.credentials.operator(), RecordTraining(account=chen.account))
    assert later.as_now(chen).grants == {Grant(Role.COORDINATOR, "01")}
    later.database.write.dispose()
    later.database.read.dispose()


def test_what_recording_training_refuses(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen", trained=False)
    order = RecordTraining(account=chen.account)
    assert office.refusal(record_training, administrator, RecordTraining(account=administrator.account)).code == (
        "own_training"
    )
    office.perform(record_training, administrator, order, request_id="form")
    assert office.perform(record_training, administrator, order, request_id="form").repeated
    assert office.refusal(record_training, administrator, order).code == "training_recorded"
    assert office.refusal(record_training, administrator, RecordTraining(account="nobody")).code == "not_found"
    wang = office.person("wang", trained=False)
    office.perform(disable, administrator, AccountWithReason(account=wang.account, reason="left"))
    assert office.refusal(record_training, administrator, RecordTraining(account=wang.account)).code == "account_state"


def test_training_recorded_twice_at_once_is_one(office: Wiring, administrator: Actor) -> None:
    order = RecordTraining(account=office.person("chen", trained=False).account)
    calls = [
        lambda name=name: office.perform(record_training, administrator, order, request_id=name) for name in ("a", "b")
    ]
    assert sorted(getattr(one, "code", "done") for one in at_once(*calls)) == ["done", "training_recorded"]


# -- access.review -----------------------------------------------------------------------------------------------


def listed(office: Wiring, by: Actor) -> list[AccountAccess]:
    with office.database.reading(by) as reading:
        return access_list(
            lambda statement: reading.execute(statement).all(), office.study.training_version, office.clock.now()
        )


def test_the_list_tells_who_holds_what_who_was_trained_and_who_stays_away(office: Wiring, administrator: Actor) -> None:
    chen = office.person("chen", (Role.COORDINATOR, "01"))
    office.person("away", (Role.MONITOR, None), trained=False)
    office.perform(propose, administrator, ProposeRole(account=chen.account, role=Role.PHARMACIST, site="02"))
    office.clock.advance(timedelta(days=10))
    office.credentials.open_session(chen)
    office.clock.advance(timedelta(days=81))
    by_login = {one.login: one for one in listed(office, administrator)}
    assert by_login["chen"].grants == (("coordinator", "01", "active"), ("pharmacist", "02", "proposed"))
    assert by_login["chen"].last_sign_in == office.clock.now() - timedelta(days=81)
    assert {login: one.dormant for login, one in by_login.items()} == {"admin": True, "away": True, "chen": False}
    assert {login: one.trained for login, one in by_login.items()} == {"admin": True, "away": False, "chen": True}
    assert list(by_login) == sorted(by_login)


def test_a_signed_review_keeps_what_was_there_and_what_was_decided(office: Wiring, administrator: Actor) -> None:
    quality = office.person("qa", (Role.QUALITY, None))
    order = ReviewAccess(seen=seen_digest(listed(office, quality)), findings="all as delegated")
    review = office.perform(review_access, quality, order).answer
    (row,) = office.rows(AccessReview, id=review)
    assert (row.accounts, row.reviewed_by, row.findings["decided"]) == (2, quality.account, "all as delegated")
    assert [one["login"] for one in row.findings["list"]] == ["admin", "qa"]
    assert "password" not in str(row)


def test_a_review_of_a_list_that_has_changed_is_refused_but_a_sign_in_changes_nothing(
    office: Wiring, administrator: Actor
) -> None:
    order = ReviewAccess(seen=seen_digest(listed(office, administrator)), findings="all as delegated")
    office.credentials.open_session(administrator)
    office.perform(review_access, administrator, order)
    office.perform(invite, administrator, INVITE)
    assert office.refusal(review_access, administrator, order).code == "access_changed"


def test_only_administrators_and_quality_review_and_only_signed(office: Wiring, administrator: Actor) -> None:
    order = ReviewAccess(seen=seen_digest(listed(office, administrator)), findings="all as delegated")
    assert office.refusal(review_access, administrator, order, signature=None).code == "signature_missing"
    auditor = office.person("auditor", (Role.AUDITOR, None))
    assert office.refusal(review_access, auditor, order).code == "role_not_allowed"
