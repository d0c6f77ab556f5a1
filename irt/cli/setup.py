"""`irt init`, `irt nightly` and `irt verify`: the house is laid, kept and proved."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from irt.app import build, lay_out
from irt.assurance.verify import report, verify
from irt.cli.people import activation_link
from irt.cli.wiring import DATABASE, ordered, percent, service_of, settings_of
from irt.dispensing.attendance import SweepVisits, sweep_visits
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.dispensing.sweep import SweepKits, sweep_kits
from irt.entropy import new_id
from irt.gate.act import Order
from irt.migrate import newest
from irt.people.accounts import InviteAccount, bootstrap
from irt.supply.readiness import LaySites, lay_sites
from irt.vault.proof import LayProof, lay_proof
from irt.wiring import Service


@click.command()
@click.option("--administrator", metavar="LOGIN", help="The first administrator, on a new database.")
@click.option("--name", help="The administrator's name.")
@click.option("--email", help="The administrator's address.")
def init(administrator: str | None, name: str | None, email: str | None) -> None:
    """Create or upgrade the database, lay out keys and guards, and invite the first administrator."""
    invitation = _invitation(administrator, name, email)
    settings = settings_of()
    lay_out(settings)
    service = build(settings)
    do = partial(_do, service)
    do(lay_proof, LayProof())
    sites = do(lay_sites, LaySites())
    click.echo(f"database ready: {sites} sites laid, {len(service.study.sites)} in all; keys in {settings.keys}")
    click.echo("Copy both key files to a safe place now: without vault.key the allocation is lost.")
    if invitation:
        invited = do(bootstrap, invitation)
        click.echo(f"{administrator}: choose a password at {activation_link(service, invited.invitation)}")


def _invitation(administrator: str | None, name: str | None, email: str | None) -> InviteAccount | None:
    if administrator is None:
        if name or email:
            raise click.UsageError("--name, --email: belong to an administrator; give --administrator LOGIN too")
        return None
    if not name or not email:
        raise click.UsageError(f"--administrator {administrator}: give --name and --email too")
    return ordered(InviteAccount, login=administrator, name=name, email=email)


def _do(service: Service, function: Callable[..., Any], order: Order) -> Any:
    by, request = service.credentials.operator(), new_id(service.entropy)
    return service.gate.perform(function, order, by=by, request_id=request).answer


@click.command()
def nightly() -> None:
    """Once a day: take expired kits from shelves, note those at home and visits missed, set anew who may randomize."""
    service = service_of()
    swept = _do(service, sweep_kits, SweepKits())
    click.echo(f"{swept.expired} kits expired on shelves, {swept.at_home} at home past their expiry")
    click.echo(f"{_do(service, review_shelves, ReviewShelves())} sites open for randomization")
    click.echo(f"{_do(service, sweep_visits, SweepVisits())} visits newly missed")


@click.command("verify")
@DATABASE
def verify_command(database: str | None) -> None:
    """Prove the whole database: chain, rows, ledger, counters, signatures, guards, vault. Exit status 1 if not ok."""
    service = build(settings_of(database))
    with click.progressbar(length=100, label="verify", file=sys.stderr) as bar:
        move = percent(bar)

        def progress(done: int, of: int) -> None:
            move(done / max(of, 1))

        findings = verify(
            service.database, service.keys, service.vault, service.study, revision=newest(), progress=progress
        )
    click.echo(report(findings))
    if findings:
        sys.exit(1)


COMMANDS = [init, nightly, verify_command]
