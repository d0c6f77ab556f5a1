"""Boxes that stand at one site for a participant of another: whose they are, where they wait, what is told of them.

The assignment stands at the home site, the box and what is told of it at the visited one: neither sees the rows of the
other. An act that touches both is let in to the other by what was told, or by the assignment that it found.
"""

from typing import Any

from sqlalchemy import Row, bindparam, select

from irt.dispensing.allowance import ask_for_word
from irt.dispensing.tables import Mishap, PassedOn
from irt.gate.act import Act
from irt.gate.rows import table_of
from irt.participants.tables import Participant
from irt.supply import assigning, ledger, quarantining
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit

_person, _kit, _passed = table_of(Participant), table_of(Kit), table_of(PassedOn)
HOME_OF = select(_person.c.site).where(_person.c.id == bindparam("participant"))
HELD = (
    select(_kit.c.number, _kit.c.state, _kit.c.site)
    .where(_kit.c.participant == bindparam("participant"))
    .order_by(_kit.c.number)
)

PASSED_FROM = select(_passed.c.site).where(_passed.c.kit == bindparam("kit"))


def home_of(act: Act, participant: str) -> str:
    """The site that a participant belongs to."""
    return str(act.select(HOME_OF, participant=participant)[0].site)


def admit_guest(act: Act, kit: Row[Any]) -> None:
    """Where something was told at this site of a box set aside here for a participant of another, let this act in to
    their site."""
    for mishap in (*act.rows(Mishap, replacement_kit=kit.number), *act.rows(Mishap, kit=kit.number)):
        if mishap.participant is not None:  # else the box was nobody's yet
            act.admit(home_of(act, mishap.participant))


def not_back(act: Act, participant: str) -> list[Row[Any]]:
    """The kits that are set aside for a participant or in their hands, at whichever site, by number."""
    return [kit for kit in act.select(HELD, participant=participant) if kit.state in ("assigned", *AT_HOME)]


def away(act: Act, participant: Row[Any], here: str) -> list[Row[Any]]:
    """The kits that wait for a participant at a site that is neither theirs nor `here`."""
    held = act.select(HELD, participant=participant.id)
    return [kit for kit in held if kit.state == "assigned" and kit.site not in (here, participant.site)]


def require_none_away(act: Act, participant: Row[Any], here: str) -> None:
    """Refuse a second kit while one waits at another site: kit_waits_elsewhere."""
    for kit in away(act, participant, here):
        act.refuse("kit_waits_elsewhere", kit=kit.number, at=kit.site)


def require_from_here(act: Act, kit: Row[Any]) -> None:
    """Refuse to have a box here that another site handed over: it never stood at its participant's own site."""
    for row in act.select(PASSED_FROM, kit=kit.number):
        act.refuse("kit_passed_on", kit=kit.number, at=row.site)


def put_by(act: Act, participant: Row[Any], given: Row[Any]) -> None:
    """A kit that stands set aside, here or at another site, is never given; the other site's pages say so from now on.

    The caller found the assignment at the participant's own site, or was let in to it.
    """
    for kit in away(act, participant, participant.site):
        if kit.number == given.kit:
            act.admit(kit.site)
    assigning.put_by(act, given)
    follow(act, given.kit, given.visit, "not_collected", given.kit)
    ask_for_word(act, participant, given.visit, participant.site)


def quarantine(act: Act, entry: Row[Any], kit: Row[Any]) -> None:
    """Put a kit under a quarantine; where it stood set aside, here for a guest too, its visit may be given another."""
    quarantining.put(act, entry, kit.number)
    if kit.state == "assigned":
        _not_given(act, kit)


def give_up(act: Act, kit: Row[Any]) -> None:
    """A kit that stands set aside is not fit to be given; its visit may be given another."""
    ledger.move(act, kit, "damaged", site=kit.site)
    _not_given(act, kit)


def _not_given(act: Act, kit: Row[Any]) -> None:
    act.admit(home_of(act, kit.participant))
    (participant,) = act.rows(Participant, lock=True, id=kit.participant)  # one of several: the act is not about them
    given = act.find(Assignment, kit=kit.number)
    assigning.make_void(act, given)
    follow(act, kit.number, given.visit, "to_ask", None)
    ask_for_word(act, participant, given.visit, participant.site)


def follow(act: Act, kit: str, visit: str | None, state: str, instead: str | None) -> None:
    """What was told of a kit that stood set aside goes on: with the kit `instead` of it for the visit, or without one.

    What was told of another visit ends: its kit was not collected.
    """
    for row in act.rows(Mishap, lock=True, replacement_kit=kit):
        if row.replacement != "set_aside":
            continue
        if row.visit == visit:
            act.change(Mishap, row, replacement=state, replacement_kit=instead)
        else:
            act.change(Mishap, row, replacement="not_collected")
