"""Signing in: who gets in, what everybody else is told, and how guessing is slowed without locking anybody out."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from irt.actor import Role
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.people import passwords
from irt.people.slowdown import LONGEST_DELAY, delay, network_of
from irt.people.tables import Account, SignInAttempt
from tests.wiring import NOWHERE, PASSWORD, Wiring

ELSEWHERE = "198.51.100.7"


def fail(office: Wiring, login: str, times: int, source: str = ELSEWHERE, device: str | None = None) -> list[str]:
    codes = []
    for _ in range(times):
        with pytest.raises(Refused) as refusal:
            office.credentials.sign_in(login, "not the password", source, device=device)
        codes.append(refusal.value.code)
        office.clock.advance(timedelta(milliseconds=10))
    return codes


def test_a_person_with_the_password_gets_in_with_the_roles_they_hold(office: Wiring) -> None:
    office.person("chen", (Role.COORDINATOR, "01"))
    actor = office.credentials.sign_in(" Chen ", PASSWORD, NOWHERE)
    assert (actor.login, actor.roles, actor.sites()) == ("chen", {Role.COORDINATOR}, {"01"})


@pytest.mark.parametrize("login", ["nobody", "chen", "invited", "gone", "", "x" * 10_000, "chen\n", "陈"])
def test_everybody_else_is_told_the_same(office: Wiring, login: str) -> None:
    office.person("chen")
    office.person("invited", state="invited")
    gone = office.person("gone")
    with office.database.writing() as connection:
        account = table_of(Account)
        connection.execute(update(account).where(account.c.id == gone.account).values(state="disabled"))
    password = PASSWORD if login == "gone" else "not the password"
    with pytest.raises(Refused) as refusal:
        office.credentials.sign_in(login, password, NOWHERE)
    assert (refusal.value.code, refusal.value.facts) == ("sign_in_wrong", {})


def test_an_unknown_login_costs_a_check_like_a_known_one(office: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    office.person("chen")
    checked = []
    verify = passwords.HASHER.verify

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            checked.append((stored.rsplit("$", 2)[0], password))
            return verify(stored, password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    for login in ("chen", "nobody"):
        fail(office, login, 1)
    known, unknown = checked
    assert known == unknown


def test_a_password_longer_than_any_that_is_taken_is_wrong_and_costs_no_more(office: Wiring) -> None:
    office.person("chen")
    with pytest.raises(Refused, match="sign_in_wrong"):
        office.credentials.sign_in("chen", "x" * 1_000_000, NOWHERE)


def test_the_delay_doubles_from_the_fifth_failure_and_ends_at_a_quarter_of_an_hour() -> None:
    assert [delay(failures) for failures in range(8)] == [0, 0, 0, 0, 0, 5, 10, 20]
    assert delay(1000) == LONGEST_DELAY == 900


def test_the_sixth_guess_waits_and_a_right_password_waits_too(office: Wiring) -> None:
    office.person("chen")
    assert fail(office, "chen", 6) == ["sign_in_wrong"] * 5 + ["sign_in_slowed"]
    with pytest.raises(Refused) as refusal:
        office.credentials.sign_in("chen", PASSWORD, ELSEWHERE)
    assert refusal.value.facts == {"seconds": 5}
    office.clock.advance(timedelta(seconds=5))
    assert office.credentials.sign_in("chen", PASSWORD, ELSEWHERE).login == "chen"
    office.clock.advance(timedelta(seconds=1))
    assert fail(office, "chen", 5) == ["sign_in_wrong"] * 5  # the success began a new count


def test_an_unknown_login_is_slowed_like_a_known_one(office: Wiring) -> None:
    assert fail(office, "nobody", 6) == ["sign_in_wrong"] * 5 + ["sign_in_slowed"]


def test_a_stranger_cannot_keep_the_owner_out_on_their_known_device(office: Wiring) -> None:
    owner = office.person("chen")
    device = office.credentials.new_device(owner)
    fail(office, "chen", 20, source=NOWHERE)  # even from the hospital's own address
    assert office.credentials.sign_in("chen", PASSWORD, NOWHERE, device=device) == owner
    fail(office, "chen", 20, source=ELSEWHERE)
    assert office.credentials.sign_in("chen", PASSWORD, NOWHERE, device=device) == owner


def test_a_stranger_is_slowed_only_for_the_login_they_tried(office: Wiring) -> None:
    office.person("chen")
    colleague = office.person("wang")
    fail(office, "chen", 20)
    assert office.credentials.sign_in("wang", PASSWORD, ELSEWHERE) == colleague


def test_a_known_device_is_slowed_by_its_own_failures(office: Wiring) -> None:
    device = office.credentials.new_device(office.person("chen"))
    assert fail(office, "chen", 6, device=device)[-1] == "sign_in_slowed"


def test_a_device_token_that_was_made_up_or_is_another_login_s_counts_as_a_stranger(office: Wiring) -> None:
    office.person("chen")
    of_wang = office.credentials.new_device(office.person("wang"))
    name, _, digest = of_wang.partition(".")
    forged = [f"{name}x.{digest}", f"{name}.{'0' * 64}", "", ".", "\u00e9.\u00e9", of_wang]
    codes = [code for token in forged for code in fail(office, "chen", 1, device=token)]
    assert codes == ["sign_in_wrong"] * 5 + ["sign_in_slowed"]
    assert office.credentials.knows_device("wang", of_wang)
    assert not office.credentials.knows_device("chen", of_wang)


def test_a_day_later_the_failures_are_forgotten(office: Wiring) -> None:
    office.person("chen")
    fail(office, "chen", 5)
    office.clock.advance(timedelta(days=1, seconds=1))
    assert fail(office, "chen", 2) == ["sign_in_wrong"] * 2


def test_attempts_are_kept_without_login_or_address_and_a_flood_fills_no_table(office: Wiring) -> None:
    office.person("chen")
    fail(office, "chen", 40)
    kept = office.rows(SignInAttempt)
    assert [row.outcome for row in sorted(kept, key=lambda row: row.at)] == ["wrong"] * 5 + ["slowed"]
    assert all(row.mac == office.keys.housekeeping_mac(SignInAttempt, row._mapping) for row in kept)
    assert not any(word in str(kept) for word in ("chen", ELSEWHERE))


def test_one_person_s_addresses_are_one_source() -> None:
    assert network_of("2001:db8:0:1::5") == network_of("2001:db8:0:1:ffff::9") != network_of("2001:db8:0:2::5")
    assert network_of(ELSEWHERE) == ELSEWHERE
    assert network_of("no address") == "no address"
