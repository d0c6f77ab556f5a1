"""The history of a trial as a masked person can put it together: books, shipments, and the audit trail.

All is read through the scoped reading session, which gives nothing of the vault, as an auditor, who reads every page
and the whole trail. The truth is opened apart from it, with the key that the tests hold.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from irt.actor import Actor, Grant, Role
from irt.clock import local_day
from irt.gate.rows import table_of
from irt.gate.tables import AuditEntry
from irt.participants.tables import Participant
from irt.participants.visits import windows
from irt.people.tables import RoleGrant
from irt.randomization.tables import Randomization
from irt.study import Study
from irt.supply import tables
from irt.supply.expiry import first_kit_until, last_possible_use
from irt.vault import _rows
from irt.vault._blocks import SEED_BYTES, Design, generate
from irt.vault._seal import disclose
from irt.vault._tables import Draw, SealedKit, SealedList, SealedSlot
from irt.wiring import Service
from tests.masking.attack.history import Box, Event, History, Kit, Truth

ONLOOKER = Actor("onlooker", "onlooker", "Onlooker", frozenset({Grant(Role.AUDITOR)}))
NO_KIT = ("kit_being_sent", "site_closed_for_randomization")
SETS_ONE, SETS_ALL = ("shipment.receive",), ("shelf.review",)  # acts after which a status is as the shelf has it


def history_of(service: Service) -> History:
    """Everything masked that bears on supply."""
    with service.database.reading(ONLOOKER) as session:
        boxes = list(session.scalars(select(tables.Shipment)))
        moves = list(session.scalars(select(tables.Movement).order_by(tables.Movement.kit, tables.Movement.line)))
        packed = defaultdict(list)
        for move in moves:
            if move.after == "packed" and move.shipment:
                packed[move.shipment].append(move.kit)
        kits = {
            row.number: Kit(row.number, row.expiry, row.lot)
            for row in session.scalars(select(tables.Kit).order_by(tables.Kit.number))
        }
        people = {row.id: row for row in session.scalars(select(Participant))}
        randomized = list(session.scalars(select(Randomization)))
        given = {row.kit: row for row in session.scalars(select(tables.Assignment))}
        at_site = {row.account: row.at_site for row in session.scalars(select(RoleGrant)) if row.at_site}
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
    for box, numbers in packed.items():
        for line, number in enumerate(numbers):
            kits[number] = replace(kits[number], box=box, line=line)
    told = _Telling(service.study, people, given, at_site, {number: kit.expiry for number, kit in kits.items()})
    return History(
        kits,
        tuple(
            Box(
                row.id, row.site, tuple(packed[row.id]), row.number, row.requested_at, row.received_at,
                express=row.kind == "express",
            )
            for row in boxes
        ),
        tuple(event for entry in entries for event in told.events(entry)),
        {row.participant: row.site for row in randomized},
        {row.participant: row.randomized_at for row in randomized},
    )  # fmt: skip


class _Telling:
    """Turns audit entries into events, one after another."""

    def __init__(
        self, study: Study, people: dict[str, Any], given: dict[str, Any], at_site: dict[str, str],
        expiry: dict[str, date],
    ) -> None:  # fmt: skip
        self._study, self._people, self._given, self._at_site, self._expiry = study, people, given, at_site, expiry
        self._status: dict[str, str] = {}
        self._active: set[str] = set()

    def events(self, entry: AuditEntry) -> Iterator[Event]:
        """What an entry tells of the shelves."""
        body = json.loads(entry.body)
        if entry.kind == "refusal":
            yield from self._refusal(entry, body)
            return
        if entry.act == "site.activate":
            self._active.add(str(entry.site))
        for table, key, old, new in body.get("changes", []):
            if old == "bulk":
                continue
            if table == "movement":
                yield from self._moved(entry.at, new)
            if table == "shelf":
                self._status[key] = new["randomization"]
                yield self._set(key, entry.at)
        if entry.act == "kit.assign" and body["answer"]["kit"] is None:
            yield self._found_none(str(entry.site), entry.at)
        again = self._active if entry.act in SETS_ALL else {entry.site} if entry.act in SETS_ONE else ()
        for site in sorted(site for site in again if site in self._status):
            yield self._set(site, entry.at)

    def _moved(self, at: datetime, move: dict[str, Any]) -> Iterator[Event]:
        site, kit = move["site"], move["kit"]
        if move["after"] == "available":
            yield Event("arrived", at, site, kit)
        elif move["before"] == "available" and move["after"] == "assigned":
            given = self._given[kit]
            until = self._until(move["participant"], given.visit, self._day(site, at))
            again = given.ordinal > 1
            yield Event("drawn", at, site, kit, move["participant"], until, again)
        elif move["before"] == "available":
            yield Event("left", at, site, kit)
        elif move["after"] == "assigned" and move["before"] != "dispensed":
            yield Event("own", at, site, kit, move["participant"])

    def _set(self, site: str, at: datetime) -> Event:
        until = first_kit_until(self._study, self._day(site, at))
        return Event("open" if self._status[site] == "open" else "closed", at, site, until=(until, until))

    def _refusal(self, entry: AuditEntry, body: dict[str, Any]) -> Iterator[Event]:
        site = self._at_site.get(entry.account)
        if body["code"] not in NO_KIT or site is None:
            return
        if entry.act == "participant.randomize" and self._status.get(site) != "open":
            return  # the status alone says so
        yield self._found_none(site, entry.at)

    def _found_none(self, site: str, at: datetime) -> Event:
        day = self._day(site, at)
        until = [last_possible_use(self._study, visit.id, day) for visit in self._study.dispensing_visits]
        return Event("refused", at, site, until=(min(until), max(until) + timedelta(days=28)))

    def _until(self, participant: str, visit: str, day: date) -> tuple[date, date]:
        """The kit may be for today or for the end of the visit's window, whichever is later, and some days more."""
        if visit == self._study.dispensing_visits[0].id:
            until = first_kit_until(self._study, day)
            return min(until, last_possible_use(self._study, visit, day)), until
        anchor, latest = self._people[participant].first_dose_on, day
        if anchor is not None:
            latest = next(one.latest for one in windows(self._study, anchor) if one.visit == visit)
        margin = timedelta(days=self._study.visit(visit).window_days)
        return (
            last_possible_use(self._study, visit, day),
            last_possible_use(self._study, visit, max(day, latest) + margin),
        )

    def _day(self, site: str, at: datetime) -> date:
        return local_day(at, self._study.site(site).time_zone)


def truth_of(service: Service) -> Truth:
    """Opened with the vault's key, as nobody in service may."""
    second = sorted({arm.kit_type for arm in service.study.arms})
    assert len(second) == 2, "two types are told apart"
    type_of_arm = {arm.id: arm.kit_type for arm in service.study.arms}
    with service.database.read.connect() as connection:
        kits = {
            row.kit: disclose(_rows.type_of(service.vault, row)) == second[1]
            for row in connection.execute(select(table_of(SealedKit)))
        }
        slots = {row.id: row for row in connection.execute(select(table_of(SealedSlot)))}
        drawn = {row.participant: slots[row.slot] for row in connection.execute(select(table_of(Draw)))}
        (sealed,) = connection.execute(select(table_of(SealedList)))
    arms = {who: type_of_arm[disclose(_rows.arm_of(service.vault, slot))] == second[1] for who, slot in drawn.items()}
    places = {who: (slot.stratum, slot.position - 1) for who, slot in drawn.items()}
    document = _rows.list_document(service.vault, sealed)
    design = Design(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in document["design"].items()}
    )
    is_second = [arm.kit_type == second[1] for arm in service.study.arms]

    def dealt(seed: bytes) -> dict[str, bool]:
        lists = generate(design, seed)
        return {who: is_second[lists[stratum].arms[place]] for who, (stratum, place) in places.items()}

    assert dealt(bytes.fromhex(document["seed"])) == arms, "the list that was drawn from"
    return Truth(arms, kits, lambda chance: dealt(chance.bytes(SEED_BYTES)))
