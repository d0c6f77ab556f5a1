"""`irt supply …`: what a supply policy leads to, before it is put into the study file."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from irt.cli.progress import progress_bar
from irt.cli.recall import recall
from irt.cli.wiring import service_of, settings_of
from irt.entropy import new_id
from irt.paper.scatter import Words, points_of, scatter
from irt.study import load_study
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.figures import LIMIT, Figures
from irt.supply.forecast.forecast import Forecast, forecast
from irt.supply.forecast.policies import Policy, chosen, grid
from irt.supply.keep_forecast import KeepForecast, keep_forecast

COLUMNS = (
    "policy", "refused per 1,000", "upper 95 %", "any in a trial", "put off per 1,000", "overage %", "kits to make",
    "boxes", "express", "expired", "apart: overage %",
)  # fmt: skip


@click.group()
def supply() -> None:
    """Supply of the sites with kits."""


@supply.command("forecast")
@click.option("--runs", type=click.IntRange(min=2, max=100_000), default=1000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--policy", "names", multiple=True, metavar="NAME",
              help="Only this policy, such as 3/6 or 'predictive 0.99'; give several. [default: all]")  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture to this SVG file.")
@click.option("--keep", is_flag=True, help="Keep the forecast for the supply manager's page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def forecast_command(runs: int, seed: int, names: Sequence[str], plot: Path | None, keep: bool, as_json: bool) -> None:
    """Live many trials under each of many supply policies, and say which wastes least of those that suffice.

    The study file says how the trial is planned; what is taken for granted stands in decision 28.
    """
    service = service_of() if keep else None
    trial = Trial(service.study if service else load_study(settings_of().study))
    try:
        policies = chosen(grid(trial.study.supply), names)
    except ValueError as unknown:
        raise click.BadParameter(str(unknown), param_hint="--policy") from None
    if plot is not None and plot.suffix != ".svg":
        raise click.BadParameter(f"{plot}: only SVG is written; name a file that ends in .svg", param_hint="--plot")
    started = time.perf_counter()
    found = _made(trial, policies, runs, seed)
    speed = 2 * runs * len(policies) / (time.perf_counter() - started)
    document = {**found.document(), "runs_per_second": round(speed, 1)}
    if plot is not None:
        plot.write_text(picture(found), encoding="utf-8")
    if service is not None:
        by, order = service.credentials.operator(), KeepForecast(figures=document)
        service.gate.perform(keep_forecast, order, by=by, request_id=new_id(service.entropy))
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _show(found, speed)


def _made(trial: Trial, policies: Sequence[Policy], runs: int, seed: int) -> Forecast:
    with progress_bar() as bar:
        task = bar.add_task("forecast", total=None)

        def progress(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        return forecast(trial, policies, runs, seed, progress)


def picture(found: Forecast) -> str:
    """The picture of a forecast as SVG, in English."""
    words = Words(
        "Supply policies: refused requests against overage", "overage, % of the kits dispensed",
        "refused requests per 1,000 (upper 95 % limit)", f"limit: {LIMIT:g}",
    )  # fmt: skip
    return scatter(points_of(found.document()), LIMIT, words)


def _show(found: Forecast, speed: float) -> None:
    table = Table(*COLUMNS, title=f"{found.runs} trials under each policy")
    best = found.recommended
    for line, apart in zip(found.lines, found.apart, strict=True):
        table.add_row(*_cells(line, apart), style=None if line.passes else "dim", end_section=line.now)
    console = Console(width=150)
    console.print(table)
    console.print(
        f"recruitment takes {found.weeks[1]:.0f} weeks ({found.weeks[0]:.0f} to {found.weeks[2]:.0f} in 80 %)"
    )
    if best is None:
        console.print(f"recommended: none; every policy may refuse more than {LIMIT:g} request in 1,000")
    else:
        console.print(f"recommended: {best.policy}, the least overage of those that refuse at most {LIMIT:g} in 1,000")
    if (price := found.price) is not None:
        console.print(
            f"price of masking: {price.points:.1f} points of overage ({price.masked} as it is, {price.apart} if types "
            "could ship apart)"
        )
    console.print(f"{speed:.0f} runs per second")


def _cells(line: Figures, apart: Figures) -> list[str]:
    return [
        f"{line.policy}{' (now)' if line.now else ''}", f"{line.refused_per_1000:.3f}", f"{line.refused_upper:.3f}",
        f"{line.any_refused:.1%}", f"{line.put_off_per_1000:.1f}", f"{line.overage_percent:.1f}",
        str(line.kits_to_make), f"{line.boxes:.0f}", f"{line.express:.1f}", f"{line.expired:.0f}",
        f"{apart.overage_percent:.1f}{'' if apart.passes else ' (fails)'}",
    ]  # fmt: skip


supply.add_command(recall)

COMMANDS = [supply]
