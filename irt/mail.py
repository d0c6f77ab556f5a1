"""The outbox sender: what acts decided to tell, sent after the commit, outside any transaction, at least once.

A message names the site, the participant's number and where to look; never an arm, a kit type or anything else of a
participant. Its Message-ID comes from the outbox row and the recipient, so that a copy sent twice is known as one.
"""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from sqlalchemy import Connection, Row, and_, func, or_, select, true

from irt.clock import Clock
from irt.db import Database
from irt.gate.housekeeping import Housekeeping
from irt.gate.rows import table_of
from irt.gate.tables import Delivery, Outbox
from irt.people.tables import Account, RoleGrant
from irt.settings import Settings

LEASE = timedelta(minutes=5)  # longer than a mail server may take over one message
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=4)
KEPT_TRYING = timedelta(days=7)  # as long as an invitation holds; what is older, people see on their start page
ABOUT_ONE_MESSAGE = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)  # the next message may well go
CATALOGUES = Path(__file__).parent / "translations"

_outbox, _delivery, _account, _grant = map(table_of, (Outbox, Delivery, Account, RoleGrant))


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
    "shipment.express_cancelled": (
        N_("The kit for participant %(number)s does not come"),
        N_(
            "Shipment %(box)s, by which a kit for participant %(number)s was to come to site %(site)s, was cancelled "
            "before it left the depot. Ask for the kit again on the participant's page:\n\n%(link)s"
        ),
    ),
    "quarantine.excursion": (
        N_("A box arrived at site %(site)s after a temperature excursion"),
        N_(
            "The temperature record of shipment %(box)s shows an excursion. Its kits are in quarantine "
            "(%(entry)s) until you decide on them:\n\n%(link)s"
        ),
    ),
    "quarantine.not_read": (
        N_("The temperature record of a box at site %(site)s was not read"),
        N_(
            "Shipment %(box)s arrived, and its temperature record was not read. Its kits are in quarantine "
            "(%(entry)s) until you decide on them:\n\n%(link)s"
        ),
    ),
    "quarantine.found": (
        N_("A kit at site %(site)s was missing and is found again"),
        N_(
            "A kit of shipment %(box)s was missing when the box was received, and is found again. It is in quarantine "
            "(%(entry)s) until you decide on it:\n\n%(link)s"
        ),
    ),
    "quarantine.refrigerator": (
        N_("Temperature excursion in the refrigerator of site %(site)s"),
        N_(
            "All %(kits)s kits that stood in the refrigerator of site %(site)s are in quarantine (%(entry)s) until you "
            "decide on them:\n\n%(link)s"
        ),
    ),
    "quarantine.released": (
        N_("Kits at site %(site)s are released"),
        N_("Quality released the kits of quarantine %(entry)s at site %(site)s:\n\n%(link)s"),
    ),
    "quarantine.rejected": (
        N_("Kits at site %(site)s are rejected"),
        N_(
            "Quality rejected the kits of quarantine %(entry)s at site %(site)s. They wait to be disposed of:"
            "\n\n%(link)s"
        ),
    ),
    "lot.held": (
        N_("Lot %(lot)s is on hold, and kits of it are at site %(site)s"),
        N_(
            "Lot %(lot)s is on hold. Its kits at site %(site)s are in quarantine; the recall list names those with "
            "participants:\n\n%(link)s"
        ),
    ),
    "lot.held_everywhere": (
        N_("Lot %(lot)s is on hold"),
        N_("No kit of lot %(lot)s is given or shipped until quality decides:\n\n%(link)s"),
    ),
    "lot.resumed": (
        N_("The hold of lot %(lot)s has ended, and kits of it are at site %(site)s"),
        N_(
            "The hold of lot %(lot)s has ended. Its kits at site %(site)s are back where they were; those that had "
            "been set aside for a visit go to nobody:\n\n%(link)s"
        ),
    ),
    "lot.resumed_everywhere": (
        N_("The hold of lot %(lot)s has ended"),
        N_("Kits of lot %(lot)s may be given and shipped again:\n\n%(link)s"),
    ),
    "lot.rejected": (
        N_("Lot %(lot)s is rejected, and kits of it are at site %(site)s"),
        N_(
            "Lot %(lot)s is rejected: no kit of it is given any more. Those at site %(site)s wait to be disposed of. "
            "Please call back those that participants still have; your start page names them:\n\n%(link)s"
        ),
    ),
    "lot.rejected_everywhere": (
        N_("Lot %(lot)s is rejected"),
        N_("No kit of lot %(lot)s is ever given or shipped:\n\n%(link)s"),
    ),
    "lot.shortened": (
        N_("Lot %(lot)s expires earlier, and kits of it are at site %(site)s"),
        N_(
            "Lot %(lot)s expires on %(day)s by now, which is earlier than its labels say. Please relabel the kits at "
            "site %(site)s before one is handed over, and call back those at home that are past it:\n\n%(link)s"
        ),
    ),
    "supply.short": (
        N_("The depot cannot supply site %(site)s"),
        N_("Kits were needed for site %(site)s, and the depot has none to send. Please look at its stock:\n\n%(link)s"),
    ),
    "mishap.elsewhere": (
        N_("Participant %(number)s came to site %(at)s"),
        N_(
            "Participant %(number)s of site %(site)s came to site %(at)s, where the kit of the visit was set aside. "
            "The participant's page shows it:\n\n%(link)s"
        ),
    ),
    "mishap.not_collected": (
        N_("Participant %(number)s did not collect the kit at site %(at)s"),
        N_(
            "Participant %(number)s of site %(site)s did not collect the kit that was set aside at site %(at)s. Where "
            "one is needed, ask for it on the participant's page:\n\n%(link)s"
        ),
    ),
    "kit.to_be_allowed": (
        N_("Another kit for participant %(number)s waits to be allowed"),
        N_(
            "Two kits of one visit of participant %(number)s at site %(site)s are gone. The next one is given only "
            "when you allow it; please look here:\n\n%(link)s"
        ),
    ),
    "mishap.told": (
        N_("Something happened to a box of participant %(number)s"),
        N_(
            "At site %(site)s somebody told what happened to a box of participant %(number)s. What was done and what "
            "is open stands here:\n\n%(link)s"
        ),
    ),
    "mishap.in_stock": (
        N_("Something happened to a box at site %(site)s"),
        N_(
            "At site %(site)s somebody told what happened to a box that was nobody's yet. What was done and what is "
            "open stands here:\n\n%(link)s"
        ),
    ),
    "code_break.done": (
        N_("Emergency code break: participant %(number)s"),
        N_(
            "The code of participant %(number)s at site %(site)s was broken in an emergency. What it showed is told to "
            "nobody else. That it happened, and why, stands here:\n\n%(link)s"
        ),
    ),
    "code_break.serial": (
        N_("Several emergency code breaks at site %(site)s"),
        N_(
            "At site %(site)s %(count)s codes were broken within one hour. Please speak to the investigator at once. "
            "What is recorded stands here:\n\n%(link)s"
        ),
    ),
    "envelope.opened": (
        N_("Emergency envelope opened: participant %(number)s"),
        N_(
            "The emergency envelope of participant %(number)s at site %(site)s was opened while the service was down. "
            "What it showed is told to nobody else. That it happened, and why, stands here:\n\n%(link)s"
        ),
    ),
    "findings.reported": (
        N_("The nightly check found something"),
        N_(
            "The nightly check found %(findings)s things in the database that are not as they were left. Please let "
            "the operator run `irt verify`, which names them. How the jobs stand:\n\n%(link)s"
        ),
    ),
    "invitation": (
        N_("Your access to the trial's randomization and supply service"),
        N_("Choose your own password here, within seven days. The link is for you alone:\n\n%(link)s"),
    ),
    "role_proposed": (
        N_("A role waits for a second signature"),
        N_("A role was proposed for somebody. Please agree or decline; your start page names it:\n\n%(link)s"),
    ),
}


class Unreachable(Exception):  # noqa: N818
    """The mail server cannot be talked to now; nothing more is tried in this run."""


@dataclass(frozen=True)
class Sender:
    """Sends what waits in the outbox.

    `link` makes the address that a message points to; None means that the message has become pointless.
    """

    database: Database
    housekeeping: Housekeeping
    clock: Clock
    settings: Settings
    link: Callable[[Row[Any]], str | None]

    def run(self) -> int:
        """Send everything that is due, once; answers how many messages the mail server took.

        A server that does not answer ends the run; what was to be sent waits, each time longer, and is given up after
        KEPT_TRYING.
        """
        since, taken = self.clock.now() - KEPT_TRYING, 0
        self._give_up(since)
        with closing(_Server(self.settings)) as server:
            try:
                for message, account in self._due(since):
                    taken += self._send(server, message, account)
            except Unreachable:
                return taken
        return taken

    def _due(self, since: datetime) -> list[tuple[Row[Any], str]]:
        now = self.clock.now()
        with self.database.read.connect() as connection:
            recent = select(_outbox).where(_outbox.c.created_at >= since, _outbox.c.created_at <= now)
            messages = list(connection.execute(recent.order_by(_outbox.c.created_at, _outbox.c.id)))
            deliveries = select(_delivery).join(_outbox, _outbox.c.id == _delivery.c.outbox)
            known = {row.id: row for row in connection.execute(deliveries.where(_outbox.c.created_at >= since))}
            return [
                (message, account.id)
                for message in messages
                for account in recipients(connection, message)
                if _is_due(known.get(f"{message.id}.{account.id}"), now)
            ]

    def _send(self, server: "_Server", message: Row[Any], account: str) -> bool:
        key, now = f"{message.id}.{account}", self.clock.now()
        fields = {"id": key, "outbox": message.id, "account": account}
        first = {**fields, "state": "waiting", "attempts": 0, "due_at": now, "sent_at": None, "error": None}
        self.housekeeping.add_missing(Delivery, **first)
        with self.database.read.connect() as connection:
            row = connection.execute(select(_delivery).where(_delivery.c.id == key)).one()
        attempts, seen = row.attempts + 1, {"attempts": row.attempts, "state": row.state}
        lease = {"state": "leased", "attempts": attempts, "due_at": now + LEASE}
        if not _is_due(row, now) or not self.housekeeping.change(Delivery, seen, id=key, **lease):
            return False  # another sender has it
        with self.database.read.connect() as connection:  # roles may have ended since the run began
            person = next((one for one in recipients(connection, message) if one.id == account), None)
        link = self.link(message)
        if person is None or link is None:
            self.housekeeping.change(Delivery, id=key, state="given_up", error="nobody to tell")
            return False
        try:
            server.take(self._written(message, person, link, now))
        except (*ABOUT_ONE_MESSAGE, Unreachable) as fault:
            again = now + min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
            self.housekeeping.change(
                Delivery,
                id=key,
                state="waiting",
                due_at=again,
                error=str(fault) if isinstance(fault, Unreachable) else type(fault).__name__,
            )
            if isinstance(fault, Unreachable):
                raise
            return False
        self.housekeeping.change(Delivery, id=key, state="sent", sent_at=self.clock.now(), error=None)
        return True

    def _give_up(self, since: datetime) -> None:
        old = select(_delivery.c.id).join(_outbox, _outbox.c.id == _delivery.c.outbox)
        old = old.where(_outbox.c.created_at < since, _delivery.c.state.in_(("waiting", "leased")))
        with self.database.read.connect() as connection:
            late = list(connection.execute(old).scalars())
        for key in late:
            self.housekeeping.change(Delivery, id=key, state="given_up")

    def _written(self, message: Row[Any], account: Row[Any], link: str, now: datetime) -> EmailMessage:
        catalogue = _catalogue(account.language)
        subject, body = MESSAGES[message.kind]
        facts = {**message.facts, "site": message.site or "", "link": link}
        mail = EmailMessage()
        mail["From"], mail["To"] = self.settings.mail_from, account.email
        mail["Subject"] = " ".join((catalogue.gettext(subject) % facts).split())
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = f"<{message.id}.{account.id}@{(self.settings.mail_from or 'irt').rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by an absence assistant
        mail.set_content(catalogue.gettext(body) % facts)
        return mail


class _Server:
    """The mail server, connected when the first message is to go, and again after it hung up."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: smtplib.SMTP | None = None

    def take(self, mail: EmailMessage) -> None:
        """Hand one message over; raises Unreachable when there is nobody to talk to."""
        try:
            self._open = self._open or self._connect()
            self._open.send_message(mail)
        except ABOUT_ONE_MESSAGE:
            raise
        except OSError as fault:  # every fault of smtplib is one
            self.close()
            raise Unreachable(type(fault).__name__) from fault

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        assert settings.mail_server, "mail_server is set"
        server = smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=30)
        try:
            if settings.mail_starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.mail_user and settings.mail_password_file:
                server.login(settings.mail_user, settings.mail_password_file.read_text(encoding="utf-8").strip())
        except BaseException:
            server.close()
            raise
        return server


def recipients(connection: Connection, message: Row[Any]) -> list[Row[Any]]:
    """Who is to get a message now: an account that it names, or who held one of its roles when it was written, and
    holds it still. A role that came later finds its work on the start page.
    """
    since = func.coalesce(_grant.c.second_at, _grant.c.proposed_at)
    here = or_(_grant.c.at_site.is_(None), _grant.c.at_site == message.site) if message.site else true()
    by_role = and_(
        _account.c.state == "active",
        _grant.c.state == "active",
        _grant.c.role.in_(message.audience),
        since <= message.created_at,
        here,
    )
    by_name = and_(_account.c.id.in_(message.audience), _account.c.state != "disabled")
    people = select(_account).distinct().outerjoin(_grant, _grant.c.account == _account.c.id)
    return list(connection.execute(people.where(or_(by_name, by_role)).order_by(_account.c.id)))


def _is_due(delivery: Row[Any] | None, now: datetime) -> bool:
    return delivery is None or (delivery.state in ("waiting", "leased") and delivery.due_at <= now)


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [language])
