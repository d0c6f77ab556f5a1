"""Messages go out once, to those who held the role when they were written and hold it still; a dead server delays."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from irt.actor import Role
from irt.assurance.verify import verify
from irt.gate.act import Act, Order, act
from irt.gate.tables import Delivery, Outbox
from irt.mail import KEPT_TRYING
from irt.migrate import newest
from irt.people.access import GrantWithReason, end
from irt.people.accounts import AccountWithReason, InviteAccount, disable, invite
from irt.people.notices import ChooseMail, choose_mail
from irt.people.tables import MailChoice, RoleGrant
from tests.cast import World
from tests.mail.conftest import Post, sender_of, states
from tests.people.notice_setting import notice

SITE_ROLES = [Role.INVESTIGATOR, Role.COORDINATOR]


class Tell(Order):
    """A message to be sent."""

    audience: list[str]
    site: str | None = None


@act("test.tell", roles={Role.TRIAL_MANAGER}, during=None)
def tell(act: Act, order: Tell) -> None:
    """Send what a randomization sends."""
    act.send("participant.randomized", audience=order.audience, site=order.site, number="01-0007")


def told(trial: World, audience: Iterable[str], site: str | None = None) -> None:
    trial.clock.advance(timedelta(seconds=1))
    trial.do(tell, Tell(audience=list(audience), site=site), by="trial_manager")


@pytest.fixture
def people(trial: World) -> World:
    """A coordinator and an investigator at two sites, a trial manager; invitations are on their way."""
    for name in ("coordinator_01", "investigator_01", "coordinator_02", "trial_manager"):
        trial.actor(name)
    trial.clock.advance(KEPT_TRYING + timedelta(days=1))  # those invitations are history
    return trial


def test_each_recipient_gets_it_once_with_an_id_of_row_and_recipient(people: World, post: Post) -> None:
    told(people, SITE_ROLES, site="01")
    sender = sender_of(people, post)
    assert sender.run() == 2
    assert sender.run() == 0
    assert sorted(one["To"] for one in post.box.taken) == [
        "coordinator_01@hospital.example",
        "investigator_01@hospital.example",
    ]
    (row,) = people.rows(Outbox, kind="participant.randomized")
    for one in post.box.taken:
        account = people.actor(one["To"].partition("@")[0]).account
        assert one["Message-ID"] == f"<{row.id}.{account}@trial.example>"
        assert one["From"] == "irt@trial.example"
        assert one["Auto-Submitted"] == "auto-generated"
        assert "https://trial.example/participant.randomized" in one.get_content()
    assert states(people) == [("sent", 1, None)] * 2


def test_a_role_that_ended_or_came_later_gets_nothing(people: World, post: Post) -> None:
    told(people, [*SITE_ROLES, Role.TRIAL_MANAGER, Role.PHARMACIST], site="01")
    (grant,) = people.rows(RoleGrant, account=people.actor("coordinator_01").account)
    people.do(end, GrantWithReason(grant=grant.id, reason="has left the site"), by="administrator")
    left = AccountWithReason(account=people.actor("investigator_01").account, reason="has left")
    people.do(disable, left, by="administrator")
    people.clock.advance(timedelta(minutes=1))
    people.actor("pharmacist_01")
    sender_of(people, post).run()
    assert {one["To"] for one in post.box.taken if "01-0007" in one["Subject"]} == {"trial_manager@hospital.example"}


def test_what_waits_for_somebody_whose_role_ended_is_given_up(people: World, post: Post) -> None:
    told(people, SITE_ROLES, site="01")
    post.stop()
    sender = sender_of(people, post)
    sender.run()
    (waiting,) = people.rows(Delivery)
    (grant,) = people.rows(RoleGrant, account=waiting.account)
    people.do(end, GrantWithReason(grant=grant.id, reason="has left the site"), by="administrator")
    post.start()
    people.clock.advance(timedelta(hours=5))
    assert sender.run() == 1
    assert sorted(states(people)) == [("given_up", 2, "nobody to tell"), ("sent", 1, None)]


def test_a_server_that_is_down_makes_messages_wait_longer_each_time(people: World, post: Post) -> None:
    told(people, [Role.TRIAL_MANAGER])
    sender = sender_of(people, post)
    post.stop()
    assert sender.run() == 0
    assert states(people) == [("waiting", 1, "ConnectionRefusedError")]
    assert sender.run() == 0
    assert states(people)[0][1] == 1, "not before its time"
    people.clock.advance(timedelta(minutes=2))
    sender.run()
    people.clock.advance(timedelta(minutes=2))
    sender.run()
    assert states(people)[0][1] == 2, "the second wait is longer"
    post.start()
    people.clock.advance(timedelta(minutes=2))
    assert sender.run() == 1
    assert len(post.box.taken) == 1
    assert states(people) == [("sent", 3, None)]


def test_one_address_that_is_refused_holds_nobody_else_up_and_is_given_up(people: World, post: Post) -> None:
    post.box.refusing = {"coordinator_01@hospital.example"}
    told(people, SITE_ROLES, site="01")
    sender = sender_of(people, post)
    assert sender.run() == 1
    assert sorted(states(people)) == [("sent", 1, None), ("waiting", 1, "SMTPRecipientsRefused")]
    people.clock.advance(KEPT_TRYING)
    people.clock.advance(timedelta(seconds=1))
    assert sender.run() == 0
    assert {state for state, _, _ in states(people)} == {"sent", "given_up"}


def test_two_senders_at_once_send_nothing_twice(people: World, post: Post) -> None:
    for _ in range(4):
        told(people, SITE_ROLES, site="01")
    senders = [sender_of(people, post) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        sent = sum(pool.map(lambda sender: sender.run(), senders))
    ids = [one["Message-ID"] for one in post.box.taken]
    assert (len(ids), len(set(ids)), sent) == (8, 8, 8)


def test_a_sender_that_died_is_relieved_after_its_lease(people: World, post: Post) -> None:
    told(people, [Role.TRIAL_MANAGER])
    sender = sender_of(people, post)
    sent = sender.housekeeping.change
    object.__setattr__(sender.housekeeping, "change", lambda *a, **k: k.get("state") != "sent" and sent(*a, **k))
    sender.run()
    object.__delattr__(sender.housekeeping, "change")
    assert states(people) == [("leased", 1, None)]
    assert sender.run() == 0
    people.clock.advance(timedelta(minutes=6))
    assert sender.run() == 1
    first, second = post.box.taken
    assert first["Message-ID"] == second["Message-ID"], "the reader's program knows it for a copy"


def test_each_reads_their_own_language(people: World, post: Post) -> None:
    for login, language in (("yours", "en"), ("deine", "zh_Hans_CN")):
        email = f"{login}@hospital.example"
        order = InviteAccount(login=login, name=login, email=email, language=language)
        told(people, [people.do(invite, order, by="administrator")])
    assert sender_of(people, post).run() == 4
    english = next(one for one in post.box.to("yours") if "01-0007" in one["Subject"])
    chinese = next(one for one in post.box.to("deine") if "01-0007" in one["Subject"])
    assert english["Subject"] == "Participant 01-0007 was randomized"
    assert "The first kit is assigned" in english.get_content()
    for text in (chinese["Subject"], chinese.get_content()):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text)


def test_an_invitation_reaches_the_invited_alone_and_no_message_names_an_arm(trial: World, post: Post) -> None:
    trial.actor("coordinator_01")
    sender_of(trial, post).run()
    assert [one["To"] for one in post.box.to("coordinator_01")] == ["coordinator_01@hospital.example"]
    for one in post.box.taken:
        text = one.as_string()
        assert not [arm for arm in trial.study.arms if arm.id in text or arm.kit_type in text]


def test_deliveries_pass_verification(people: World, post: Post) -> None:
    told(people, SITE_ROLES, site="01")
    sender_of(people, post).run()
    found = verify(people.database, people.keys, people.vault, people.study, revision=newest())
    assert [str(finding) for finding in found if "delivery" in str(finding)] == []


def test_a_kind_that_somebody_switched_off_is_asked_for_at_sending_and_not_sent_later(
    people: World, post: Post
) -> None:
    told(people, [*SITE_ROLES, Role.TRIAL_MANAGER], site="01")
    people.do(choose_mail, ChooseMail(mail={"participant.randomized": "off"}), by="trial_manager")
    sender = sender_of(people, post)
    assert sender.run() == 2
    assert post.box.to("trial_manager") == []
    assert sorted(states(people)) == [("not_wanted", 1, None), ("sent", 1, None), ("sent", 1, None)]
    people.do(choose_mail, ChooseMail(mail={"participant.randomized": "on"}), by="trial_manager")
    people.clock.advance(timedelta(hours=5))
    assert sender.run() == 0, "what was not wanted is not sent after all"
    told(people, [Role.TRIAL_MANAGER])
    assert sender.run() == 1


def test_no_row_keeps_an_urgent_message_out_of_the_mail(people: World, post: Post) -> None:
    """The sender asks by kind too: a choice from a time when the kind was not urgent counts no more."""
    account = people.actor("investigator_01").account
    people.put(MailChoice, id="old", account=account, kind="lot.held", revision=1, wanted=False,
               chosen_at=people.clock.now())  # fmt: skip
    notice(people, "lot.held", "investigator", site="01")
    assert sender_of(people, post).run() == 1
    assert [one["To"] for one in post.box.taken] == ["investigator_01@hospital.example"]
