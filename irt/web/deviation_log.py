"""Deviations read for pages: each with its participant, its sentence, and what was made of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.conduct.classifying import Standing, last_words, standing
from irt.conduct.deviations import Told, history
from irt.conduct.tables import Deviation, DeviationClass, DeviationRevision
from irt.participants.tables import Participant
from irt.web.deviation_words import sentence


@dataclass(frozen=True)
class Shown:
    """A deviation as pages show it."""

    row: Deviation
    number: str  # the participant's screening number; empty where it is about the site
    now: Told  # as it is by now, whatever was noted first
    said: str
    before: tuple[tuple[str, str], ...]  # what was noted earlier, each with why it was judged anew after it
    standing: Standing
    classes: tuple[DeviationClass, ...]  # the last word of each role about it as it is by now
    revision: int  # as which it is by now; 1: as first noted

    def word_of(self, role: Role) -> DeviationClass | None:
        """What the holder of a role said last."""
        return next((one for one in self.classes if one.role == role), None)


def shown(session: Session, found: Iterable[Deviation]) -> list[Shown]:
    """Deviations with their participant, their sentence and where they stand: three statements, however many."""
    rows = list(found)
    classes: dict[str, list[DeviationClass]] = defaultdict(list)
    wanted = [row.id for row in rows]
    about = DeviationClass.deviation.in_(wanted)
    for one in session.scalars(select(DeviationClass).where(about).order_by(DeviationClass.revision)):
        classes[one.deviation].append(one)
    revisions: dict[str, list[DeviationRevision]] = defaultdict(list)
    for one_more in session.scalars(select(DeviationRevision).where(DeviationRevision.deviation.in_(wanted))):
        revisions[one_more.deviation].append(one_more)
    who = select(Participant).where(Participant.id.in_({row.participant for row in rows if row.participant}))
    numbers = {row.id: row.screening_number for row in session.scalars(who)}
    return [
        Shown(
            row,
            numbers.get(row.participant or "", ""),
            *_told(row, revisions[row.id]),
            standing(classes[row.id], 1 + len(revisions[row.id])),
            tuple(last_words(classes[row.id], 1 + len(revisions[row.id])).values()),
            1 + len(revisions[row.id]),
        )
        for row in rows
    ]


def _told(row: Deviation, revisions: Iterable[DeviationRevision]) -> tuple[Told, str, tuple[tuple[str, str], ...]]:
    """How a deviation is now, in a sentence, and the sentences that it had before."""
    *earlier, now = history(row, revisions)
    whys = [one.told or "" for one in (*earlier, now)][1:]
    before = tuple(
        (sentence(row.kind, one.happened_on, one.facts), why) for one, why in zip(earlier, whys, strict=True)
    )
    return now, sentence(row.kind, now.happened_on, now.facts), before


def of_participant(session: Session, participant: str) -> list[Shown]:
    """The deviations of one participant, by day."""
    found = select(Deviation).filter_by(participant=participant).order_by(Deviation.happened_on, Deviation.noted_at)
    return shown(session, session.scalars(found))
