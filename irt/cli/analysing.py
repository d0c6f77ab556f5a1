"""`irt analyse`: the final analysis and its report from a package alone; no configuration, no database."""

from pathlib import Path
from typing import Any, Literal

import click

from irt.analysis import handing_over
from irt.analysis.results import Results
from irt.cli.analysis_folder import require_possible, write_files
from irt.cli.package_file import EXISTING, IDENTITY, read_identity, told_plainly
from irt.cli.progress import progress_bar

LANGUAGES: dict[str, tuple[Literal["en", "zh"], ...]] = {"en": ("en",), "zh": ("zh",), "both": ("en", "zh")}


@click.command("analyse")
@click.option(
    "--package", "package", required=True, type=EXISTING, help="The package that was handed over (ZIP or age)."
)
@click.option("--out", "out", required=True, type=click.Path(file_okay=False, path_type=Path), help="An empty folder.")
@IDENTITY
@click.option("--lists", type=click.IntRange(min=1), help="How many lists to redraw. [default: as the study file says]")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="both", show_default=True)
def analyse_command(package: Path, out: Path, identity: Path | None, lists: int | None, language: str) -> None:
    """Verify the package, compute the final analysis, and write results and reports to --out."""
    require_possible(out)
    with told_plainly(package):
        files, results = _analysed(package, read_identity(identity), lists, LANGUAGES[language])
        write_files(out, files)
    _show(results.facts["view"], handing_over.primary_result(results))
    click.echo(f"{len(files)} files in {out}")


def _analysed(
    package: Path, key: str | None, lists: int | None, languages: tuple[Literal["en", "zh"], ...]
) -> tuple[dict[str, bytes], Results]:
    from irt.analysis.final import WrongTablesError  # what computes is loaded by who asks for it

    content = package.read_bytes()
    with progress_bar() as bar:
        task = bar.add_task("verifying", total=None)
        try:
            return handing_over.analysed(
                content,
                lambda stage, done, of: bar.update(task, description=stage, completed=done, total=of),
                lists=lists,
                identity=key,
                languages=languages,
            )
        except WrongTablesError as wrong:
            raise click.ClickException(
                f"--package {package}: its tables contradict each other. {wrong}. Nothing was written; tell who handed "
                "it over, and ask for a package that was made anew"
            ) from None


def _show(view: str, primary: dict[str, Any]) -> None:
    """The primary result, as `irt simulate` prints it."""
    click.echo(f"{'view':18} {view}")
    for name, value in primary.items():
        click.echo(f"{name:18} {value}")


COMMANDS = [analyse_command]
