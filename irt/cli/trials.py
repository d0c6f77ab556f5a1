"""`irt simulate`: a whole trial lived through the real acts."""

import json
import sys
import tempfile
import time
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from irt.analysis import handing_over
from irt.app import CannotStart, build, holds_trial, lay_out
from irt.assurance.verify import verify
from irt.cli.analysis_folder import require_possible, write_files
from irt.cli.progress import progress_bar
from irt.cli.wiring import DATABASE, settings_of
from irt.clock import SimulatedClock
from irt.lock.package.archive import packed
from irt.migrate import newest
from irt.settings import Settings
from irt.simulation.handing_over import handed_over, keep_analysis, lock
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
    help="recruitment, weekN, end or analysis: until all are randomized, or have passed that visit, or the last one; "
    "or until the database is locked, the allocation released and the final analysis made, which --out then holds.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="An empty folder, for the analysis.")
@click.option(
    "--without-incidents",
    is_flag=True,
    help="Supply alone: no refrigerator fails, no box is warm or lost, no lot held; nobody is ill or rated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@DATABASE
def simulate_command(
    participants: int,
    seed: int,
    through: str,
    out: Path | None,
    without_incidents: bool,
    as_json: bool,
    database: str | None,
) -> None:
    """Live a whole trial in an empty database (without --database: in a temporary one) and print what it came to."""
    analysing = _checked_out(through, out, without_incidents)
    temporary = nullcontext(None) if database else tempfile.TemporaryDirectory(prefix="irt-simulation-")
    with temporary as folder:
        if folder:
            settings = settings_of(f"sqlite:///{folder}/irt.sqlite", keys=Path(folder) / "keys")
        else:
            settings = settings_of(database)
        started = time.monotonic()
        visit = visit_through(load_study(settings.study), "end" if analysing else through)
        lively = not without_incidents
        plan = Plan(
            participants, seed, password=DEMO_PASSWORD, through=visit, incidents=lively, harm=lively, rounds=lively
        )
        life = live(settings, plan)
        service = life.desk.service
        analysed = _analysed(life, out) if analysing and out is not None else {}
        findings = verify(service.database, service.keys, service.vault, service.study, revision=newest())
        found = figures(life, time.monotonic() - started, findings) | analysed
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for name, value in found.items():
            click.echo(f"{name:16} {value}")
    if found["verify"] != "ok":
        sys.exit(1)


def _checked_out(through: str, out: Path | None, without_incidents: bool) -> bool:
    """Whether the analysis is to be made; refused before anything is lived."""
    if (through == "analysis") != (out is not None):
        raise click.UsageError("--through analysis and --out go together: name the folder that the report goes to")
    if out is not None and without_incidents:
        raise click.UsageError("--without-incidents: nobody is rated, so there is nothing to analyse; leave it out")
    if out is not None:
        require_possible(out)
    return out is not None


def _analysed(life: Life, out: Path) -> dict[str, Any]:
    """Lock, release, package and analyse; the folder then holds package and analysis. What it came to."""
    lock(life)
    package, request = handed_over(life)
    with progress_bar() as bar:
        task = bar.add_task("analysis", total=None)
        files, results = handing_over.analysed(
            package, lambda stage, done, of: bar.update(task, description=stage, completed=done, total=of)
        )
    keep_analysis(life, request, packed(files, life.desk.service.clock.now()))
    write_files(out, {"package.zip": package} | {f"analysis/{name}": content for name, content in files.items()})
    return {
        "primary": handing_over.primary_result(results),
        "populations": handing_over.populations(results),
        "package": {
            "file": str(out / "package.zip"), "bytes": len(package), "sha256": sha256(package).hexdigest(),
            "frozen_sha256": results.facts["frozen_sha256"],
        },
    }  # fmt: skip


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
    with progress_bar() as bar:
        task = bar.add_task("setting up", total=plan.participants)

        def progress(randomized: int, of: int) -> None:
            doing = "recruiting" if randomized < of else "following up"
            bar.update(task, completed=randomized, total=of, description=doing)

        clock = SimulatedClock(plan.first_day)
        service = build(settings, clock=clock, entropy=entropy_of(plan.seed))
        return simulate(service, clock, plan, progress)


COMMANDS = [simulate_command]
