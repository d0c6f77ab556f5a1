"""A real SMTP server on the loopback address, and a trial whose messages go there."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from irt.gate.tables import Delivery
from irt.mail import Sender
from irt.settings import Settings
from tests.cast import World, world
from tests.postgres import free_port


class Box:
    """What the server took in; addresses in `refusing` are refused."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusing: set[str] = set()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusing:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        parsed = message_from_bytes(content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        assert envelope.rcpt_tos == [parsed["To"]]
        self.taken.append(parsed)
        return "250 OK"

    def to(self, login: str) -> list[EmailMessage]:
        """The messages for one person of the cast."""
        return [one for one in self.taken if one["To"] == f"{login}@hospital.example"]


class Post:
    """A mail server that can be stopped and started, on one port."""

    def __init__(self, box: Box | None = None) -> None:
        self.box, self.port = box or Box(), free_port()
        self._running: Controller | None = None
        self.start()

    def start(self) -> None:
        self._running = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    made = Post()
    yield made
    made.stop()


@pytest.fixture
def trial(database_url: str) -> Iterator[World]:
    """A trial at its beginning."""
    made = world(database_url)
    yield made
    made.database.write.dispose()
    made.database.read.dispose()


def sender_of(trial: World, post: Post) -> Sender:
    """A sender to this server; a link names the message's kind."""
    settings = Settings(
        mail_server="127.0.0.1", mail_port=post.port, mail_starttls=False, mail_from="irt@trial.example"
    )
    service = trial.service
    return Sender(
        trial.database,
        service.housekeeping,
        trial.clock,
        settings,
        lambda message: f"https://trial.example/{message.kind}",
    )


def states(trial: World) -> list[Any]:
    """State, attempts and error of every delivery."""
    return [(row.state, row.attempts, row.error) for row in trial.rows(Delivery)]
