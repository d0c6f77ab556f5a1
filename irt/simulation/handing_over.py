"""From the last open item of a simulated trial to the opened allocation: frozen, endorsed, reviewed, locked, opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irt import __version__
from irt.actor import Role
from irt.analysis import handing_over
from irt.lock.frozen import digest_of, site_sha256
from irt.lock.handing_over import Keep, keep
from irt.lock.populations import digest
from irt.lock.release import (
    AskRelease,
    CarryOut,
    SignRelease,
    allow_release,
    ask_release,
    carry_out,
    open_release,
)
from irt.lock.review import (
    Decide,
    RecordReview,
    SignReview,
    decide,
    has_ground,
    populations_now,
    record_review,
    review_signers,
    sign_review,
)
from irt.lock.steps import Endorse, Freeze, SignLock, endorse, freeze, sign_lock
from irt.safety.clocks import TICK, desk_clocks
from irt.safety.tables import SusarCandidate
from irt.simulation.closing import settle, trial_of

if TYPE_CHECKING:
    from irt.actor import Actor
    from irt.simulation.life import Life

AGENDA = "populations, deviations, missing primary outcomes, code breaks"


def lock(life: Life) -> None:
    """Settle what is open, freeze, endorse, review, and lock."""
    make_ready(life)
    sign(life)


def make_ready(life: Life) -> None:
    """Settle what is open, freeze, endorse and review: only the signatures of the lock are missing."""
    settle(life)
    _wait_for_the_desk(life)
    life.desk.do(life.cast.one(Role.DATA_MANAGER), freeze, Freeze())
    for site in sorted({one.site for one in life.participants}):
        with life.desk.service.database.read.connect() as connection:
            shown = site_sha256(connection, site)
        life.desk.do(life.cast.at(site, "investigator"), endorse, Endorse(site=site, data_sha256=shown))
    _review(life)


def _wait_for_the_desk(life: Life) -> None:
    """The checklist counts a case as handled once its time has passed, whenever it was."""
    with trial_of(life) as trial:
        cases, now = trial.all(SusarCandidate), trial.now
    due = [desk_clocks(row.urgency, row.day_zero, life.study.safety)[-1].due for row in cases]
    if due and max(due) >= now:
        life.desk.clock.advance(max(due) - now + TICK)


def sign(life: Life) -> None:
    """Everybody signs for the lock."""
    for role in life.study.lock.signers:
        with life.desk.service.database.read.connect() as connection:
            shown = digest_of(connection).sha256
        life.desk.do(signer(life, role), sign_lock, SignLock(data_sha256=shown))


def _review(life: Life) -> None:
    """Who was randomized in error and never dosed is left out; the meeting is recorded and signed."""
    statistician = life.cast.one(Role.TRIAL_STATISTICIAN)
    with trial_of(life) as trial:
        ids = {number: who for who, number in trial.numbers.items()}
        for row in populations_now(trial)[0]["participants"]:
            if row["randomized_on"] and has_ground(row) and not row["first_dose_on"] and row["in_error"] == "Y":
                order = Decide(
                    participant=ids[row["participant"]], population="full_analysis", included="no",
                    reason="randomized in error, and never dosed (ICH E9 5.2.1)",
                )  # fmt: skip
                life.desk.do(statistician, decide, order)
    with trial_of(life) as trial:
        shown = digest(populations_now(trial)[1])
    record = RecordReview(
        held_on=life.desk.clock.now().date(), present="everybody who signs", agenda=AGENDA,
        decisions="as listed, participant by participant", populations_sha256=shown,
    )  # fmt: skip
    review = life.desk.do(statistician, record_review, record).answer
    for role in review_signers(life.study):
        if role != Role.TRIAL_STATISTICIAN:
            life.desk.do(signer(life, role), sign_review, SignReview(review=review, populations_sha256=shown))


def allow(life: Life) -> str:
    """The release is asked for and allowed; answers the request."""
    asks, *others, _carries_out = life.study.lock.release_signers
    request: str = life.desk.do(signer(life, asks), ask_release, AskRelease(told="the analysis plan is final")).answer
    for role in others:
        life.desk.do(signer(life, role), allow_release, SignRelease(request=request))
    return request


def release(life: Life) -> tuple[str, str]:
    """Ask, allow, carry out; answers the request, and the line of the visitors' book, redeemed within a minute."""
    request, carries_out = allow(life), life.study.lock.release_signers[-1]
    return request, life.desk.do(signer(life, carries_out), carry_out, CarryOut(request=request)).answer


def handed_over(life: Life) -> tuple[bytes, str]:
    """Release, make the package and keep it; answers its bytes and the request."""
    service, statistician = life.desk.service, signer(life, life.study.lock.release_signers[-1])
    request, opening = release(life)
    now = service.clock.now()
    opened = open_release(
        service.housekeeping, service.vault, service.study, opening, account=statistician.account,
        software=__version__, now=now,
    )  # fmt: skip
    package = handing_over.packed(opened, lambda *_: None, made_at=now, software=__version__)
    life.desk.do(statistician, keep, Keep.of(request, "package", package))
    return package, request


def keep_analysis(life: Life, request: str, content: bytes) -> None:
    """Keep what the analysis came to."""
    statistician = signer(life, life.study.lock.release_signers[-1])
    life.desk.do(statistician, keep, Keep.of(request, "analysis", content))


def signer(life: Life, role: str) -> Actor:
    """Who signs in a role: of the lead site, where it is a site's."""
    at_sites = (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST)
    return life.cast.at(life.study.lock.lead_site, role) if role in at_sites else life.cast.one(role)
