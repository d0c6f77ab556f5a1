"""`irt kits …`: a manifest generated for the packager, or imported."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from irt.cli.wiring import LOGIN, do, service_of, settings_of
from irt.entropy import SystemEntropy, choice
from irt.study import load_study
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.numbers import make_kit_numbers, scramble_types


@click.group()
def kits() -> None:
    """Kit lists."""


@kits.command()
@click.option("--count", required=True, type=click.IntRange(min=16), help="How many kits, of all types together.")
@click.option("--lot", "lots", multiple=True, required=True, metavar="CODE=YYYY-MM-DD",
              help="A blinded lot code with its common expiry; give several.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The CSV file to write; never over one.")
def generate(count: int, lots: Iterable[str], out: Path) -> None:
    """Make a scrambled, check-digited kit list for the packager. Whoever sees it is unmasked."""
    study, entropy = load_study(settings_of().study), SystemEntropy()
    parts = sum(arm.ratio for arm in study.arms)
    if count % parts:
        raise click.BadParameter(f"{count} is no multiple of {parts}, the sum of the ratio", param_hint="--count")
    expiries = dict(_lot(lot) for lot in lots)
    types = scramble_types({arm.kit_type: count * arm.ratio // parts for arm in study.arms}, entropy.take)
    with out.open("x", newline="", encoding="utf-8") as file:
        out.chmod(0o600)
        writer = csv.writer(file)
        writer.writerow(["kit_number", "kit_type", "lot", "expiry", "vials"])
        for number, kind in zip(make_kit_numbers(count, entropy.take), types, strict=True):
            lot = choice(entropy, sorted(expiries))
            writer.writerow([number, kind, lot, expiries[lot].isoformat(), study.kit.vials])
    click.echo(f"{out}: {count} kits; give it to the packager, import it, then destroy it or put it into escrow")


def _lot(text: str) -> tuple[str, date]:
    code, _, expiry = text.partition("=")
    try:
        return code, date.fromisoformat(expiry)
    except ValueError:
        raise click.BadParameter(f"{text!r}: write CODE=YYYY-MM-DD", param_hint="--lot") from None


@kits.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LOGIN
def import_file(file: Path, login: str) -> None:
    """Import a kit list (CSV or XLSX), sealed at once; all mistakes are listed and then nothing is imported."""
    service = service_of()
    done = do(service, login, import_kits, ImportKits.from_file(file.name, file.read_bytes()))
    click.echo(f"{done.answer.kits} kits imported")


COMMANDS = [kits]
