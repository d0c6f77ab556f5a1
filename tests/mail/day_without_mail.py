"""A day on which the mail server is down: `python -m tests.mail.day_without_mail` lives it on both databases and prints
what came of it.

Acts go on hour by hour while every run of the sender meets a closed port. Then the server is there again, and cuts the
link after the data of some messages, before it says that it has them. Who should have got what is computed here from
accounts, grants and choices, apart from the service's own code.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from irt.dispensing.excursions import ReportExcursion, report_excursion
from irt.gate.tables import Delivery, Outbox
from irt.mail import KEPT_TRYING
from irt.people.access import GrantWithReason, end
from irt.people.notices import ChooseMail, choose_mail
from irt.people.tables import Account, MailChoice, RoleGrant
from irt.safety.special_reports import ReportPregnancy, report_pregnancy
from tests.cast import World
from tests.databases import DIALECTS, fresh_postgresql, fresh_sqlite
from tests.mail.conftest import Box, Post, sender_of
from tests.postgres import PostgresServer
from tests.stocked import on_the_way, randomized, running_trial

STEP, DAY = timedelta(minutes=10), timedelta(days=1)
SITES = ("01", "02")
NAMES = ("medical_monitor", "monitor", "quality", "depot", "assessor_01", "laboratory")
CUT_EVERY = 4  # each fourth message is cut after its data, where it comes for the first time


class CuttingBox(Box):
    """Takes messages as any server; of some it takes the data and hangs up instead of saying so."""

    def __init__(self) -> None:
        super().__init__()
        self.cut: list[str] = []
        self._seen: set[str] = set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        ident = str(self.taken[-1]["Message-ID"])
        new = ident not in self._seen
        self._seen.add(ident)
        if new and len(self._seen) % CUT_EVERY == 0:
            self.cut.append(ident)
            server.transport.abort()
        return answer


@dataclass(frozen=True)
class Counts:
    """What came of the day."""

    acts: int
    chain: str  # the hash of the last audit entry
    runs_without_server: int
    sent_without_server: int
    outbox_rows: int
    expected: int  # outbox rows × recipients, computed apart
    arrived: int  # different messages
    copies: int  # arrived more than once
    cut: int  # links cut after the data
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    copied_without_a_cut: tuple[str, ...]


def begun(database_url: str) -> World:
    """A running trial, its people there for a week: what they were told before is history."""
    world = running_trial(database_url, *SITES, kits=16, depot=96)
    for name in NAMES:
        world.actor(name)
    world.clock.advance(KEPT_TRYING + DAY)
    return world


def acts_of_hour(world: World, hour: int) -> int:
    """The trial goes on; answers how many acts this hour had to do. None is refused: a refusal would raise."""
    before = world.last_audit().seq
    if hour % 3 == 0:
        for site in SITES:
            randomized(world, f"EXAMPLE-{site}-{hour:02}", site)
    if hour % 8 == 3:
        on_the_way(world, SITES[hour % 2], 8)
    if hour == 5:
        world.do(choose_mail, ChooseMail(mail={"participant.randomized": "off"}), by="trial_manager")
    if hour == 9:
        one, _ = randomized(world, "EXAMPLE-PARTNER", "02")
        today = world.clock.now().date()
        order = ReportPregnancy(
            participant=one.id, whose="partner", outcome="ongoing", aware_on=today - DAY, aware_at="12:00"
        )
        world.do(report_pregnancy, order, by="investigator_02")
    if hour == 12:
        (grant,) = world.rows(RoleGrant, account=world.actor("monitor").account)
        world.do(end, GrantWithReason(grant=grant.id, reason="Has left the trial"), by="administrator")
        world.actor("safety_officer")  # comes after the report of the ninth hour
    if hour == 22:
        noticed = {"noticed_on": world.clock.now().date(), "noticed_at": "00:01"}
        order = ReportExcursion(site="01", told="The door stood open", **noticed)
        world.do(report_excursion, order, by="pharmacist_01")
    return int(world.last_audit().seq - before)


def lived(world: World, post: Post, *, down: bool = True) -> Counts:
    """The day, and the hours after it until nothing waits. `down`: without a mail server till its end."""
    begin, acts, runs, sent = world.clock.now(), 0, 0, 0
    sender = sender_of(world, post)
    if down:
        post.stop()
    for hour in range(24):
        acts += acts_of_hour(world, hour)
        while world.clock.now() < begin + timedelta(hours=hour + 1):
            taken = sender.run()
            runs, sent = (runs + 1, sent + taken) if down else (runs, sent)
            world.clock.advance(STEP)
    if down:
        post.start()
    for _ in range(12 * 6):
        sender.run()
        world.clock.advance(STEP)
    return counted(world, post.box, begin, acts, runs, sent)


def counted(world: World, box: Box, begin: Any, acts: int, runs: int, sent: int) -> Counts:
    """What arrived beside what should have."""
    rows = [row for row in world.rows(Outbox) if row.created_at >= begin]
    expected = {f"<{row.id}.{account}@trial.example>" for row in rows for account in should_get(world, row)}
    arrived = Counter(str(one["Message-ID"]) for one in box.taken)
    cut = box.cut if isinstance(box, CuttingBox) else []
    return Counts(
        acts=acts,
        chain=world.last_audit().hash,
        runs_without_server=runs,
        sent_without_server=sent,
        outbox_rows=len(rows),
        expected=len(expected),
        arrived=len(arrived),
        copies=sum(count > 1 for count in arrived.values()),
        cut=len(cut),
        missing=tuple(sorted(expected - arrived.keys())),
        unexpected=tuple(sorted(arrived.keys() - expected)),
        copied_without_a_cut=tuple(sorted(one for one, count in arrived.items() if count != 1 + cut.count(one))),
    )


def should_get(world: World, message: Any) -> set[str]:
    """The accounts that a message was for, read from the stored rows one by one."""
    found = set()
    for account in world.rows(Account):
        if account.id in message.audience and account.state != "disabled":
            found.add(account.id)
        for grant in world.rows(RoleGrant, account=account.id):
            in_force = account.state == "active" and grant.state == "active" and grant.role in message.audience
            in_time = (grant.second_at if grant.second_at is not None else grant.proposed_at) <= message.created_at
            if in_force and in_time and (message.site is None or grant.at_site in (None, message.site)):
                found.add(account.id)
        choices = world.rows(MailChoice, account=account.id, kind=message.kind)
        if choices and not max(choices, key=lambda row: row.revision).wanted:
            found.discard(account.id)
    return found


def still_waiting(world: World) -> int:
    """Deliveries that are neither sent nor settled otherwise."""
    return sum(row.state in ("waiting", "leased") for row in world.rows(Delivery))


@contextmanager
def cutting_post() -> Iterator[Post]:
    """A mail server that cuts some links."""
    post = Post(CuttingBox())
    yield post
    post.stop()


def main() -> None:
    """Live the day on both databases, and print the counts of each."""
    server = PostgresServer(durable=False)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for dialect in DIALECTS:
                if dialect == "sqlite":
                    print(dialect, told(fresh_sqlite(folder, folder).url))
                else:
                    with fresh_postgresql(folder, server.url) as made:
                        print(dialect, told(made.url))
    finally:
        server.remove()


def told(database_url: str) -> str:
    """The counts of one database as JSON."""
    world = begun(database_url)
    with cutting_post() as post:
        counts = lived(world, post)
    world.database.write.dispose()
    world.database.read.dispose()
    return json.dumps(asdict(counts))


if __name__ == "__main__":
    main()
