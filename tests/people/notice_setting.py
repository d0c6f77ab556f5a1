"""Messages of any kind sent by hand, and those who are told: for the tests of notices."""

from datetime import timedelta

from irt.actor import Role
from irt.gate.act import Act, Order, act
from irt.gate.tables import Outbox
from tests.cast import World


class TellKind(Order):
    """A message to be sent."""

    kind: str
    audience: list[str]
    site: str | None = None


@act("test.tell_kind", roles={Role.TRIAL_MANAGER}, during=None)
def tell_kind(act: Act, order: TellKind) -> None:
    """Send a message of this kind, with every fact that one may ask for."""
    facts = {"number": "01-0007", "lot": "L1", "day": "2026-05-01", "box": "B-1", "entry": "Q-1", "kits": 4, "at": "02"}
    facts |= {"count": 3} if order.kind == "code_break.serial" else {}
    facts |= {"due": 3, "older": 1} if order.kind == "envelopes.due" else {}
    facts |= {"findings": 3} if order.kind == "findings.reported" else {}
    facts |= {"report": "none"} if order.kind == "special_report" else {}
    act.send(order.kind, audience=order.audience, site=order.site, **facts)


def notice(world: World, kind: str, *audience: str, site: str | None = None) -> str:
    """Tell these roles of something; answers the id of the outbox row."""
    world.actor("trial_manager")
    before = {row.id for row in world.rows(Outbox)}
    world.do(tell_kind, TellKind(kind=kind, audience=list(audience), site=site), by="trial_manager")
    world.clock.advance(timedelta(seconds=1))
    (row,) = [row for row in world.rows(Outbox) if row.id not in before]
    return str(row.id)
