"""The pages of supply to look at: boxes in each state, an excursion that waits, returns, lots, jobs, a forecast."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from irt.db import Base
from irt.dispensing.tables import Disposal
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.simulation.supply import Supply
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.forecast import forecast
from irt.supply.forecast.policies import chosen, grid
from irt.supply.keep_forecast import KeepForecast, keep_forecast
from irt.supply.shipments import PackShipment, RequestShipment, contents_of, pack_shipment, request_shipment
from irt.supply.tables import Lot, Manifest, Quarantine
from tests.journeys.shot import Shot
from tests.masking.stock_ends import leave_stock_ends

POLICIES = ("1/2", "2/4", "5/10", "predictive 0.99")


def supply_shots(desk: Desk, cast: Cast, sites: tuple[str, str]) -> Iterator[Shot]:
    """Leave something on every page of supply at two quiet sites, and name the pages by who works with them."""
    leave_stock_ends(desk, cast, *sites)
    supply, (own, other) = Supply(desk, cast), sites
    coming = supply.ship(other, 8)
    packed, asked = (_asked(desk, cast, own) for _ in range(2))
    _pack(desk, cast, packed)
    _forecast(desk)
    (entry,) = _rows(desk, cast, Quarantine, state="open")
    lot = _rows(desk, cast, Lot, state="released")[0].code
    manifest = _rows(desk, cast, Manifest)[0].id
    back = _rows(desk, cast, Disposal, kind="sent_back", received_at=None)[0]
    by_role: dict[tuple[str, str | None], dict[str, str]] = {
        ("depot", None): {
            "depot-worklist": "/", "depot": "/supply", "shipments": "/shipments", "pack": f"/shipments/{asked}/pack",
            "send": f"/shipments/{packed}/send", "shipment-packed": f"/shipments/{packed}", "labels": "/labels",
            "depot-returns": "/depot/destructions", "depot-destroy": "/depot/destroy",
            "depot-receives": f"/depot/returns/{back.id}/receive",
        },
        ("pharmacist", other): {"receive": f"/shipments/{coming}/receive", "shipment-coming": f"/shipments/{coming}"},
        ("pharmacist", own): {
            "quarantines": "/quarantines", "excursion": f"/sites/{own}/excursion", "shelf-quarantined": "/shelf",
        },
        ("quality", None): {
            "quality-worklist": "/", "lots": "/lots", "lot-hold": f"/lots/hold/{lot}",
            "lot-extend": f"/lots/extend/{lot}", "quarantine-decision": f"/quarantines/{entry.id}/release",
        },
        ("supply_manager", None): {
            "supply-worklist": "/", "types": "/depot/types", "forecast": "/supply/forecast",
            "manifest": "/supply/manifest", "manifest-put-away": f"/depot/manifests/{manifest}/put-away",
        },
        ("trial_manager", None): {
            "manager-worklist": "/", "request-box": "/shipments/request", "drill": "/recall/drill", "jobs": "/jobs",
        },
    }  # fmt: skip
    for (role, site), pages in by_role.items():
        yield from (Shot(name, role, site, path) for name, path in pages.items())


def _rows(desk: Desk, cast: Cast, model: type[Base], **equal: Any) -> list[Any]:
    with desk.service.database.reading(cast.one("auditor")) as session:
        return list(session.scalars(select(model).filter_by(**equal)))


def _asked(desk: Desk, cast: Cast, site: str) -> str:
    return str(desk.do(cast.one("trial_manager"), request_shipment, RequestShipment(site=site, kits=8)).answer)


def _pack(desk: Desk, cast: Cast, shipment: str) -> None:
    depot = cast.one("depot")
    with desk.service.database.reading(depot) as session:
        numbers = tuple(contents_of(session, shipment, depot=True))
    desk.do(depot, pack_shipment, PackShipment(shipment=shipment, kits=numbers))


def _forecast(desk: Desk) -> None:
    trial = Trial(desk.service.study)
    policies = chosen(grid(trial.study.supply), POLICIES)
    found = forecast(trial, policies, 8, 1).document() | {"runs_per_second": 50.0}
    desk.do(desk.service.credentials.operator(), keep_forecast, KeepForecast(figures=found))
