"""`irt analyse`: the final analysis and its report from a package alone; no configuration, no database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from irt.analysis.results import Results

NEEDED = ("scipy", "matplotlib", "pyrage")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("analyse")
@click.option("--package", "package", required=True, type=FILE, help="The package that was handed over (ZIP or age).")
@click.option("--out", "out", required=True, type=click.Path(file_okay=False, path_type=Path), help="An empty folder.")
@click.option("--identity", "identity", type=FILE, help="The age identity file that opens an encrypted package.")
@click.option("--lists", type=click.IntRange(min=1), help="How many lists to redraw. [default: as the study file says]")
@click.option("--language", type=click.Choice(["en", "zh", "both"]), default="both", show_default=True)
def analyse_command(package: Path, out: Path, identity: Path | None, lists: int | None, language: str) -> None:
    """Verify the package, compute the final analysis, and write results and reports to --out."""
    _installed()
    if out.exists() and any(out.iterdir()):
        raise click.ClickException(f"--out {out}: is not empty; name a folder that is, or does not exist yet")
    from irt.lock.package.encryption import NotReadable
    from irt.lock.package.reading import NotWhole

    try:
        files, results = _computed(package.read_bytes(), identity, lists, language)
    except (NotReadable, NotWhole) as mistakes:
        raise click.ClickException(f"{package}: {mistakes}") from None
    for name, content in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    for line in _said(results):
        click.echo(line)
    click.echo(f"{len(files)} files in {out}")


def _computed(
    content: bytes, identity: Path | None, lists: int | None, language: str
) -> tuple[dict[str, bytes], Results]:
    from irt.analysis.final import final_analysis
    from irt.analysis.folder import LANGUAGES, write_analysis
    from irt.lock.package.reading import read_package

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("verifying the package", total=None)

        def doing(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of)

        opened = read_package(content, identity.read_text(encoding="utf-8") if identity is not None else None)
        results = final_analysis(opened, lambda done, of: doing("computing", done, of), lists)
        languages = LANGUAGES if language == "both" else tuple(one for one in LANGUAGES if one == language)
        files = write_analysis(opened, results, languages, lambda done, of: doing("writing", done, of))
    return files, results


def _said(results: Results) -> list[str]:
    """The primary result, as the terminal shows it."""
    arms = [
        f"{row['arm']}: {row['responders']} of {row['participants']}"
        for row in results.tables["primary_arms"].records()
    ]
    rows = {row["method"]: row for row in results.tables["primary"].records()}
    value, low, high = (_number(rows["mantel_haenszel_risk_difference"][one]) for one in ("estimate", "low", "high"))
    redrawn = rows["rerandomization_test"]
    return [
        f"view              {results.facts['view']}",
        f"responders        {', '.join(arms)}",
        f"risk difference   {value} ({low} to {high})",
        f"p (CMH)           {_number(rows['cochran_mantel_haenszel']['p'])}",
        f"p (re-randomized) {_number(redrawn['p'])} ± {_number(redrawn['margin'])}",
    ]


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "none"


def _installed() -> None:
    """Refuse, with the remedy, where the libraries of the analysis are not installed."""
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise click.ClickException(f"{', '.join(missing)}: not installed; run `make setup-analysis` once")


COMMANDS = [analyse_command]
