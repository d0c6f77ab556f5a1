"""The note to file of a mishap, said in both languages at once: what happened, who, which boxes, what is open."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing.ending import COUNT, boxes_of, covers, is_count, is_covered, is_told, numbered
from irt.dispensing.tables import KitReturn, Mishap
from irt.gate.tables import SignatureRow
from irt.supply.tables import Movement
from irt.web import records, texts, words
from irt.web.language import LANGUAGES, speaking
from irt.web.mishap_board import SIGNING, Board
from irt.web.signed import Change, Signed


@dataclass(frozen=True)
class Note:
    """The note in one language."""

    title: str
    facts: tuple[tuple[str, str], ...]
    story: tuple[str, ...]
    done: tuple[tuple[datetime, str], ...]
    left: tuple[str, ...]


def in_both(session: Session, board: Board, mishap: Mishap) -> dict[str, Note]:
    """The note in each language of the pages."""
    found = {}
    for code in LANGUAGES:
        with speaking(code):
            found[code] = _note(session, board, mishap)
    return found


def _note(session: Session, board: Board, mishap: Mishap) -> Note:
    who = records.names(session, mishap.reported_by)
    facts = [
        (_("Participant"), board.number(mishap) or "–"),
        (words.field("site"), texts.site_name(mishap.site)),
        (_("Visit"), texts.visit_name(mishap.visit) if mishap.visit else "–"),
        (words.field("happened_on"), f"{mishap.happened_on}"),
        (_("Box it is about"), mishap.kit or "–"),
    ]
    if mishap.instead_of:
        facts.append((_("Box set aside for the visit"), mishap.instead_of))
    if mishap.replacement_kit:
        facts.append((_("Replacement"), mishap.replacement_kit))
    facts.append((_("Where the box is"), words.word(mishap.box, "BOXES")))
    reported = texts.site_moment(mishap.reported_at, mishap.site)
    facts.append((_("Reported"), f"{reported} · {who.get(mishap.reported_by, '')}"))
    return Note(
        words.word(mishap.kind, "MISHAP_KINDS"),
        tuple(facts),
        (_story(mishap, board), mishap.told),
        tuple(_done(session, mishap)),
        tuple(end.what for end in board.open_ends(mishap) if end.roles != SIGNING),
    )


def _story(mishap: Mishap, board: Board) -> str:
    told = _in_stock() if mishap.participant is None else _of_somebody()
    facts = {"kit": mishap.kit, "number": board.number(mishap), "day": mishap.happened_on}
    return str(told[mishap.kind]) % facts


def _in_stock() -> dict[str, str]:
    whose = _("It was set aside for nobody: no participant and no per-protocol set is concerned.")
    lost = _("On %(day)s box %(kit)s was lost from the stock of the site.")
    damaged = _("On %(day)s box %(kit)s in the stock of the site was damaged.")
    return {"lost": f"{lost} {whose}", "damaged": f"{damaged} {whose}"}


def _of_somebody() -> dict[str, str]:
    return {
        "wrong_kit": _("On %(day)s participant %(number)s was given box %(kit)s, which was not set aside for them."),
        "not_handed_over": _("Box %(kit)s of participant %(number)s was in the books as handed over, yet never left."),
        "lost": _("On %(day)s box %(kit)s of participant %(number)s was lost."),
        "damaged": _("On %(day)s box %(kit)s of participant %(number)s was damaged."),
        "elsewhere": _("On %(day)s participant %(number)s of another site came here for the kit of the visit."),
    }


def _done(session: Session, mishap: Mishap) -> list[tuple[datetime, str]]:
    found = [
        (line.moved_at, _("Box %(kit)s: %(state)s", kit=line.kit, state=words.word(line.after, "KIT_STATES")))
        for line in _lines(session, mishap)
        if line.moved_at >= mishap.reported_at
    ]
    for row in session.scalars(select(KitReturn).filter_by(kit=mishap.kit).order_by(KitReturn.revision)):
        found.append((row.counted_at, _counted(row)))
    return sorted(found, key=lambda one: one[0])


def _counted(row: KitReturn) -> str:
    counts = {name: getattr(row, name) for name in ("kit", "unused", "used", "broken", "lost")}
    return str(_("Box %(kit)s counted: unused %(unused)s, used %(used)s, broken %(broken)s, lost %(lost)s", **counts))


def _lines(session: Session, mishap: Mishap) -> list[Movement]:
    lines = select(Movement).where(Movement.kit.in_(boxes_of(mishap)))
    found = session.scalars(lines.order_by(Movement.moved_at, Movement.kit, Movement.line))
    return [line for line in found if is_told(mishap, line)]


def covered(session: Session, mishap: Mishap) -> str:
    """What the note tells of now: whoever signs it says that they read just this."""
    return covers(mishap, _lines(session, mishap), session.scalars(select(KitReturn).filter_by(kit=mishap.kit)))


def signature(session: Session, mishap: Mishap) -> Signed | None:
    """The signature under the note, and which boxes have moved since; None while nobody has signed."""
    if mishap.note_signature is None or mishap.note_signed_at is None:
        return None
    counts = session.scalars(select(KitReturn).filter_by(kit=mishap.kit).order_by(KitReturn.revision))
    ours = [row for row in counts if is_count(mishap, row)]
    recounted = [row for row in ours if not is_covered(mishap, COUNT, row.revision)]
    later = [Change(_counted(row), row.counted_at) for row in recounted] + [
        Change(_("Box %(kit)s: %(state)s", kit=line.kit, state=words.word(line.after, "KIT_STATES")), line.moved_at)
        for number, line in numbered(mishap, _lines(session, mishap))
        if line.moved_at >= mishap.reported_at and not is_covered(mishap, line.kit, number)
    ]
    later.sort(key=lambda one: str(one.at))
    return Signed(records.one(session, SignatureRow, id=mishap.note_signature), tuple(later))
