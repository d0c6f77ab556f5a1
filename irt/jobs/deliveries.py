"""How the sending of mail stands, for the operator and the page of the jobs: counts and one time, never an address."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from irt.gate.rows import table_of
from irt.gate.tables import Delivery, Outbox
from irt.mail import KEPT_TRYING, recipients
from irt.people.notices import by_mail

_outbox, _delivery = table_of(Outbox), table_of(Delivery)


@dataclass(frozen=True)
class Deliveries:
    """Messages to single recipients. `oldest`: since when the one that waits longest does; None where none waits."""

    sent: int
    waiting: int
    given_up: int
    not_wanted: int
    oldest: datetime | None


def deliveries(connection: Connection, now: datetime, *, besides: Collection[str] = ()) -> Deliveries:
    """How many messages were sent, wait (those that nobody has tried yet too), were given up or were not wanted.

    `besides`: kinds that are not counted, where whoever reads it is not to learn that there are any.
    """
    counted = _outbox.c.kind.not_in(sorted(besides))
    sending = select(_delivery.c.state, func.count()).join(_outbox, _outbox.c.id == _delivery.c.outbox)
    by_state = sending.where(counted).group_by(_delivery.c.state)
    counts = {str(row.state): int(row[1]) for row in connection.execute(by_state)}
    settled = select(_delivery.c.id).where(_delivery.c.state.not_in(("waiting", "leased")))
    recent = and_(_outbox.c.created_at >= now - KEPT_TRYING, counted)
    done = set(connection.execute(settled.join(_outbox, _outbox.c.id == _delivery.c.outbox).where(recent)).scalars())
    messages = list(connection.execute(select(_outbox).where(recent).order_by(_outbox.c.created_at, _outbox.c.id)))
    waiting = [
        message.created_at
        for message in messages
        for one in recipients(connection, message)
        if f"{message.id}.{one.id}" not in done and by_mail(connection, message.kind, one.id)
    ]
    return Deliveries(
        sent=counts.get("sent", 0),
        waiting=len(waiting),
        given_up=counts.get("given_up", 0),
        not_wanted=counts.get("not_wanted", 0),
        oldest=min(waiting, default=None),
    )
