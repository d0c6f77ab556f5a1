"""Which kits known participants will need until a day: one for each visit that may take place by then without one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from irt.clock import local_day
from irt.dispensing.course import Pause
from irt.dispensing.planned import latest_records, planned_visits
from irt.dispensing.tables import Hold, TreatmentStop
from irt.gate.act import Act
from irt.participants.tables import Participant, VisitRecord
from irt.participants.visits import span
from irt.randomization.tables import Randomization
from irt.supply.overdue import is_coming
from irt.supply.tables import Assignment, Express, Shipment

CLAIMED = ("assigned", "cancelled", "handed_over")  # a visit with such a kit needs no other


def kits_needed(act: Act, site: str, until: date, *, held: bool = False) -> list[str]:
    """The participants of a site that will need kits by the day `until`, each once for every kit; sorted.

    Whoever is on hold, stopped or gone needs none, and a visit for which an express kit is under way needs no second.
    With `held`, those on hold count as if they went on.
    """
    today = local_day(act.now, act.study.site(site).time_zone)
    randomized = {row.participant: row for row in act.rows(Randomization, site=site)}
    stopped = {row.participant for row in act.rows(TreatmentStop, site=site)}
    holds = [] if held else act.rows(Hold, site=site)
    paused = {row.participant for row in holds if Pause(row.from_on, row.resumed_on).covers(today)}
    records, given = _by_participant(act.rows(VisitRecord, site=site)), _by_participant(_claimed(act, site))
    needed = []
    for one in act.rows(Participant, site=site, state="randomized"):
        if one.id in stopped or one.id in paused:
            continue
        begun = local_day(randomized[one.id].randomized_at, act.study.site(site).time_zone)
        planned = planned_visits(act.study, begun, one.first_dose_on)
        skipped = {visit for visit, row in latest_records(records[one.id]).items() if row.state == "skipped"}
        served = skipped | {row.visit for row in given[one.id]}
        for visit in act.study.dispensing_visits:
            window = next(window for window in planned if window.visit == visit.id)
            if visit.id not in served and window.earliest <= until and today <= span(planned, visit.id)[1]:
                needed.append(one.id)
    return sorted(needed)


def _claimed(act: Act, site: str) -> list[Any]:
    """Assignments and express kits that a visit of this site has a kit by."""
    ways = {row.id for row in act.rows(Shipment, site=site, kind="express") if is_coming(row)}
    express = [row for row in act.rows(Express, site=site) if row.shipment in ways]
    return [row for row in act.rows(Assignment, site=site) if row.state in CLAIMED] + express


def _by_participant(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.participant].append(row)
    return found
