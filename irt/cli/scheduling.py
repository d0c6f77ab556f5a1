"""`irt scheduler` and `irt jobs`: the door for time, and how its jobs stand."""

from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

import click
from sqlalchemy import func, select

from irt.app import build, require_study_file
from irt.cli.wiring import DATABASE, service_of, settings_of
from irt.clock import SimulatedClock, SystemClock, local_instant
from irt.gate.rows import table_of
from irt.gate.tables import JobRun
from irt.jobs.registry import jobs_of
from irt.jobs.runs import Standing, newest, standings
from irt.scheduler import Loop, beat, expected, leader_of, simulate
from irt.settings import Settings
from irt.wiring import Service

HERE = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.option("--once", is_flag=True, help="Run what is due now, and end: for a machine that has its own timer.")
@click.option("--clock", type=click.Choice(["system", "simulated"]), default="system", show_default=True)
@click.option("--days", type=click.IntRange(1, 4000), help="How many days a simulated clock goes through.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="Where it begins, 00:00 UTC.  [default: today]")
@DATABASE
def scheduler(once: bool, clock: str, days: int | None, start: datetime | None, database: str | None) -> None:
    """Run the jobs at their times: expired kits, missed visits, the sites' status, the outbox, the check of all.

    Several may run on one database: one leads, the others stand by and take over within seconds.
    """
    if clock == "simulated":
        if days is None or once:
            raise click.UsageError("--clock simulated: give --days too, and leave --once away")
        _simulated(settings_of(database), days, start)
        return
    if days or start:
        raise click.UsageError("--days, --start: belong to --clock simulated")
    loop = _loop(service_of(database))
    if once:
        click.echo(f"{loop.tick()} jobs run")
        loop.leader.resign()
    else:
        beat(loop)


def _loop(service: Service) -> Loop:
    jobs = jobs_of(service.settings, service.study)
    return Loop(service, jobs, leader_of(service.database), click.echo)


def _simulated(settings: Settings, days: int, start: datetime | None) -> None:
    if urlsplit(settings.base_url).hostname not in HERE:
        raise click.ClickException(
            f"base_url: {settings.base_url} is an address in service, and a simulated clock would take its kits off "
            "the shelves; run it on a trial of your own machine, whose base_url is http://127.0.0.1:8000"
        )
    begin = start.replace(tzinfo=UTC) if start else datetime.combine(SystemClock().now().date(), time(), UTC)
    until, clock = begin + timedelta(days=days), SimulatedClock(begin)
    service = build(settings, clock=clock)
    require_study_file(service)
    loop = _loop(service)
    loop.since, loop.tell = begin, lambda _line: None
    count = simulate(loop, clock, until)
    times = expected(loop, begin, days)
    click.echo(f"{days} simulated days: {len(times)} jobs × due times = {sum(times.values())}, "
               f"rows = {_rows(service, begin, until)}, {count} run by this process")  # fmt: skip


def _rows(service: Service, after: datetime, until: datetime) -> int:
    run = table_of(JobRun)
    within = select(func.count()).where(run.c.due_at > after, run.c.due_at <= until, run.c.outcome.is_not(None))
    with service.database.read.connect() as connection:
        return int(connection.execute(within).scalar_one())


@click.command()
@DATABASE
def jobs(database: str | None) -> None:
    """Print how each job stands: its last and next run, what came of it; red where somebody should look."""
    service = service_of(database)
    known = jobs_of(service.settings, service.study)
    with service.database.read.connect() as connection:
        found = newest(connection, known)
    zone = service.study.sites[0].time_zone
    click.echo(f"{'job':16} {'last run':17} {'next run':17} {'outcome':9} {'seconds':>7}  facts   ({zone})")
    for one in standings(known, found, service.clock.now()):
        click.secho(_line(one, zone), fg="red" if one.overdue or one.bad else None)


def _line(one: Standing, zone: str) -> str:
    def shown(instant: datetime | None) -> str:
        return f"{local_instant(instant, zone):%Y-%m-%d %H:%M}" if instant else "never"

    last = one.last
    outcome = "-" if last is None else last.outcome or "running"
    seconds = "-" if last is None or last.seconds is None else last.seconds
    facts = ", ".join(f"{name} {value}" for name, value in last.facts.items()) if last else ""
    late = "  OVERDUE" if one.overdue else ""
    return (
        f"{one.job:16} {shown(last and last.due_at):17} {shown(one.next_at):17} {outcome:9} {seconds:>7}  {facts}{late}"
    )


COMMANDS = [scheduler, jobs]
