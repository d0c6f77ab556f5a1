"""The release: asked by one, allowed by a second, carried out by the unblinded statistician; the one exit of the list.

Carrying it out proves, within the act, that the data are those that were locked, that the list is the one that was
published, that its seed gives it again, and that every draw and every kit agrees. Then, after the commit, the list is
opened for whoever carried it out, once and within a minute, and `Opened` is made of it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Reason, Text
from irt.gate.housekeeping import Housekeeping
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.lock.frozen import digest_of
from irt.lock.making import opened_from
from irt.lock.opened import Opened
from irt.lock.standing import MASKED_SIGNERS, request_of, sign_as, standing_of, take
from irt.lock.tables import Handover, LockRequest, LockSignature, Release, ReleaseAgain
from irt.randomization.tables import PublishedList
from irt.study import Study
from irt.supply.tables import Assignment, Kit
from irt.vault import release as door
from irt.vault.release import View

STATES = ("locked", "released")
GOES_BACK = frozenset({"kit", "movement", "disposal", "destruction"})  # tables of the drug's way back


class AskRelease(Order):
    """Why now, for the record."""

    told: Text


class SignRelease(Order):
    """The request."""

    request: Code


class CarryOut(Order):
    """The request that others signed."""

    request: Code


class OpenAgain(Order):
    """A release that was carried out, and why it is opened once more."""

    request: Code
    reason: Reason


@act(
    "release.ask",
    roles=MASKED_SIGNERS,
    during=STATES,
    sign="The database is locked and the analysis plan is final. I ask for the allocation to be released",
    exclusive=True,
)
def ask_release(act: Act, order: AskRelease) -> str:
    """Ask for the release, as the first of those whom study.toml names; answers the request's id.

    Refused: nothing_to_release (all of it was), request_under_way, data_moved (since the lock), nothing_to_sign.
    """
    view = next_view(act)
    if view is None:
        act.refuse("nothing_to_release")
    version = standing_of(act).version
    done = {row.request for row in act.rows(Release)}
    if any(row.kind == "release" and row.version == version and row.id not in done for row in act.rows(LockRequest)):
        act.refuse("request_under_way")
    data_sha256 = _as_locked(act)
    request = act.add(
        LockRequest,
        id=new_id(act.entropy),
        version=version,
        kind="release",
        view=view,
        told=order.told,
        records=None,
        justification=None,
        data_sha256=data_sha256,
        asked_at=act.now,
        asked_by=act.actor.account,
    )
    sign_as(act, "release", request, act.study.lock.release_signers[:1], data_sha256)
    return request


@act(
    "release.allow",
    roles=MASKED_SIGNERS,
    during=STATES,
    sign="I allow the allocation to be released to the final analysis",
    exclusive=True,
)
def allow_release(act: Act, order: SignRelease) -> None:
    """Allow a release that another asked for. Refused: not_found, request_lapsed, data_moved, signed_already,
    nothing_to_sign."""
    request = request_of(act, order.request, "release")
    _as_locked(act)
    sign_as(act, "release", request.id, act.study.lock.release_signers[1:-1], request.data_sha256)


@act(
    "release.carry_out",
    roles=[Role.UNBLINDED_STATISTICIAN],
    during=STATES,
    sign="I carry out the release: the allocation is opened for the final analysis and for nothing else",
    exclusive=True,
    reveals=True,
    everywhere=True,
)
def carry_out(act: Act, order: CarryOut) -> str:
    """Carry out a release that was asked for and allowed; answers the line of the visitors' book.

    Refused: not_found, request_lapsed, not_allowed_yet, released_already, data_moved, list_faulty (with how many
    rows disagree, never which or how), signed_already, nothing_to_sign.
    """
    request = request_of(act, order.request, "release")
    if act.seek(Release, request=request.id) is not None:
        act.refuse("released_already")
    if request.view != next_view(act):
        act.refuse("request_lapsed")
    signers = act.study.lock.release_signers
    signed = [row.role for row in act.rows(LockSignature, step="release", subject=request.id)]
    if waited_for := sorted(set(signers[:-1]) - set(signed)):
        act.refuse("not_allowed_yet", roles=waited_for)
    data_sha256 = _as_locked(act)
    assert data_sha256 == request.data_sha256, "a request is of the lock that stands"
    sign_as(act, "release", request.id, signers[-1:], data_sha256)
    opening = _proved(act)
    act.add(
        Release,
        request=request.id,
        version=request.version,
        view=request.view,
        opening=opening,
        data_sha256=data_sha256,
        released_at=act.now,
        released_by=act.actor.account,
    )
    take(act, "released", to="released", told=request.view)
    return opening


@act(
    "release.open_again",
    roles=[Role.UNBLINDED_STATISTICIAN],
    during=["released"],
    sign="What was made of the release was lost before it was kept. I open the allocation once more, for it alone",
    reason=True,
    exclusive=True,
    reveals=True,
    everywhere=True,
)
def open_again(act: Act, order: OpenAgain) -> str:
    """Open a release once more; answers the line of the visitors' book.

    Refused: not_found, package_kept (it is there to be fetched), request_lapsed, data_moved, list_faulty.
    """
    release = act.seek(Release, request=order.request)
    if release is None:
        act.refuse("not_found", what="release")
    if act.rows(Handover, request=order.request, kind="package"):
        act.refuse("package_kept")
    if release.version != standing_of(act).version:
        act.refuse("request_lapsed")
    _as_locked(act)
    opening = _proved(act)
    act.add(
        ReleaseAgain, opening=opening, request=order.request, reason=order.reason, opened_at=act.now,
        opened_by=act.actor.account,
    )  # fmt: skip
    return opening


def _proved(act: Act) -> str:
    """Write the line of the book, once the list has proved itself; answers it. Refused: list_faulty."""
    published = act.seek(PublishedList, id=1)
    root, seed = (published.merkle_root, published.seed_sha256) if published is not None else (None, None)
    kits = [row.number for row in act.rows(Kit)]
    assigned = [(row.participant, row.kit) for row in act.rows(Assignment)]
    if faults := door.faults(act, root, seed, kits, assigned):
        act.refuse("list_faulty", rows=len(faults))
    return door.enter(act)


def next_view(act: Act) -> View | None:
    """What is released next of the version that stands; None: everything was. Letters come first, where there are two
    steps."""
    views: list[View] = ["letters", "final"] if act.study.lock.two_steps else ["final"]
    version = standing_of(act).version
    done = {row.view for row in act.rows(Release) if row.version == version}
    if act.state == "released" and not done:
        act.refuse("study_state", state=act.state)  # nothing of this version was: it is not what it says
    return next((view for view in views if view not in done), None)


def _as_locked(act: Act) -> str:
    """The SHA-256 that was locked, if the data are still those. Refused: data_moved, with the tables.

    Once something of this version was released, the drug's way back goes on, and moves nothing that is analysed.
    """
    locked = standing_of(act).locked
    assert locked is not None, "a release is asked for while the database is locked"
    now = digest_of(act.connection)
    moved = [] if now.sha256 == locked.data_sha256 else now.others(locked.digests)
    if act.state == "released":
        moved = [name for name in moved if name not in GOES_BACK]
    if moved:
        act.refuse("data_moved", tables=moved)
    return str(locked.data_sha256)


def open_release(
    housekeeping: Housekeeping,
    vault: Any,
    study: Study,
    opening: str,
    *,
    account: str,
    software: str,
    now: datetime,
) -> Opened:
    """Make `Opened` of a release that was carried out, for whoever carried it out, once and within a minute.

    Refused: not_found, already_shown, shown_too_late.
    """
    table, again = table_of(Release), table_of(ReleaseAgain)
    with housekeeping.database.read.connect() as connection:
        later = connection.execute(select(again).where(again.c.opening == opening)).one_or_none()
        of = table.c.opening == opening if later is None else table.c.request == later.request
        release = connection.execute(select(table).where(of)).one_or_none()
    if release is None:
        raise Refused("not_found", what="opening")
    at, by = (release.released_at, release.released_by) if later is None else (later.opened_at, later.opened_by)
    whole = door.open_whole(housekeeping, vault, study, opening, account=account, view=release.view, now=now)
    with housekeeping.database.read.connect() as connection:
        return opened_from(
            connection, study, whole,
            view=release.view, at=release.released_at, opened_at=at, opened_by=by, software=software,
            data_sha256=release.data_sha256,
        )  # fmt: skip
