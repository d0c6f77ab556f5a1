"""Screening: a person comes under a number, and is known again if screened before."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row, bindparam, func, select

from irt.actor import Role
from irt.clock import local_day
from irt.conduct.open import require_open
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code, Text, Year
from irt.gate.rows import table_of
from irt.participants.consent import add_consent, check_consent
from irt.participants.identity import identity_digest
from irt.participants.tables import Participant

OLDEST_YEARS = 120

_participant = table_of(Participant)
AT_SITE = select(func.count()).select_from(_participant).where(_participant.c.site == bindparam("site"))
SAME_PERSON = (  # at every site: so that nobody takes part twice
    select(_participant).where(_participant.c.identity == bindparam("identity")).order_by(_participant.c.id)
)


class Screen(Order):
    """A person who has consented. The document's number is digested and kept nowhere."""

    site: Code
    sex: Literal["female", "male"]
    birth_year: Year
    identity_document: Text = Field(repr=False, json_schema_extra={"recorded": False})
    consent_version: Code
    consent_on: CalendarDay
    rescreen_of: Code | None = None


class Screened(BaseModel):
    """The participant as now known."""

    model_config = ConfigDict(frozen=True)

    id: str
    screening_number: str


@act("participant.screen", roles=[Role.INVESTIGATOR, Role.COORDINATOR])
def screen(act: Act, order: Screen) -> Screened:
    """Enter a person under the site's next screening number, such as 01-0007.

    Refused: not_found (another site, or a `rescreen_of` not of this site), site_inactive, birth_year_impossible,
    consent_version_not_current, date_in_future, identity_document_too_short, already_screened (`here` is the number
    when it is this site's, else None), rescreen_state, rescreen_of_another.
    """
    require_open(act, order.site, "screening", lock=True)
    this_year = local_day(act.now, act.study.site(order.site).time_zone).year
    if not this_year - OLDEST_YEARS <= order.birth_year <= this_year:
        act.refuse("birth_year_impossible", value=order.birth_year, earliest=this_year - OLDEST_YEARS, latest=this_year)
    check_consent(act, order.site, order.consent_version, order.consent_on)
    identity = identity_digest(act, order.identity_document)
    participant = new_id(act.entropy)
    act.about(participant=participant)  # before an earlier row of the same person is found: the first named stays
    _refuse_twice(act, order, identity)
    number = f"{order.site}-{act.select(AT_SITE, site=order.site)[0][0] + 1:04d}"
    act.add(
        Participant,
        id=participant,
        site=order.site,
        screening_number=number,
        sex=order.sex,
        birth_year=order.birth_year,
        identity=identity,
        state="screened",
        screened_at=act.now,
        rescreen_of=order.rescreen_of,
    )
    add_consent(act, participant, order.site, order.consent_version, order.consent_on)
    return Screened(id=participant, screening_number=number)


def _refuse_twice(act: Act, order: Screen, identity: str) -> None:
    """A person has one live row at most; one who failed screening comes again only as a named re-screening."""
    named: Row[Any] | None = None
    if order.rescreen_of is not None:
        named = act.find(Participant, id=order.rescreen_of, site=order.site, lock=False)
        if named.identity != identity:
            act.refuse("rescreen_of_another", number=named.screening_number)
        if named.state != "screen_failed":
            act.refuse("rescreen_state", number=named.screening_number, state=named.state)
    others = [row for row in act.select(SAME_PERSON, identity=identity) if row.state != "screen_failed" or not named]
    if others:
        here = next((row.screening_number for row in others if row.site == order.site), None)
        act.refuse("already_screened", here=here)
