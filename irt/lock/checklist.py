"""What stands before the lock: every item counted, each named by a code; the pages link it to where it is settled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from irt.conduct.classifying import standing as classified
from irt.conduct.deviations import history
from irt.conduct.tables import Deviation, DeviationClass, DeviationRevision
from irt.dispensing.ending import boxes_of, changed
from irt.dispensing.tables import ChangeRequest, Discrepancy, KitReturn, Mishap
from irt.lock.extract.measures import judged
from irt.lock.extract.trial import Trial
from irt.lock.review import reviewed
from irt.lock.tables import LockSignature
from irt.outcomes.query_tables import Query
from irt.safety.clocks import desk_clocks, to_judge
from irt.safety.coding import codes_as, latest_code
from irt.safety.dictionary_tables import EventCode
from irt.safety.emergency_tables import DeskClosing
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from irt.safety.readings import current_events
from irt.safety.tables import AdverseEvent, EventOpinion, EventTold, EventVersion, SusarCandidate
from irt.safety.unblinding_tables import Unblinding, UnblindingAssessment
from irt.supply.tables import Kit, Movement

UNSETTLED = frozenset({"dispensed", "misallocated", "returned", "assigned", "packed", "in_transit", "quarantined"})
"""States of a kit that are no end: in somebody's hands, on the way, not counted, not decided."""


@dataclass(frozen=True)
class Item:
    """One line: how many there are, how many of them wait, and whose they are: by screening number, site or kit."""

    code: str
    of: int
    open: int
    waiting: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Whether nothing of it waits."""
        return not self.waiting


def checklist(trial: Trial) -> list[Item]:
    """Every item in the order in which one settles them; all of them stand before the lock."""
    return [
        *_course(trial),
        *_outcomes(trial),
        *_harm(trial),
        *_kits(trial),
        *_conduct(trial),
        _endorsed(trial),
        _review(trial),
    ]


def _item(code: str, found: Iterable[tuple[str, bool]]) -> Item:
    """An item from (name, whether it waits) of everything there is."""
    listed = list(found)
    waiting = [name for name, waits in listed if waits]
    return Item(code, len(listed), len(waiting), tuple(sorted(set(waiting))))


def _course(trial: Trial) -> Iterator[Item]:
    states = ((row.screening_number, row.state in ("screened", "randomized")) for row in trial.people)
    yield _item("participants", states)
    visits, doses = [], []
    for person in trial.randomized():
        forms = trial.expected_of(person)
        visits.append((person.screening_number, any(one.standing == "due" for one in forms)))
        dosed = person.first_dose_on is not None  # who never was has no diary
        doses.append((person.screening_number, dosed and bool(trial.course_of(person).unrecorded)))
    yield _item("visits", visits)
    yield _item("diary", doses)
    requests = trial.all(ChangeRequest)
    yield _item("change_requests", ((trial.numbers[row.participant], row.state == "requested") for row in requests))


def _outcomes(trial: Trial) -> Iterator[Item]:
    gaps, events = [], []
    for person in trial.randomized():
        forms = [one for one in trial.expected_of(person) if one.standing != "not_yet"]
        gaps.append((person.screening_number, any(one.standing in ("missing", "draft") for one in forms)))
        events += [(person.screening_number, not one.holds) for one in judged(trial, person)]
    yield _item("outcomes", gaps)
    yield _item("queries", ((trial.numbers[row.participant], row.state != "closed") for row in trial.all(Query)))
    yield _item("adjudication", events)


def _harm(trial: Trial) -> Iterator[Item]:
    told = trial.all(EventTold)
    yield _item("events_told", ((trial.numbers[row.participant], row.state == "open") for row in told))
    coding, opinions = [], []
    for person in trial.people:
        for event, now in current_events(trial.of(AdverseEvent, person.id), trial.of(EventVersion, person.id)):
            code = latest_code(trial.of(EventCode, event.id, "event"))
            coded = code is not None and codes_as(code, now.verbatim, code.version, code.llt_code)
            coding.append((person.screening_number, not coded))
            versions, said = trial.of(EventVersion, event.id, "event"), trial.of(EventOpinion, event.id, "event")
            opinions.append((person.screening_number, to_judge(versions, said) is not None))
    yield _item("coding", coding)
    yield _item("opinions", opinions)
    closed = {row.candidate for row in trial.all(DeskClosing)}
    cases = trial.all(SusarCandidate)
    yield _item("desk", (("", row.id not in closed or _in_time(trial, row)) for row in cases))
    reports = trial.all(Unblinding)
    assessed = {row.unblinding for row in trial.all(UnblindingAssessment)}
    yield _item("unblindings", ((row.site or "", row.id not in assessed) for row in reports))


def _in_time(trial: Trial, case: Any) -> bool:
    """Whether a case could still be reported in time. Until then it waits, closed or not: a placebo case is closed at
    another time, and everybody here is masked."""
    return bool(trial.now <= desk_clocks(case.urgency, case.day_zero, trial.study.safety)[-1].due)


def _kits(trial: Trial) -> Iterator[Item]:
    yield _item("kits", ((row.number, row.state in UNSETTLED) for row in trial.all(Kit)))
    yield _item("discrepancies", ((row.kit or row.id, row.state == "open") for row in trial.all(Discrepancy)))
    mishaps = trial.all(Mishap)
    yield _item("mishaps", ((row.site, not _note_signed(trial, row)) for row in mishaps))
    back = {row.envelope for row in trial.all(EnvelopeFate)}
    yield _item("envelopes", ((f"{row.site}", row.id not in back) for row in trial.all(Envelope)))


def _note_signed(trial: Trial, mishap: Any) -> bool:
    """Whether the note to file is signed as it reads now."""
    if mishap.note_signature is None:
        return False
    lines = [line for box in sorted(boxes_of(mishap)) for line in trial.of(Movement, box, "kit")]
    return not changed(mishap, lines, trial.of(KitReturn, mishap.kit, "kit"))


def _conduct(trial: Trial) -> Iterator[Item]:
    found = []
    for row in trial.all(Deviation):
        told = history(row, trial.of(DeviationRevision, row.id, "deviation"))
        words = trial.of(DeviationClass, row.id, "deviation")
        waits = told[-1].stands and classified(words, len(told)).state != "agreed"
        found.append((trial.numbers.get(row.participant, row.site), waits))
    yield _item("deviations", found)


def _endorsed(trial: Trial) -> Item:
    signed = {(row.subject, row.data_sha256) for row in trial.all(LockSignature) if row.step == "endorse"}
    there = sorted({row.site for row in trial.people})
    return _item("endorsed", ((site, (site, trial.site_sha256(site)) not in signed) for site in there))


def _review(trial: Trial) -> Item:
    return _item("blind_review", [("", not reviewed(trial))])
