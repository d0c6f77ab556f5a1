"""The lock of the trial in `lived`: locked, released, opened again and handed over, unlocked, all of it twice; then
thawed, so that the trial can go on."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from irt.actor import Actor, Grant, Role
from irt.gate.act import Act
from irt.gate.housekeeping import Housekeeping
from irt.gate.rows import table_of
from irt.lock.frozen import digest_of
from irt.lock.handing_over import Keep, keep
from irt.lock.review import review_signers
from irt.lock.standing import sign_as, standing_of, take
from irt.lock.tables import BlindReview, LockRequest, Making, PopulationDecision, Rehearsal, Release, ReleaseAgain
from irt.participants.tables import Participant
from irt.vault._tables import ReleaseOpening, ReleaseShown

DAY, POPULATIONS = date(2026, 3, 2), "7" * 64
PEOPLE = tuple(
    Actor(f"a{n}", f"login{n}", f"Person {n}", frozenset({Grant(role) for role in Role})) for n in range(1, 7)
)
"""Whoever signs; everybody holds every role."""


def lock_and_release(trial: Any) -> None:
    """Two versions of the lock."""
    trial.do("population.decide", _decide)
    trial.do("lock.freeze", lambda act: take(act, "frozen", to="frozen"), sign="I freeze")
    for number, site in enumerate(("01", "02")):
        endorsing: Any = lambda act, site=site: sign_as(act, "endorse", site, (Role.INVESTIGATOR,), "8" * 64, at=site)  # noqa: E731
        trial.do("lock.endorse", endorsing, sign="I endorse", by=PEOPLE[number])
    for version in (1, 2):
        _reviewed(trial, version)
        _each(trial, trial.study.lock.signers, "lock.sign", _lock)
        asks, *others, last = trial.study.lock.release_signers
        assert len({asks, *others, last}) == len(trial.study.lock.release_signers)
        _asked(trial, version, "release", PEOPLE[0])
        for number in range(len(others)):
            trial.do("release.allow", _allow, sign="I allow", by=PEOPLE[1 + number])
        carrying = PEOPLE[len(others) + 1]
        trial.do("release.carry_out", lambda act, v=version: _carry_out(act, v), sign="I carry out", by=carrying)
        trial.do("release.open_again", lambda act, v=version: _open_again(act, v), sign="I open", by=carrying)
        for kind in ("package", "analysis"):
            trial.do("handover.keep", lambda act, v=version, k=kind: _keep(act, v, k), by=carrying)
        _asked(trial, version, "unlock", PEOPLE[0])
        for number in range(1, len(trial.study.lock.reopen_signers)):
            trial.do("unlock.sign", lambda act, v=version: _unlock(act, v), sign="I agree", by=PEOPLE[number])
    trial.do("lock.thaw", lambda act: take(act, "thawed", to="open", told="more is known"))


def _decide(act: Act) -> None:
    for n in (1, 2):
        who = act.find(Participant, id=f"p{n}", lock=False)
        act.add(PopulationDecision, id=f"pd{n}", participant=who.id, site=who.site, population="full_analysis",
                revision=1, included=True, told="as planned", decided_at=act.now, decided_by="a1")  # fmt: skip


def _reviewed(trial: Any, version: int) -> None:
    def record(act: Act) -> None:
        review = act.add(
            BlindReview, id=f"br{version}", revision=version, held_on=DAY, present="all", agenda="populations",
            decisions="as listed", listings={"visits": "9" * 64}, populations={"full_analysis": 6},
            populations_sha256=POPULATIONS, recorded_at=act.now, recorded_by=act.actor.account,
        )  # fmt: skip
        sign_as(act, "review", review, review_signers(act.study), POPULATIONS)

    def sign(act: Act) -> None:
        sign_as(act, "review", f"br{version}", review_signers(act.study), POPULATIONS)

    trial.do("review.record", record, sign="I record", by=PEOPLE[0])
    for number in range(1, len(review_signers(trial.study))):
        trial.do("review.sign", sign, sign="I was there", by=PEOPLE[number])


def _each(trial: Any, roles: tuple[str, ...], name: str, run: Callable[[Act], None]) -> None:
    for person, _role in zip(PEOPLE, roles, strict=False):
        trial.do(name, run, sign="I sign", by=person)


def _lock(act: Act) -> None:
    frozen = digest_of(act.connection)
    signers = act.study.lock.signers
    if len(sign_as(act, "lock", str(standing_of(act).version), signers, frozen.sha256)) == len(signers):
        take(act, "locked", to="locked", frozen=frozen)


def _asked(trial: Any, version: int, kind: str, by: Actor) -> None:
    def ask(act: Act) -> None:
        data_sha256 = str(standing_of(act).locked.data_sha256)
        lock = act.study.lock
        wanted = {"records": "01-0001", "justification": "asked by a regulator"} if kind == "unlock" else {
            "records": None, "justification": None}  # fmt: skip
        request = act.add(
            LockRequest, id=f"{kind}{version}", version=version, kind=kind, view="final" if kind == "release" else None,
            told="now", data_sha256=data_sha256, asked_at=act.now, asked_by=act.actor.account, **wanted,
        )  # fmt: skip
        sign_as(act, kind, request, lock.reopen_signers if kind == "unlock" else lock.release_signers[:1], data_sha256)

    trial.do(f"{kind}.ask", ask, sign="I ask", by=by)


def _allow(act: Act) -> None:
    locked, lock = standing_of(act).locked, act.study.lock
    sign_as(act, "release", f"release{locked.version}", lock.release_signers[1:-1], locked.data_sha256)


def _carry_out(act: Act, version: int) -> None:
    request = act.find(LockRequest, id=f"release{version}", lock=False)
    sign_as(act, "release", request.id, act.study.lock.release_signers[-1:], request.data_sha256)
    act.add(ReleaseOpening, id=f"ro{version}", account=act.actor.account, signature=act.signature, entered_at=act.now)
    act.add(Release, request=request.id, version=version, view="final", opening=f"ro{version}",
            data_sha256=request.data_sha256, released_at=act.now, released_by=act.actor.account)  # fmt: skip
    take(act, "released", to="released", told="final")


def _open_again(act: Act, version: int) -> None:
    opening = act.add(ReleaseOpening, id=f"ra{version}", account=act.actor.account, signature=act.signature,
                      entered_at=act.now)  # fmt: skip
    act.add(ReleaseAgain, opening=opening, request=f"release{version}", reason="it was lost", opened_at=act.now,
            opened_by=act.actor.account)  # fmt: skip


def _keep(act: Act, version: int, kind: Any) -> None:
    keep(act, Keep.of(f"release{version}", kind, f"RAREARMONE of {kind} {version}".encode()))


def _unlock(act: Act, version: int) -> None:
    request, signers = act.find(LockRequest, id=f"unlock{version}", lock=False), act.study.lock.reopen_signers
    if len(sign_as(act, "unlock", request.id, signers, request.data_sha256)) == len(signers):
        take(act, "unlocked", to="frozen", told=request.told, until=act.now + timedelta(days=14))


def make(trial: Any, house: Housekeeping) -> None:
    """Lines for the whole are redeemed; two rehearsals, and works that are done."""
    with trial.database.read.connect() as connection:
        for row in list(connection.execute(select(table_of(ReleaseOpening)))):
            house.add(ReleaseShown, opening=row.id, shown_at=row.entered_at)
    now = trial.clock.now()
    for n in (1, 2):
        house.add(Rehearsal, id=f"rehearsal{n}", made_at=now, outcome="done", facts={"files": n}, sealed=b"sealed")
        house.add(Making, id=f"release{n}|package", state="done", done=n, of=n, stage="package", begun_at=now,
                  moved_at=now)  # fmt: skip
