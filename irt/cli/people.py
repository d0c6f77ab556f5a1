"""`irt invitation`: the link for an invited person, where there is no mail server to carry it."""

import click

from irt.app import build
from irt.cli.wiring import settings_of
from irt.jobs.outbox import activation_link


@click.command()
@click.argument("account")
def invitation(account: str) -> None:
    """Print the activation link of an invited ACCOUNT (its login). Give it to that person alone."""
    service = build(settings_of())  # also while a changed study file waits for its amendment
    found = service.credentials.open_invitation_of_login(account)
    link = activation_link(service, found) if found else None
    if link is None:
        raise click.ClickException(
            f"{account}: has no invitation that can be used; check the login, or let an administrator invite again"
        )
    click.echo(link)


COMMANDS = [invitation]
