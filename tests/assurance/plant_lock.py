"""Errors about lock and release, planted through the gate in the trial of `plantings`, which was unlocked twice."""

import hashlib
from typing import Any

from irt.gate.act import Act
from irt.gate.tables import SignatureRow, StudyState
from irt.lock.frozen import digest_of
from irt.lock.handing_over import bound_to
from irt.lock.tables import (
    BlindReview,
    Handover,
    LockRequest,
    LockSignature,
    LockStep,
    PopulationDecision,
    Release,
    ReleaseAgain,
)
from irt.vault._tables import ReleaseOpening
from tests.assurance.plantings import Named, planting

VERSION = 3  # that is worked on


def _again(act: Act, model: Any, row: str, **other: Any) -> Named:
    """The same row once more, but for this."""
    before = act.find(model, lock=False, id=row)._asdict()
    return str(model.__tablename__), act.add(model, **before | {"id": "plant"} | other)


def _step(act: Act, kind: str, **other: Any) -> Named:
    """One more step, and the state that follows from it."""
    ordinal = 1 + max(row.ordinal for row in act.rows(LockStep))
    values = {"ordinal": ordinal, "version": VERSION, "kind": kind, "data_sha256": None, "digests": {}, "told": None,
              "until": None, "done_at": act.now, "done_by": "a1"}  # fmt: skip
    act.add(LockStep, id=f"plant {kind}", **values | other)
    after = {"thawed": "open", "unlocked": "frozen", "lapsed": "closing"}.get(kind, kind)
    act.change(StudyState, act.find(StudyState, id=1), state=after)
    return "lock_step", f"plant {kind}"


def _signature(act: Act, model: Any, *but: str) -> str:
    """A signature that is in no row of this table, and was not given under these acts."""
    used = {row.signature for row in act.rows(model)}
    return str(next(row.id for row in act.rows(SignatureRow) if row.act not in but and row.id not in used))


def _request(act: Act, kind: str = "release", **other: Any) -> str:
    return _again(act, LockRequest, f"{kind}2", **other)[1]


def _release(act: Act, request: str, **other: Any) -> Named:
    """A release of version 2 under a line of its own, with its step."""
    before = act.find(Release, request="release2", lock=False)
    line = _line(act)
    values = before._asdict() | {"request": request, "opening": line, "released_at": act.now, "released_by": "a1"}
    return "release", act.add(Release, **values | other)


def _line(act: Act) -> str:
    """A line of the book under a signature that was given for something else."""
    signature = _signature(act, ReleaseOpening)
    return act.add(ReleaseOpening, id="plant", account="a1", signature=signature, entered_at=act.now)


@planting("the study stands otherwise than its last step left it")
def _state(act: Act) -> Named:
    act.change(StudyState, act.find(StudyState, id=1), state="locked")
    return "study", "1"


@planting("a step of the lock is left out")
def _gap(act: Act) -> Named:
    return _step(act, "frozen", ordinal=90)


@planting("a database is locked that was not frozen")
def _not_frozen(act: Act) -> Named:
    return _step(act, "locked", data_sha256=digest_of(act.connection).sha256)


@planting("a step of a version that did not begin")
def _other_version(act: Act) -> Named:
    return _step(act, "frozen", version=VERSION + 1)


@planting("a database is locked, and nobody signed for it")
def _unsigned(act: Act) -> Named:
    _step(act, "frozen")
    frozen = digest_of(act.connection)
    return _step(act, "locked", data_sha256=frozen.sha256, digests=frozen.document())


@planting("a lock says another sum than its tables come to")
def _other_sum(act: Act) -> Named:
    _step(act, "frozen")
    return _step(act, "locked", data_sha256="0" * 64, digests=digest_of(act.connection).document())


@planting("a database is unlocked that nobody asked for")
def _unlocked(act: Act) -> Named:
    _step(act, "lapsed")
    return _step(act, "unlocked")


@planting("a step says that it was released, and nothing was")
def _nothing_released(act: Act) -> Named:
    return _step(act, "released", told="letters")


@planting("a signature of the lock that was given for something else")
def _another_act(act: Act) -> Named:
    before = act.rows(LockSignature, step="lock")[0]
    other = {"data_sha256": "0" * 64, "signature": _signature(act, LockSignature, "lock.sign")}
    return _again(act, LockSignature, before.id, **other)


@planting("a signature under another person's name")
def _another_person(act: Act) -> Named:
    before = act.rows(LockSignature, step="lock")[0]
    act.add(LockSignature, **before._asdict() | {"id": "plant", "data_sha256": "0" * 64, "account": "a9",
                                                 "signature": _signature(act, LockSignature, "lock.sign")})  # fmt: skip
    return "lock_signature", "plant"


@planting("a signature for a review that was not held")
def _of_nothing(act: Act) -> Named:
    before = act.rows(LockSignature, step="review")[0]
    return _again(
        act, LockSignature, before.id, subject="nowhere", signature=_signature(act, LockSignature, "review.sign")
    )


@planting("a request that who asked did not sign")
def _unsigned_request(act: Act) -> Named:
    return "lock_request", _request(act, "unlock")


@planting("a request of a version that did not begin")
def _early_request(act: Act) -> Named:
    return "lock_request", _request(act, "unlock", version=VERSION + 1)


@planting("a release asked for over other data than were locked")
def _other_data(act: Act) -> Named:
    return "lock_request", _request(act, data_sha256="0" * 64)


@planting("a release that nobody signed")
def _unsigned_release(act: Act) -> Named:
    return _release(act, _request(act))


@planting("a release of other data than it was asked for")
def _released_other_data(act: Act) -> Named:
    return _release(act, _request(act), data_sha256="0" * 64)


@planting("a release of another view than it was asked for")
def _released_other_view(act: Act) -> Named:
    return _release(act, _request(act), view="letters")


@planting("a release that was a request to unlock")
def _released_by_unlocking(act: Act) -> Named:
    return _release(act, "unlock2")


@planting("a line of the book for the whole, and no release")
def _line_alone(act: Act) -> Named:
    return "release_opening", _line(act)


@planting("a line of the book for the whole under a signature for something else")
def _line_unsigned(act: Act) -> Named:
    _release(act, _request(act))
    return "release_opening", "plant"


@planting("a release opened again by somebody else than its line says")
def _again_by_another(act: Act) -> Named:
    key = act.add(
        ReleaseAgain, opening=_line(act), request="release2", reason="planted", opened_at=act.now, opened_by="a2"
    )
    return "release_again", key


def _hand_over(act: Act, kind: str = "analysis", **other: Any) -> Named:
    """Something handed over of one more release."""
    request = _release(act, _request(act))[1]
    content, sha256 = b"planted", hashlib.sha256(b"planted").hexdigest()
    row = {"id": "plant", "request": request, "kind": kind, "sha256": sha256, "size": len(content),
           "sealed": b"", "made_at": act.now, "made_by": "a3"} | other  # fmt: skip
    if not row["sealed"]:
        row["sealed"] = act.vault.seal_bytes(content, bound_to("plant", row["sha256"]), act.entropy, pad_to=64)
    act.bulk(Handover, [row], batch="id")
    return "handover", "plant"


@planting("a package handed over under another sum")
def _other_content(act: Act) -> Named:
    return _hand_over(act, "package", sha256="0" * 64)


@planting("a package handed over of another size")
def _other_size(act: Act) -> Named:
    return _hand_over(act, "package", size=3)


@planting("a package that was sealed for another place")
def _of_another_place(act: Act) -> Named:
    return _hand_over(act, "package", sealed=act.vault.seal_bytes(b"planted", "handover|other", act.entropy, pad_to=64))


@planting("an analysis of no package")
def _no_package(act: Act) -> Named:
    return _hand_over(act)


@planting("a revision of a decision about a population is left out")
def _decision(act: Act) -> Named:
    return _again(act, PopulationDecision, "pd1", revision=3)


@planting("a revision of the blind review is left out")
def _review(act: Act) -> Named:
    return _again(act, BlindReview, "br2", revision=4)


@planting("a blind review that who recorded it did not sign")
def _unsigned_review(act: Act) -> Named:
    return _again(act, BlindReview, "br2", revision=3)
