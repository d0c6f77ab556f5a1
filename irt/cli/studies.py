"""`irt study …`: the study file checked, and a change of it taken in."""

import sys
from pathlib import Path

import click

from irt.app import build
from irt.cli.wiring import LOGIN, do, ordered, settings_of
from irt.paper.labels import TooLong
from irt.randomization.opening import AmendStudy, amend_study
from irt.study import Mistake, check_study, load_study, report
from irt.supply.labelling import try_label


@click.group()
def study() -> None:
    """The study file."""


@study.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check(file: Path | None) -> None:
    """List every mistake of the study file by key, with its remedy; exit status 1 if there is one."""
    path = file or settings_of().study
    mistakes = check_study(path)
    if mistakes:
        click.echo(report(mistakes))
        sys.exit(1)
    try:
        try_label(load_study(path))
    except TooLong as told:
        click.echo(report([Mistake("label", str(told), "shorten it, here or in kit, dosing or the study's own lines")]))
        sys.exit(1)
    click.echo(f"{path}: no mistakes")


@study.command()
@LOGIN
@click.option("--reason", required=True, help="Why the study file changed: the amendment and its approval.")
def amend(login: str, reason: str) -> None:
    """Take a changed study file in, signed; the service starts again afterwards."""
    order = ordered(AmendStudy, reason=reason)
    service = build(settings_of())
    do(service, login, amend_study, order)
    click.echo(f"study file taken in: SHA-256 {service.study.sha256}")


COMMANDS = [study]
