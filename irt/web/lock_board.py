"""How the lock stands, as its pages show it: the checklist with where its items are settled, signatures, requests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import url_for

from irt.actor import Role
from irt.gate.tables import SignatureRow, StudyState
from irt.lock.checklist import Item, checklist
from irt.lock.extract import Trial
from irt.lock.frozen import digest_of
from irt.lock.standing import Standing, standing
from irt.lock.tables import LockRequest, LockSignature, LockStep, Release
from irt.web.pages import actor, opens
from irt.web.wired import service

SETTLED_AT = {
    "participants": "participants.listed", "visits": "visits.listed", "diary": "participants.listed",
    "change_requests": "changes.listed", "outcomes": "board.listed", "queries": "queries.listed",
    "adjudication": "intercurrent.listed", "events_told": "events.listed", "coding": "coding.listed",
    "opinions": "safety.listed", "desk": "desk.listed", "unblindings": "unblindings.listed", "kits": "books.day",
    "discrepancies": "returns.discrepancies", "mishaps": "mishaps.listed", "envelopes": "envelopes.listed",
    "deviations": "deviations.listed", "endorsed": "lock.one", "blind_review": "review.one",
}  # fmt: skip
"""Where each item of the checklist is settled; linked for whoever may open that page."""
UNNAMED = frozenset({"kits", "discrepancies", "desk"})
"""Items of which the board tells how many, and not which: numbers of boxes are no business of those who read it."""
SHOWN = 6


@dataclass(frozen=True)
class Line:
    """One item of the checklist, with the page where it is settled, for whoever may open it."""

    item: Item
    page: str | None

    @property
    def named(self) -> tuple[str, ...]:
        """Some of what waits, by name; nothing where numbers are not told."""
        return () if self.item.code in UNNAMED else self.item.waiting[:SHOWN]

    @property
    def more(self) -> int:
        """How many more there are than those named."""
        return (len(self.item.waiting) if self.named else self.item.open) - len(self.named)


@dataclass(frozen=True)
class Given:
    """A role that signs, and the signature that it gave; None: it waits."""

    role: str
    row: Any | None
    signed: Any | None


@contextmanager
def whole_trial() -> Iterator[Trial]:
    """The whole trial as it is stored: for pages of the lock alone, whose readers see all sites."""
    wired = service()
    with wired.database.read.connect() as connection:
        yield Trial(connection, wired.study, wired.clock.now())


def state_of(trial: Trial) -> str:
    """The study's state."""
    return str(trial.all(StudyState)[0].state)


@dataclass(frozen=True)
class Board:
    """Everything that the page of the lock shows."""

    state: str
    standing: Standing
    lines: Sequence[Line]
    data_sha256: str
    signers: Sequence[Given]
    requests: Sequence[Any]
    names: dict[str, str]

    @property
    def waiting(self) -> int:
        """How many items of the checklist still wait."""
        return sum(not line.item.done for line in self.lines)


def board(trial: Trial) -> Board:
    """How the lock stands now."""
    steps = standing(trial.all(LockStep))
    shown = digest_of(trial.connection).sha256
    over = steps.locked.data_sha256 if steps.locked is not None else shown
    return Board(
        state=state_of(trial),
        standing=steps,
        lines=[Line(one, _page(one.code)) for one in checklist(trial)],
        data_sha256=shown,
        signers=given(trial, "lock", str(steps.version), trial.study.lock.signers, over),
        requests=open_requests(trial, steps.version, "unlock"),
        names=trial.names,
    )


def _page(code: str) -> str | None:
    endpoint = SETTLED_AT[code]
    return url_for(endpoint) if opens(endpoint) else None


def given(trial: Trial, step: str, subject: str, roles: Sequence[str], data_sha256: str) -> list[Given]:
    """Who has signed a step over these data, role by role."""
    rows = {
        row.role: row
        for row in trial.all(LockSignature)
        if row.step == step and row.subject == subject and row.data_sha256 == data_sha256
    }
    signed = {row.id: row for row in trial.all(SignatureRow)} if rows else {}
    return [Given(role, rows.get(role), signed[rows[role].signature] if role in rows else None) for role in roles]


def open_requests(trial: Trial, version: int, kind: str) -> list[tuple[Any, list[Given]]]:
    """Requests of this version that wait for signatures, each with those it has; the newest first."""
    done = {row.request for row in trial.all(Release)}
    lock = trial.study.lock
    roles = lock.reopen_signers if kind == "unlock" else lock.release_signers
    found = [row for row in trial.all(LockRequest) if (row.kind, row.version) == (kind, version) and row.id not in done]
    return [
        (row, given(trial, kind, row.id, roles, row.data_sha256))
        for row in sorted(found, key=lambda row: (row.asked_at, row.id), reverse=True)
    ]


@dataclass(frozen=True)
class Endorsement:
    """A site, the SHA-256 of its data now, and the signature of its investigator over them; None: it waits."""

    site: str
    data_sha256: str
    given: Given
    mine: bool


def endorsements(trial: Trial, sites: frozenset[str] | None) -> list[Endorsement]:
    """How each of these sites stands that has participants; None: of all sites."""
    there = sorted({row.site for row in trial.people if sites is None or row.site in sites})
    own = actor().sites(frozenset({Role.INVESTIGATOR})) if Role.INVESTIGATOR in actor().roles else frozenset()
    found = []
    for site in there:
        shown = trial.site_sha256(site)
        (one,) = given(trial, "endorse", site, (Role.INVESTIGATOR,), shown)
        found.append(Endorsement(site, shown, one, own is None or site in own))
    return found
