"""The page groups of the house, and the menu: what a person may see of it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from irt.actor import Actor
from irt.web import auth, home
from irt.web.pages import ROUTES

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.pages,
    home.pages,
)


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    endpoint: str
    label: Any
    icon: str


ITEMS = (
    Item("home.worklist", _l("For you"), "house"),
)


def menu(actor: Actor) -> tuple[Item, ...]:
    """The entries whose pages admit the actor; a menu never shows a closed door."""
    return tuple(item for item in ITEMS if ROUTES[item.endpoint].admits(actor))
