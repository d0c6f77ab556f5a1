"""Trials on their way to the lock: everybody has left, nothing is open; then step by step to the release."""

from collections.abc import Callable, Mapping
from typing import Any

from irt.conduct.classifying import CLASSIFIERS, Classify, classify
from irt.conduct.tables import Deviation, DeviationRevision
from irt.dispensing.dispense import PutBy, put_by
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.lock.checklist import Item, checklist
from irt.lock.extract import Trial
from irt.lock.frozen import digest_of, site_sha256
from irt.lock.populations import digest
from irt.lock.release import AskRelease, CarryOut, SignRelease, allow_release, ask_release, carry_out
from irt.lock.review import RecordReview, SignReview, populations_now, record_review, review_signers, sign_review
from irt.lock.steps import Endorse, Freeze, SignLock, endorse, freeze, sign_lock
from irt.randomization.corrections import Correction, mark_in_error
from tests.cast import World, world
from tests.remembered import remembered
from tests.stocked import begin_running, randomized

SITES = ("01", "02")
DIFFERENT = {"investigator": "investigator_01"}  # who signs in a role; else whoever is called like it


def signer(role: str) -> str:
    """Who of the cast signs in a role."""
    return DIFFERENT.get(role, role)


def at(database_url: str, what: str, play: Callable[[World], object], study: Mapping[str, Any]) -> World:
    """A world that has come so far; played once in a process, unless study.toml is another."""
    if study:
        here = world(database_url).under(**study)
        play(here)
        return here
    return remembered(world(database_url), ("lock", what), play)


def left(database_url: str, **study: Any) -> World:
    """Everybody has left, and every deviation is classified by both alike.

    Two were randomized at each site and none was dosed; the first was randomized in error.
    """
    return at(database_url, "left", leave, study)


def leave(here: World) -> None:
    """A trial begins and ends."""
    begin_running(here, SITES)
    come_and_go(here)


def come_and_go(here: World) -> None:
    """Two are randomized at each site and leave again; what came of it is classified."""
    people = [randomized(here, f"EXAMPLE-{number:06}", SITES[number % 2])[0] for number in range(4)]
    order = Correction(participant=people[0].id, reason="a criterion was overlooked")
    here.do(mark_in_error, order, by="investigator_01")
    for number, one in enumerate(people):
        site = SITES[number % 2]
        going = Withdraw(participant=one.id, reason="moved away before the first dose")
        here.do(withdraw, going, by=f"investigator_{site}")
        put = PutBy(participant=one.id, visit=here.study.dispensing_visits[0].id, reason="the participant has left")
        here.do(put_by, put, by=f"pharmacist_{site}")
    classified(here)


def classified(world: World) -> None:
    """Every deviation is classified by both alike."""
    for row in world.rows(Deviation):
        about = 1 + len(world.rows(DeviationRevision, deviation=row.id))
        for role in CLASSIFIERS:
            order = Classify(deviation=row.id, about=about, severity="minor", per_protocol="keep", reason="by the plan")
            world.do(classify, order, by=role.value)


def waiting(world: World) -> dict[str, Item]:
    """What the checklist still counts."""
    with world.database.read.connect() as connection:
        found = checklist(Trial(connection, world.study, world.clock.now()))
    return {one.code: one for one in found if one.waiting}


def data(world: World) -> str:
    """The SHA-256 of the data as they are now."""
    with world.database.read.connect() as connection:
        return digest_of(connection).sha256


def of_site(world: World, site: str) -> str:
    """The SHA-256 of what a site recorded, as it is now."""
    with world.database.read.connect() as connection:
        return site_sha256(connection, site)


def populations(world: World) -> str:
    """The SHA-256 of the populations as they are now."""
    with world.database.read.connect() as connection:
        return digest(populations_now(Trial(connection, world.study, world.clock.now()))[1])


def frozen(world: World) -> None:
    """The data manager freezes the database."""
    world.do(freeze, Freeze(), by="data_manager")


def endorsed(world: World) -> None:
    """Both investigators have signed their data."""
    for site in SITES:
        world.do(endorse, Endorse(site=site, data_sha256=of_site(world, site)), by=f"investigator_{site}")


def meeting(world: World, **other: Any) -> RecordReview:
    """The record of a meeting over the populations as they are now."""
    values = {
        "held_on": world.clock.now().date(), "present": "everybody who signs", "agenda": "populations",
        "decisions": "as listed", "populations_sha256": populations(world),
    }  # fmt: skip
    return RecordReview(**(values | other))


def reviewed(world: World) -> str:
    """The meeting is recorded, and signed by everybody; answers the record."""
    order = meeting(world)
    review: str = world.do(record_review, order, by="trial_statistician")
    for role in review_signers(world.study):
        if role != "trial_statistician":
            signing = SignReview(review=review, populations_sha256=order.populations_sha256)
            world.do(sign_review, signing, by=signer(role))
    return review


def ready(database_url: str, **study: Any) -> World:
    """Frozen, endorsed and reviewed: only the signatures of the lock are missing."""
    return at(database_url, "ready", prepare, study)


def prepare(here: World) -> None:
    """From the first day to the signatures."""
    leave(here)
    frozen(here)
    endorsed(here)
    reviewed(here)


def signed_for(world: World) -> None:
    """Everybody signs for the lock."""
    for role in world.study.lock.signers:
        world.do(sign_lock, SignLock(data_sha256=data(world)), by=signer(role))


def locked(database_url: str, **study: Any) -> World:
    """The database is locked."""
    return at(database_url, "locked", lock, study)


def lock(here: World) -> None:
    """From the first day to the lock."""
    prepare(here)
    signed_for(here)


def asked(world: World) -> str:
    """The release is asked for; answers the request."""
    role = world.study.lock.release_signers[0]
    return str(world.do(ask_release, AskRelease(told="the plan is final"), by=signer(role)))


def allowed(world: World) -> str:
    """The release is asked for and allowed; answers the request."""
    request = asked(world)
    for role in world.study.lock.release_signers[1:-1]:
        world.do(allow_release, SignRelease(request=request), by=signer(role))
    return request


def carried_out(world: World) -> tuple[str, str]:
    """The release is carried out; answers the request and the line of the visitors' book."""
    request = allowed(world)
    return request, str(world.do(carry_out, CarryOut(request=request), by="unblinded_statistician"))
