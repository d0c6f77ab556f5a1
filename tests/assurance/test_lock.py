"""The lock against the data: what was locked otherwise than it was is named; what an emergency changed since is not."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from irt.assurance.findings import Findings
from irt.assurance.lock import READ, Lock
from irt.gate.act import Act
from irt.gate.housekeeping import Housekeeping
from irt.lock.frozen import Digest, Frozen, digest_of
from irt.lock.standing import sign_as, standing_of, take
from irt.participants.tables import Participant
from irt.vault._tables import ReleaseOpening, ReleaseShown
from tests.assurance.lived import Trial, closing, live
from tests.assurance.locking import PEOPLE
from tests.databases import Database


@pytest.fixture
def trial(database: Database) -> Iterator[Trial]:
    lived = live(database.url)
    yield lived
    closing(lived)


def locked_as(trial: Trial, seen: Any) -> str:
    """Version 3 is locked, signed by everybody, over what `seen` makes of the data; answers the step."""
    steps: list[str] = []

    def sign(act: Act) -> None:
        frozen = seen(digest_of(act.connection))
        signers = act.study.lock.signers
        if len(sign_as(act, "lock", str(standing_of(act).version), signers, frozen.sha256)) == len(signers):
            take(act, "locked", to="locked", frozen=frozen)
            steps.append(str(standing_of(act).steps[-1].id))

    trial.do("lock.freeze", lambda act: take(act, "frozen", to="frozen"), sign="I freeze")
    for person, _role in zip(PEOPLE, trial.study.lock.signers, strict=False):
        trial.do("lock.sign", sign, sign="I sign", by=person)
    return steps[0]


def birth_year(act: Act) -> None:
    person = act.find(Participant, id="p1")
    act.change(Participant, person, birth_year=person.birth_year + 1)


def test_data_that_an_act_changed_since_the_lock_are_no_finding(trial: Trial) -> None:
    locked_as(trial, lambda frozen: frozen)
    assert trial.verify() == []
    trial.do("event.report", birth_year)
    assert trial.verify() == []


def test_data_that_were_locked_otherwise_than_they_were_are_named(trial: Trial) -> None:
    def lie(frozen: Frozen) -> Frozen:
        return Frozen({**frozen.tables, "consent": Digest("0" * 64)})

    step = locked_as(trial, lie)
    (found,) = trial.verify()
    assert (found.table, found.row, found.found) == ("lock_step", step, "another digest of consent")


def test_a_line_for_the_whole_that_was_redeemed_too_late_is_named(trial: Trial) -> None:
    def write(act: Act) -> None:
        act.add(ReleaseOpening, id="late", account="a1", signature=act.signature, entered_at=act.now)

    trial.do("release.open_again", write, sign="I open")
    late = trial.clock.now() + timedelta(seconds=61)
    Housekeeping(trial.database, trial.keys).add(ReleaseShown, opening="late", shown_at=late)
    named = {(one.table, one.row) for one in trial.verify()}
    assert named == {("release_opening", "late"), ("release_shown", "late")}


def test_two_signatures_of_one_person_are_not_two() -> None:
    """The database refuses them; should they be there all the same, they are not taken for two."""
    rows = [{"step": "lock", "subject": "1", "role": role, "account": "a1", "data_sha256": "x"} for role in "ab"]
    tables = {name: [] for name in READ} | {"lock_signature": rows}
    lock = Lock(Findings(), SimpleNamespace(), tables)  # type: ignore[arg-type]
    assert lock.missing("lock", "1", "x", ["a", "b"]) == "two by one person"
    assert lock.missing("lock", "1", "x", ["a", "b", "c"]) == "none by c"
    rows[1]["account"] = "a2"
    assert lock.missing("lock", "1", "x", ["a", "b"]) is None
