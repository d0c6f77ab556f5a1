"""How the supply of a simulated trial came out: visits without a kit, kits made and given, boxes, what expired."""

import json
from collections import Counter
from typing import Any

from sqlalchemy import Connection, Row, select

from irt.clock import local_day
from irt.db import Base
from irt.dispensing.planned import planned_visits
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.study import Study
from irt.supply.tables import Assignment, Kit, Movement, Quarantine, Shipment


def supply_figures(connection: Connection, study: Study) -> dict[str, Any]:
    """Counts from the database. A visit is counted once, however often it was asked for.

    stockouts: visits in their window that found no kit; refused_return_visits: all that found none.
    """
    without = _without_a_kit(connection)
    people = {row.id: row for row in _all(connection, Participant)}
    done = {row.participant: row for row in _all(connection, Randomization)}
    dispensed = sum(row.state == "handed_over" for row in _all(connection, Assignment))
    made = len(_all(connection, Kit))
    moves = _all(connection, Movement)
    shipments = _all(connection, Shipment)
    kinds = Counter(row.kind for row in shipments)
    in_window = 0
    for (participant, visit), asked_at in without.items():
        zone = study.site(people[participant].site).time_zone
        begun = local_day(done[participant].randomized_at, zone)
        windows = {one.visit: one for one in planned_visits(study, begun, people[participant].first_dose_on)}
        days = [local_day(at, zone) for at in asked_at]
        in_window += any(windows[visit].earliest <= day <= windows[visit].latest for day in days)
    return {
        "kits_made": made,
        "stockouts": in_window,
        "refused_return_visits": len(without),
        "overage_percent": round(100 * (made - dispensed) / dispensed, 1) if dispensed else None,
        "shipments": len(shipments),
        "shipments_by_kind": dict(sorted(kinds.items())),
        "excursions": sum(row.kind != "lot" for row in _all(connection, Quarantine)),
        "lots_held": sum(row.kind == "lot" for row in _all(connection, Quarantine)),
        "expired_on_shelf": sum(row.after == "expired" and row.site is not None for row in moves),
    }


def _without_a_kit(connection: Connection) -> dict[tuple[str, str], list[Any]]:
    """The visits whose kit was asked for and could not be given, with the instants at which it was asked for."""
    entry = table_of(AuditEntry)
    asked = select(entry.c.body, entry.c.recorded_at).where(entry.c.act == "kit.assign", entry.c.kind == "act")
    found: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(asked):
        body = json.loads(row.body)
        if body["answer"]["kit"] is None:
            found.setdefault((body["order"]["participant"], body["order"]["visit"]), []).append(row.recorded_at)
    return found


def _all(connection: Connection, model: type[Base]) -> list[Row[Any]]:
    return list(connection.execute(select(table_of(model))))
