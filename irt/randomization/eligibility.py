"""Eligibility: confirmed by an investigator, criterion by criterion, and how long a confirmation holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from irt.actor import Role
from irt.clock import local_day
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.participants.baseline import changed_since, complete_values, current, missing_fields
from irt.participants.consent import consent_is_current
from irt.participants.state import find_participant
from irt.participants.tables import BaselineValue
from irt.randomization.tables import Eligibility
from irt.study import Study

Answer = Literal["yes", "no"]


class Confirm(Order):
    """The participant, and an answer to every criterion of the protocol."""

    participant: Code
    answers: dict[Code, Answer]


class Confirmed(BaseModel):
    """Whether the participant meets the criteria, and the stratum that the baseline values give."""

    model_config = ConfigDict(frozen=True)

    eligible: bool
    stratum: str


Standing = Literal[
    "valid", "missing", "not_eligible", "protocol_changed", "criteria_changed", "stratum_changed", "values_changed",
    "too_old",
]  # fmt: skip


@act(
    "eligibility.confirm",
    roles=[Role.INVESTIGATOR],
    sign="I confirm that this participant meets the eligibility criteria",
)
def confirm(act: Act, order: Confirm) -> Confirmed:
    """Keep the investigator's answers for the protocol version in force (ICH E6(R3) 2.7.1: a physician's task).

    Every inclusion answered yes and every exclusion no: eligible; otherwise the answers are kept and the participant is
    not. Refused: not_found, participant_state, consent_not_current, baseline_incomplete (the fields),
    criteria_mistakes (all unanswered and unknown criteria).
    """
    participant = find_participant(act, order.participant, "screened")
    if not consent_is_current(act, participant.id):
        act.refuse("consent_not_current", current=act.study.consent_version)
    values = complete_values(act, participant.id)
    _check_criteria(act, order)
    stratum = act.study.stratum_of(values, participant.site)
    eligible = all(
        order.answers[criterion.id] == ("yes" if criterion.kind == "inclusion" else "no")
        for criterion in act.study.criteria
    )
    act.add(
        Eligibility,
        id=new_id(act.entropy),
        participant=participant.id,
        site=participant.site,
        revision=len(act.rows(Eligibility, participant=participant.id)) + 1,
        protocol_version=act.study.protocol_version,
        answers=order.answers,
        eligible=eligible,
        stratum=stratum,
        confirmed_by=act.actor.account,
        confirmed_at=act.now,
        signature=act.signature,
    )
    return Confirmed(eligible=eligible, stratum=stratum)


def _check_criteria(act: Act, order: Confirm) -> None:
    asked = [criterion.id for criterion in act.study.criteria]
    unanswered = [criterion for criterion in asked if criterion not in order.answers]
    unknown = sorted(set(order.answers) - set(asked))
    if unanswered or unknown:
        act.refuse("criteria_mistakes", unanswered=unanswered, unknown=unknown)


def standing_of(
    study: Study, latest: Any | None, stratum: str | None, site: str, now: datetime, revisions: Sequence[Any]
) -> Standing:
    """What the latest confirmation is worth now: pure, for acts and pages alike.

    `latest` is the row of the highest revision, `stratum` the one that the baseline values give now (None: an amendment
    asks for a value that is not recorded yet), `revisions` every row of those values: the criteria were judged beside
    what they give, so that another value now asks for another look.
    """
    if latest is None:
        return "missing"
    zone = study.site(site).time_zone
    age = local_day(now, zone) - local_day(latest.confirmed_at, zone)
    lapsed: dict[Standing, bool] = {  # the first that holds is the reason
        "not_eligible": not latest.eligible,
        "protocol_changed": latest.protocol_version != study.protocol_version,
        "criteria_changed": set(latest.answers) != {criterion.id for criterion in study.criteria},
        "stratum_changed": latest.stratum != stratum,
        "values_changed": changed_since(revisions, latest.confirmed_at),
        "too_old": age.days > study.eligibility_days,
    }
    return next((reason for reason, holds in lapsed.items() if holds), "valid")


def eligibility_now(act: Act, participant: Row[Any]) -> tuple[Standing, Row[Any] | None]:
    """The worth of the participant's latest confirmation, and its row."""
    rows = act.rows(Eligibility, participant=participant.id)
    latest = max(rows, key=lambda row: int(row.revision), default=None)
    if latest is None:
        return "missing", None
    revisions = act.rows(BaselineValue, participant=participant.id)
    values = current(revisions)
    stratum = None if missing_fields(act.study, values) else act.study.stratum_of(values, participant.site)
    return standing_of(act.study, latest, stratum, participant.site, act.now, revisions), latest


def valid_eligibility(act: Act, participant: Row[Any]) -> Row[Any] | None:
    """The confirmation that holds now; None when there is none or it has lapsed (`eligibility_now` says why)."""
    standing, row = eligibility_now(act, participant)
    return row if standing == "valid" else None
