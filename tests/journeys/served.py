"""A trial opened through the real acts, served on the loopback address: what the journeys walk through."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.serving import make_server

from irt.actor import Actor
from irt.app import build
from irt.clock import SimulatedClock
from irt.dispensing.review import ReviewShelves, review_shelves
from irt.entropy import Entropy, SystemEntropy
from irt.gate.keys import Keys
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.screen import Screen, screen
from irt.randomization.eligibility import Confirm, confirm
from irt.settings import Settings
from irt.simulation.cast import Cast, assemble
from irt.simulation.desk import Desk
from irt.simulation.opening import lay_foundation, open_trial
from irt.simulation.run import FIRST_DAY
from irt.simulation.supply import Supply
from irt.supply.tables import Shelf
from irt.vault import Vault
from irt.web import create
from irt.wiring import Service
from tests.cast import prove_once
from tests.databases import Database

PASSWORD = "seven grey herons wade"
KITS = 480


@dataclass
class Trial:
    """An open trial with its cast, and the address of its pages."""

    address: str
    desk: Desk
    cast: Cast
    supply: Supply
    people: int = 0

    def at(self, role: str, site: str = "01") -> Actor:
        """The person with a role at a site."""
        return self.cast.at(site, role)

    def document(self) -> str:
        """The number of an identity document that nobody has used."""
        self.people += 1
        return f"JOURNEY{self.people:06d}"

    def eligible(self, site: str = "01") -> str:
        """A participant whom an investigator has confirmed, at a site with kits to randomize; answers the id."""
        self.stocked(site)
        study, today = self.desk.service.study, self.desk.clock.now().date()
        order = Screen(
            site=site, sex="female", birth_year=1975, identity_document=self.document(),
            consent_version=study.consent_version, consent_on=today,
        )  # fmt: skip
        person: str = self.desk.do(self.at("coordinator", site), screen, order).answer.id
        values = RecordBaseline(participant=person, values=self.values())
        self.desk.do(self.at("coordinator", site), record_baseline, values)
        answers = {one.id: "yes" if one.kind == "inclusion" else "no" for one in study.criteria}
        self.desk.do(self.at("investigator", site), confirm, Confirm(participant=person, answers=answers))
        return person

    def stocked(self, site: str) -> None:
        """The trial lives by no nights: a shelf that other journeys have emptied is reviewed and filled here."""
        self.desk.do(self.desk.service.credentials.operator(), review_shelves, ReviewShelves())
        with self.desk.service.database.reading(self.at("pharmacist", site)) as session:
            shelf = session.scalars(select(Shelf).filter_by(site=site)).one()
        if shelf.randomization != "open":
            self.supply.receive(site, self.supply.ship(site, self.supply.first_box), [])

    def values(self) -> dict[str, str]:
        """Baseline values that are accepted: the first choice, the least number."""
        fields = self.desk.service.study.baseline
        return {one.id: one.choices[0] if one.choices else str(one.minimum) for one in fields}


def furnished(database: Database, folder: Path, entropy: Entropy) -> Desk:
    """A service on the empty `database`, its keys in `folder`, with the desk through which all is done."""
    study = Path(__file__).parents[2] / "config" / "study.toml"
    settings = Settings(database_url=database.url, keys=folder, secure_cookies=False, study=study)
    Keys.create(settings.service_key, entropy)
    Vault.create_key(settings.vault_key, entropy)
    clock = SimulatedClock(FIRST_DAY)
    service = build(settings, clock=clock, entropy=entropy)
    prove_once(service.credentials, set())
    return Desk(service, clock, PASSWORD)


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """The address at which a WSGI application answers until the end."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def at_an_address(service: Service) -> Iterator[str]:
    """The address at which the pages of `service` are answered until the end."""
    try:
        with listening(create(service)) as address:
            yield address
    finally:
        service.database.read.dispose()
        service.database.write.dispose()


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Trial]:
    """Open a trial in the empty `database` and serve it until the end; its clock moves with the acts alone."""
    desk = furnished(database, folder, SystemEntropy())
    lay_foundation(desk)
    cast = assemble(desk)
    supply = Supply(desk, cast)
    open_trial(desk, cast, supply, KITS)
    with at_an_address(desk.service) as address:
        yield Trial(address, desk, cast, supply)
