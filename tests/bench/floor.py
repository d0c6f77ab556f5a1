"""The floor under a randomization: the same rows written and the same locks taken by hand in psycopg or sqlite3.

No pydantic, no encryption, no permission, no statement built: what is left is what the database and the wire cost.
What the act only reads (grants, eligibility, baseline values, kits that it does not take) the floor leaves out.
"""

import fcntl
import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from irt.entropy import SystemEntropy, new_id
from irt.gate.audit import COLUMNS
from tests.bench.setting import Eligible

STATEMENTS = {
    "request": "INSERT INTO request (id, account, act, body, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
    "state": "SELECT state FROM study WHERE id = 1 {share}",
    "signature": "INSERT INTO signature (id, account, name, act, meaning, body, signed_at, seal)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
    "participant": "SELECT state FROM participant WHERE id = ? {lock}",
    "site": "SELECT state FROM site WHERE code = ? {share}",
    "shelf": "SELECT randomization FROM shelf WHERE site = ? {lock}",
    "counter": "UPDATE stratum_counter SET used = used + 1 WHERE stratum = ? AND used < slots RETURNING used",
    "slot": "SELECT id FROM sealed_slot WHERE stratum = ? AND position = ?",
    "draw": "INSERT INTO draw (participant, slot, stratum, position, drawn_at) VALUES (?, ?, ?, ?, ?)",
    "kit": "SELECT number, moves FROM kit WHERE site = ? AND state = 'available' LIMIT 1 {lock}",
    "take": "UPDATE kit SET state = 'assigned', participant = ?, moves = ? WHERE number = ? AND moves = ?",
    "movement": "INSERT INTO movement (kit, line, before, after, site, participant, moved_at, moved_by)"
    " VALUES (?, ?, 'available', 'assigned', ?, ?, ?, ?)",
    "assignment": "INSERT INTO assignment (id, participant, site, visit, kit, state, assigned_at, assigned_by)"
    " VALUES (?, ?, ?, ?, ?, 'assigned', ?, ?)",
    "cap": "UPDATE enrolment SET randomized = randomized + 1 WHERE scope = ? AND randomized < cap RETURNING randomized",
    "randomization": "INSERT INTO randomization (participant, site, number, stratum, eligibility, randomized_by,"
    " randomized_at, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "randomized": "UPDATE participant SET state = 'randomized' WHERE id = ? AND state = 'screened'",
    "outbox": "INSERT INTO outbox (id, kind, audience, site, participant, facts, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)",
    "head": "SELECT seq, hash, recorded_at FROM audit_head WHERE id = 1 {lock}",
    "audit": f"INSERT INTO audit ({', '.join(COLUMNS)}, hash) VALUES ({', '.join('?' * (len(COLUMNS) + 1))})",
    "move_head": "UPDATE audit_head SET seq = ?, hash = ?, recorded_at = ? WHERE id = 1",
}
Execute = Callable[[str, Sequence[Any]], Any]
AUDIENCE = '["coordinator","investigator","monitor","pharmacist","trial_manager"]'


class Floor:
    """One worker's connection, and the one transaction it knows. `body_length` is that of the gate's audit bodies."""

    def __init__(self, url: str, visit: str, body_length: int) -> None:
        parsed = make_url(url)
        self.visit, self.body, self.entropy = visit, "x" * body_length, SystemEntropy()
        self.lock: Path | None = None
        if parsed.get_backend_name() == "sqlite":
            assert parsed.database
            self.lock = Path(parsed.database + ".lock")
            self.sqlite = sqlite3.connect(parsed.database, isolation_level=None, cached_statements=256)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
                self.sqlite.execute(f"PRAGMA {pragma}")
            self.sql = {name: text.format(lock="", share="") for name, text in STATEMENTS.items()}
        else:
            address = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self.postgresql = psycopg.connect(address, prepare_threshold=0)
            self.sql = {
                name: text.format(lock="FOR UPDATE", share="FOR SHARE").replace("?", "%s")
                for name, text in STATEMENTS.items()
            }

    def randomize(self, one: Eligible) -> None:
        """One randomization, committed."""
        if self.lock is None:
            with self.postgresql.transaction(), self.postgresql.cursor() as cursor:
                self._write(cursor.execute, one)
            return
        with self.lock.open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            self.sqlite.execute("BEGIN IMMEDIATE")
            self._write(self.sqlite.execute, one)
            self.sqlite.execute("COMMIT")

    def _write(self, execute: Execute, one: Eligible) -> None:
        sql, account, name = self.sql, one.coordinator[0], one.coordinator[2]
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        request, signature, digest = new_id(self.entropy), new_id(self.entropy), "d" * 64
        execute(sql["request"], (request, account, "participant.randomize", digest, now))
        execute(sql["state"], ()).fetchone()
        meaning = "I request randomization"
        values = (signature, account, name, "participant.randomize", meaning, digest, now, digest)
        execute(sql["signature"], values)
        execute(sql["participant"], (one.participant,)).fetchone()
        execute(sql["site"], (one.site,)).fetchone()
        execute(sql["shelf"], (one.site,)).fetchone()
        (used,) = execute(sql["counter"], (one.stratum,)).fetchone()
        (slot,) = execute(sql["slot"], (one.stratum, used)).fetchone()
        execute(sql["draw"], (one.participant, slot, one.stratum, used, now))
        kit, moves = execute(sql["kit"], (one.site,)).fetchone()
        execute(sql["take"], (one.participant, moves + 1, kit, moves))
        execute(sql["movement"], (kit, moves + 1, one.site, one.participant, now, account))
        execute(sql["assignment"], (new_id(self.entropy), one.participant, one.site, self.visit, kit, now, account))
        for scope in (f"site:{one.site}", "study"):
            execute(sql["cap"], (scope,)).fetchone()
        number = f"F{new_id(self.entropy)}"
        values = (one.participant, one.site, number, one.stratum, one.eligibility, account, now, signature)
        execute(sql["randomization"], values)
        execute(sql["randomized"], (one.participant,))
        values = (new_id(self.entropy), "participant.randomized", AUDIENCE, one.site, one.participant, "{}", now)
        execute(sql["outbox"], values)
        self._chain(execute, one, request, now)

    def _chain(self, execute: Execute, one: Eligible, request: str, now: str) -> None:
        seq, previous, recorded_at = execute(self.sql["head"], ()).fetchone()
        entry = {
            "seq": seq + 1, "recorded_at": max(now, recorded_at), "at": now, "kind": "act",
            "act": "participant.randomize", "account": one.coordinator[0], "name": one.coordinator[2],
            "roles": "coordinator", "site": one.site, "participant": one.participant, "request": request,
            "reason": None, "software": "0.1.0", "body": self.body, "previous": previous,
        }  # fmt: skip
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = sha256(text.encode()).hexdigest()
        execute(self.sql["audit"], (*[entry[name] for name in COLUMNS], digest))
        execute(self.sql["move_head"], (entry["seq"], digest, entry["recorded_at"]))
