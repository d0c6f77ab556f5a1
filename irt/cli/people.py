"""`irt invitation`: the link for an invited person, where there is no mail server to carry it."""

import click

from irt.cli.wiring import service_of


@click.command()
@click.argument("account")
def invitation(account: str) -> None:
    """Print the activation link of an invited ACCOUNT (its login). Give it to that person alone."""
    service = service_of()
    found = service.credentials.open_invitation_of_login(account)
    if found is None:
        raise click.ClickException(f"{account}: has no open invitation; an administrator can invite again")
    click.echo(f"{service.settings.base_url}/activate/{service.credentials.invitation_token(found)}")


COMMANDS = [invitation]
