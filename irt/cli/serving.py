"""`irt serve`, `irt demo` and `irt mail`: the doors opened."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import click
from sqlalchemy import Row
from werkzeug.serving import make_server

from irt.app import build
from irt.cli.trials import DEMO_PASSWORD, live
from irt.cli.wiring import service_of, settings_of
from irt.mail import Sender
from irt.web import create
from irt.wiring import Service

HALF_WAY = 2


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT")
def serve(port: int) -> None:
    """Serve on 127.0.0.1 for a look; in service use gunicorn with config/gunicorn.conf.py behind HTTPS."""
    _serve(service_of(), port)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def demo(port: int, folder: Path, seed: int) -> None:
    """Set up an example trial half-way through recruitment, print a login for every role, and serve it."""
    started = time.monotonic()
    home = folder / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    home.mkdir(parents=True)
    settings = settings_of(
        database=f"sqlite:///{home}/irt.sqlite", keys=home / "keys", secure_cookies=False,
        base_url=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    click.echo(f"The demo's trial is in {home}; its people, sites and kits are examples.", err=True)
    study = build_study_cap(settings.study)
    life = live(settings, study // HALF_WAY, seed, follow_up=False)
    click.echo(f"data: {time.monotonic() - started:.1f} s, {life.randomized} of {study} randomized")
    click.echo(f"verify it: IRT_DATABASE_URL={settings.database_url} IRT_KEYS={settings.keys} .venv/bin/irt verify")
    click.echo(f"\n{'role':24} {'site':5} login")
    for login, role, site in life.cast.logins():
        if site in (None, "01", "02"):
            click.echo(f"{role:24} {site or '-':5} {login}")
    click.echo(f"\nPassword of all: {DEMO_PASSWORD}")
    _serve(build(settings), port)


def build_study_cap(path: Path) -> int:
    """The number of participants that the study file plans."""
    from irt.study import load_study

    return load_study(path).cap


@click.command()
@click.option("--every", "seconds", type=click.IntRange(1, 3600), help="Go on, looking every so many seconds.")
def mail(seconds: int | None) -> None:
    """Send what waits in the outbox."""
    service = service_of()
    if service.settings.mail_server is None or service.settings.mail_from is None:
        raise click.ClickException("mail_server, mail_from: are not set; see config/irt.example.toml")
    sender = sender_of(service)
    while True:
        click.echo(f"{sender.run()} messages sent")
        if seconds is None:
            return
        time.sleep(seconds)


def sender_of(service: Service) -> Sender:
    """The outbox sender of a service; an invitation's link is made at sending and stored nowhere."""

    def link(message: Row[object], account: str) -> str:
        base = service.settings.base_url
        if account in message.audience:
            invitation = service.credentials.open_invitation(account)
            return f"{base}/activate/{quote(service.credentials.invitation_token(invitation))}" if invitation else base
        return f"{base}/participants/{message.participant}" if message.participant else base

    return Sender(service.database, service.housekeeping, service.clock, service.settings, link)


def _serve(service: Service, port: int) -> None:
    application = create(service)
    server = make_server("127.0.0.1", port, application, threaded=True)
    click.echo(f"\nServing on http://127.0.0.1:{port} (end with Ctrl-C)")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped")


COMMANDS = [serve, demo, mail]
