"""Deny by default: a page declares who may see it, and a route that nobody declared stops the start.

The declaration also narrows reading: a page shows the sites that *its* roles open, so that a second role with a wider
reach never widens it.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from irt.actor import Actor, Role
from irt.web.wired import service

Answer = Any  # what a Flask view may answer with
View = Callable[..., Answer]


class Audience(Enum):
    """Pages that ask for no role."""

    ANYBODY = "anybody"  # also before sign-in
    SIGNED_IN = "signed in"


Roles = frozenset[Role] | Audience


@dataclasses.dataclass(frozen=True)
class Route:
    """One declared page: its rule, its methods, and the roles that may see it."""

    rule: str
    methods: tuple[str, ...]
    roles: Roles
    always: bool = False  # open to who was trained for an earlier version only
    emergency: bool = False  # is so, and open to who came in by a paper code

    def admits(self, actor: Actor | None) -> bool:
        """Whether somebody with these grants may see the page; nobody signed in: None."""
        if self.roles is Audience.ANYBODY:
            return True
        if actor is None or self.closed_to(actor):
            return False
        held = actor.as_ever_trained() if self.always else actor
        return isinstance(self.roles, Audience) or bool(self.roles & held.roles)

    def closed_to(self, actor: Actor) -> bool:
        """Whether somebody came in by a paper code, and this page is not for emergencies."""
        return actor.emergency and not self.emergency and self.roles is not Audience.ANYBODY


ROUTES: dict[str, Route] = {}
ASSETS = ("static", "bootstrap.static")  # style sheets, pictures and scripts of the pages themselves


class UndeclaredRouteError(Exception):
    """A route that says of nobody that they may see it."""


class NotSignedInError(Exception):
    """A page for people who are signed in was asked for by somebody who is not."""


class ClosedInEmergencyError(Exception):
    """A page was asked for by somebody who came in by a paper code, and it is not one for emergencies."""


def page(
    blueprint: Blueprint,
    rule: str,
    *,
    roles: Iterable[Role] | Audience,
    methods: tuple[str, ...] = ("GET",),
    always: bool = False,
    emergency: bool = False,
) -> Callable[[View], View]:
    """Declare a view as the page at `rule`, for these roles only.

    `always`: also for who was trained for an earlier version only. `emergency`: and for who came in by a paper code.
    """
    declared = roles if isinstance(roles, Audience) else frozenset(roles)
    route = Route(rule, methods, declared, always or emergency, emergency)

    def declare(view: View) -> View:
        @wraps(view)
        def admitted(*args: Any, **kwargs: Any) -> Answer:
            _admit(route)
            return view(*args, **kwargs)

        ROUTES[f"{blueprint.name}.{view.__name__}"] = route
        blueprint.add_url_rule(rule, view.__name__, admitted, methods=list(methods))
        return admitted

    return declare


def form_page(
    blueprint: Blueprint, rule: str, *, roles: Iterable[Role] | Audience, always: bool = False, emergency: bool = False
) -> Callable[[View], View]:
    """A page that shows a form and takes it."""
    return page(blueprint, rule, roles=roles, methods=("GET", "POST"), always=always, emergency=emergency)


def require_declared(app: Flask) -> None:
    """Refuse to start an app with a route that no `@page` declared."""
    undeclared = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in ROUTES and rule.endpoint not in ASSETS
    ]
    if undeclared:
        raise UndeclaredRouteError("; ".join(undeclared) + ": declare who may see it with @page(roles=...)")


def shown_at(address: str) -> Route | None:
    """The page that is shown at a path of this service, with or without a query; None where nothing is to be seen."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None, "a request has its addresses"
    try:
        endpoint, _values = adapter.match(address.partition("?")[0], method="GET")
    except HTTPException:
        return None
    return ROUTES.get(endpoint)


def actor() -> Actor:
    """The signed-in person, with the grants in force at this request; on pages `always` those of earlier trainings."""
    if not current_user.is_authenticated:
        raise NotSignedInError
    found: Actor = current_user.actor
    return found.as_ever_trained() if "route" in g and g.route.always else found


def holds(*roles: Role) -> bool:
    """Whether the signed-in person holds one of these roles anywhere."""
    return current_user.is_authenticated and bool(frozenset(roles) & actor().roles)


def opens(endpoint: str) -> bool:
    """Whether the signed-in person may see that other page now."""
    return ROUTES[endpoint].admits(current_user.actor)


@contextmanager
def reading(*roles: Role) -> Iterator[Session]:
    """A read-only session over the sites that the page's roles (or the named ones) open to the person."""
    chosen: Roles = frozenset(roles) if roles else g.route.roles
    reader = actor()
    if not isinstance(chosen, Audience):
        reader = dataclasses.replace(reader, grants=frozenset(one for one in reader.grants if one.role in chosen))
    with service().database.reading(reader) as session:
        yield session


def _admit(route: Route) -> None:
    g.route = route
    if route.roles is Audience.ANYBODY:
        return
    if route.closed_to(actor()):
        raise ClosedInEmergencyError
    if not route.admits(actor()):
        abort(403)
