"""How a view reaches the service that its app was created for."""

from typing import cast

from flask import current_app

from irt.wiring import Service


def service() -> Service:
    """The wired service of the present app."""
    return cast(Service, current_app.extensions["irt"])
