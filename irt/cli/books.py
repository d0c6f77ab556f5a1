"""`irt books …`: the pharmacy's books of one site or of all as CSV. Nothing in them tells a kit's type."""

from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from irt.cli.wiring import DATABASE, service_of
from irt.clock import local_instant
from irt.dispensing.books import COUNTED, KIT_COLUMNS, Ledger, accountability, gather, inventory
from irt.paper.book import Cell, Column, table_csv
from irt.web.records import rows

MOVE_COLUMNS = ("site", "moved_at", "kit", "before", "after", "participant", *COUNTED)
SITE = click.option("--site", help="One site's code; all sites without it.")
CSV = click.option(
    "--csv", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)


@click.group()
def books() -> None:
    """The pharmacy's books."""


@books.command("accountability")
@SITE
@CSV
@DATABASE
def accountability_command(site: str | None, file: Path, database: str | None) -> None:
    """One line for each kit that was ever at a site: whose it is, its days, its vials, what is open."""

    def lines(ledger: Ledger) -> list[list[Cell]]:
        return [[getattr(one, name) for name in KIT_COLUMNS] for one in accountability(ledger)]

    _write(site, file, database, KIT_COLUMNS, lines)


@books.command("inventory")
@SITE
@CSV
@DATABASE
def inventory_command(site: str | None, file: Path, database: str | None) -> None:
    """Every move of a kit at a site, in order of time, with the site's totals after it."""

    def lines(ledger: Ledger) -> list[list[Cell]]:
        return [
            [ledger.site, local_instant(one.moved_at, ledger.zone).isoformat(timespec="seconds"), one.kit, one.before,
             one.after, one.participant, *(one.totals[name] for name in COUNTED)]
            for one in inventory(ledger)
        ]  # fmt: skip

    _write(site, file, database, MOVE_COLUMNS, lines)


def _write(site: str | None, file: Path, database: str | None, columns: tuple[str, ...], lines: Any) -> None:
    service = service_of(database)
    zones = {one.code: one.time_zone for one in service.study.sites}
    if site is not None and site not in zones:
        raise click.BadParameter(
            f"{site} is no site of the study; choose one of {', '.join(zones)}", param_hint="--site"
        )
    found: list[list[Cell]] = []
    with service.database.reading(service.credentials.operator()) as session:
        for code in [site] if site else zones:
            found += lines(_ledger(session, code, zones[code]))
    file.write_bytes(table_csv([Column(name) for name in columns], found))
    click.echo(f"{len(found)} lines in {file}")


def _ledger(session: Session, site: str, zone: str) -> Ledger:
    return gather(partial(rows, session), site, zone)


COMMANDS = [books]
