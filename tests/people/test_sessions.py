"""Sessions: idle and absolute limits, ended by their owner, by the administrator, and by any hand that forges a row."""

from datetime import timedelta

from sqlalchemy import update

from irt.actor import Role
from irt.gate.rows import table_of
from irt.people.tables import SignInSession
from irt.settings import Settings
from tests.wiring import Wiring

IDLE = timedelta(minutes=Settings().session_idle_minutes)
LONGEST = timedelta(hours=Settings().session_hours)


def test_a_session_is_its_owner_s_until_it_ends(office: Wiring) -> None:
    chen = office.person("chen", (Role.COORDINATOR, "01"))
    token, other = office.credentials.open_session(chen), office.credentials.open_session(chen)
    assert token != other
    assert office.credentials.actor_of(token) == chen
    office.credentials.end_session(token)
    office.credentials.end_session(token)
    office.credentials.end_session("never opened")
    assert office.credentials.actor_of(token) is None
    assert office.credentials.actor_of(other) == chen


def test_only_the_digest_of_a_token_is_kept(office: Wiring) -> None:
    token = office.credentials.open_session(office.person("chen"))
    (row,) = office.rows(SignInSession)
    assert len(token) == 43
    assert token not in str(row)
    assert office.credentials.actor_of(row.token_hash) is None
    assert office.credentials.actor_of("") is None


def test_an_idle_session_ends(office: Wiring) -> None:
    chen = office.person("chen")
    token = office.credentials.open_session(chen)
    office.clock.advance(IDLE)
    assert office.credentials.actor_of(token) == chen
    office.clock.advance(IDLE + timedelta(seconds=1))
    assert office.credentials.actor_of(token) is None


def test_a_busy_session_ends_too(office: Wiring) -> None:
    chen = office.person("chen")
    token = office.credentials.open_session(chen)
    for _ in range(int(LONGEST / IDLE)):
        office.clock.advance(IDLE)
        assert office.credentials.actor_of(token) == chen
    office.clock.advance(timedelta(seconds=1))
    assert office.credentials.actor_of(token) is None


def test_it_is_noted_at_most_once_a_minute_that_somebody_was_seen(office: Wiring) -> None:
    token = office.credentials.open_session(office.person("chen"))
    opened = office.clock.now()
    seen = []
    for _ in range(4):
        office.clock.advance(timedelta(seconds=30))
        office.credentials.actor_of(token)
        seen.append(office.rows(SignInSession)[0].seen_at - opened)
    assert seen == [timedelta(0), timedelta(minutes=1), timedelta(minutes=1), timedelta(minutes=2)]


def test_all_sessions_of_one_person_end_and_no_other_s(office: Wiring) -> None:
    chen, wang = office.person("chen"), office.person("wang")
    tokens = [office.credentials.open_session(chen) for _ in range(3)]
    of_wang = office.credentials.open_session(wang)
    assert office.credentials.end_all(chen.account) == 3
    assert [office.credentials.actor_of(token) for token in tokens] == [None] * 3
    assert office.credentials.actor_of(of_wang) == wang
    assert office.credentials.end_all(chen.account) == 0


def test_a_row_changed_by_another_hand_opens_nothing(office: Wiring) -> None:
    chen, wang = office.person("chen"), office.person("wang", (Role.ADMINISTRATOR, None))
    token = office.credentials.open_session(chen)
    with office.database.writing() as connection:
        connection.execute(update(table_of(SignInSession)).values(account=wang.account))
    assert office.credentials.actor_of(token) is None


def test_roles_are_those_of_the_moment(office: Wiring) -> None:
    chen = office.person("chen", (Role.COORDINATOR, "01"))
    token = office.credentials.open_session(chen)
    wang = office.person("wang", (Role.COORDINATOR, "02"))
    assert office.credentials.actor_of(token) == chen
    assert wang.sites() == {"02"}
