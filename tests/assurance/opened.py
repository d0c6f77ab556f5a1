"""The emergency door of the trial in `lived`: codes broken, cases opened and closed, and the practice of each site."""

from typing import Any

from sqlalchemy import select

from irt.conduct.tables import PracticeBreak
from irt.gate.act import Act
from irt.gate.housekeeping import Housekeeping
from irt.gate.rows import table_of
from irt.participants.tables import Participant
from irt.safety.emergency_tables import CodeBreak, DeskClosing, DeskOpening, SecondPerson
from irt.safety.tables import SusarCandidate
from irt.vault._tables import Opening, Shown


def break_one(act: Act, who: str) -> None:
    """A code is broken, and the book has its line."""
    person, line = act.find(Participant, id=who), f"open-{who}"
    act.add(Opening, id=line, purpose="code_break", participant=who, account="a1", signature=act.signature,
            entered_at=act.now)  # fmt: skip
    act.add(SecondPerson, id=f"second-{who}", site=person.site, reason="a bus came", agreed_at=act.now,
            agreed_by="a2", signature=act.signature)  # fmt: skip
    act.add(CodeBreak, id=line, participant=who, site=person.site, reason="overdose", told="asleep", sponsor_told=False,
            treatment="continues", earlier=2, second=f"second-{who}", alone=False, broken_at=act.now, broken_by="a1",
            signature=act.signature)  # fmt: skip
    act.add(PracticeBreak, id=f"practice-{who}", site=person.site, broken_at=act.now, broken_by="a1",
            signature=act.signature)  # fmt: skip


def open_one(act: Act, candidate: str) -> None:
    """A case is opened at the safety desk and closed."""
    case, line = act.find(SusarCandidate, id=candidate, lock=False), f"open-{candidate}"
    act.add(Opening, id=line, purpose="desk", participant=case.participant, account="a2", signature=act.signature,
            entered_at=act.now)  # fmt: skip
    act.add(DeskOpening, id=line, candidate=candidate, participant=case.participant, site=case.site, reason="serious",
            opened_at=act.now, opened_by="a2", signature=act.signature)  # fmt: skip
    act.add(DeskClosing, id=f"closed-{candidate}", candidate=candidate, site=case.site, part="report",
            closed_at=act.now, closed_by="a2", signature=act.signature)  # fmt: skip


def show(trial: Any, keep: Housekeeping) -> None:
    """What was opened is shown, once each, at once."""
    with trial.database.read.connect() as connection:
        for row in list(connection.execute(select(table_of(Opening)))):
            keep.add(Shown, opening=row.id, shown_at=row.entered_at)
