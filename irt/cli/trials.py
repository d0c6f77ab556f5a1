"""`irt simulate`: a whole trial lived through the real acts."""

import json
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from irt.app import CannotStart, build, holds_trial, lay_out
from irt.assurance.verify import verify
from irt.cli.wiring import DATABASE, settings_of
from irt.clock import SimulatedClock
from irt.migrate import newest
from irt.settings import Settings
from irt.simulation.life import Life
from irt.simulation.report import figures
from irt.simulation.run import Plan, entropy_of, simulate
from irt.study import Study, load_study

DEMO_PASSWORD = "example password for a demo"  # noqa: S105 (printed beside the logins of invented people)


@click.command("simulate")
@click.option("--participants", type=click.IntRange(min=1), default=240, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--through",
    metavar="VISIT",
    default="end",
    show_default=True,
    help="recruitment, weekN, or end: until all are randomized, or have passed that visit, or the last one.",
)
@click.option(
    "--without-incidents",
    is_flag=True,
    help="Supply alone: no refrigerator fails, no box is warm or lost, no lot held; nobody is ill or rated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@DATABASE
def simulate_command(
    participants: int, seed: int, through: str, without_incidents: bool, as_json: bool, database: str | None
) -> None:
    """Live a whole trial in an empty database (without --database: in a temporary one) and print what it came to."""
    temporary = nullcontext(None) if database else tempfile.TemporaryDirectory(prefix="irt-simulation-")
    with temporary as folder:
        if folder:
            settings = settings_of(f"sqlite:///{folder}/irt.sqlite", keys=Path(folder) / "keys")
        else:
            settings = settings_of(database)
        started = time.monotonic()
        visit = visit_through(load_study(settings.study), through)
        lively = not without_incidents
        plan = Plan(
            participants, seed, password=DEMO_PASSWORD, through=visit, incidents=lively, harm=lively, rounds=lively
        )
        life = live(settings, plan)
        service = life.desk.service
        findings = verify(service.database, service.keys, service.vault, service.study, revision=newest())
        found = figures(life, time.monotonic() - started, findings)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for name, value in found.items():
            click.echo(f"{name:16} {value}")
    if found["verify"] != "ok":
        sys.exit(1)


def visit_through(study: Study, through: str) -> str | None:
    """The visit that all are to pass: the last (`end`), that of a week (`week12`), or none (`recruitment`)."""
    if through == "recruitment":
        return None
    by_week = {f"week{(visit.day - 1) // 7}": visit.id for visit in study.visits if not visit.contact}
    if through not in by_week and through != "end":
        known = ", ".join(["recruitment", *by_week, "end"])
        raise click.UsageError(f"--through {through}: there is no such visit; write one of {known}")
    return by_week.get(through, study.visits[-1].id)


def live(settings: Settings, plan: Plan) -> Life:
    """Prepare an empty database and live a trial in it, with a progress bar on standard error."""
    lay_out(settings)
    if holds_trial(settings):
        raise CannotStart(f"database: {settings.shown_url} holds a trial already; name an empty one")
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("setting up", total=plan.participants)

        def progress(randomized: int, of: int) -> None:
            doing = "recruiting" if randomized < of else "following up"
            bar.update(task, completed=randomized, total=of, description=doing)

        clock = SimulatedClock(plan.first_day)
        service = build(settings, clock=clock, entropy=entropy_of(plan.seed))
        return simulate(service, clock, plan, progress)


COMMANDS = [simulate_command]
