"""The menu: what a role may open, by chapter, and the one entry that a page stands under."""

import pytest

from irt.actor import Actor, Grant, Role
from irt.web.navigation import CHAPTERS, here, menu
from irt.web.pages import ROUTES

ADDRESSES = {"supply.shelf": "/kits", "supply.shipments": "/shipments", "supply.depot": "/depot"}


def actor(role: Role) -> Actor:
    return Actor(role.value, role.value, "Somebody", frozenset({Grant(role)}))


@pytest.mark.parametrize("role", list(Role))
def test_it_shows_every_open_door_once_and_no_closed_one(role: Role) -> None:
    shown = [item.endpoint for chapter in menu(actor(role)) for item in chapter.items]
    known = [item.endpoint for chapter in CHAPTERS for item in chapter.items]
    assert shown == [one for one in known if ROUTES[one].admits(actor(role))]
    assert len(set(known)) == len(known)


@pytest.mark.parametrize("role", list(Role))
def test_each_row_is_short(role: Role) -> None:
    chapters = menu(actor(role))
    assert max(len(chapters), *(len(one.items) for one in chapters)) <= 7


def test_a_page_alone_goes_by_its_own_name() -> None:
    assert [str(chapter.label) for chapter in menu(actor(Role.ADMINISTRATOR))] == ["For you", "People"]


@pytest.mark.parametrize(
    ("endpoint", "path", "under"),
    [
        ("books.day", "/books", "books.day"),
        ("returns.discrepancies", "/discrepancies", "returns.discrepancies"),
        ("returns.taken_back", "/participants/p/kits/1/return", "participants.listed"),
        ("disposals.destroyed", "/sites/01/disposals/destroy", "disposals.listed"),
        ("supply.one", "/shipments/s1", "supply.shipments"),
        ("dispensing.handed_over", "/participants/p/visits/W4/hand-over", "dispensing.listed"),
        (None, "/nowhere", None),
    ],
)
def test_a_page_stands_under_one_entry(endpoint: str | None, path: str, under: str | None) -> None:
    found = here(menu(actor(Role.PHARMACIST)), endpoint, path, lambda one: ADDRESSES.get(one, f"/{one}"))
    assert (found.endpoint if found else None) == under
