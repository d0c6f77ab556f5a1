"""The page groups of the house, and the menu: what a person may see of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from irt.actor import Actor
from irt.web import (
    audit,
    auth,
    board,
    books,
    changes,
    code_breaks,
    coding,
    depot,
    desk,
    deviations,
    dispensing,
    disposals,
    doses,
    eligibility,
    envelopes,
    events,
    forecast,
    home,
    intercurrent,
    jobs,
    kiosk,
    labels,
    labs,
    lock,
    lots,
    mishaps,
    notices,
    outcomes,
    paper_codes,
    papers,
    participants,
    people,
    progress,
    quarantines,
    queries,
    recall,
    rehearsal,
    release,
    results,
    returns,
    review,
    safety,
    sites,
    special_reports,
    study,
    supply,
    unblindings,
    visits,
)
from irt.web.pages import ROUTES

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.pages,
    paper_codes.pages,
    home.pages,
    notices.pages,
    participants.pages,
    eligibility.pages,
    visits.pages,
    doses.pages,
    dispensing.pages,
    books.pages,
    papers.pages,
    deviations.pages,
    events.pages,
    returns.pages,
    disposals.pages,
    special_reports.pages,
    changes.pages,
    mishaps.pages,
    code_breaks.pages,
    labs.pages,
    results.pages,
    intercurrent.pages,
    coding.pages,
    outcomes.pages,
    kiosk.pages,
    queries.pages,
    board.pages,
    progress.pages,
    safety.pages,
    unblindings.pages,
    envelopes.pages,
    supply.pages,
    forecast.pages,
    lots.pages,
    depot.pages,
    desk.pages,
    quarantines.pages,
    recall.pages,
    labels.pages,
    sites.pages,
    study.pages,
    lock.pages,
    review.pages,
    rehearsal.pages,
    release.pages,
    people.pages,
    audit.pages,
    jobs.pages,
)


@dataclass(frozen=True)
class Item:
    """One page of the menu. `also`: page groups whose pages belong under it, besides its own."""

    endpoint: str
    label: Any
    also: tuple[str, ...] = ()

    def covers(self, group: str | None) -> bool:
        """Whether the pages of a page group belong under this one."""
        return group is not None and (group == self.endpoint.split(".")[0] or group in self.also)


@dataclass(frozen=True)
class Chapter:
    """Pages that belong together: one entry of the upper row; its pages are the lower row."""

    label: Any
    items: tuple[Item, ...]


CHAPTERS = (
    Chapter(_l("For you"), (Item("home.worklist", _l("For you")), Item("notices.listed", _l("Notices")))),
    Chapter(
        _l("Participants"),
        (
            Item("participants.listed", _l("Participants"), ("eligibility", "doses", "papers", "returns", "labs")),
            Item("visits.listed", _l("Visits")),
            Item("deviations.listed", _l("Deviations")),
            Item("changes.listed", _l("Changes")),
        ),
    ),
    Chapter(
        _l("Safety"),
        (
            Item("events.listed", _l("Adverse events"), ("special",)),
            Item("safety.listed", _l("Line listing")),
            Item("safety.pooled", _l("Pooled safety")),
            Item("coding.listed", _l("Coding")),
            Item("special.listed", _l("Special reports")),
            Item("code_breaks.listed", _l("Code breaks")),
            Item("code_breaks.asked", _l("Emergency code break")),
            Item("envelopes.listed", _l("Envelopes")),
            Item("unblindings.listed", _l("Unblinding")),
            Item("desk.listed", _l("Safety desk")),
        ),
    ),
    Chapter(
        _l("Outcomes"),
        (
            Item("outcomes.listed", _l("Outcomes to record"), ("kiosk",)),
            Item("queries.listed", _l("Queries")),
            Item("board.listed", _l("Completeness")),
            Item("progress.listed", _l("Progress")),
            Item("results.listed", _l("Laboratory results")),
            Item("intercurrent.listed", _l("Intercurrent events")),
        ),
    ),
    Chapter(
        _l("Kits"),
        (
            Item("dispensing.listed", _l("Dispensing")),
            Item("books.day", _l("Books")),
            Item("supply.shelf", _l("Shelf")),
            Item("disposals.listed", _l("Disposals")),
            Item("mishaps.listed", _l("Mishaps")),
            Item("returns.discrepancies", _l("Discrepancies")),
            Item("recall.one", _l("Recall")),
        ),
    ),
    Chapter(
        _l("Supply"),
        (
            Item("supply.shipments", _l("Shipments")),
            Item("supply.depot", _l("Depot"), ("labels",)),
            Item("depot.destroyed", _l("Returns and destruction")),
            Item("lots.listed", _l("Lots")),
            Item("quarantines.listed", _l("Quarantine")),
            Item("forecast.latest", _l("Forecast")),
        ),
    ),
    Chapter(
        _l("Trial"),
        (
            Item("sites.listed", _l("Sites")),
            Item("study.one", _l("Study")),
            Item("lock.one", _l("Database lock"), ("review", "rehearsal")),
            Item("release.one", _l("Allocation release")),
            Item("people.listed", _l("People")),
            Item("audit.listed", _l("Audit trail")),
            Item("jobs.listed", _l("Jobs")),
        ),
    ),
)


def menu(actor: Actor) -> tuple[Chapter, ...]:
    """The pages that admit the actor, by chapter; one page alone goes by its own name. No closed door is shown."""
    found = []
    for chapter in CHAPTERS:
        open_to = tuple(item for item in chapter.items if ROUTES[item.endpoint].admits(actor))
        if open_to:
            found.append(Chapter(chapter.label if len(open_to) > 1 else open_to[0].label, open_to))
    return tuple(found)


def emergency_pages(actor: Actor) -> tuple[Item, ...]:
    """The pages of the menu that are open to the actor in an emergency."""
    items = (item for chapter in CHAPTERS for item in chapter.items)
    return tuple(item for item in items if ROUTES[item.endpoint].emergency and ROUTES[item.endpoint].admits(actor))


def here(chapters: Iterable[Chapter], endpoint: str | None, path: str, address: Callable[[str], str]) -> Item | None:
    """Under which entry a page stands: its own, else one of its page group, rather one whose address it bears."""
    items = [item for chapter in chapters for item in chapter.items]
    if own := next((item for item in items if item.endpoint == endpoint), None):
        return own
    group = endpoint.split(".")[0] if endpoint else None
    near = [item for item in items if item.covers(group)]
    return next((item for item in near if path.startswith(address(item.endpoint))), near[0] if near else None)
