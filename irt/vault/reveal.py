"""Door 2 of the vault: the treatment of one participant, shown to one person, once.

An act that declares it (`reveals`) writes the line of the visitors' book; when that has been committed, the door of the
house redeems the line, once and within a minute, and only then is a seal opened. What is shown is no answer of an act:
it is stored nowhere, and a request that is sent again is told when it was shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NoReturn, SupportsIndex

from sqlalchemy import Connection, bindparam, select

from irt.entropy import new_id
from irt.gate.act import Act
from irt.gate.housekeeping import Housekeeping
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.statements import rows_of
from irt.study import Study
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import Draw, Opening, ReleaseShown, SealedKit, SealedSlot, Shown

Purpose = Literal["code_break", "desk"]  # one participant's; the envelopes of many have a door of their own
REDEEMED_WITHIN = timedelta(seconds=60)

_opening, _shown, _draw = table_of(Opening), table_of(Shown), table_of(Draw)
_slot, _kit = table_of(SealedSlot), table_of(SealedKit)
LINE = select(_opening, _shown.c.shown_at).join_from(
    _opening, _shown, _shown.c.opening == _opening.c.id, isouter=True
).where(_opening.c.id == bindparam("opening"))  # fmt: skip
DRAWN = select(_draw.c.participant).where(_draw.c.participant == bindparam("participant"))
SLOT = select(_slot).join(_draw, _draw.c.slot == _slot.c.id).where(_draw.c.participant == bindparam("participant"))

__all__ = ["Content", "Line", "Treatment", "enter", "line_of", "open_one", "redeem", "shown_at", "write_line"]


@dataclass(frozen=True)
class Line:
    """A line of the visitors' book, and when what it let in for was shown."""

    id: str
    purpose: str
    participant: str
    account: str
    entered_at: datetime
    shown_at: datetime | None


@dataclass(frozen=True, repr=False)
class Content:
    """A kit and what is in it; `as_assigned`: it is what the participant was assigned."""

    kit: str
    kind: str
    as_assigned: bool

    def __repr__(self) -> str:
        return "<content>"


@dataclass(frozen=True, repr=False)
class Treatment:
    """The arm that a participant was assigned, and the content of the kits asked for, in their order.

    It shows nothing of itself in a log, and is never pickled or copied.
    """

    participant: str
    arm: str
    kits: tuple[Content, ...]

    def __repr__(self) -> str:
        return "<treatment>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a treatment is never pickled or copied")


def enter(act: Act, purpose: Purpose, participant: str) -> str:
    """Write the line of the book that lets the actor be shown a participant's treatment; answers its id.

    Refused: not_randomized.
    """
    if not act.select(DRAWN, participant=participant):
        act.refuse("not_randomized")
    return write_line(act, purpose, participant)


def write_line(act: Act, purpose: str, participant: str | None) -> str:
    """Write a line of the book, for the doors of the vault alone; answers its id."""
    assert act.spec.reveals, f"{act.spec.name} does not declare that it reveals"
    assert act.signature is not None, f"{act.spec.name} is signed"
    opening = new_id(act.entropy)
    act.add(
        Opening, id=opening, purpose=purpose, participant=participant, account=act.actor.account,
        signature=act.signature, entered_at=act.now,
    )  # fmt: skip
    return opening


def line_of(connection: Connection, opening: str) -> Line | None:
    """The line of the book with this id, of one participant's treatment; None when there is none."""
    found = rows_of(connection, LINE, {"opening": opening})
    if not found or found[0].participant is None:
        return None
    row = found[0]
    return Line(row.id, row.purpose, row.participant, row.account, row.entered_at, row.shown_at)


def shown_at(connection: Connection, openings: Iterable[str]) -> dict[str, datetime]:
    """When these lines of the book were redeemed, each by its id; those that never were are not in it."""
    found = connection.execute(select(_shown).where(_shown.c.opening.in_(list(openings))))
    return {row.opening: row.shown_at for row in found}


def open_one(
    housekeeping: Housekeeping,
    vault: Any,
    study: Study,
    opening: str,
    *,
    account: str,
    kits: Sequence[str],
    now: datetime,
) -> Treatment:
    """Open what a committed line of the book let `account` in for: the arm, and the content of `kits`.

    That it was shown is committed before the first seal is opened, so that nobody is shown it twice for one line.
    `kits` are the participant's own: the caller answers for it. Refused: not_found (no such line of this account),
    already_shown (with the time), shown_too_late.
    """
    with housekeeping.database.read.connect() as connection:
        line = line_of(connection, opening)
    if line is None:
        raise Refused("not_found", what="opening")
    redeem(housekeeping, line, account, now)
    with housekeeping.database.read.connect() as connection:
        (slot,) = rows_of(connection, SLOT, {"participant": line.participant})
        sealed = {row.kit: row for row in connection.execute(select(_kit).where(_kit.c.kit.in_(sorted(kits))))}
    arm = disclose(_rows.arm_of(vault, slot))
    wanted = next(one.kit_type for one in study.arms if one.id == arm)
    kinds = {number: disclose(_rows.type_of(vault, row)) for number, row in sealed.items()}
    return Treatment(line.participant, arm, tuple(Content(kit, kinds[kit], kinds[kit] == wanted) for kit in kits))


def redeem(
    housekeeping: Housekeeping, line: Any, account: str, now: datetime, shown: type[Shown | ReleaseShown] = Shown
) -> None:
    """Commit that what a line of the book lets `account` in for is shown now; for the doors of the vault alone.

    Once and within a minute. Refused: not_found (another's line), already_shown (with the time), shown_too_late.
    """
    if line.account != account:
        raise Refused("not_found", what="opening")
    if line.shown_at is not None:
        raise Refused("already_shown", at=line.shown_at)
    if now - line.entered_at > REDEEMED_WITHIN:
        raise Refused("shown_too_late")
    if not housekeeping.add_missing(shown, opening=line.id, shown_at=now):
        raise Refused("already_shown", at=now)
