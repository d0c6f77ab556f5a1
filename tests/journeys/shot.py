"""A page to look at."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Shot:
    """Its name, who looks, and where it is; `then`: what is done there to come to the page that is meant."""

    name: str
    role: str
    site: str | None
    path: str
    then: Callable[[Page], None] | None = None
