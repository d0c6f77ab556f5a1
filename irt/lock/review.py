"""The blind review: who is in which population is decided masked, before anything is opened, and frozen by its hash.

ICH E9 7.1: the review of data between the last observation and the breaking of the blind. Listings that lay before the
meeting are kept by their hash; minutes are signed by everybody whom study.toml names for the lock.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from irt.actor import Role
from irt.clock import local_day
from irt.db import canonical
from irt.dispensing.telling import YesNo
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Reason, Text
from irt.lock.extract import MASKED, Trial, masked_tables
from irt.lock.populations import GROUNDS, Membership, Population, digest, memberships
from irt.lock.standing import MASKED_SIGNERS, complete, sign_as
from irt.lock.tables import BlindReview, LockSignature, PopulationDecision
from irt.participants.tables import Participant

LISTED = ("participants", "deviations", "responses", "intercurrent_events", "unblinding_log", "visits")
"""The listings that lie before the meeting; nothing in them tells an arm."""
assert set(LISTED) <= set(MASKED)

DECIDERS = (Role.TRIAL_STATISTICIAN, Role.DATA_MANAGER)


class Decide(Order):
    """Whether a participant is in a population, against or with the rule, and why."""

    participant: Code
    population: Population
    included: YesNo
    reason: Reason


class RecordReview(Order):
    """A blind review meeting; `populations_sha256`: of the populations as they were shown."""

    held_on: CalendarDay
    present: Text
    agenda: Text
    decisions: Annotated[Text, Field(description="what was decided")]
    populations_sha256: Code


class SignReview(Order):
    """The record, and the populations as they were shown."""

    review: Code
    populations_sha256: Code


@act("population.decide", roles=DECIDERS, during=["frozen", "closing"], reason=True)
def decide(act: Act, order: Decide) -> None:
    """Decide about one participant; the earlier decision stays to be read.

    Refused: not_found, not_randomized, no_ground_to_exclude (from the full analysis set only who was randomized in
    error or never dosed), outside_full_analysis.
    """
    person = act.find(Participant, id=order.participant)
    tables, found = populations_now(Trial(act.connection, act.study, act.now))
    row = next(one for one in tables["participants"] if one["participant"] == person.screening_number)
    if not row["randomized_on"]:
        act.refuse("not_randomized", participant=person.screening_number)
    members = {one.population: one for one in found if one.participant == person.screening_number}
    if order.population == "full_analysis" and order.included == "no" and not has_ground(row):
        act.refuse("no_ground_to_exclude", participant=person.screening_number, grounds=list(GROUNDS))
    if order.population == "per_protocol" and order.included == "yes" and not members["full_analysis"].included:
        act.refuse("outside_full_analysis", participant=person.screening_number)
    earlier = act.rows(PopulationDecision, participant=person.id, population=order.population)
    act.add(
        PopulationDecision,
        id=new_id(act.entropy),
        participant=person.id,
        site=person.site,
        population=order.population,
        revision=len(earlier) + 1,
        included=order.included == "yes",
        told=order.reason,
        decided_at=act.now,
        decided_by=act.actor.account,
    )


def has_ground(row: Mapping[str, str]) -> bool:
    """Whether ICH E9 5.2.1 knows a ground for leaving a participant out of the full analysis set."""
    return row["in_error"] == "Y" or not row["first_dose_on"]


@act(
    "review.record",
    roles=[Role.TRIAL_STATISTICIAN],
    during=["frozen", "closing"],
    sign="This is a true record of the blind review meeting, and these are the populations that it decided",
)
def record_review(act: Act, order: RecordReview) -> str:
    """Record a meeting; answers its id. Refused: date_in_future, populations_changed (since they were shown)."""
    today = local_day(act.now, act.study.site(act.study.lock.lead_site).time_zone)
    if order.held_on > today:
        act.refuse("date_in_future", field="held_on", value=order.held_on.isoformat(), today=today.isoformat())
    trial = Trial(act.connection, act.study, act.now)
    tables, members = populations_now(trial)
    if digest(members) != order.populations_sha256:
        act.refuse("populations_changed")
    counts = Counter(one.population for one in members if one.included)
    review = act.add(
        BlindReview,
        id=new_id(act.entropy),
        revision=len(act.rows(BlindReview)) + 1,
        held_on=order.held_on,
        present=order.present,
        agenda=order.agenda,
        decisions=order.decisions,
        listings={name: listing_sha256(tables[name]) for name in LISTED},
        populations=dict(counts),
        populations_sha256=order.populations_sha256,
        recorded_at=act.now,
        recorded_by=act.actor.account,
    )
    sign_as(act, "review", review, review_signers(act.study), order.populations_sha256)
    return review


@act(
    "review.sign",
    roles=MASKED_SIGNERS,
    during=["frozen", "closing"],
    sign="I was at this blind review, or have read its record, and agree to what it decided",
)
def sign_review(act: Act, order: SignReview) -> None:
    """Sign the record of the last meeting.

    Refused: not_found, review_superseded (there was a later one), populations_changed, signed_already, nothing_to_sign.
    """
    review = act.find(BlindReview, id=order.review, lock=False)
    if review.revision != len(act.rows(BlindReview)):
        act.refuse("review_superseded")
    _, members = populations_now(Trial(act.connection, act.study, act.now))
    if not order.populations_sha256 == review.populations_sha256 == digest(members):
        act.refuse("populations_changed")
    sign_as(act, "review", review.id, review_signers(act.study), review.populations_sha256)


def review_signers(study: Any) -> tuple[str, ...]:
    """Who signs the minutes: whoever signs the lock, and the trial statistician, who keeps them."""
    return tuple(dict.fromkeys([*study.lock.signers, Role.TRIAL_STATISTICIAN.value]))


def populations_now(trial: Trial) -> tuple[dict[str, list[dict[str, str]]], list[Membership]]:
    """The masked tables, and who is in which population by them and by what was decided."""
    tables = masked_tables(trial)
    return tables, memberships(trial.study, tables, trial.all(PopulationDecision), trial.numbers)


def reviewed(trial: Trial) -> bool:
    """Whether the last meeting's record is signed by everybody, over the populations as they are now."""
    last = max(trial.all(BlindReview), key=lambda row: int(row.revision), default=None)
    if last is None:
        return False
    signed = [row.role for row in trial.all(LockSignature) if row.step == "review" and row.subject == last.id]
    return (
        complete(signed, review_signers(trial.study)) and digest(populations_now(trial)[1]) == last.populations_sha256
    )


def listing_sha256(rows: Sequence[Mapping[str, str]]) -> str:
    """The SHA-256 of a listing."""
    return hashlib.sha256(canonical([dict(row) for row in rows]).encode()).hexdigest()
