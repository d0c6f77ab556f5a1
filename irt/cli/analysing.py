"""`irt analyse`: the final analysis and its report from a package alone; no configuration, no database."""

from pathlib import Path
from typing import Any, Literal

import click

from irt.analysis import handing_over
from irt.cli.analysis_folder import require_possible, write_files
from irt.cli.progress import progress_bar

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LANGUAGES: dict[str, tuple[Literal["en", "zh"], ...]] = {"en": ("en",), "zh": ("zh",), "both": ("en", "zh")}


@click.command("analyse")
@click.option("--package", "package", required=True, type=FILE, help="The package that was handed over (ZIP or age).")
@click.option("--out", "out", required=True, type=click.Path(file_okay=False, path_type=Path), help="An empty folder.")
@click.option("--identity", "identity", type=FILE, help="The age identity file that opens an encrypted package.")
@click.option("--lists", type=click.IntRange(min=1), help="How many lists to redraw. [default: as the study file says]")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="both", show_default=True)
def analyse_command(package: Path, out: Path, identity: Path | None, lists: int | None, language: str) -> None:
    """Verify the package, compute the final analysis, and write results and reports to --out."""
    require_possible(out)
    # What reads a package loads what decrypts it: only who asks waits for that.
    from irt.lock.package.encryption import NotReadable
    from irt.lock.package.reading import NotWhole

    with progress_bar() as bar:
        task = bar.add_task("verifying", total=None)
        try:
            files, results = handing_over.analysed(
                package.read_bytes(),
                lambda stage, done, of: bar.update(task, description=stage, completed=done, total=of),
                lists=lists,
                identity=identity.read_text(encoding="utf-8") if identity is not None else None,
                languages=LANGUAGES[language],
            )
        except (NotReadable, NotWhole) as mistakes:
            raise click.ClickException(f"{package}: {mistakes}") from None
    write_files(out, files)
    _show(results.facts["view"], handing_over.primary_result(results))
    click.echo(f"{len(files)} files in {out}")


def _show(view: str, primary: dict[str, Any]) -> None:
    """The primary result, as `irt simulate` prints it."""
    click.echo(f"{'view':18} {view}")
    for name, value in primary.items():
        click.echo(f"{name:18} {value}")


COMMANDS = [analyse_command]
