"""The trial that is measured: the real study with more sites, laid on a database by acts where they matter for speed
(list, kits) and by hand where they do not (people, sites, eligible participants, boxes put on shelves)."""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from irt.actor import Actor, Role
from irt.app import Service, build
from irt.conduct.tables import Site
from irt.entropy import SystemEntropy, below, choice, new_id
from irt.gate.keys import Keys
from irt.gate.rows import table_of
from irt.gate.tables import SignatureRow, StudyState
from irt.migrate import upgrade
from irt.participants.tables import BaselineValue, Consent, Participant
from irt.people.passwords import HASHER
from irt.people.tables import Account, Credential, RoleGrant, Training
from irt.randomization.prepare import PrepareList, prepare_list
from irt.randomization.tables import Eligibility
from irt.settings import Settings
from irt.supply.import_kits import ImportKits, import_kits
from irt.supply.numbers import make_kit_numbers, scramble_types
from irt.supply.readiness import LaySites, lay_sites
from irt.supply.tables import Kit, Lot, Shelf
from irt.vault import Vault
from irt.vault.proof import LayProof, lay_proof

STUDY_FILE = Path(__file__).parents[2] / "config" / "study.toml"
PASSWORD = "seven grey herons wade"
SITES, SITE_CAP, STOCK = 64, 150, 50
ENTROPY = SystemEntropy()


@dataclass(frozen=True)
class Eligible:
    """A participant who may be randomized, and the coordinator who will ask for it."""

    participant: str
    site: str
    stratum: str
    eligibility: str
    coordinator: tuple[str, str, str]  # account, login, name

    @property
    def actor(self) -> Actor:
        """The coordinator; the gate reads the grants itself."""
        return Actor(*self.coordinator, frozenset())


def settings_of(url: str, folder: Path, owner_url: str | None = None) -> Settings:
    """The deployment whose study file and keys lie in `folder`."""
    return Settings(
        database_url=url, database_owner_url=owner_url, study=folder / "study.toml", keys=folder / "keys",
        secure_cookies=False,
    )  # fmt: skip


def lay_trial(url: str, owner_url: str, folder: Path, kits: int) -> Service:
    """Migrate, and lay list, kits, sites and people: everything but participants."""
    write_study(folder / "study.toml")
    settings = settings_of(url, folder, owner_url)
    Keys.create(settings.service_key, ENTROPY)
    Vault.create_key(settings.vault_key, ENTROPY)
    upgrade(owner_url, url)
    service = build(settings)
    people = {role: _person(service, role) for role in (Role.UNBLINDED_STATISTICIAN, Role.SUPPLY_MANAGER)}
    for function, order, by in (
        (lay_proof, LayProof(), service.credentials.operator()),
        (lay_sites, LaySites(), service.credentials.operator()),
        (prepare_list, PrepareList(block_sizes=(4, 6), slots=service.study.cap), people[Role.UNBLINDED_STATISTICIAN]),
        (import_kits, ImportKits.from_file("kits.csv", _manifest(service, kits)), people[Role.SUPPLY_MANAGER]),
    ):
        signature = service.credentials.sign(by, PASSWORD, function, order) if function.spec.sign else None
        service.gate.perform(function, order, by=by, request_id=new_id(ENTROPY), signature=signature)
    with service.database.writing() as connection:
        connection.execute(update(table_of(StudyState)).values(state="open", file_sha256=service.study.sha256))
        connection.execute(update(table_of(Lot)).values(state="released"))
        connection.execute(update(table_of(Site)).values(state="active"))
        connection.execute(update(table_of(Shelf)).values(randomization="open"))
    return service


def write_study(path: Path) -> None:
    """config/study.toml with SITES sites, so that each shelf is asked for as often as in a busy trial."""
    values = tomllib.loads(STUDY_FILE.read_text(encoding="utf-8"), parse_float=Decimal)
    first = values["sites"][0]
    values["sites"] = [
        {
            **first,
            "code": f"{number:02d}",
            "cap": SITE_CAP,
            "planned": SITE_CAP,
            "name": {"en": f"Example {number}", "zh": f"示例 {number}"},
        }
        for number in range(1, SITES + 1)
    ]
    values["cap"] = SITES * SITE_CAP
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{name} = {_toml(value)}\n" for name, value in values.items()), encoding="utf-8")


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value)


def _manifest(service: Service, kits: int) -> bytes:
    types = scramble_types({arm.kit_type: kits // len(service.study.arms) for arm in service.study.arms}, ENTROPY.take)
    expiry = service.clock.now().date() + timedelta(days=900)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["kit_number", "kit_type", "lot", "expiry", "vials"])
    for number, kind in zip(make_kit_numbers(len(types), ENTROPY.take), types, strict=True):
        writer.writerow([number, kind, f"L{below(ENTROPY, 3)}", expiry.isoformat(), service.study.kit.vials])
    return file.getvalue().encode()


def _person(service: Service, role: Role, site: str | None = None) -> Actor:
    account, now = new_id(ENTROPY), service.clock.now()
    login = f"{role}_{site or 'all'}"
    rows: list[tuple[Any, dict[str, Any]]] = [
        (Account, {"id": account, "login": login, "name": login.title(), "email": f"{login}@hospital.example",
                   "language": "en", "state": "active", "created_at": now}),
        (Credential, {"account": account, "password_hash": HASHER.hash(PASSWORD), "set_at": now}),
        (RoleGrant, {"id": new_id(ENTROPY), "account": account, "role": role, "at_site": site, "state": "active",
                     "proposed_by": "before", "proposed_at": now}),
        (Training, {"id": new_id(ENTROPY), "account": account, "version": service.study.training_version, "at": now,
                    "recorded_by": "before"}),
    ]  # fmt: skip
    with service.database.writing() as connection:
        for model, values in rows:
            connection.execute(insert(table_of(model)), values)
    return Actor(account, login, login.title(), frozenset())


def add_eligible(service: Service, number: int, more: int = 0, at: int = SITES) -> list[Eligible]:
    """`number` participants spread evenly over all sites, then `more` over the first `at` sites; strata at random."""
    coordinators = {site.code: _person(service, Role.COORDINATOR, site.code) for site in service.study.sites}
    made, rows = [], {model: [] for model in (Participant, Consent, BaselineValue, SignatureRow, Eligibility)}
    places = [count % SITES for count in range(number)] + [count % at for count in range(more)]
    for count, place in enumerate(places, 1):
        site = service.study.sites[place].code
        by = coordinators[site]
        ids, eligible = _rows_of(service, f"{site}-{count:04d}", site, by)
        for model, values in ids:
            rows[model].append(values)
        made.append(eligible)
    with service.database.writing() as connection:
        for model, values in rows.items():
            connection.execute(insert(table_of(model)), values)
    return made


def _rows_of(service: Service, number: str, site: str, by: Actor) -> tuple[list[tuple[Any, dict[str, Any]]], Eligible]:
    study, now, participant, signature = service.study, service.clock.now(), new_id(ENTROPY), new_id(ENTROPY)
    values: dict[str, Any] = {
        field.id: choice(ENTROPY, field.choices or (field.minimum or Decimal(0), field.maximum or Decimal(1)))
        for field in study.baseline
    }
    stratum, eligibility = study.stratum_of(values, site), new_id(ENTROPY)
    own = {"participant": participant, "site": site}
    rows: list[tuple[Any, dict[str, Any]]] = [
        (Participant, {"id": participant, "site": site, "screening_number": number, "sex": "female",
                       "birth_year": 1980, "identity": new_id(ENTROPY), "state": "screened", "screened_at": now}),
        (Consent, own | {"id": new_id(ENTROPY), "version": study.consent_version, "signed_on": now.date(),
                         "recorded_at": now}),
        (SignatureRow, {"id": signature, "account": by.account, "name": by.name, "act": "eligibility.confirm",
                        "meaning": "laid by hand", "body": "", "signed_at": now, "seal": ""}),
        (Eligibility, own | {"id": eligibility, "revision": 1, "protocol_version": study.protocol_version,
                             "answers": {one.id: "yes" for one in study.criteria}, "eligible": True,
                             "stratum": stratum, "confirmed_by": by.account, "confirmed_at": now,
                             "signature": signature}),
    ]  # fmt: skip
    rows += [
        (BaselineValue, own | {"id": new_id(ENTROPY), "field": name, "revision": 1, "value": str(value),
                               "recorded_at": now, "recorded_by": by.account})
        for name, value in values.items()
    ]  # fmt: skip
    return rows, Eligible(participant, site, stratum, eligibility, (by.account, by.login, by.name))


def restock(service: Service, stock: int = STOCK) -> None:
    """Bring every shelf back to `stock` kits from the depot; numbers are random, so types come as chance has it."""
    kit = table_of(Kit)
    with service.database.writing() as connection:
        depot = _depot(connection)
        for site in service.study.sites:
            there = select(kit.c.number).where(kit.c.site == site.code, kit.c.state == "available")
            lacking = max(0, stock - len(connection.execute(there).all()))
            taken = [next(depot) for _ in range(lacking)]
            place = update(kit).where(kit.c.number.in_(taken)).values(state="available", site=site.code)
            connection.execute(place)


def _depot(connection: Connection) -> Iterator[str]:
    kit = table_of(Kit)
    at_depot = select(kit.c.number).where(kit.c.state == "at_depot").order_by(kit.c.number)
    return iter(connection.execute(at_depot).scalars().all())
