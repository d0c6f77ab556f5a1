"""Tables of who learned what, of everything that was done, and of who signed for it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from irt.actor import Role
from irt.clock import local_day
from irt.gate.tables import AuditEntry, SignatureRow
from irt.lock.extract.cells import Cells, row_of
from irt.lock.extract.trial import Trial
from irt.lock.tables import LockRequest, LockSignature, LockStep, Release, ReleaseAgain
from irt.safety.emergency_tables import CodeBreak, DeskOpening
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from irt.safety.showing import shown_at
from irt.safety.unblinding_tables import UnblindedParticipant, Unblinding

Opened = Callable[[str, str], str | None]


def unblinding_log(trial: Trial) -> Iterator[Cells]:
    """Every code break, opened envelope and report as masked people may read them, with nothing of what was learned.

    Not the safety desk's openings: when a case was opened, and how often, could tell. Nor the words and the box that an
    emergency was told with: nobody has read them for a treatment.
    """
    for row in whole_unblinding_log(trial):
        if row["kind"] != "desk_opening":
            yield row | ({} if row["kind"] == "unblinding_report" else {"told": "", "kit": ""})


def whole_unblinding_log(trial: Trial) -> Iterator[Cells]:
    """Every code break, desk opening, envelope and report, with nothing of what was learned."""
    shown = shown_at(trial.connection, [row.id for model in (CodeBreak, DeskOpening) for row in trial.all(model)])
    for row in trial.all(CodeBreak):
        yield row_of(
            "unblinding_log", kind="code_break", reason=row.reason, told=row.told, kit=row.kit,
            treatment=row.treatment, at_utc=row.broken_at, by=trial.names[row.broken_by],
            shown_at_utc=shown.get(row.id), **_whose(trial, row.participant, row.broken_at),
        )  # fmt: skip
    for row in trial.all(DeskOpening):
        yield row_of(
            "unblinding_log", kind="desk_opening", reason="expedited_report", told=row.reason, at_utc=row.opened_at,
            by=trial.names[row.opened_by], shown_at_utc=shown.get(row.id),
            **_whose(trial, row.participant, row.opened_at),
        )  # fmt: skip
    envelopes = {row.id: row for row in trial.all(Envelope)}
    for row in trial.all(EnvelopeFate):
        if row.kind == "opened":
            yield row_of(
                "unblinding_log", kind="envelope_opened", told=row.told, at_utc=row.recorded_at, by=row.opened_by,
                **_whose(trial, envelopes[row.envelope].participant, row.recorded_at) | {"on": row.happened_on},
            )  # fmt: skip
    for row in trial.all(Unblinding):
        named = [one.participant for one in trial.of(UnblindedParticipant, row.id, "unblinding")] or [None]
        for participant in named:
            where = _whose(trial, participant, row.reported_at) if participant else {"site": row.site}
            yield row_of(
                "unblinding_log", kind="unblinding_report", reason=row.scope, told=f"{row.who}; {row.how}",
                at_utc=row.reported_at, by=trial.names[row.reported_by], **where | {"on": row.learned_on},
            )  # fmt: skip


def _whose(trial: Trial, participant: str, at: Any) -> dict[str, Any]:
    site = trial.sites[participant]
    return {"participant": trial.numbers[participant], "site": site, "on": local_day(at, trial.zone(site))}


def audit_trail(trial: Trial, opened: Opened | None) -> Iterator[Cells]:
    """Every entry; what the trail holds sealed is opened, where the vault says so."""
    for row in trial.all(AuditEntry):
        yield row_of(
            "audit_trail",
            seq=row.seq,
            recorded_at_utc=row.recorded_at,
            at_utc=row.at,
            kind=row.kind,
            act=row.act,
            account=row.account,
            name=row.name,
            roles=row.roles,
            site=row.site,
            participant=trial.numbers.get(row.participant),
            reason=row.reason,
            software=row.software,
            body=row.body if opened is None else _open_body(row.body, opened),
            hash=row.hash,
        )


def _open_body(body: str, opened: Opened) -> str:
    """An entry's document with every sealed value of its changes opened, as `{"opened": value}`."""
    if '"sealed":' not in body:
        return body
    document = json.loads(body)
    for change in document.get("changes", ()):
        table, key, *sides = change
        for side in sides:
            if isinstance(side, dict):
                for name, value in side.items():
                    if isinstance(value, Mapping) and set(value) == {"sealed"}:
                        side[name] = {"opened": opened(value["sealed"], f"audit|{table}/{key}/{name}")}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def signatures(trial: Trial) -> Iterator[Cells]:
    """Every signature from freezing to release, of earlier versions too: an unlocking is disclosed, and what was signed
    before it and still stands is signed."""
    signed = {row.id: row for row in trial.all(SignatureRow)}
    for row in trial.all(LockSignature):
        yield _signature(
            signed[row.signature], row.step, row.role, row.signed_at,
            data_sha256=row.data_sha256, told=f"version {row.version}: {_told(trial, row)}",
        )  # fmt: skip
    frozen = [row for row in trial.all(LockStep) if row.kind == "frozen"]
    for row, one in _in_turn(trial, "lock.freeze", frozen, "done_at"):
        yield _signature(one, "freeze", Role.DATA_MANAGER, row.done_at, told=f"version {row.version}: the database")
    releases = {row.request: row for row in trial.all(Release)}
    for row, one in _in_turn(trial, "release.open_again", trial.all(ReleaseAgain), "opened_at"):
        of = releases[row.request]
        yield _signature(
            one, "release_again", Role.UNBLINDED_STATISTICIAN, row.opened_at,
            data_sha256=of.data_sha256, told=f"version {of.version}: {of.view}; {row.reason}",
        )  # fmt: skip


def _signature(one: Any, step: str, role: str, at: datetime, **more: str) -> Cells:
    told = {"account": one.account, "name": one.name, "meaning": one.meaning, "signed_at_utc": at}
    return row_of("signatures", step=step, role=str(role), **told, **more)


def _in_turn(trial: Trial, act: str, rows: Iterable[Any], at: str) -> Iterator[tuple[Any, Any]]:
    """The rows of an act, each with its signature, which no row names: each time one of both is kept, together."""
    signed = sorted((one for one in trial.all(SignatureRow) if one.act == act), key=attrgetter("signed_at", "id"))
    yield from zip(sorted(rows, key=attrgetter(at)), signed, strict=True)


def _told(trial: Trial, row: Any) -> str:
    """What was signed: the site, the request in words (of a release with its view), or the lock."""
    request = next((one for one in trial.all(LockRequest) if one.id == row.subject), None)
    if request is None:
        return str(row.subject)
    return "; ".join(one for one in (request.view, request.told, request.records, request.justification) if one)
