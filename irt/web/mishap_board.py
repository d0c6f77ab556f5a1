"""Mishaps as pages show them: who and which boxes, and what is still open, each one click from its end."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.dispensing.allowance import ALLOWERS, waits_for_word
from irt.dispensing.elsewhere import SERVED
from irt.dispensing.ending import boxes_of, changed
from irt.dispensing.tables import Discrepancy, KitAllowance, KitReturn, Mishap
from irt.dispensing.telling import AWAITED
from irt.participants.tables import Participant
from irt.supply.tables import Assignment, Express, Kit, Movement
from irt.web import records, texts
from irt.web.site_worklists import Group, Line

CARE = frozenset({Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST})
COUNTING = frozenset({Role.PHARMACIST, Role.COORDINATOR})
GIVING = frozenset({Role.PHARMACIST})
SIGNING = frozenset({Role.INVESTIGATOR})


@dataclass(frozen=True)
class OpenEnd:
    """One thing that is still to be done about a mishap; `href` None: it is not done on a page of its own."""

    what: str
    action: str
    href: str | None
    roles: frozenset[Role]


class Board:
    """Mishaps with all that their pages need, read in a handful of statements however many there are."""

    def __init__(self, session: Session, mishaps: Iterable[Mishap], also: Iterable[str] = ()) -> None:
        self.mishaps = list(mishaps)
        about = {row.participant for row in self.mishaps if row.participant} | set(also)
        boxes = {row.kit for row in self.mishaps}
        given = list(session.scalars(select(Assignment).where(Assignment.kit.in_(boxes))))
        self._meant_for = {row.kit: row for row in given}
        about |= {row.participant for row in given}
        self._people = {row.id: row for row in session.scalars(select(Participant).where(Participant.id.in_(about)))}
        self._visits: dict[tuple[str, str], Assignment] = {}
        self._given: dict[str, list[Assignment]] = defaultdict(list)
        ordered = select(Assignment).where(Assignment.participant.in_(about)).order_by(Assignment.ordinal)
        for row in session.scalars(ordered):
            self._visits[row.participant, row.visit] = row
            self._given[row.participant].append(row)
        self._sent: dict[str, list[Express]] = defaultdict(list)
        for box in session.scalars(select(Express).where(Express.participant.in_(about)).order_by(Express.shipment)):
            self._sent[box.participant].append(box)
        self._coming = {box.id for box in records.express_boxes(session)}
        self._serving = _serving(session, self._people.values())
        self._away = records.waiting_elsewhere(session, self._visits.values())
        self._allowed: dict[tuple[str, str], set[int]] = defaultdict(set)
        for word in session.scalars(select(KitAllowance).where(KitAllowance.participant.in_(about))):
            self._allowed[word.participant, word.visit].add(word.ordinal)
        self._kits = {row.number: row for row in session.scalars(select(Kit).where(Kit.number.in_(boxes)))}
        self._uneven: dict[str, list[Discrepancy]] = defaultdict(list)
        for uneven in session.scalars(select(Discrepancy).where(Discrepancy.kit.in_(boxes)).filter_by(state="open")):
            self._uneven[str(uneven.kit)].append(uneven)
        self._lapsed = _lapsed(session, self.mishaps)

    def number(self, mishap: Mishap) -> str:
        """The participant's screening number; of another site's participant the two numbers that were shown."""
        person = self.person(mishap)
        return mishap.card or (person.screening_number if person else "")

    def about(self, mishap: Mishap) -> str:
        """The number, or the site where the box was nobody's."""
        return self.number(mishap) or texts.site_name(mishap.site)

    def person(self, mishap: Mishap) -> Participant | None:
        """The participant, where there is one whom the reader may see."""
        return self._people.get(mishap.participant or "")

    def meant_for(self, mishap: Mishap) -> Participant | None:
        """Whoever else the wrong box had been set aside for."""
        meant = self._meant_for.get(str(mishap.kit))
        return self._people.get(meant.participant) if meant and meant.participant != mishap.participant else None

    def kit_state(self, mishap: Mishap) -> str | None:
        """The state of the box now, where it still stands in the reader's books."""
        kit = self._kits.get(str(mishap.kit))
        return kit.state if kit else None

    def after_express(self) -> list[tuple[str, OpenEnd]]:
        """What is still to be done about visits that were sent kits by express; each with the screening number."""
        visits = sorted({(who, row.visit) for who, sent in self._sent.items() for row in sent})
        return [
            (self._people[who].screening_number, end)
            for who, visit in visits
            if who in self._people
            for end in self._kit_wanted(who, visit)
        ]

    def served(self, mishap: Mishap) -> bool:
        """Whether a participant of another site is still served here: a kit waits for them, or is to be found."""
        return mishap.kind == "elsewhere" and mishap.replacement in SERVED

    def open_ends(self, mishap: Mishap) -> list[OpenEnd]:
        """All that is still to be done."""
        found = [*self._of_the_box(mishap), *self._of_the_visit(mishap)]
        meant = self._meant_for.get(str(mishap.kit))
        if meant is not None and meant.participant != mishap.participant:
            found += self._kit_wanted(meant.participant, meant.visit)
        if self.to_sign(mishap):
            what = _("The note to file is not signed.")
            if mishap.note_signed_at is not None:
                what = _("The note to file changed after it was signed. It is to be read and signed again.")
            sign = url_for("mishaps.signed", mishap=mishap.id)
            found.append(OpenEnd(what, _("Read and sign"), sign, SIGNING))
        return found

    def to_sign(self, mishap: Mishap) -> bool:
        """Whether the note to file waits for a signature: there is none, or it does not cover what changed after it."""
        return mishap.note_signed_at is None or mishap.id in self._lapsed

    def later(self, mishap: Mishap) -> OpenEnd | None:
        """What may still happen to a box that is lost: nothing is open, and it can turn up."""
        if mishap.kind not in AWAITED or mishap.box != "lost":
            return None
        if mishap.participant is None:
            here = url_for("mishaps.turned_up", mishap=mishap.id)
            return OpenEnd("", _("The box was found again"), here, CARE)
        here = url_for("mishaps.recovered", mishap=mishap.id)
        return OpenEnd("", _("The box was found again"), here, COUNTING)

    def _of_the_box(self, mishap: Mishap) -> list[OpenEnd]:
        found = []
        if mishap.kind in AWAITED and mishap.box == "with_participant":
            here = url_for("mishaps.recovered", mishap=mishap.id)
            what = _("Box %(kit)s is still with the participant.", kit=mishap.kit)
            found.append(OpenEnd(what, _("It came back, or it is lost"), here, COUNTING))
        if self._uneven.get(str(mishap.kit)):
            what = _("The vials of box %(kit)s do not add up.", kit=mishap.kit)
            found.append(OpenEnd(what, "", None, COUNTING))
        return found

    def _of_the_visit(self, mishap: Mishap) -> list[OpenEnd]:
        if mishap.kind == "elsewhere" and mishap.replacement == "set_aside":
            here = url_for("mishaps.handed_over", mishap=mishap.id)
            what = _("Kit %(kit)s waits to be handed over.", kit=mishap.replacement_kit)
            return [OpenEnd(what, _("Hand over"), here, GIVING)]
        if mishap.kind == "elsewhere":
            here = url_for("mishaps.another_site", mishap=mishap.id)
            what = _("No kit is set aside here for %(number)s any more.", number=self.number(mishap))
            found = [OpenEnd(what, _("Ask for the kit"), here, CARE)] if self.served(mishap) else []
            left = mishap.visit is not None and mishap.replacement in ("to_be_allowed", "not_collected")
            return found + (self._kit_wanted(str(mishap.participant), str(mishap.visit)) if left else [])
        return self._kit_wanted(mishap.participant, mishap.visit) if mishap.participant and mishap.visit else []

    def _kit_wanted(self, participant: str, visit: str) -> list[OpenEnd]:
        person, given = self._people.get(participant), self._visits.get((participant, visit))
        none = given is None or given.state == "void"
        if person is None or person.state != "randomized" or (none and (participant, visit) not in self._serving):
            return []  # nobody to give it to, or not now: asked for, it would be refused
        where: dict[str, Any] = {"participant": participant, "visit": visit}
        names = {"number": person.screening_number, "visit": texts.visit_name(visit)}
        words = self._allowed[participant, visit]
        if waits_for_word(visit, self._given[participant], self._sent[participant], self._coming, words):
            what = _("Another kit of %(number)s for %(visit)s waits for a second person.", **names)
            return [OpenEnd(what, _("Allow another kit"), url_for("dispensing.allowed", **where), ALLOWERS)]
        if given is None or none:
            what = _("%(number)s has no kit for %(visit)s.", **names)
            return [OpenEnd(what, _("Ask for the kit"), url_for("dispensing.assigned", **where), CARE)]
        if given.kit in self._away:
            what = _("Kit %(kit)s of %(number)s waits at another site.", kit=given.kit, **names)
            return [OpenEnd(what, "", None, GIVING)]
        if given.state == "assigned":
            what = _("Kit %(kit)s of %(number)s waits to be handed over.", kit=given.kit, **names)
            return [OpenEnd(what, _("Hand over"), url_for("dispensing.handed_over", **where), GIVING)]
        return []


def _serving(session: Session, people: Iterable[Participant]) -> set[tuple[str, str]]:
    """The visits, each with its participant, that may be given a kit as of today."""
    who = list(people)
    kept = records.kept_of(session, who[0].id if len(who) == 1 else None) if who else None
    return {
        (person.id, one.window.visit)
        for person in who
        for one in (records.planned_of(person, kept, texts.today_at(person.site)) if kept else ())
        if one.may_get_kit
    }


def _lapsed(session: Session, mishaps: Iterable[Mishap]) -> set[str]:
    """The mishaps whose signed note changed afterwards: two statements, however many."""
    signed = [row for row in mishaps if row.note_signed_at is not None]
    if not signed:
        return set()
    boxes = {box for row in signed for box in boxes_of(row)}
    moved: dict[str, list[Movement]] = defaultdict(list)
    for line in session.scalars(select(Movement).where(Movement.kit.in_(boxes))):
        moved[line.kit].append(line)
    counted: dict[str, list[KitReturn]] = defaultdict(list)
    for count in session.scalars(select(KitReturn).where(KitReturn.kit.in_(boxes))):
        counted[count.kit].append(count)
    found = set()
    for row in signed:
        lines = [line for box in boxes_of(row) for line in moved[box]]
        if changed(row, lines, counted[str(row.kit)]):
            found.add(row.id)
    return found


def latest_first(session: Session, **equal: Any) -> Board:
    """All mishaps at the reader's sites, the newest first."""
    order = (Mishap.reported_at.desc(), Mishap.id)
    return Board(session, session.scalars(select(Mishap).filter_by(**equal).order_by(*order)))


def unfinished(session: Session) -> list[Group]:
    """For pharmacist and coordinator: mishaps with something to be done that is theirs."""
    return [Group(_("After a mishap"), _lines(session, lambda roles: roles not in (SIGNING, ALLOWERS)))]


def to_allow(session: Session) -> list[Group]:
    """For those who may allow one more kit: the visits that wait for it."""
    told = _lines(session, lambda roles: roles == ALLOWERS)
    known = {(line.what, line.note) for line in told}
    board = Board(session, (), {row.participant for row in session.scalars(select(Express))})
    sent = [
        Line(number, end.what, end.action, end.href)
        for number, end in board.after_express()
        if end.href and end.roles == ALLOWERS and (number, end.what) not in known
    ]
    return [Group(_("Further kits to allow"), told + sent)]


def _lines(session: Session, mine: Callable[[frozenset[Role]], bool]) -> list[Line]:
    board = latest_first(session)
    found = {
        (board.about(row), end.what): Line(board.about(row), end.what, end.action, end.href)
        for row in board.mishaps
        for end in board.open_ends(row)
        if end.href and mine(end.roles)
    }
    return list(found.values())  # two mishaps of one visit end in one step


def notes_to_sign(session: Session) -> list[Group]:
    """For the investigator: notes to file that wait for a signature, also for one more."""
    board = latest_first(session)
    lines = [
        Line(board.about(row), _("Kit %(kit)s, %(day)s", kit=row.kit, day=row.happened_on), _("Read and sign"),
             url_for("mishaps.signed", mishap=row.id), True)
        for row in board.mishaps
        if board.to_sign(row)
    ]  # fmt: skip
    return [Group(_("Notes to file, to sign"), lines)]
