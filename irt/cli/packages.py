"""`irt package …`: what was handed over at lock, checked and listed offline: no database, no configuration."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irt.cli.package_file import EXISTING, IDENTITY, read_identity, told_plainly
from irt.cli.progress import progress_bar

if TYPE_CHECKING:
    from irt.lock.package.summary import Verdict

MOST_SHOWN = 200  # of one damaged table every row may be wrong
FILE = click.argument("file", type=EXISTING)


@click.group()
def package() -> None:
    """The package that was handed over at database lock."""


@package.command()
@FILE
@IDENTITY
@click.option(
    "--rebuild",
    is_flag=True,
    help="Make certificate, datasets and snapshot again from the tables, too, and compare each byte; this asks "
    "for the versions that environment.json names.",
)
def verify(file: Path, identity: Path | None, rebuild: bool) -> None:
    """Check FILE.zip whole, and print what was checked; each mistake on a line, and then the exit status is 1.

    Every file against the manifests, every cell against its kind, the tables against each other, every draw against the
    list, and the list against the Merkle root and the seed's hash. Compare the Merkle root and the SHA-256 printed with
    those that were published: a package cannot vouch for itself.
    """
    found = _verdict(file, identity, rebuild)
    _print(found)
    if found.mistakes:
        sys.exit(1)


@package.command()
@FILE
@IDENTITY
def show(file: Path, identity: Path | None) -> None:
    """List what is in FILE.zip, after the same check."""
    found = _verdict(file, identity)
    for name, size, what in found.files:
        click.echo(f"{name:44} {size:>11}  {what}")
    if found.mistakes:
        _print(found)
        sys.exit(1)


def _verdict(file: Path, identity: Path | None, rebuild: bool = False) -> "Verdict":
    with told_plainly(file):
        from irt.lock.package.summary import verdict  # what reads a package is loaded by who asks for it

        key = read_identity(identity)
        if not rebuild:
            return verdict(file.read_bytes(), key)
        with progress_bar() as bar:
            task = bar.add_task("making it again", total=None)
            return verdict(
                file.read_bytes(), key, rebuild=True,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )  # fmt: skip


def _print(found: "Verdict") -> None:
    for label, value in found.told:
        click.echo(f"{label:20} {value}")
    for label, value in found.checked:
        click.echo(f"{'checked ' + label:20} {value}")
    count = len(found.mistakes)
    for mistake in found.mistakes[:MOST_SHOWN]:
        click.echo(f"mistake: {mistake}")
    if count > MOST_SHOWN:
        click.echo(f"and {count - MOST_SHOWN} more")
    click.echo("no mistakes" if not count else "1 mistake" if count == 1 else f"{count} mistakes")


COMMANDS = [package]
