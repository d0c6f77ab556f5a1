"""`irt serve`, `irt demo` and `irt mail`: the doors opened."""

import socket
import time
from pathlib import Path

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from irt.app import build
from irt.cli.trials import DEMO_PASSWORD, live
from irt.cli.wiring import service_of, settings_of
from irt.clock import SystemClock
from irt.jobs.deliveries import deliveries
from irt.jobs.outbox import has_mail, sender_of
from irt.settings import Settings
from irt.simulation.run import Plan
from irt.study import load_study
from irt.web import create
from irt.wiring import Service

HALF_WAY = 2
SITES_SHOWN = 2


PORT = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT", show_envvar=True
)


@click.command()
@PORT
def serve(port: int) -> None:
    """Serve on 127.0.0.1 for a look; in service use gunicorn with config/gunicorn.conf.py behind HTTPS."""
    with _listening(port) as listener:
        _serve(service_of(), listener)


@click.command()
@PORT
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option(
    "--participants", type=click.IntRange(min=1), help="How many are randomized.  [default: half the study's]"
)
@click.option("--seed", type=int, default=1, show_default=True)
def demo(port: int, folder: Path, participants: int | None, seed: int) -> None:
    """Set up an example trial half-way through recruitment, print a login for every role, and serve it."""
    with _listening(port) as listener:
        settings = _demo_settings(folder, port)
        started, study = time.monotonic(), load_study(settings.study)
        click.echo(f"The demo's trial is in {settings.keys.parent}; its people, sites and kits are examples.", err=True)
        plan = Plan.up_to(SystemClock().now(), study, participants or study.cap // HALF_WAY, seed, DEMO_PASSWORD)
        life = live(settings, plan)
        click.echo(f"data: {time.monotonic() - started:.1f} s, {life.randomized} of {study.cap} randomized")
        click.echo(
            f"verify it: IRT_DATABASE_URL={settings.database_url} IRT_KEYS={settings.keys} .venv/bin/irt verify\n"
        )
        click.echo(f"{'role':24} {'site':5} login")
        shown = [None, *(site.code for site in study.sites[:SITES_SHOWN])]
        for login, role, site in life.cast.logins():
            if site in shown:
                click.echo(f"{role:24} {site or '-':5} {login}")
        click.echo(f"\nPassword of all: {DEMO_PASSWORD}")
        _serve(build(settings), listener)


def _demo_settings(folder: Path, port: int) -> Settings:
    home = (folder / SystemClock().now().strftime("%Y%m%d-%H%M%S")).resolve()
    try:
        home.mkdir(parents=True)
    except OSError as fault:
        raise click.BadParameter(
            f"{home}: cannot be made ({fault.strerror}); name another", param_hint="--folder"
        ) from None
    address = f"http://127.0.0.1:{port}"
    return settings_of(f"sqlite:///{home}/irt.sqlite", keys=home / "keys", secure_cookies=False, base_url=address)


@click.group(invoke_without_command=True)
@click.option("--every", "seconds", type=click.IntRange(1, 3600), help="Go on, looking every so many seconds.")
@click.pass_context
def mail(context: click.Context, seconds: int | None) -> None:
    """Send what waits in the outbox."""
    if context.invoked_subcommand is not None:
        return
    service = service_of()
    if not has_mail(service.settings):
        raise click.ClickException("mail_server, mail_from: are not set; see config/irt.example.toml")
    sender = sender_of(service)
    while True:
        click.echo(f"{sender.run()} messages sent")
        if seconds is None:
            return
        time.sleep(seconds)


@mail.command()
def status() -> None:
    """Count what was sent, waits or was given up; no address and no text is shown."""
    service = service_of()
    with service.database.read.connect() as connection:
        found = deliveries(connection, service.clock.now())
    for name in ("sent", "waiting", "given_up", "not_wanted"):
        click.echo(f"{name:12} {getattr(found, name)}")
    click.echo(f"{'oldest':12} {found.oldest.isoformat(timespec='minutes') if found.oldest else '-'}")


class _Quiet(WSGIRequestHandler):
    """Logs no request: an address may hold an invitation."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def _listening(port: int) -> socket.socket:
    """The port, taken before anything long begins."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as fault:
        raise click.BadParameter(
            f"{port} is not to be had ({fault.strerror}); name another port", param_hint="PORT"
        ) from None


def _serve(service: Service, listener: socket.socket) -> None:
    port, application = listener.getsockname()[1], create(service)
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=_Quiet, fd=listener.fileno())
    click.echo(f"\nServing on http://127.0.0.1:{port} (end with Ctrl-C)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped")


COMMANDS = [serve, demo, mail]
