"""`irt kits …`: a manifest generated for the packager, or imported; labels to print."""

import os
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import click
from sqlalchemy import or_, select

from irt.cli.wiring import DATABASE, LOGIN, do, service_of, settings_of
from irt.entropy import SystemEntropy
from irt.paper.labels import labels_pdf
from irt.study import load_study
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.labelling import label_texts, labels_of
from irt.supply.manifest import LOT_CODE, read_expiry
from irt.supply.packing import manifest_csv, pack
from irt.supply.tables import Kit


@click.group()
def kits() -> None:
    """Kit lists."""


@kits.command()
@click.option("--count", required=True, type=click.IntRange(16, 90_000), help="How many kits, of all types together.")
@click.option("--lot", "lots", multiple=True, required=True, metavar="CODE=YYYY-MM-DD",
              help="A blinded lot code with its common expiry; give several.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The CSV file to write; never over one.")
def generate(count: int, lots: Iterable[str], out: Path) -> None:
    """Make a scrambled, check-digited kit list for the packager. Whoever sees it is unmasked."""
    study = load_study(settings_of().study)
    earliest = datetime.now(UTC).date()
    named: dict[str, date] = {}
    for text in lots:
        code, expiry = _lot(text)
        if code in named:
            raise click.BadParameter(f"{code}: is given twice; give each lot once", param_hint="--lot")
        if expiry < earliest:
            raise click.BadParameter(f"{text}: expired before today; give a later lot", param_hint="--lot")
        named[code] = expiry
    try:
        content = manifest_csv(pack(study, count, named, SystemEntropy()))
    except ValueError as reason:
        raise click.BadParameter(str(reason), param_hint="--count") from None
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as fault:
        raise click.BadParameter(
            f"{out}: cannot be written ({fault.strerror}); name a new file in a folder of your own", param_hint="--out"
        ) from None
    click.echo(f"{out}: {count} kits; give it to the packager, import it, then destroy it or put it into escrow")


def _lot(text: str) -> tuple[str, date]:
    code, _, day = text.partition("=")
    expiry = read_expiry(day)
    if expiry is None or not LOT_CODE.fullmatch(code):
        raise click.BadParameter(f"{text!r}: write CODE=YYYY-MM-DD, such as A1=2030-06-30", param_hint="--lot")
    return code, expiry


@kits.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LOGIN
def import_file(file: Path, login: str) -> None:
    """Import a kit list (CSV or XLSX), sealed at once; all mistakes are listed and then nothing is imported."""
    service = service_of()
    done = do(service, login, import_kits, ImportKits.from_file(file.name, file.read_bytes()))
    click.echo(f"{done.answer.kits} kits imported")


@kits.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lot", "lots", multiple=True, metavar="CODE", help="All kits of a lot; give several.")
@click.option("--kit", "numbers", multiple=True, metavar="NUMBER", help="One kit; give several.")
@DATABASE
def labels(file: Path, lots: tuple[str, ...], numbers: tuple[str, ...], database: str | None) -> None:
    """Write the labels of kits as PDF, sorted by number. Nothing on them tells a kit's type."""
    if not lots and not numbers:
        raise click.UsageError("name what to print with --lot or --kit")
    service = service_of(database)
    with service.database.reading(service.credentials.operator()) as session:
        found = list(session.scalars(select(Kit).where(or_(Kit.lot.in_(lots), Kit.number.in_(numbers)))))
    _all_known("--lot", lots, {kit.lot for kit in found}, "lot")
    _all_known("--kit", numbers, {kit.number for kit in found}, "kit")
    now = service.clock.now()
    try:
        made = labels_pdf(
            label_texts(service.study), labels_of(found), footer=f"{service.study.id} / {now:%Y-%m-%d}", made_at=now
        )
        file.write_bytes(made)
    except (OSError, ValueError) as fault:
        raise click.ClickException(f"{file}: not written ({fault}); name another file, or shorten [label]") from None
    click.echo(f"{len(found)} labels in {file}")


def _all_known(option: str, asked: Iterable[str], known: Collection[str], what: str) -> None:
    for one in asked:
        if one not in known:
            raise click.BadParameter(f"{one}: there is no such {what}; compare it with the kit list", param_hint=option)


COMMANDS = [kits]
