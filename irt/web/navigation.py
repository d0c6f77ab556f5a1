"""The page groups of the house, and the menu: what a person may see of it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from irt.actor import Actor
from irt.web import (
    audit,
    auth,
    books,
    changes,
    deviations,
    dispensing,
    disposals,
    doses,
    eligibility,
    home,
    mishaps,
    papers,
    participants,
    people,
    recall,
    returns,
    sites,
    study,
    supply,
    visits,
)
from irt.web.pages import ROUTES

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.pages,
    home.pages,
    participants.pages,
    eligibility.pages,
    visits.pages,
    doses.pages,
    dispensing.pages,
    books.pages,
    papers.pages,
    deviations.pages,
    returns.pages,
    disposals.pages,
    changes.pages,
    mishaps.pages,
    supply.pages,
    recall.pages,
    sites.pages,
    study.pages,
    people.pages,
    audit.pages,
)


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    endpoint: str
    label: Any


ITEMS = (
    Item("home.worklist", _l("For you")),
    Item("participants.listed", _l("Participants")),
    Item("visits.listed", _l("Visits")),
    Item("dispensing.listed", _l("Dispensing")),
    Item("books.day", _l("Books")),
    Item("deviations.listed", _l("Deviations")),
    Item("returns.discrepancies", _l("Discrepancies")),
    Item("changes.listed", _l("Changes")),
    Item("mishaps.listed", _l("Mishaps")),
    Item("supply.shelf", _l("Shelf")),
    Item("disposals.listed", _l("Disposals")),
    Item("supply.shipments", _l("Shipments")),
    Item("supply.depot", _l("Depot")),
    Item("recall.one", _l("Recall")),
    Item("sites.listed", _l("Sites")),
    Item("study.one", _l("Study")),
    Item("people.listed", _l("People")),
    Item("audit.listed", _l("Audit trail")),
)


def menu(actor: Actor) -> tuple[Item, ...]:
    """The entries whose pages admit the actor; a menu never shows a closed door."""
    return tuple(item for item in ITEMS if ROUTES[item.endpoint].admits(actor))
