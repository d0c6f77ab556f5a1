"""The outbox sender: what acts decided to tell, sent after the commit, outside any transaction, at least once.

A message names the site, the participant's number and where to look; never an arm, a kit type or anything else of a
participant. Its Message-ID comes from the outbox row and the recipient, so that a copy sent twice is known as one.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from sqlalchemy import Row, select

from irt.clock import Clock
from irt.db import Database
from irt.gate.housekeeping import Housekeeping
from irt.gate.rows import table_of
from irt.gate.tables import Delivery, Outbox
from irt.people.tables import Account, RoleGrant
from irt.settings import Settings

LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
PERSONAL = "account:"  # an audience entry that names one account instead of a role
CATALOGUES = Path(__file__).parent / "translations"


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for a text that is translated later)
    """Mark a text for the catalogues."""
    return text


# kind → subject and body; the facts of the outbox row, and `site`, `link`, fill them
MESSAGES = {
    "participant.randomized": (
        N_("Participant %(number)s was randomized"),
        N_("Participant %(number)s at site %(site)s was randomized. The first kit is assigned.\n\n%(link)s"),
    ),
    "shipment.requested": (
        N_("A shipment to site %(site)s is to be packed"),
        N_("A shipment to site %(site)s was requested. The packing list is here:\n\n%(link)s"),
    ),
    "shipment.sent": (
        N_("A shipment to site %(site)s is on its way"),
        N_("A shipment to site %(site)s has left the depot. Please receive it here when it arrives:\n\n%(link)s"),
    ),
    "account.invited": (
        N_("You are invited to the trial's randomization and supply service"),
        N_("An account was opened for you. Choose your own password here, within seven days:\n\n%(link)s"),
    ),
}


@dataclass(frozen=True)
class Sender:
    """Sends what waits in the outbox. `link` makes the address that a message points to."""

    database: Database
    housekeeping: Housekeeping
    clock: Clock
    settings: Settings
    link: Callable[[Row[Any], str], str]

    def run(self) -> int:
        """Send everything that is due once; answers how many messages the mail server took."""
        with self.database.read.connect() as connection:
            waiting = list(connection.execute(select(table_of(Outbox)).order_by(Outbox.created_at, Outbox.id)))
            known = {row.id: row for row in connection.execute(select(table_of(Delivery)))}
            people = _people(connection)
        now = self.clock.now()
        due = [
            (message, account)
            for message in waiting
            for account in _recipients(message, people)
            if _is_due(known.get(f"{message.id}.{account.id}"), now)
        ]
        if not due:
            return 0
        with self._server() as server:
            return sum(self._send(server, message, account, now) for message, account in due)

    def _send(self, server: smtplib.SMTP, message: Row[Any], account: Row[Any], now: datetime) -> bool:
        key = f"{message.id}.{account.id}"
        fields = {"id": key, "outbox": message.id, "account": account.id}
        first = {**fields, "state": "waiting", "attempts": 0, "due_at": now, "sent_at": None, "error": None}
        self.housekeeping.add_missing(Delivery, **first)
        with self.database.read.connect() as connection:
            row = connection.execute(select(table_of(Delivery)).where(Delivery.id == key)).one()
        attempts = row.attempts + 1
        leased = self.housekeeping.change(
            Delivery,
            {"attempts": row.attempts, "state": row.state},
            id=key,
            state="leased",
            attempts=attempts,
            due_at=now + LEASE,
        )
        if not leased or row.state == "sent":
            return False
        try:
            server.send_message(self._written(message, account, now))
        except (smtplib.SMTPException, OSError) as fault:
            wait = min(timedelta(minutes=2**attempts), LONGEST_WAIT)
            self.housekeeping.change(Delivery, id=key, state="waiting", due_at=now + wait, error=type(fault).__name__)
            return False
        self.housekeeping.change(Delivery, id=key, state="sent", sent_at=now, error=None)
        return True

    def _written(self, message: Row[Any], account: Row[Any], now: datetime) -> EmailMessage:
        catalogue = _catalogue(account.language)
        subject, body = MESSAGES[message.kind]
        facts = {**message.facts, "site": message.site or "", "link": self.link(message, account.id)}
        mail = EmailMessage()
        mail["From"], mail["To"] = self.settings.mail_from, account.email
        mail["Subject"] = " ".join((catalogue.gettext(subject) % facts).split())
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = f"<{message.id}.{account.id}@{(self.settings.mail_from or 'irt').rpartition('@')[2]}>"
        mail.set_content(catalogue.gettext(body) % facts)
        return mail

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        assert self.settings.mail_server, "mail_server is set"
        with smtplib.SMTP(self.settings.mail_server, self.settings.mail_port, timeout=30) as server:
            if self.settings.mail_starttls:
                server.starttls(context=ssl.create_default_context())
            if self.settings.mail_user and self.settings.mail_password_file:
                secret = self.settings.mail_password_file.read_text(encoding="utf-8").strip()
                server.login(self.settings.mail_user, secret)
            yield server


def _people(connection: Any) -> list[tuple[Row[Any], set[tuple[str, str | None]]]]:
    grants: dict[str, set[tuple[str, str | None]]] = {}
    for grant in connection.execute(select(table_of(RoleGrant)).where(RoleGrant.state == "active")):
        grants.setdefault(grant.account, set()).add((grant.role, grant.at_site))
    accounts = connection.execute(select(table_of(Account)).order_by(Account.id))
    return [(account, grants.get(account.id, set())) for account in accounts if account.state != "disabled"]


def _recipients(
    message: Row[Any], people: Iterable[tuple[Row[Any], set[tuple[str, str | None]]]]
) -> Iterator[Row[Any]]:
    """Who is to get a message now: roles are looked at again at sending, not as they were when it was written."""
    for account, grants in people:
        if f"{PERSONAL}{account.id}" in message.audience or (
            account.state == "active"
            and any(
                role in message.audience and (site is None or message.site is None or site == message.site)
                for role, site in grants
            )
        ):
            yield account


def _is_due(delivery: Row[Any] | None, now: datetime) -> bool:
    return delivery is None or (delivery.state != "sent" and delivery.due_at <= now)


def _catalogue(language: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [language])
