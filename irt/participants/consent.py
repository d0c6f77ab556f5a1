"""Written consent: to which version of the information sheet, and on which day."""

from datetime import date

from irt.actor import Role
from irt.clock import local_day
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, Code
from irt.participants.state import find_participant
from irt.participants.tables import Consent


class ConsentAgain(Order):
    """The participant, and the consent as the signed sheet shows it."""

    participant: Code
    consent_version: Code
    consent_on: CalendarDay


@act("participant.consent_again", roles=[Role.INVESTIGATOR, Role.COORDINATOR])
def consent_again(act: Act, order: ConsentAgain) -> None:
    """Record a renewed consent beside the earlier ones (ICH E6(R3) 2.8.1).

    Refused: not_found, participant_state, consent_version_not_current, date_in_future, consent_before_earlier,
    consent_already_recorded.
    """
    participant = find_participant(act, order.participant, "screened", "randomized")
    check_consent(act, participant.site, order.consent_version, order.consent_on)
    earlier = act.rows(Consent, participant=participant.id)
    if any(row.version == order.consent_version for row in earlier):
        act.refuse("consent_already_recorded", version=order.consent_version)
    latest = max(row.signed_on for row in earlier)
    if order.consent_on < latest:
        act.refuse("consent_before_earlier", value=order.consent_on.isoformat(), earlier=latest.isoformat())
    add_consent(act, participant.id, participant.site, order.consent_version, order.consent_on)


def check_consent(act: Act, site: str, version: str, signed_on: date) -> None:
    """Refuse a consent to another version than the current, or signed on a day that has not come at the site."""
    if version != act.study.consent_version:
        act.refuse("consent_version_not_current", value=version, current=act.study.consent_version)
    today = local_day(act.now, act.study.site(site).time_zone)
    if signed_on > today:
        act.refuse("date_in_future", field="consent_on", value=signed_on.isoformat(), today=today.isoformat())


def add_consent(act: Act, participant: str, site: str, version: str, signed_on: date) -> None:
    """Record one consent."""
    act.add(
        Consent,
        id=new_id(act.entropy),
        participant=participant,
        site=site,
        version=version,
        signed_on=signed_on,
        recorded_at=act.now,
    )


def consent_is_current(act: Act, participant: str) -> bool:
    """Whether the participant has consented to the version now in force."""
    return bool(act.rows(Consent, participant=participant, version=act.study.consent_version))
