"""Adverse events read for pages: each with its versions, the sponsor's opinions, and how its clocks stand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.participants.tables import Participant
from irt.safety.clocks import Clock, is_serious, opinion_clocks, report_clock, report_of, to_judge
from irt.safety.exposure import emergent
from irt.safety.tables import AdverseEvent, EventOpinion, EventTold, EventVersion, SusarCandidate
from irt.web import texts
from irt.web.safety_board import courses_of
from irt.web.wired import service

# No rater, no laboratory; no pharmacist, who needs none of it. The safety officer reads them as the desk's cases.
READERS = frozenset(
    {
        Role.INVESTIGATOR, Role.COORDINATOR, Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER,
        Role.AUDITOR, Role.SAFETY_OFFICER,
    }
)  # fmt: skip
OF_PARTICIPANTS = READERS - {Role.SAFETY_OFFICER}  # who may open a participant's page


@dataclass(frozen=True)
class Running:
    """A clock as a page shows it, and when it was done."""

    clock: Clock
    done_at: datetime | None = None
    urgency: str = ""  # of a candidate

    @property
    def state(self) -> str:
        """How it stands now."""
        return self.clock.state(self.done_at, service().clock.now())


@dataclass(frozen=True)
class Shown:
    """An event as pages show it."""

    row: AdverseEvent
    number: str  # the participant's screening number
    versions: tuple[EventVersion, ...]
    opinions: tuple[EventOpinion, ...]
    candidates: tuple[SusarCandidate, ...]
    emergent: bool

    @property
    def latest(self) -> EventVersion:
        """The version that counts."""
        return self.versions[-1]

    @property
    def opinion(self) -> EventOpinion | None:
        """The sponsor's last opinion."""
        return self.opinions[-1] if self.opinions else None

    @property
    def serious(self) -> bool:
        """Whether it is serious as it is known by now."""
        return is_serious(self.latest)

    @property
    def special(self) -> bool:
        """Whether it is of special interest."""
        terms = service().study.adverse_event_terms
        return any(one.id == self.latest.term and one.special_interest for one in terms)

    @property
    def to_judge(self) -> EventVersion | None:
        """The version since which the sponsor's opinion is due."""
        found: EventVersion | None = to_judge(self.versions, self.opinions)
        return found

    @property
    def opinion_due(self) -> Running | None:
        """The clock of the sponsor's opinion that ends first; None where none is due."""
        running = opinion_clocks(self.versions, self.opinions, service().study.safety)
        return Running(running[0][1]) if running else None

    @property
    def report(self) -> Running | None:
        """The clock of the investigator's report; None of what never was serious."""
        report = report_of(self.versions, service().study.safety)
        return Running(*report) if report is not None else None

    def is_a(self, kind: str) -> bool:
        """Whether the list shows it when it is narrowed to a kind."""
        return {
            "serious": self.serious,
            "special": self.special,
            "to_judge": self.to_judge is not None,
            "late": self.report is not None and self.report.state == "late",
            "desk": bool(self.candidates),
            "void": not self.latest.stands,
        }.get(kind, True)


def term_word(version: Any) -> str:
    """The term of a version in the reader's language, or the reporter's words."""
    terms = {one.id: one.term for one in service().study.adverse_event_terms}
    return texts.said(terms[version.term]) if version.term in terms else str(version.verbatim)


def shown(session: Session, found: Iterable[AdverseEvent]) -> list[Shown]:
    """Events with all that is known of them: six statements, however many."""
    rows = list(found)
    wanted, who = [row.id for row in rows], {row.participant for row in rows}
    versions: dict[str, list[EventVersion]] = defaultdict(list)
    opinions: dict[str, list[EventOpinion]] = defaultdict(list)
    candidates: dict[str, list[SusarCandidate]] = defaultdict(list)
    ordered = select(EventVersion).where(EventVersion.event.in_(wanted)).order_by(EventVersion.version)
    for version in session.scalars(ordered):
        versions[version.event].append(version)
    given = select(EventOpinion).where(EventOpinion.event.in_(wanted)).order_by(EventOpinion.revision)
    for opinion in session.scalars(given):
        opinions[opinion.event].append(opinion)
    arisen = (
        select(SusarCandidate)
        .where(SusarCandidate.event.in_(wanted))
        .order_by(SusarCandidate.arose_at, SusarCandidate.id)
    )
    for candidate in session.scalars(arisen):
        candidates[candidate.event].append(candidate)
    people = {row.id: row for row in session.scalars(select(Participant).where(Participant.id.in_(who)))}
    courses = courses_of(session, people.values())
    days = service().study.safety.emergent_days_after_last_dose
    return [
        Shown(
            row,
            people[row.participant].screening_number,
            tuple(versions[row.id]),
            tuple(opinions[row.id]),
            tuple(candidates[row.id]),
            emergent(courses.get(row.participant), versions[row.id][-1].onset_on, versions[row.id][-1].onset_at, days),
        )
        for row in rows
    ]


def of_participant(session: Session, participant: str) -> list[Shown]:
    """The events of one participant, by number."""
    return shown(
        session, session.scalars(select(AdverseEvent).filter_by(participant=participant).order_by(AdverseEvent.number))
    )


@dataclass(frozen=True)
class Heard:
    """What a site heard, and the events of that participant which stand: it may be news of one of them."""

    row: EventTold
    number: str
    events: tuple[tuple[str, int, EventVersion], ...] = ()  # id, number, version that counts

    @property
    def report(self) -> Running | None:
        """The clock of the report, done when it was settled; None of what is not thought to be serious."""
        if not self.row.serious:
            return None
        return Running(report_clock(self.row.aware_at, service().study.safety), self.row.settled_at)


def heard(session: Session, participant: str | None = None, *, settled: bool = False) -> list[Heard]:
    """What waits for an investigator, of one participant or at all sites of the reader: the longest known first.

    `settled`: what waits no more.
    """
    of: dict[str, Any] = {} if participant is None else {"participant": participant}
    told = select(EventTold).where((EventTold.state != "open") == settled).filter_by(**of)
    rows = list(session.scalars(told.order_by(EventTold.aware_at, EventTold.id)))
    people = select(Participant).where(Participant.id.in_({row.participant for row in rows}))
    numbers = {row.id: row.screening_number for row in session.scalars(people)}
    standing = _standing(session, {row.participant for row in rows})
    return [Heard(row, numbers[row.participant], tuple(standing[row.participant])) for row in rows]


def _standing(session: Session, who: set[str]) -> Mapping[str, list[tuple[str, int, EventVersion]]]:
    """By participant the events that count, each with its last version."""
    found = defaultdict[str, list[tuple[str, int, EventVersion]]](list)
    mine = select(AdverseEvent, EventVersion).join(EventVersion, EventVersion.event == AdverseEvent.id)
    ordered = mine.where(AdverseEvent.participant.in_(who)).order_by(
        AdverseEvent.number, AdverseEvent.id, EventVersion.version
    )
    latest = {event.id: (event, version) for event, version in session.execute(ordered)}
    for event, version in latest.values():
        if version.stands:
            found[event.participant].append((event.id, event.number, version))
    return found
