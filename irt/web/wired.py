"""What the pages need of the wired service, and how a view reaches it."""

from typing import Any, Protocol, cast

from flask import current_app

from irt.clock import Clock
from irt.db import Database
from irt.entropy import Entropy
from irt.gate.housekeeping import Housekeeping
from irt.gate.perform import Gate
from irt.people.credentials import Credentials
from irt.settings import Settings
from irt.study import Study


class Service(Protocol):
    """The parts that `irt.app` wires together; the pages only ever see these."""

    @property
    def settings(self) -> Settings: ...
    @property
    def study(self) -> Study: ...
    @property
    def database(self) -> Database: ...
    @property
    def gate(self) -> Gate: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def housekeeping(self) -> Housekeeping: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def entropy(self) -> Entropy: ...


def service() -> Service:
    """The service that the present app was created for."""
    extensions: dict[str, Any] = current_app.extensions
    return cast(Service, extensions["irt"])
