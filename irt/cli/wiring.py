"""What every command needs: the settings with their options, a service, and a person who signs in here."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from irt.actor import Actor
from irt.app import build, require_study_file
from irt.entropy import new_id
from irt.gate.act import Order, spec_of
from irt.gate.perform import Done
from irt.settings import Settings, made, read_settings
from irt.wiring import Service

OrderT = TypeVar("OrderT", bound=Order)


def settings_of(database: str | None = None, **changes: Any) -> Settings:
    """This deployment's settings, with what an option changed.

    Another database has no owner of its own but the one in its address: the configured owner owns the configured one.
    """
    settings = read_settings()
    if database:
        changes |= {"database_url": database, "database_owner_url": None}
    return made({**settings.model_dump(), **changes}, "--database")


def service_of(database: str | None = None) -> Service:
    """The service of this deployment, as far as its study file is the one that the study was opened with."""
    service = build(settings_of(database))
    require_study_file(service)
    return service


def ordered(order: type[OrderT], **values: Any) -> OrderT:
    """The order with these values; every wrong one is named as the option that it came from."""
    try:
        return order(**values)
    except ValidationError as mistakes:
        named = [
            f"--{'.'.join(map(str, mistake['loc'])).replace('_', '-')}: {mistake['input']!r} is not accepted: "
            f"{mistake['msg'].removeprefix('Value error, ')}; write another value"
            for mistake in mistakes.errors()
        ]
        raise click.ClickException("\n".join(named)) from None


def sign_in_here(service: Service, login: str) -> tuple[Actor, str]:
    """Ask for a password and prove who sits here; IRT_PASSWORD answers for scripts. Answers person and password."""
    password = os.environ.get("IRT_PASSWORD") or click.prompt(f"Password of {login}", hide_input=True, err=True)
    return service.credentials.sign_in(login, password, "command line"), password


def do(service: Service, login: str, function: Callable[..., Any], order: Order) -> Done:
    """Perform an act as somebody who signs in here; a signature's meaning is shown before it is made."""
    return do_as(service, *sign_in_here(service, login), function, order)


def do_as(service: Service, actor: Actor, password: str, function: Callable[..., Any], order: Order) -> Done:
    """The same by somebody who has signed in already."""
    signature = None
    if (meaning := spec_of(function).sign) is not None:
        click.echo(f"Signed by {actor.name}: {meaning}", err=True)
        signature = service.credentials.sign(actor, password, function, order)
    return service.gate.perform(function, order, by=actor, request_id=new_id(service.entropy), signature=signature)


def percent(bar: Any) -> Callable[[float], None]:
    """How the share done, 0 to 1, moves a progress bar of length 100."""
    seen = 0

    def move(share: float) -> None:
        nonlocal seen
        bar.update(int(100 * share) - seen)
        seen = int(100 * share)

    return move


LOGIN = click.option("--login", required=True, help="Who does it; the password is asked for.")
DATABASE = click.option("--database", metavar="URL", help="Another database than the configured one.")
