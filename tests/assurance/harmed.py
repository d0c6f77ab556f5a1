"""The safety of the trial in `lived`: a row in every table about adverse events, their opinions and their clocks."""

from datetime import date, timedelta
from typing import Any

from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.safety.tables import AdverseEvent, ClockReminder, EventOpinion, EventTold, EventVersion, SusarCandidate
from irt.supply.tables import Assignment

FIRST_DAY = date(2026, 3, 2)
CANDIDATE = {1: "fatal", 2: "other"}


def harm(act: Act) -> None:
    """Participant p1, who took a dose, has two serious events that may have to be reported; one was heard of first."""
    person = act.find(Participant, id="p1", lock=False)
    of: dict[str, Any] = {"participant": "p1", "site": person.site}
    heard = act.now - timedelta(days=30)
    for n, state in ((1, "reported"), (2, "open")):
        settled = {"settled_at": act.now, "settled_by": "a1"} if state != "open" else {}
        act.add(EventTold, id=f"et{n}", **of, told="fell ill", serious=True, aware_at=heard, told_at=heard,
                told_by="a1", state=state, **settled)  # fmt: skip
        act.add(ClockReminder, id=f"cl{n}", **of, subject=f"et{n}", clock="report", stage="over", reminded_at=act.now)
    for n in (1, 2):
        event = act.add(AdverseEvent, id=f"ae{n}", **of, number=n, told="et1" if n == 1 else None, opened_at=act.now,
                        opened_by="a1")  # fmt: skip
        for version in (1, 2):
            write_version(act, event, version, grade=n + version)
        act.add(EventOpinion, id=f"eo{n}", event=event, site=person.site, revision=1, about=2,
                causality_drug="possible", expectedness="unexpected", reason="not listed", judged_at=act.now,
                judged_by="a2",
                signature=act.signature)  # fmt: skip
        act.add(SusarCandidate, id=f"sc{n}", **of, event=event, urgency=CANDIDATE[n], version=1, day_zero=FIRST_DAY,
                arose_at=act.now)  # fmt: skip


def write_version(act: Act, event: str, version: int, **other: Any) -> str:
    """A version of one of the two events, as the acts write it."""
    person = act.find(Participant, id="p1", lock=False)
    serious = ["life_threatening"] if event == "ae1" else ["hospitalisation"]
    values = {
        "stands": True, "verbatim": "fever", "term": "fever", "grade": 4, "onset_on": FIRST_DAY, "onset_at": "10:00",
        "seriousness": serious, "causality_drug": "possible", "causality_procedure": "unrelated", "action": "held",
        "outcome": "unknown", "last_dose_on": FIRST_DAY, "last_dose_at": "09:00",
        "last_kit": act.find(Assignment, participant="p1", lock=False).kit, "reporter": "participant",
        "aware_at": act.now, "why": "more is known" if version > 1 else None, "recorded_at": act.now,
    }  # fmt: skip
    return act.add(
        EventVersion, id=f"{event}v{version}", event=event, participant="p1", site=person.site, version=version,
        recorded_by="a1", signature=act.signature or act.rows(EventVersion)[0].signature, **{**values, **other},
    )  # fmt: skip
