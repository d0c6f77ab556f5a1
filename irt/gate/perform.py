"""`Gate.perform`: the one way in which anything in the trial changes."""

import dataclasses
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, exc, select

from irt.actor import Actor, Grant, Signature
from irt.clock import Clock
from irt.db import Base, Database, canonical
from irt.entropy import Entropy
from irt.gate import audit, job_runs
from irt.gate.act import Act, ActSpec, Order, spec_of
from irt.gate.job_runs import Due
from irt.gate.keys import Keys
from irt.gate.refusals import RaceLost, Refused, Unavailable
from irt.gate.rows import claiming, inserting, selecting, table_of
from irt.gate.signatures import check_signature, order_document, recorded_order
from irt.gate.statements import changed_by, rows_of
from irt.gate.tables import AuditEntry, Request, SignatureRow, StudyState
from irt.study import Study

ATTEMPTS = 4  # once, and at most three times again after a lost race
LOST_STATES = {"40001", "40P01", "55P03", "23505"}  # serialization, deadlock, lock timeout, unique violation

_request, _study, _audit = table_of(Request), table_of(StudyState), table_of(AuditEntry)
_signature = table_of(SignatureRow)
SEEN = select(_request).where(_request.c.id == bindparam("id"))
ANSWERED = select(_audit.c.seq, _audit.c.hash, _audit.c.body).where(_audit.c.request == bindparam("id"))
CODE_USED = select(_signature.c.id).where(_signature.c.paper_code == bindparam("paper_code"))
STATE = select(_study).where(_study.c.id == 1).with_for_update(read=True)
STATE_UNLOCKED = select(_study).where(_study.c.id == 1)  # an emergency waits for nobody who changes the state
STATE_EXCLUSIVE = select(_study).where(_study.c.id == 1).with_for_update()


class Standing(Protocol):
    """Answers which grants an account holds now, read inside the act's own transaction."""

    def __call__(self, connection: Connection, actor: Actor, *, always: bool) -> frozenset[Grant] | None:
        """The grants in force, `always`: an earlier training suffices; None: the account is disabled or unknown."""
        ...


@dataclass(frozen=True)
class Done:
    """What an act answered, and its place in the audit trail: every receipt is a witness of the chain."""

    answer: Any
    seq: int
    hash: str
    repeated: bool


@dataclass(frozen=True)
class Gate:
    """The gate of one trial: made once in `irt.app`, handed to every door."""

    database: Database
    clock: Clock
    entropy: Entropy
    standing: Standing
    vault: Any
    keys: Keys
    study: Study

    def perform(
        self,
        function: Callable[..., Any],
        order: Order,
        *,
        by: Actor,
        request_id: str,
        signature: Signature | None = None,
        due: Due | None = None,
    ) -> Done:
        """Run one act: once for a request id, whole or not at all, and audited. For a job, `due` is the time that it
        runs for: that it ran is written in the same transaction.

        Raises Refused (nothing changed; recorded in a transaction of its own) or Unavailable (the database did not
        answer; asking again with the same request id tells whether it was done).
        """
        assert due is None or request_id == due.id, "a job asks once for each due time"
        spec = spec_of(function)
        body = self.keys.digest(f"order|{spec.name}", canonical(order_document(order)))
        try:
            return self._persist(spec, order, by, request_id, body, signature, due)
        except Refused as refusal:
            self._record_refusal(spec, by, request_id, refusal)
            raise

    def _persist(
        self,
        spec: ActSpec,
        order: Order,
        by: Actor,
        request_id: str,
        body: str,
        signature: Signature | None,
        due: Due | None,
    ) -> Done:
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(0.005 * attempt)
            try:
                with self.database.writing() as connection:
                    return self._run(connection, spec, order, by, request_id, body, signature, due)
            except RaceLost:
                continue
            except exc.DBAPIError as fault:
                if not _lost_race(fault):
                    raise _named(fault) from fault
        raise Refused("busy")

    def _run(
        self,
        connection: Connection,
        spec: ActSpec,
        order: Order,
        by: Actor,
        request_id: str,
        body: str,
        signature: Signature | None,
        due: Due | None,
    ) -> Done:
        now, began = self.clock.now(), time.monotonic()
        claim = {"id": request_id, "account": by.account, "act": spec.name, "body": body, "at": now}
        if not self._claim(connection, Request, claim):
            return self._stored_answer(connection, spec, by, request_id, body)
        grants = self.standing(connection, by, always=spec.always)
        if grants is None:
            raise Refused("account_inactive")
        actor = dataclasses.replace(by, grants=grants)
        if actor.emergency and not spec.emergency:
            raise Refused("emergency_only", act=spec.name)
        if spec.roles and not spec.roles & actor.roles:
            raise Refused("role_not_allowed", act=spec.name)
        locked = STATE_EXCLUSIVE if spec.exclusive else STATE
        (state,) = rows_of(connection, STATE_UNLOCKED if spec.emergency else locked, {})
        if spec.during is not None and state.state not in spec.during:
            raise Refused("study_state", state=state.state)
        self._check_study_file(spec, state)
        check_signature(self.keys, spec, signature, actor, body, now)
        act = Act(
            connection=connection,
            spec=spec,
            actor=actor,
            now=now,
            entropy=self.entropy,
            study=self.study,
            keys=self.keys,
            vault=self.vault,
            state=state.state,
            signature=signature.id if signature else None,
        )
        if signature is not None:
            self._use_signature(act, signature)
        answer = spec.answer.dump_python(spec.run(act, order), mode="json")
        if due is not None:
            job_runs.record(connection, self.keys, due, now, answer, time.monotonic() - began)
        document = {
            "order": recorded_order(order),
            "changes": act.changes,
            "answer": answer,
            "signature": act.signature,
            "request_body": body,
        }
        seq, entry_hash = audit.append(
            connection,
            now=now,
            kind="act",
            act=spec.name,
            actor=actor,
            site=act.site,
            participant=act.participant,
            request=request_id,
            reason=getattr(order, "reason", None),
            body=document,
        )
        return Done(spec.answer.validate_python(answer), seq, entry_hash, repeated=False)

    def _claim(self, connection: Connection, model: type[Base], values: Mapping[str, Any]) -> bool:
        """Insert a row unless its id is taken. PostgreSQL waits here for a rival with the same id."""
        if self.database.is_sqlite:
            if rows_of(connection, selecting(model, ("id",), lock=False), values):
                return False
            return changed_by(connection, inserting(model), values) == 1
        return changed_by(connection, claiming(model), values) == 1

    def _stored_answer(self, connection: Connection, spec: ActSpec, by: Actor, request_id: str, body: str) -> Done:
        (seen,) = rows_of(connection, SEEN, {"id": request_id})
        if (seen.account, seen.act, seen.body) != (by.account, spec.name, body):
            raise Refused("request_reused")
        (entry,) = rows_of(connection, ANSWERED, {"id": request_id})
        answer = spec.answer.validate_python(json.loads(entry.body)["answer"])
        return Done(answer, entry.seq, entry.hash, repeated=True)

    def _check_study_file(self, spec: ActSpec, state: Any) -> None:
        if spec.always or spec.name == "study.amend":
            return
        if state.file_sha256 not in (None, self.study.sha256):
            raise Refused("study_file_changed")

    def _use_signature(self, act: Act, signature: Signature) -> None:
        values = {
            "id": signature.id,
            "account": signature.account,
            "name": signature.name,
            "act": signature.act,
            "meaning": signature.meaning,
            "body": signature.body,
            "signed_at": signature.signed_at,
            "seal": signature.seal,
            "method": signature.method,
            "paper_code": signature.paper_code,
        }
        if signature.paper_code is not None:
            # Two at once: the second meets the table's key, loses the race, and finds the first here.
            if rows_of(act.connection, CODE_USED, {"paper_code": signature.paper_code}):
                raise Refused("paper_code_used")
            act.send("paper_code.used", audience=(signature.account,))
        if not self._claim(act.connection, SignatureRow, values):
            raise Refused("signature_reused")
        act.recorded_add(SignatureRow, values)

    def _record_refusal(self, spec: ActSpec, by: Actor, request_id: str, refusal: Refused) -> None:
        try:
            with self.database.writing() as connection:
                audit.append(
                    connection,
                    now=self.clock.now(),
                    kind="refusal",
                    act=spec.name,
                    actor=by,
                    site=None,
                    participant=None,
                    request=None,
                    reason=None,
                    body={"code": refusal.code, "facts": _recorded_facts(refusal), "request": request_id},
                )
        except exc.DBAPIError as fault:
            raise _named(fault) from refusal


def _recorded_facts(refusal: Refused) -> dict[str, Any]:
    """What the audit trail keeps of a refusal: of a list of mistakes its length only, for a file's rows or a design's
    numbers are not for everybody who may read the trail."""
    return {
        name: len(value) if isinstance(value, list | tuple | set | dict) else value
        for name, value in refusal.facts.items()
    }


def _lost_race(fault: exc.DBAPIError) -> bool:
    state = getattr(fault.orig, "sqlstate", None)
    if state is not None:
        return state in LOST_STATES
    return "UNIQUE constraint failed" in str(fault.orig) or "database is locked" in str(fault.orig)


def _named(fault: exc.DBAPIError) -> Exception:
    """A database that does not answer gets a name of its own; any other fault is a broken invariant, raised as it is.

    The engines hide statement parameters, so that its message holds none.
    """
    if fault.connection_invalidated or isinstance(fault, exc.OperationalError | exc.InterfaceError):
        return Unavailable(type(fault.orig).__name__)
    return fault
