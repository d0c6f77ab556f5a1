"""What follows from a version or an opinion: those who must know are told, and candidates arise by the rule.

What is told names the participant's number only: no term, no grade, no arm.
"""

from typing import Any

from sqlalchemy import Row

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act
from irt.safety.clocks import candidates, first_serious, is_late, is_serious
from irt.safety.tables import EventOpinion, EventVersion, SusarCandidate

REMINDED = (Role.INVESTIGATOR, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER)  # of a serious event that came late, or is due


def tell_of_version(act: Act, participant: Row[Any], event: str) -> None:
    """Send what a new version asks for: the first to tell the event as serious; news of it later; that it was late."""
    versions = sorted(act.rows(EventVersion, event=event), key=lambda row: int(row.version))
    first, latest = first_serious(versions), versions[-1]
    about, number = {"site": participant.site, "participant": participant.id}, participant.screening_number
    recipients = act.study.safety.serious_event_recipients
    if first is not None and first.version == latest.version:
        act.send("event.serious", audience=recipients, event=event, number=number, **about)
    elif first is not None and (is_serious(latest) or is_serious(versions[-2])):
        act.send("event.news", audience=recipients, event=event, number=number, **about)
    if is_late(versions, act.study.safety) and not is_late(versions[:-1], act.study.safety):
        act.send("event.late", audience=REMINDED, event=event, number=number, **about)
    arise(act, participant, event)


def arise(act: Act, participant: Row[Any], event: str) -> None:
    """Add the candidates that the history of an event makes and that do not stand yet; the safety desk is told."""
    found = candidates(
        act.rows(EventVersion, event=event), act.rows(EventOpinion, event=event), act.study.safety.sponsor_time_zone
    )
    standing = {row.urgency for row in act.rows(SusarCandidate, event=event)}
    for one in found:
        if one.urgency in standing:
            continue
        act.add(
            SusarCandidate,
            id=new_id(act.entropy),
            event=event,
            participant=participant.id,
            site=participant.site,
            urgency=one.urgency,
            version=one.version,
            day_zero=one.day_zero,
            arose_at=act.now,
        )
        act.send(
            "event.candidate", audience=[Role.SAFETY_OFFICER], site=participant.site, participant=participant.id,
            number=participant.screening_number, event=event,
        )  # fmt: skip
