"""Reading for the pages of returns: a participant's kits with their counts, what is asked about them, adherence."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.clock import local_day
from irt.dispensing.adherence import Adherence, Interval, overall
from irt.dispensing.agreement import given_kits, had_by, latest_counts, parts_of, unaccounted
from irt.dispensing.course import course
from irt.dispensing.discrepancies import BY_ITSELF
from irt.dispensing.tables import Discrepancy, Dose, Hold, KitReturn, TreatmentStop
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit, Movement
from irt.web import records, texts, words
from irt.web.wired import service

NOT_GIVEN = ("assigned", "not_dispensed", "quarantined")


@dataclass(frozen=True)
class CountedKit:
    """A kit that a participant was given: of which visit, when, its count, and what is asked or was said about it.

    `theirs`: nobody else has got it since.
    """

    kit: Kit
    visit: str | None
    given_at: datetime | None
    count: KitReturn | None
    discrepancies: tuple[Discrepancy, ...]
    theirs: bool = True

    @property
    def at_home(self) -> bool:
        """Whether it is in the participant's hands."""
        return self.theirs and self.kit.state in AT_HOME

    @property
    def awaited(self) -> bool:
        """Whether it may come back from the participant: it is at home, or lost."""
        return self.theirs and self.kit.state in (*AT_HOME, "lost")

    @property
    def unaccounted(self) -> int | None:
        """Vials that nobody has seen; None until it is counted, negative when there were too many."""
        one = self.count
        return None if one is None else unaccounted(self.kit, one)

    @property
    def open(self) -> bool:
        """Whether something is asked about it."""
        return any(row.state == "open" for row in self.discrepancies)


def kits_of(session: Session, participant: str) -> list[CountedKit]:
    """The kits that a participant was given, in the order in which they were."""
    counts = latest_counts(records.rows(session, KitReturn, participant=participant))
    visits = {row.kit: row for row in records.rows(session, Assignment, participant=participant)}
    asked: dict[str | None, list[Discrepancy]] = defaultdict(list)
    for row in records.rows(session, Discrepancy, participant=participant):
        asked[row.kit].append(row)
    found = []
    for kit in had_by(participant, counts, lambda **equal: records.rows(session, Kit, **equal)).values():
        given = visits.get(kit.number)
        if kit.state in NOT_GIVEN:
            continue
        at = given.handed_over_at if given else None
        told = tuple(sorted(asked[kit.number], key=lambda row: row.opened_at))
        theirs, visit = kit.participant == participant, given.visit if given else None
        found.append(CountedKit(kit, visit, at, counts.get(kit.number), told, theirs))
    return sorted(found, key=lambda one: (one.given_at is None, str(one.given_at), one.kit.number))


def adherence_of(session: Session, person: Participant) -> tuple[list[tuple[Interval, Adherence]], Adherence] | None:
    """Adherence of each visit's kits up to yesterday, and overall; None before the first dose."""
    if person.first_dose_on is None:
        return None
    zone = texts.zone_of(person.site)
    done = records.one(session, Randomization, participant=person.id)
    found = course(
        service().study,
        participant=person,
        randomized_on=local_day(done.randomized_at, zone),
        doses=records.rows(session, Dose, participant=person.id),
        holds=records.rows(session, Hold, participant=person.id),
        stop=next(iter(records.rows(session, TreatmentStop, participant=person.id)), None),
        until=texts.today_at(person.site),
    )
    counts = latest_counts(records.rows(session, KitReturn, participant=person.id))
    given = given_kits(
        zone,
        had_by(person.id, counts, lambda **equal: records.rows(session, Kit, **equal)),
        counts,
        records.rows(session, Assignment, participant=person.id),
        lambda kit: records.rows(session, Movement, kit=kit),
    )
    parts = parts_of(found, given)
    return parts, overall(parts)


def percent(share: Fraction | None) -> str:
    """A share in percent to one decimal place; what is missing is said to be."""
    return _("missing") if share is None else f"{float(share * 100):.1f} %"


def about(row: Discrepancy) -> str:
    """The two numbers of a discrepancy, in words."""
    numbers = {"kit": row.kit, "expected": row.expected, "found": row.found}
    if row.kind == "vials":
        return str(_("Kit %(kit)s: %(expected)s vials, %(found)s counted", **numbers))
    if row.kind == "diary":
        return str(_("Kit %(kit)s: %(expected)s vials used, %(found)s doses in the diary", **numbers))
    return str(_("%(expected)s doses due, %(found)s taken", **numbers))


def resolution(row: Discrepancy) -> str:
    """Why two numbers differ, as somebody wrote it, or that they agree now."""
    return words.word(row.resolution, "RESOLUTIONS") if row.resolution in BY_ITSELF else str(row.resolution)


def open_discrepancies(session: Session) -> list[Discrepancy]:
    """Those at the reader's sites that nobody has resolved, the oldest first."""
    return list(session.scalars(select(Discrepancy).filter_by(state="open").order_by(Discrepancy.opened_at)))


def people(session: Session, wanted: Iterable[str | None]) -> dict[str, Participant]:
    """Participants by their id."""
    found = session.scalars(select(Participant).where(Participant.id.in_({one for one in wanted if one})))
    return {row.id: row for row in found}
