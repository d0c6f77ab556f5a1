"""A page to look at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shot:
    """Its name, who looks, and where it is."""

    name: str
    role: str
    site: str | None
    path: str
