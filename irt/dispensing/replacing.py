"""A kit in place of one that is gone: set aside in the step that tells of it, wherever the shelf can give one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from irt.conduct.open import OPEN_STATES, hold_site
from irt.dispensing.dispense import before_first_dose, held_today, hindrance, set_aside
from irt.dispensing.expected import expected_until
from irt.dispensing.express import by_express
from irt.dispensing.guests import away
from irt.dispensing.tables import TreatmentStop
from irt.gate.act import Act
from irt.supply import assigning


@dataclass(frozen=True)
class Replaced:
    """What became of the wish for a replacement, and the kit that was set aside.

    not_wanted (nobody asked, or none is due), being_sent (by express), to_be_allowed (by a second person), set_aside,
    to_ask (later: nothing is sent).
    """

    state: str
    kit: str | None = None


NOT_WANTED = Replaced("not_wanted")


def on_treatment(act: Act, participant: Row[Any]) -> bool:
    """Whether a participant gets kits at all."""
    return participant.state == "randomized" and not act.rows(TreatmentStop, participant=participant.id)


def replace(act: Act, participant: Row[Any], visit: str | None, *, site: str, wanted: bool) -> Replaced:
    """Set a kit of the shelf at `site` aside for a visit that has none; a visit that has one keeps it.

    It is the kit that kit.assign would answer. Where that would be refused nothing is refused here: what happened is
    told all the same. Where no kit is due now, none is wanted; where the shelf at home cannot serve every arm, the
    depot sends one by express; where it cannot either, at another site, while dispensing is paused, or until a second
    person allows it, the kit is asked for later. The caller has locked the shelf before any kit.
    """
    if not wanted or visit is None or not _takes_doses(act, participant, visit):
        return NOT_WANTED
    given = assigning.latest(act, participant.id, visit)
    if (given is not None and given.state in ("assigned", "handed_over")) or away(act, participant, site):
        return NOT_WANTED
    latest = expected_until(act, participant, visit)
    if latest is None:
        return NOT_WANTED
    if not _dispenses(act, site):
        return Replaced("to_ask")
    if hindered := hindrance(act, participant, visit, latest, site):
        told = hindered == "to_be_allowed" or (
            site == participant.site and by_express(act, participant, visit, latest)[0] is not None
        )
        return Replaced(hindered if told else "to_ask")
    return Replaced("set_aside", set_aside(act, participant, visit, latest, site).kit)


def _takes_doses(act: Act, participant: Row[Any], visit: str) -> bool:
    """What kit.assign asks of the participant, asked without refusing."""
    if not on_treatment(act, participant) or held_today(act, participant) is not None:
        return False
    return not before_first_dose(act, participant, visit)


def _dispenses(act: Act, site: str) -> bool:
    row = hold_site(act, site)
    return row.state in OPEN_STATES["dispensing"] and row.study_dispensing == "running" and row.dispensing == "running"
