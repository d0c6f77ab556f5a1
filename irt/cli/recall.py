"""`irt supply recall`: where every kit of a lot is, or one kit, as the page shows it."""

import click

from irt.cli.wiring import LOGIN, service_of, sign_in_here
from irt.gate.refusals import Refused
from irt.supply.recall import search
from irt.web.recall import READERS


@click.command()
@click.argument("lot_or_kit")
@LOGIN
def recall(lot_or_kit: str, login: str) -> None:
    """List every shelf and home where a kit of LOT_OR_KIT is, all types alike, within the sites of who asks."""
    service = service_of()
    actor, _ = sign_in_here(service, login)
    if not READERS & actor.roles:
        raise Refused("role_not_allowed", act="recall")
    with service.database.reading(actor) as session:
        found, depot = search(session, lot_or_kit)
    if not found and not depot:
        raise click.ClickException(f"{lot_or_kit}: no kit within your sites has this lot or number; read it again")
    for one in found:
        since = one.since.isoformat(timespec="minutes")
        click.echo("\t".join((one.site, one.place, one.participant or "-", one.kit, one.lot, one.state, since)))
    click.echo(f"{len(found)} kits listed, {depot} at the depot")
