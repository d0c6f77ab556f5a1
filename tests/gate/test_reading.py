"""Reading shows a person's own sites only, whatever the statement; what cannot be scoped is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import column, delete, func, insert, literal_column, select, table, text, union_all, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from irt.actor import Actor, Role
from irt.conduct.tables import Enrolment, Site
from irt.gate.rows import table_of
from irt.people.tables import Account
from irt.supply.tables import Shelf
from irt.vault import _tables as vault_tables
from tests.wiring import Wiring

SITE, SHELF = table_of(Site), table_of(Shelf)
VAULT = next(mapper.class_ for mapper in vault_tables.Base.registry.mappers if "vault" in mapper.class_.__module__)


@pytest.fixture
def other(trial: Wiring) -> Actor:
    """The coordinator of site 02."""
    with trial.database.writing() as connection:
        for code in ("01", "02"):
            shelf = {"site": code, "randomization": "open", "set_at": trial.clock.now()}
            connection.execute(insert(SHELF), shelf)
    return trial.person("wang", (Role.COORDINATOR, "02"))


Read = Callable[[Session], list[Any]]
SCOPED: list[Read] = [
    lambda reading: [site.code for site in reading.scalars(select(Site).order_by(Site.code))],
    lambda reading: list(reading.scalars(select(Site.code).order_by(Site.code))),
    lambda reading: [one.code for one in reading.scalars(select(aliased(Site)))],
    lambda reading: [one.code for one in reading.scalars(select(aliased(Site, SITE.alias())))],
    lambda reading: [site.code for site in reading.query(Site)],
    lambda reading: [site.code for site in reading.query(Site).filter(Site.state == "set_up")],
    lambda reading: list(reading.scalars(select(Site.code).join(Shelf, Shelf.site == Site.code))),
    lambda reading: list(reading.scalars(select(Site.code).where(Site.code.in_(select(Shelf.site))))),
    lambda reading: list(reading.scalars(select(Shelf.site).join(Account, Account.id != Shelf.site).distinct())),
    lambda reading: [site.code for code in ("01", "02") if (site := reading.get(Site, code))],
    lambda reading: list(reading.scalars(union_all(select(Site.code), select(Site.code).where(Site.code == "x")))),
    lambda reading: list(reading.scalars(select(select(Site.code).subquery().c.code))),
    lambda reading: [f"0{n}" for n in [2 - reading.scalar(select(func.min(Site.code) == "01"))]],
]
COUNTS: list[Callable[[Session], int | None]] = [
    lambda reading: reading.scalar(select(func.count(Site.code))),
    lambda reading: reading.scalar(select(func.count()).select_from(Site)),
    lambda reading: reading.scalar(select(select(func.count(Shelf.site)).scalar_subquery())),
]
REFUSED: list[Callable[[Session], Any]] = [
    lambda reading: reading.execute(text("SELECT code FROM site")),
    lambda reading: reading.execute(select(SITE)),
    lambda reading: reading.execute(select(SITE.c.code)),
    lambda reading: reading.execute(select(Site.code, SHELF.c.site)),
    lambda reading: reading.execute(select(Account.id).join(SHELF, text("1 = 1"))),
    lambda reading: reading.execute(select(Account.id).where(Account.id.in_(select(SHELF.c.site)))),
    lambda reading: reading.execute(select(Account.id, select(func.min(SHELF.c.site)).scalar_subquery())),
    lambda reading: reading.execute(select(Account.id).join(SHELF, SHELF.c.site == Account.id)),
    lambda reading: reading.execute(select(Account.id).select_from(SHELF)),
    lambda reading: reading.execute(select(func.count(Account.id)).select_from(SHELF.join(SITE))),
    lambda reading: reading.execute(
        select(Site.code).where(select(func.count()).select_from(SITE).scalar_subquery() > 1)
    ),
    lambda reading: reading.execute(select(Site.code, SITE.alias().c.code)),
    lambda reading: reading.execute(select(Site.code).where(table("site", column("code")).c.code == "02")),
    lambda reading: reading.query(SITE).all(),
    lambda reading: reading.query(Site).from_statement(text("SELECT * FROM site")).all(),
    lambda reading: reading.execute(select(Enrolment.scope, literal_column("(SELECT min(code) FROM site)"))),
    lambda reading: reading.execute(select(Enrolment.scope).where(text("EXISTS (SELECT 1 FROM site)"))),
    lambda reading: reading.execute(select(Site).from_statement(text("SELECT * FROM site"))),
    lambda reading: reading.execute(select(Site).from_statement(select(SITE))),
    lambda reading: reading.connection(),
    lambda reading: reading.execute(update(Site).values(state="closed")),
    lambda reading: reading.execute(delete(Site)),
    lambda reading: reading.execute(insert(Enrolment).values(scope="x", randomized=0, cap=1)),
    lambda reading: reading.execute(select(VAULT)),
    lambda reading: reading.execute(select(table_of(VAULT))),
    lambda reading: reading.execute(select(func.count()).select_from(VAULT)),
    lambda reading: reading.execute(select(Enrolment.scope, select(func.count()).select_from(VAULT).scalar_subquery())),
    lambda reading: reading.execute(select(Account.id).where(select(VAULT).exists())),
]


@pytest.mark.parametrize("read", SCOPED, ids=range(len(SCOPED)))
def test_each_sees_their_own_site_one_after_the_other(trial: Wiring, chen: Actor, other: Actor, read: Read) -> None:
    for actor, own in ((chen, ["01"]), (other, ["02"]), (chen, ["01"])):
        with trial.database.reading(actor) as reading:
            assert read(reading) == own


@pytest.mark.parametrize("count", COUNTS, ids=range(len(COUNTS)))
def test_counts_are_scoped_too(
    trial: Wiring, chen: Actor, other: Actor, manager: Actor, count: Callable[[Session], int | None]
) -> None:
    nobody = trial.person("nobody")
    for actor, number in ((chen, 1), (manager, 2), (nobody, 0), (other, 1), (manager, 2)):
        with trial.database.reading(actor) as reading:
            assert count(reading) == number


@pytest.mark.parametrize("read", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_scoped_is_refused(
    trial: Wiring, other: Actor, manager: Actor, read: Callable[[Session], Any]
) -> None:
    for actor in (other, manager):  # also for those who see every site: a page must not work for them alone
        with trial.database.reading(actor) as reading, pytest.raises(PermissionError):
            read(reading)


def test_reading_adds_nothing(trial: Wiring, manager: Actor) -> None:
    with trial.database.reading(manager) as reading:
        reading.add(Enrolment(scope="site:01", randomized=0, cap=9))
        with pytest.raises((PermissionError, DBAPIError)):
            reading.commit()
    assert [row.scope for row in trial.rows(Enrolment)] == ["study"]


def test_a_row_is_got_by_its_key_in_the_own_site_only(trial: Wiring, chen: Actor, other: Actor) -> None:
    with trial.database.reading(chen) as reading:
        assert reading.get(Site, "01").state == "set_up"
        assert reading.get(Site, "02") is None
        site = reading.get(Site, "01")
        reading.expire(site)
        assert site.state == "set_up"


def test_two_sites_are_two_sites_and_a_study_wide_role_opens_all(trial: Wiring, other: Actor, manager: Actor) -> None:
    both = trial.person("both", (Role.PHARMACIST, "01"), (Role.PHARMACIST, "02"))
    for actor in (both, manager):
        with trial.database.reading(actor) as reading:
            assert SCOPED[0](reading) == ["01", "02"]
