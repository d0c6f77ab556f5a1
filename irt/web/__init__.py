"""The door for people: server-rendered pages in English and Simplified Chinese. `create(service)` makes the app."""

from irt.web.application import create

__all__ = ["create"]
