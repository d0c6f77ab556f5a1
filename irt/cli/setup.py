"""`irt init` and `irt verify`: the house is laid, and proved."""

import sys

import click

from irt.app import build, lay_out
from irt.assurance.verify import report, verify
from irt.cli.wiring import DATABASE, settings_of
from irt.entropy import SystemEntropy, new_id
from irt.gate.act import Order
from irt.migrate import newest
from irt.people.accounts import InviteAccount, bootstrap
from irt.supply.readiness import LaySites, lay_sites
from irt.vault.proof import LayProof, lay_proof


@click.command()
@click.option("--administrator", metavar="LOGIN", help="The first administrator, on a new database.")
@click.option("--name", help="The administrator's name.")
@click.option("--email", help="The administrator's address.")
def init(administrator: str | None, name: str | None, email: str | None) -> None:
    """Create or upgrade the database, lay out keys and guards, and invite the first administrator."""
    settings = settings_of()
    lay_out(settings)
    service = build(settings)
    operator = service.credentials.operator()

    def do(function: object, order: Order) -> object:
        request = new_id(SystemEntropy())
        return service.gate.perform(function, order, by=operator, request_id=request).answer  # type: ignore[arg-type]

    do(lay_proof, LayProof())
    sites = do(lay_sites, LaySites())
    click.echo(f"database ready: {sites} sites laid; keys in {settings.keys}")
    click.echo("Copy both key files to a safe place now: without vault.key the allocation is lost.")
    if administrator:
        invited = do(bootstrap, InviteAccount(login=administrator, name=name or administrator, email=email or ""))
        token = service.credentials.invitation_token(invited.invitation)  # type: ignore[attr-defined]
        click.echo(f"{administrator}: choose a password at {settings.base_url}/activate/{token}")


@click.command("verify")
@DATABASE
def verify_command(database: str | None) -> None:
    """Prove the whole database: chain, rows, ledger, counters, signatures, guards, vault. Exit status 1 if not ok."""
    service = build(settings_of(database))
    with click.progressbar(length=100, label="verify", file=sys.stderr) as bar:
        seen = 0

        def progress(done: int, of: int) -> None:
            nonlocal seen
            percent = 100 * done // max(of, 1)
            bar.update(percent - seen)
            seen = percent

        findings = verify(
            service.database, service.keys, service.vault, service.study, revision=newest(), progress=progress
        )
    click.echo(report(findings))
    if findings:
        sys.exit(1)


COMMANDS = [init, verify_command]
