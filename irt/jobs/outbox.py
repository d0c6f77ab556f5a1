"""The outbox sender of a deployment, and the addresses that its messages point to."""

from typing import Any
from urllib.parse import quote

from sqlalchemy import Row

from irt.gate.refusals import Refused
from irt.gate.tables import Outbox
from irt.mail import Sender
from irt.settings import Settings
from irt.wiring import Service


def has_mail(settings: Settings) -> bool:
    """Whether there is a mail server to send by."""
    return settings.mail_server is not None and settings.mail_from is not None


def sender_of(service: Service) -> Sender:
    """The outbox sender of a service; an invitation's link is made at sending and stored nowhere."""
    base = service.settings.base_url.rstrip("/")

    def link(message: Row[Any]) -> str | None:
        if "invitation" in message.facts:
            return activation_link(service, message.facts["invitation"])
        return page_of(base, message)

    return Sender(service.database, service.housekeeping, service.clock, service.settings, link)


# by the fact, or the beginning of the kind, that names it
OF_FACTS = {"shipment": "shipments", "event": "events", "report": "special-reports", "unblinding": "unblindings"}
OF_KINDS = {
    "quarantine.": "quarantines",
    "code_break.": "code-breaks/",
    "envelope.": "envelopes",
    "envelopes.": "envelopes",
    "findings.": "jobs",
    "paper_code.": "account",
}


def page_of(base: str, message: Row[Any] | Outbox) -> str:
    """The page that shows what a message tells of."""
    for fact, pages in OF_FACTS.items():
        if fact in message.facts:
            return f"{base}/{pages}/{message.facts[fact]}"
    for beginning, page in OF_KINDS.items():
        if message.kind.startswith(beginning):
            return f"{base}/{page}"
    return f"{base}/participants/{message.participant}" if message.participant else base


def activation_link(service: Service, invitation: str) -> str | None:
    """Where the invited person chooses a password; None when the invitation was used, withdrawn or is too old."""
    token = service.credentials.invitation_token(invitation)
    try:
        service.credentials.invited(token)
    except Refused:
        return None
    return f"{service.settings.base_url.rstrip('/')}/activate/{quote(token)}"
