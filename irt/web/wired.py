"""How a view reaches the service that its app was created for."""

from typing import Any, cast

from flask import current_app

from irt.wiring import Service


def service() -> Service:
    """The service that the present app was created for."""
    extensions: dict[str, Any] = current_app.extensions
    return cast(Service, extensions["irt"])
