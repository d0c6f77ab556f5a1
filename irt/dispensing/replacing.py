"""A kit in place of one that is gone: set aside in the step that tells of it, wherever the shelf can give one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from irt.conduct.open import OPEN_STATES, hold_site
from irt.dispensing.dispense import next_kit, replaced_until
from irt.dispensing.tables import TreatmentStop
from irt.gate.act import Act
from irt.supply import assigning, ledger
from irt.supply.expiry import last_possible_use
from irt.supply.tables import Assignment
from irt.vault import blind


@dataclass(frozen=True)
class Replaced:
    """What became of the wish for a replacement: not_wanted, being_sent, set_aside; and the kit that was set aside."""

    state: str
    kit: str | None = None


NOT_WANTED = Replaced("not_wanted")
BEING_SENT = Replaced("being_sent")


def on_treatment(act: Act, participant: Row[Any]) -> bool:
    """Whether a participant gets kits at all."""
    return participant.state == "randomized" and not act.rows(TreatmentStop, participant=participant.id)


def replace(act: Act, participant: Row[Any], visit: str | None, *, site: str, wanted: bool) -> Replaced:
    """Set a kit of the shelf at `site` aside for a visit that has none; a visit that has one keeps it.

    Where the shelf cannot serve every arm, or dispensing is paused, nothing is refused: what happened is told all the
    same, and the kit is asked for later. The caller has locked the shelf before any kit.
    """
    if not wanted or visit is None or not on_treatment(act, participant):
        return NOT_WANTED
    given = assigning.latest(act, participant.id, visit)
    if given is not None and given.state in ("assigned", "handed_over"):
        return NOT_WANTED
    if given is not None and given.state == "cancelled":
        act.change(Assignment, given, state="assigned")
        return Replaced("set_aside", given.kit)
    latest = replaced_until(act, participant.site, visit)
    until = last_possible_use(act.study, visit, latest)
    if not _dispenses(act, site):
        return BEING_SENT
    if not blind.serves_every_arm(act, ledger.ON_SHELF, 1, site=site, until=until):
        return BEING_SENT
    kit = next_kit(act, participant, visit, latest, site=site)
    assigning.set_aside(act, participant, visit, kit, ordinal=given.ordinal + 1 if given else 1)
    return Replaced("set_aside", kit)


def _dispenses(act: Act, site: str) -> bool:
    row = hold_site(act, site)
    return row.state in OPEN_STATES["dispensing"] and row.study_dispensing == "running" and row.dispensing == "running"
