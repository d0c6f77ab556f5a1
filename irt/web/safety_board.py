"""The adverse events of all sites as the safety pages show them: each with its words, its participant, its code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.dispensing.tables import Dose, TreatmentStop
from irt.participants.tables import Participant
from irt.safety.coding import latest_code
from irt.safety.dictionary_tables import EventCode
from irt.safety.exposure import Course, day_of, emergent, treated
from irt.safety.readings import current_events, latest
from irt.safety.summary import Happened
from irt.safety.tables import AdverseEvent, EventOpinion, EventVersion
from irt.web import lab_wording, records
from irt.web.wired import service


@dataclass(frozen=True)
class Entry:
    """One event as it is told now."""

    person: Participant
    number: int
    told: EventVersion
    opinion: EventOpinion | None  # the sponsor's last
    code: EventCode | None
    day: int | None  # study day of the onset; None for somebody who had no dose
    emergent: bool

    @property
    def serious(self) -> bool:
        """Whether a criterion of seriousness is met."""
        return bool(self.told.seriousness)

    @property
    def key(self) -> str:
        """What it is counted under: the study's term, else the preferred term of its code, else its words."""
        if self.told.term is not None:
            return self.told.term
        return f"pt {self.code.pt_name}" if self.code else f"as told {self.told.verbatim.casefold()}"

    @property
    def happened(self) -> Happened:
        """The event as it is counted."""
        told = self.told
        return Happened(self.person.id, self.number, self.key, told.grade, self.serious, told.onset_on, told.onset_at)


@dataclass(frozen=True)
class Pool:
    """All events, and who was treated from when to when."""

    entries: list[Entry]
    courses: Mapping[str, Course]

    def words_of(self, key: str) -> str:
        """What is counted under a key, in the reader's language."""
        if any(one.id == key for one in service().study.adverse_event_terms):
            return lab_wording.term_name(key)
        return key.removeprefix("pt ").removeprefix("as told ")


def pool_of(session: Session) -> Pool:
    """Everything that the safety pages count, of the sites that the reader's role opens."""
    people = {row.id: row for row in records.rows(session, Participant)}
    courses = courses_of(session, people.values())
    codes: dict[str, list[EventCode]] = {}
    for row in records.rows(session, EventCode):
        codes.setdefault(row.event, []).append(row)
    opinions = latest(records.rows(session, EventOpinion), attrgetter("event"))
    days_after = service().study.safety.emergent_days_after_last_dose
    entries = []
    for event, told in current_events(records.rows(session, AdverseEvent), records.rows(session, EventVersion)):
        course = courses.get(event.participant)
        one = Entry(
            people[event.participant], event.number, told, opinions.get(event.id),
            latest_code(codes.get(event.id, ())), day_of(course, told.onset_on),
            emergent(course, told.onset_on, told.onset_at, days_after),
        )  # fmt: skip
        entries.append(one)
    entries.sort(key=lambda one: (one.told.onset_on, one.person.screening_number, one.number), reverse=True)
    return Pool(entries, courses)


def courses_of(session: Session, people: Iterable[Any]) -> dict[str, Course]:
    """From when to when everybody was treated who had a first dose."""
    dosed = [row for row in people if row.first_dose_on is not None]
    stopped = {row.participant for row in records.rows(session, TreatmentStop)}
    doses: dict[str, list[Dose]] = {row.id: [] for row in dosed}
    for line in session.scalars(select(Dose).where(Dose.participant.in_(doses))) if doses else ():
        doses[line.participant].append(line)
    found = {row.id: treated(row, doses[row.id], stopped=row.id in stopped) for row in dosed}
    return {who: course for who, course in found.items() if course is not None}
